"""The MQTT transport against a real broker that refuses: heard once, parked, no storm of reconnects."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from contract import topics
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


@contextmanager
def listening(broker: Broker, topic: str) -> Iterator[queue.SimpleQueue[bytes]]:
    """The centre's end: what is published on a topic."""
    came: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    subscribed = threading.Event()
    settings = broker.settings("gateway")
    client = Client(CallbackAPIVersion.VERSION2, client_id="gateway", protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set(str(settings.ca_file), str(settings.certificate_file), str(settings.key_file))
    client.on_message = lambda _client, _data, message: came.put(bytes(message.payload))
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect(settings.host, settings.port)
    client.loop_start()
    client.subscribe(topic, qos=1)
    assert subscribed.wait(10)
    yield came
    client.disconnect()
    client.loop_stop()


def test_what_is_handed_over_wakes_the_connection(tmp_path: Path) -> None:
    """paho's loop sleeps for up to a second while nothing comes: a tap must not wait for that, nor must the end."""
    broker, heard = Broker(tmp_path), Heard()
    with broker.running(), listening(broker, topics.journal(DeviceId("west-1"))) as came:
        opened = transport(broker, "west-1", "west-1")
        opened.start(heard.report, heard.will)
        until(lambda: heard.count(Connected))
        begun = time.monotonic()
        for sent in (b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8"):
            opened.send_batch(sent)
            assert came.get(timeout=10) == sent
        opened.stop()
    assert time.monotonic() - begun < 4, "it slept through what it was given"
