"""A policy of many parts over the real transports, from the pointer to its taking effect."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from contract import topics
from contract.policy import decode_wanted
from domain.access.policy import PolicySnapshot
from domain.ids import CredentialToken
from readers.clock import SystemClock
from readers.link import Identity
from readers.policy_cache import HeldPolicy, PolicyCache
from readers.policy_watch import PolicyWatch
from readers.settings import HttpsSettings, MqttSettings
from readers.transports.https import HttpsTransport
from readers.transports.mqtt import MqttTransport
from readers.transports.port import Arrived, Connected, Transport, TransportEvent
from tests.gateway.broker import Broker
from tests.readers.box import Box
from tests.readers.cases import CENTRE_KEY, DEVICE, DEVICE_KEY
from tests.readers.centre import Centre, https_centre, until
from tests.readers.offered import V3, V4

pytestmark = pytest.mark.real


def large(version: int) -> PolicySnapshot:
    """A policy of more parts than are asked for at once."""
    held = next(iter(V3.credentials.values()))
    many = {CredentialToken(os.urandom(16).hex()): held for _ in range(60_000)}
    return replace(V3, version=version, credentials=many)


class Boxed:
    """A watch behind a transport."""

    def __init__(self, folder: Path, transport: Transport) -> None:
        self.took: list[HeldPolicy] = []
        self.connected = threading.Event()
        self.transport = transport
        self.watch = PolicyWatch(
            PolicyCache(folder, DEVICE, CENTRE_KEY.public_key()),
            Identity(DEVICE, DEVICE_KEY, CENTRE_KEY.public_key(), "test"),
            SystemClock(),
            send=transport.send_wanted,
            took=self.took.append,
            found=lambda _: None,
        )

    def report(self, event: TransportEvent) -> None:
        match event:
            case Connected():
                self.connected.set()
            case Arrived(what=("pointer" | "offer" | "part") as what):
                self.watch.hear(what, event.payload)

    @contextmanager
    def running(self) -> Iterator[None]:
        self.watch.start()
        self.transport.start(self.report, lambda: b"{}")
        try:
            assert self.connected.wait(20)
            yield
        finally:
            self.transport.stop()
            self.watch.stop()

    def holds(self, policy: PolicySnapshot) -> bool:
        return bool(self.took) and self.took[-1].snapshot == policy


def test_over_https(tmp_path: Path) -> None:
    box, centre, first = Box(tmp_path), Centre(), large(3)
    centre.publish(first)
    files = {"ca_file": box.ca_file, "certificate_file": tmp_path / "client.crt", "key_file": tmp_path / "client.key"}
    with https_centre(centre, ca_file=box.ca_file, certificate_file=box.server_crt, key_file=box.server_key) as port:
        settings = HttpsSettings(url=f"https://localhost:{port}", **files)
        boxed = Boxed(tmp_path, HttpsTransport(settings))
        with boxed.running():
            ask_for_it(centre, boxed.watch.hear)
            until(lambda: boxed.took)
            centre.publish(V4)
            ask_for_it(centre, boxed.watch.hear)
            until(lambda: len(boxed.took) > 1)
    assert next(iter(centre.offers.values()))[0].parts > 8
    assert (boxed.took[0].snapshot, boxed.holds(V4), centre.wants) == (first, True, [0, 3])


def ask_for_it(centre: Centre, hear: Callable[[str, bytes], None]) -> None:
    pointer = centre.pointer()
    assert pointer is not None
    hear("pointer", pointer.encoded())


def test_over_a_broker(tmp_path: Path) -> None:
    broker, centre, policy = Broker(tmp_path), Centre(), large(3)
    centre.publish(policy)
    certificate_file, key_file = broker.certify(DEVICE)
    settings = MqttSettings(
        host="localhost",
        port=broker.port,
        ca_file=broker.ca_file,
        certificate_file=certificate_file,
        key_file=key_file,
    )
    boxed = Boxed(tmp_path, MqttTransport(settings, DEVICE))
    with broker.running(), _post(broker, centre) as client, boxed.running():
        pointer = centre.pointer()
        assert pointer is not None
        client.publish(topics.policy(DEVICE), pointer.encoded(), qos=1, retain=True)
        until(lambda: boxed.took)
    assert boxed.holds(policy)


@contextmanager
def _post(broker: Broker, centre: Centre) -> Iterator[Client]:
    """The centre's end: answers what the device wants."""
    client = Client(CallbackAPIVersion.VERSION2, client_id="gateway", protocol=MQTTProtocolVersion.MQTTv5)
    subscribed = threading.Event()

    def answer(_client: Client, _data: object, message: MQTTMessage) -> None:
        wanted = decode_wanted(message.payload)
        if wanted.digest is None:
            client.publish(topics.policy_offer(DEVICE), centre.offer(message.payload), qos=1)
            return
        for number in range(wanted.from_part, wanted.from_part + 8):
            if (part := centre.part(wanted.digest, number)) is not None:
                client.publish(topics.policy_part(DEVICE), part, qos=1)

    settings = broker.settings("gateway")
    client.tls_set(str(settings.ca_file), str(settings.certificate_file), str(settings.key_file))
    client.on_message = answer
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect(settings.host, settings.port)
    client.loop_start()
    client.subscribe(topics.POLICY_WANTED_FILTER, qos=1)
    assert subscribed.wait(10)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()
