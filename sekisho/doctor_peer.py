"""One MQTT 5 connection of the doctor: every reason code is seen, every delivery kept, nothing is done by itself.

It is one module because a connection and what comes over it share one lock.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography import x509
from cryptography.x509.oid import NameOID
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

PATIENCE_SECONDS = 10.0
KEEPALIVE_SECONDS = 20


class DoctorError(Exception):
    """The examination cannot go on: a file is missing, or the broker does not answer; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the broker listens, and whose certificate it must show."""

    host: str
    port: int
    ca: Path


@dataclass(frozen=True, slots=True)
class Papers:
    """A client's certificate and key, and the name in it."""

    name: str
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker is to say when the connection is lost, and how much later."""

    topic: str
    payload: bytes
    delay: timedelta = timedelta(0)


def read_papers(folder: Path) -> Papers:
    """Read ``client.crt`` and ``client.key`` in a folder as ``sekisho config render`` writes it.

    Raises:
        DoctorError: a file is missing or no certificate with one name.
    """
    certificate, key = folder / "client.crt", folder / "client.key"
    try:
        subject = x509.load_pem_x509_certificate(certificate.read_bytes()).subject
        names = [str(each.value) for each in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key.stat()
    except (OSError, ValueError) as error:
        raise DoctorError(f"{folder}: client.crt と client.key が必要です / both are needed here: {error}") from None
    if len(names) != 1:
        raise DoctorError(f"{certificate}: 名前（CN）が一つ必要です / expected one common name")
    return Papers(names[0], certificate, key)


class Peer:
    """A context: connected inside. ``refused`` says why not when the broker did not let it in."""

    def __init__(
        self,
        address: Address,
        papers: Papers | None,
        *,
        client_id: str | None = None,
        keep: timedelta = timedelta(0),
        clean: bool = True,
        will: Will | None = None,
        receive_maximum: int | None = None,
        acknowledges: bool = True,
    ) -> None:
        """Say how to connect; ``keep`` is the session's life after the connection."""
        self._address, self._keep, self._clean, self._receive_maximum = address, keep, clean, receive_maximum
        self._changed = threading.Condition()
        self._codes: dict[int, ReasonCode] = {}
        self._connected: ReasonCode | None = None
        self._ended = False
        self.refused: str | None = None
        self.session_present = False
        self.offers: dict[str, Any] = {}
        self.received: list[tuple[str, bytes]] = []
        self.unacknowledged: list[MQTTMessage] = []
        self._acknowledges = acknowledges
        self._client = self._make_client(papers, client_id, will)

    def _make_client(self, papers: Papers | None, client_id: str | None, will: Will | None) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id or (papers.name if papers else "doctor-nobody"),
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        context = ssl.create_default_context(cafile=str(self._address.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if papers is not None:
            context.load_cert_chain(papers.certificate, papers.key)
        client.tls_set_context(context)
        if will is not None:
            properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
            properties.WillDelayInterval = int(will.delay.total_seconds())
            client.will_set(will.topic, will.payload, qos=1, properties=properties)
        client.max_queued_messages_set(0)
        client.on_socket_open = _set_no_delay
        client.on_connect = self._note_connected
        client.on_disconnect = self._note_ended
        client.on_publish = self._note_code
        client.on_subscribe = self._note_codes
        client.on_unsubscribe = self._note_codes
        client.on_message = self._note_message
        return client

    def __enter__(self) -> Self:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = int(self._keep.total_seconds())
        if self._receive_maximum is not None:
            properties.ReceiveMaximum = self._receive_maximum
        try:
            self._client.connect(
                self._address.host,
                self._address.port,
                KEEPALIVE_SECONDS,
                clean_start=self._clean,
                properties=properties,
            )
        except OSError as error:
            self.refused = str(error)
            return self
        self._client.loop_start()
        self.wait(lambda: self._connected is not None or self._ended)
        if self._connected is None:
            self.refused = "no answer to CONNECT"
        elif self._connected.is_failure:
            self.refused = str(self._connected)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.disconnect()
        if self.refused is None:
            self.hears(lambda: self._ended, 2.0)  # stopped earlier, paho leaves its socket open
        self._client.loop_stop()
        for name in ("connect", "disconnect", "publish", "subscribe", "unsubscribe", "message"):
            setattr(self._client, f"on_{name}", None)  # no circle: what paho holds open ends with this peer

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int | None:
        """Publish with QoS 1; give the PUBACK's reason code, None when the connection ended over it."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS and not self.is_connected:
            return None
        self.wait(lambda: info.mid in self._codes or self._ended)
        return self._codes[info.mid].value if info.mid in self._codes else None

    def publish_many(self, topic: str, payloads: list[bytes]) -> int:
        """Publish all of them with QoS 1; give how many were acknowledged as taken."""
        packets = {self._client.publish(topic, payload, qos=1).mid for payload in payloads}
        self.wait(lambda: packets <= self._codes.keys() or self._ended, 6 * PATIENCE_SECONDS)
        return sum(not self._codes[packet].is_failure for packet in packets if packet in self._codes)

    def subscribe(self, topic: str) -> int | None:
        """Subscribe; give the SUBACK's reason code, None when the connection ended over it."""
        return self._answer(self._client.subscribe(topic, qos=1)[1])

    def settle(self, topic: str) -> None:
        """Unsubscribe: its answer comes after everything that was on its way here."""
        self._answer(self._client.unsubscribe(topic)[1])

    def acknowledge(self, count: int) -> None:
        """Acknowledge the oldest ``count`` messages that were kept back."""
        with self._changed:
            ready, self.unacknowledged = self.unacknowledged[:count], self.unacknowledged[count:]
        for message in ready:
            self._client.ack(message.mid, message.qos)

    def cut(self) -> None:
        """Lose the connection without a word, as when power goes."""
        connection = self._client.socket()
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
        self.wait(lambda: self._ended)

    def hears(self, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
        """Tell whether the condition came true within the time."""
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def drain(self, quiet_seconds: float) -> int:
        """Wait until nothing more has come for a while; give how many different messages came."""
        seen = -1
        while seen < len(self.received):
            seen = len(self.received)
            self.hears(lambda: len(self.received) > seen, quiet_seconds)  # noqa: B023 (called at once)
        return len(set(self.received))

    def wait(self, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the condition is true.

        Raises:
            DoctorError: it did not come true in time.
        """
        if not self.hears(condition, seconds):
            raise DoctorError("ブローカーが応答しません / the broker does not answer")

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self.refused is None and not self._ended and self._client.is_connected()

    def _answer(self, packet: int | None) -> int | None:
        if packet is None:
            return None
        self.wait(lambda: packet in self._codes or self._ended)
        return self._codes[packet].value if packet in self._codes else None

    def _note_connected(
        self, _client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        with self._changed:
            self._connected, self.session_present = reason, flags.session_present
            self.offers = properties.json() if properties is not None else {}  # type: ignore[no-untyped-call]
            self._changed.notify_all()

    def _note_ended(self, _client: Client, _data: Any, _flags: Any, _reason: ReasonCode, _properties: Any) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _note_code(self, _client: Client, _data: Any, packet: int, reason: ReasonCode, _properties: Any) -> None:
        with self._changed:
            self._codes[packet] = reason
            self._changed.notify_all()

    def _note_codes(self, _client: Client, _data: Any, packet: int, reasons: list[ReasonCode], _more: Any) -> None:
        self._note_code(_client, _data, packet, reasons[0], _more)

    def _note_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        with self._changed:
            self.received.append((message.topic, bytes(message.payload)))
            if not self._acknowledges:
                self.unacknowledged.append(message)
            self._changed.notify_all()
        if self._acknowledges:
            client.ack(message.mid, message.qos)


def _set_no_delay(_client: Client, _data: Any, connection: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
