"""The MQTT transport against a real broker that refuses: heard once, parked, no storm of reconnects."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from domain.ids import DeviceId
from readers.settings import MqttSettings
from readers.transports.mqtt import MqttTransport
from readers.transports.port import Connected, Disconnected, Refused, TransportEvent
from tests.gateway.broker import Broker
from tests.readers.centre import until

pytestmark = pytest.mark.real


class Heard:
    def __init__(self) -> None:
        self.events: list[TransportEvent] = []
        self.wills = 0
        self.lock = threading.Lock()

    def report(self, event: TransportEvent) -> None:
        with self.lock:
            self.events.append(event)

    def will(self) -> bytes:
        self.wills += 1
        return b"{}"

    def count(self, kind: type) -> int:
        with self.lock:
            return sum(isinstance(event, kind) for event in self.events)


def transport(broker: Broker, name: str, device: str, *, ca_file: Path | None = None) -> MqttTransport:
    certificate_file, key_file = broker.certify(name)
    settings = MqttSettings(
        host="localhost",
        port=broker.port,
        ca_file=ca_file or broker.ca_file,
        certificate_file=certificate_file,
        key_file=key_file,
    )
    return MqttTransport(settings, DeviceId(device))


def test_not_authorized_parks_the_transport(tmp_path: Path) -> None:
    broker, heard = Broker(tmp_path), Heard()
    with (tmp_path / "mosquitto.conf").open("a") as config:
        config.write("clientid_prefixes gateway\n")
    with broker.running():
        opened = transport(broker, "west-1", "west-1")
        opened.start(heard.report, heard.will)
        until(lambda: heard.count(Refused))
        time.sleep(2.5)
        opened.stop()
    assert heard.wills == 1, "one connection, no second try while parked"
    assert (heard.count(Connected), heard.count(Refused)) == (0, 1)


def test_a_publish_that_is_refused_is_heard(tmp_path: Path) -> None:
    broker, heard = Broker(tmp_path), Heard()
    (tmp_path / "acl").write_text("pattern read sekisho/1/receipt/%u\npattern read sekisho/1/policy/%u\n")
    with broker.running():
        opened = transport(broker, "west-1", "west-1")
        opened.start(heard.report, heard.will)
        until(lambda: heard.count(Connected))
        opened.send_batch(b"{}")
        until(lambda: heard.count(Refused))
        opened.stop()


def test_it_comes_back_after_the_broker_was_away(tmp_path: Path) -> None:
    broker, heard = Broker(tmp_path), Heard()
    opened = transport(broker, "west-1", "west-1")
    opened.start(heard.report, heard.will)
    until(lambda: heard.count(Disconnected))
    with broker.running():
        until(lambda: heard.count(Connected) == 1)
    with broker.running():
        until(lambda: heard.count(Connected) == 2)
        opened.stop()
    assert heard.count(Refused) == 0


@pytest.mark.filterwarnings(
    # paho leaves a socket whose handshake failed to the garbage collector
    "ignore:.*SSLSocket.*:pytest.PytestUnraisableExceptionWarning"
)
def test_a_broker_of_another_ca_is_not_spoken_to(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    broker, other, heard = Broker(tmp_path / "ours"), Broker(tmp_path / "theirs"), Heard()
    with broker.running():
        opened = transport(broker, "west-1", "west-1", ca_file=other.ca_file)
        opened.start(heard.report, heard.will)
        until(lambda: heard.count(Disconnected))
        opened.stop()
    assert "certificate verify failed" in str(heard.events[0])


class WatchedSocket:
    """Passes everything on and notes which threads write."""

    def __init__(self, watched: Any) -> None:
        self._watched = watched
        self.writers: set[str] = set()

    def send(self, data: bytes) -> int:
        self.writers.add(threading.current_thread().name)
        return int(self._watched.send(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watched, name)


def test_one_thread_alone_writes_the_tls_socket(tmp_path: Path) -> None:
    broker, heard = Broker(tmp_path), Heard()
    with broker.running():
        opened = transport(broker, "west-1", "west-1")
        opened.start(heard.report, heard.will)
        until(lambda: heard.count(Connected))
        client = opened._client
        assert client is not None
        client._sock = watched = WatchedSocket(client._sock)  # type: ignore[assignment]
        for _ in range(50):
            opened.send_batch(b"x" * 3000)
        until(lambda: watched.writers)
        opened.stop()
    assert watched.writers == {"mqtt"}, "two threads that write one TLS socket spoil its records"
