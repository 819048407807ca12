"""One connection to the broker: paho moved by our own thread, so that nothing is read that we have no room for.

A connection is used once and thrown away; packet ids are acknowledged on the connection that brought them or never.
Durability is not asked of the broker: what is not acknowledged here comes again, from it or from the device.
"""

import logging
import select
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from contract import topics
from gateway.mqtt.bell import Bell
from gateway.settings import BrokerSettings

log = logging.getLogger(__name__)

KEEPALIVE_SECONDS = 20
SESSION_DAYS = 7
RECEIVE_MAXIMUM = 500
PACKET_BYTES_MAX = 1024 * 1024
"""The broker drops larger ones itself; between this and the largest lawful batch we refuse with a reason."""

GROUP_BYTES_MAX = 4 * 1024 * 1024
GROUP_MESSAGES_MAX = 1000
UNCONFIRMED_BYTES_MAX = 4 * 1024 * 1024
"""So much of what we sent may be on its way to the broker before parts of policies wait."""

_WITH_WILL = 4  # MQTT 5 reason code of DISCONNECT: "disconnect with will message"
_FAILURE = 0x80


class BrokerError(Exception):
    """The broker is away, or refused what we need; trying again later may help."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that is not acknowledged yet; ``packet`` is its id on this connection.

    ``retained``: the broker had kept it, and gives it because of a subscription.
    """

    topic: str
    payload: bytes
    packet: int
    qos: int
    retained: bool = False


class Connection:
    """A context: connected and subscribed inside; when it ends, however it ends, the broker says the last will.

    ``filters`` are subscribed at QoS 0 beside what devices say; a broker that refuses them is none the worse for it.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        will_topic: str,
        will: bytes,
        bell: Bell | None = None,
        filters: Sequence[str] = (),
    ) -> None:
        self._arrived: list[Arrived] = []
        self._bytes = 0
        self._granted: list[ReasonCode] | None = None
        self._unconfirmed: dict[int, int] = {}
        self._connected: ReasonCode | None = None
        self._settings = settings
        self._bell = bell
        self._filters = filters
        self._client = self._make_client(will_topic, will)

    def _make_client(self, will_topic: str, will: bytes) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._settings.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        context = ssl.create_default_context(cafile=str(self._settings.ca_file))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._settings.certificate_file, self._settings.key_file)
        client.tls_set_context(context)
        client.will_set(will_topic, will, qos=1, retain=True)
        client.max_inflight_messages_set(RECEIVE_MAXIMUM)
        client.max_queued_messages_set(20_000)
        client.on_socket_open = _set_no_delay
        client.on_message = self._note
        client.on_publish = self._note_confirmed
        client.on_connect = self._note_connected
        client.on_subscribe = self._note_granted
        return client

    def _note(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        self._bytes += len(payload)
        self._arrived.append(Arrived(message.topic, payload, message.mid, message.qos, retained=message.retain))

    def _note_confirmed(
        self, _client: Client, _data: Any, packet: int, _reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._unconfirmed.pop(packet, None)

    def _note_connected(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self._connected = reason

    def _note_granted(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        self._granted = reasons

    def __enter__(self) -> Self:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_DAYS * 24 * 3600
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = PACKET_BYTES_MAX
        try:
            self._client.connect(
                self._settings.host,
                self._settings.port,
                keepalive=KEEPALIVE_SECONDS,
                clean_start=False,
                properties=properties,
            )
            self._wait(lambda: self._connected is not None, "CONNACK")
            if self._connected is not None and self._connected.is_failure:
                raise BrokerError(f"the broker refused the connection: {self._connected}")
            self._subscribe()
        except (OSError, ssl.SSLError) as error:
            raise BrokerError(f"no connection to the broker: {error}") from error
        return self

    def _subscribe(self) -> None:
        # On every connection: a session that lives on keeps old subscriptions, not those of new settings.
        fresh = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
        filters = [(topics.journal_filter(shard), fresh) for shard in self._settings.shards]
        filters.append((topics.POLICY_WANTED_FILTER, fresh))
        if refused := self._ask([*filters, (topics.STATUS_FILTER, SubscribeOptions(qos=1))]):
            raise BrokerError(f"the broker refused a subscription: {refused}")
        if self._filters and (refused := self._ask([(each, SubscribeOptions(qos=0)) for each in self._filters])):
            log.info("the broker does not let us hear %s: %s", ", ".join(self._filters), refused)

    def _ask(self, filters: list[tuple[str, SubscribeOptions]]) -> list[str]:
        """Subscribe; gives the broker's answers if it refused any."""
        self._granted = None
        self._client.subscribe(filters)
        self._wait(lambda: self._granted is not None, "SUBACK")
        answers: list[ReasonCode] = self._granted or []
        return [str(reason) for reason in answers] if any(reason.value >= _FAILURE for reason in answers) else []

    def _wait(self, done: Any, what: str, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise BrokerError(f"the broker sent no {what} within {seconds:.0f} s")
            self._require(self._client.loop(0.2))

    def read(self, seconds: float) -> list[Arrived]:
        """Wait up to ``seconds`` for a message or the bell, then take what has arrived, up to the group's bounds.

        Raises:
            BrokerError: the connection is gone; what was read on it will come again.
        """
        if not self._arrived:
            self._wait_for_news(seconds)
            self._require(self._client.loop(0.0))
        while self._arrived and not self._is_full() and self._has_more():
            self._require(self._client.loop_read())
        arrived, self._arrived, self._bytes = self._arrived, [], 0
        return arrived

    def _wait_for_news(self, seconds: float) -> None:
        socket = self._client.socket()
        if socket is None or self._has_more():
            return
        readable: list[Any] = [socket] if self._bell is None else [socket, self._bell]
        select.select(readable, [socket] if self._client.want_write() else [], [], seconds)

    def _is_full(self) -> bool:
        return self._bytes >= GROUP_BYTES_MAX or len(self._arrived) >= GROUP_MESSAGES_MAX

    def _has_more(self) -> bool:
        socket = self._client.socket()
        if socket is None:
            return False
        return (isinstance(socket, ssl.SSLSocket) and socket.pending() > 0) or bool(
            select.select([socket], [], [], 0)[0]
        )

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expires_seconds: int | None = None) -> None:
        """Send at QoS 1; if it is lost with the connection, the device will ask again.

        After ``expires_seconds`` the broker hands it to nobody any more.
        """
        properties = None
        if expires_seconds is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expires_seconds
        sent = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
        self._unconfirmed[sent.mid] = len(payload)

    @property
    def has_room(self) -> bool:
        """Tell whether bulk may be sent: the broker has confirmed most of what was sent before."""
        return sum(self._unconfirmed.values()) < UNCONFIRMED_BYTES_MAX

    def acknowledge(self, arrived: Sequence[Arrived]) -> None:
        """Acknowledge messages of this connection, in the order in which they were read (MQTT 5, 4.6)."""
        for message in arrived:
            if message.qos:
                self._client.ack(message.packet, message.qos)

    def _require(self, code: MQTTErrorCode) -> None:
        if code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise BrokerError(f"the connection to the broker ended: {code.name}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_WITH_WILL))
        self._client.loop(0.1)


def _set_no_delay(_client: Client, _data: Any, connected: Any) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
