"""The gateway as one process: it starts, takes in, stops when told, and ends with a code when a part of it fails."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI

from contract.receipts import Receipt
from domain.ids import DeviceId
from gateway.listeners import Listener
from gateway.main import _run, utc_now
from store.tx import Store
from tests.gateway.broker import Broker, DeviceClient
from tests.gateway.city import PEOPLE, Journal, make_tap, settle
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = """
database_url = "sqlite:///{folder}/sekisho.db"
site_file = "{root}/firmware_configs/sites/demo/site.yaml"
signing_key_file = "signing.pem"
site_key_file = "site.key"
names_key_file = "site.key"
public_url = "http://127.0.0.1:{pages}"
listen = "127.0.0.1:{pages}"

[devices]
listen = "127.0.0.1:{devices}"
ca_file = "ca.crt"
certificate_file = "server.crt"
key_file = "server.key"

[citizens]
listen = "127.0.0.1:{citizens}"
public_url = "http://127.0.0.1:{citizens}"
user_classes = ["resident"]

[radius]
listen = "127.0.0.1:{radius}"
servers_folder = "servers"
switches_folder = "servers"

[mqtt]
host = "127.0.0.1"
port = {broker}
ca_file = "ca.crt"
certificate_file = "gateway.crt"
key_file = "gateway.key"
"""


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    broker = Broker(tmp_path)
    broker.certify("gateway")
    key = Ed25519PrivateKey.generate()
    secrets = {
        "signing.pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "site.key": b"ab" * 32,
    }
    for name, secret in secrets.items():
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(secret)
    ports = {name: free_port() for name in ("pages", "citizens", "devices", "radius")}
    (tmp_path / "servers").mkdir()
    text = SETTINGS.format(folder=tmp_path, root=ROOT, broker=broker.port, **ports)
    (tmp_path / "gateway.toml").write_text(text)
    return broker


def sekisho(broker: Broker, command: str) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-c", "from sekisho.command import main; main()", "gateway", command]
    return subprocess.Popen([*program, "--config", broker.folder / "gateway.toml"], stderr=subprocess.PIPE)


@pytest.mark.real
def test_migrate_run_take_in_and_stop(broker: Broker) -> None:
    assert sekisho(broker, "migrate").communicate(timeout=60) is not None
    journal = Journal(DeviceId("west-1"))
    store = Store(f"sqlite:///{broker.folder}/sekisho.db")
    settle(store, journal)
    journal.append(make_tap(PEOPLE[0], at=utc_now()))
    with broker.running(), DeviceClient(broker, journal.device) as device:
        gateway = sekisho(broker, "run")
        try:
            assert device.centre.get(timeout=60).up
            device.send(journal.batch())
            answer = device.answers.get(timeout=10)
            assert isinstance(answer, Receipt)
            assert answer.upto_seq == 1
            wait_until_told(store)
            assert "施設をさがす" in look_at_the_citizens_door(broker)
            assert look_at_the_network_servers_door(broker) == [204, 401]
        finally:
            gateway.send_signal(signal.SIGTERM)
            _, said = gateway.communicate(timeout=30)
        assert gateway.returncode == 0, said.decode()
        assert not device.centre.get(timeout=10).up
    assert b"0" * 20 not in said  # no card's token in the log
    store.close()


def look_at_the_citizens_door(broker: Broker) -> str:
    settings = tomllib.loads((broker.folder / "gateway.toml").read_text())
    return httpx2.get(settings["citizens"]["public_url"]).text


def look_at_the_network_servers_door(broker: Broker) -> list[int]:
    settings = tomllib.loads((broker.folder / "gateway.toml").read_text())
    url = f"http://{settings['radius']['listen']}/radius/v1"
    return [httpx2.get(f"{url}/alive").status_code, httpx2.post(f"{url}/decide", content=b"{}").status_code]


def wait_until_told(store: Store) -> None:
    """Wait until the relay has handed the outbox over."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with store.reading(utc_now()) as tx:
            waiting = tx.connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE sent_at IS NULL").scalar()
        if waiting == 0:
            return
        time.sleep(0.05)
    raise TimeoutError("the relay told nobody")


@pytest.mark.real
def test_a_database_of_another_schema_is_refused_with_what_to_do(broker: Broker) -> None:
    gateway = sekisho(broker, "run")
    _, said = gateway.communicate(timeout=60)
    assert gateway.returncode == 2
    assert "sekisho gateway migrate" in said.decode()


def serve_nothing() -> uvicorn.Server:
    return Listener(uvicorn.Config(FastAPI(), host="127.0.0.1", port=free_port(), log_config=None, lifespan="off"))


def wait(stop: threading.Event) -> None:
    stop.wait()


def fall(_stop: threading.Event) -> None:
    raise RuntimeError("a fault of our own")


def give_up(_stop: threading.Event) -> None:
    """End without being told to."""


@pytest.mark.parametrize("part", [fall, give_up])
def test_a_part_that_ends_ends_the_process(part: object) -> None:
    tasks = {"relay": wait, "consumer": part}
    assert asyncio.run(_run(tasks, [serve_nothing()])) == 1  # type: ignore[arg-type]


def test_a_listener_that_cannot_listen_ends_the_process() -> None:
    server = serve_nothing()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.config.port))
        taken.listen()
        with pytest.raises(SystemExit) as ended:  # uvicorn's own way; the code is what counts
            asyncio.run(_run({"relay": lambda _: None}, [server]))
    assert ended.value.code


def test_a_signal_stops_everything_with_code_0() -> None:
    threading.Timer(0.5, lambda: signal.raise_signal(signal.SIGTERM)).start()
    assert asyncio.run(_run({"relay": wait}, [serve_nothing(), serve_nothing()])) == 0
