"""A running centre while a device is revoked: it takes the pointer away, and nothing that the broker says alarms it."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from contract import topics
from contract.signatures import public_key_text
from contract.status import DeviceBorn
from domain.ids import DeviceId
from gateway.home_assistant.speaker import Speaker
from gateway.home_assistant.topics import HomeTopics
from gateway.intake.reception import open_reception
from gateway.main import _consumer
from gateway.mqtt.knock import Pass
from gateway.orders.command_post import open_command_post
from gateway.site.certificates import issue_client_certificate
from readers.settings import load_edge_settings
from store.alarms import list_open_alarms
from store.devices import load_device_status
from store.refused import list_refused
from tests.gateway.gated import EAST, WEST, Hall, Wire, open_hall, running

pytestmark = pytest.mark.real

SECONDS = 10.0


@contextmanager
def consuming(hall: Hall) -> Iterator[None]:
    context, stop = hall.context, threading.Event()
    speaker = Speaker(context, HomeTopics("homeassistant", context.site.id))
    consumer = _consumer(context, open_reception(context), open_command_post(context), speaker)
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(SECONDS)


def is_online(hall: Hall, device: DeviceId) -> bool:
    with hall.context.store.reading(hall.clock()) as tx:
        status = load_device_status(tx, device)
    return status is not None and status.online


def until(done: object) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def birth(hall: Hall, device: DeviceId) -> bytes:
    key = load_edge_settings(hall.rendered.root / "edge" / device / f"edge-{device}.toml").read_device_key()
    assert public_key_text(key.public_key())
    born = DeviceBorn(
        device=device,
        session=secrets.token_hex(8),
        epoch=1,
        first_seq=1,
        next_seq=1,
        pending=0,
        policy_version=0,
        software="test",
        at=hall.clock(),
    )
    return born.signed(key).encoded()


def admit_again(hall: Hall, device: DeviceId) -> None:
    """Put a certificate of a new box of this name in place of the revoked one."""
    authority = hall.settings.read_authority()
    assert authority is not None
    certificate_file, key_file = hall.files(device)
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    shown = Pass(device, issue_client_certificate(authority, key.public_key(), name=device, now=hall.clock()), key)  # type: ignore[arg-type]
    certificate_file.write_text(shown.certificate)
    key_file.write_bytes(shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_nothing_is_left_of_it_and_nothing_is_alarmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    hall = open_hall(tmp_path_factory.mktemp("t"))
    with running(hall):
        hall.gate.look()
        with Wire(hall, "gateway") as centre:
            assert centre.connected.get(timeout=SECONDS)
            for device in (WEST, EAST):
                centre.retain(topics.policy(device), b"pointer")
        with consuming(hall), Wire(hall, WEST) as west, Wire(hall, EAST) as east:
            assert west.connected.get(timeout=SECONDS)
            assert east.connected.get(timeout=SECONDS)
            west.retain(topics.status(WEST), birth(hall, WEST))
            east.retain(topics.status(EAST), birth(hall, EAST))
            until(lambda: is_online(hall, WEST) and is_online(hall, EAST))
            hall.revoke(WEST)
            hall.gate.look()
            assert west.ended.get(timeout=SECONDS)
            time.sleep(1.5)  # what the broker says of it has come
            assert not is_online(hall, WEST)
            assert is_online(hall, EAST)
            assert east.ended.empty()
        admit_again(hall, WEST)
        with Wire(hall, WEST) as west, Wire(hall, EAST) as east:
            assert west.list_retained([topics.policy(WEST)]) == set()
            assert east.list_retained([topics.policy(EAST)]) == {topics.policy(EAST)}
        with hall.context.store.reading(hall.clock()) as tx:
            assert list_refused(tx) == []
            assert list_open_alarms(tx) == []
