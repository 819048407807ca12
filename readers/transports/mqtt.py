"""The way over MQTT 5: mutual TLS, client id = device, a clean session each time, for the journal is the session.

Each connection is a new client object, so that nothing of an old one is sent again behind the journal's back. A reason
code is an error path: "not authorized" parks the transport instead of knocking again and again.
"""

import random
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from contract import topics
from domain.ids import DeviceId
from readers.client_pair import ClientPair
from readers.sending import back_off_seconds
from readers.settings import MqttSettings
from readers.transports.port import Arrived, Connected, Disconnected, Meaning, Refused, Report

KEEPALIVE_SECONDS = 20
PARKED_SECONDS = 600.0
INFLIGHT_MAX = 1000
_PARKING = frozenset({"Not authorized", "Bad user name or password", "Banned", "Client identifier not valid"})


class MqttTransport:
    """A device's connection to the broker, kept up by a thread of its own."""

    status_seconds = 30.0

    def __init__(self, settings: MqttSettings, device: DeviceId, pair: ClientPair | None = None) -> None:
        self._settings = settings
        self._pair = pair or ClientPair(settings.certificate_file, settings.key_file)
        self._let_in = False
        self._device = device
        self._meanings: Mapping[str, Meaning] = {
            topics.receipt(device): "answer",
            topics.policy(device): "pointer",
            topics.policy_offer(device): "offer",
            topics.policy_part(device): "part",
            topics.command(device): "command",
        }
        self._client: Client | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._parked = False
        self._failures = 0

    def start(self, report: Report, will: Callable[[], bytes]) -> None:
        """Begin to connect and stay connected."""
        self._report = report
        self._will = will
        self._thread.start()

    def send_batch(self, payload: bytes) -> None:
        """Publish a batch on the device's journal topic, QoS 1."""
        self._publish(topics.journal(self._device), payload, retain=False)

    def send_status(self, payload: bytes) -> None:
        """Publish a birth on the device's status topic, QoS 1, retained."""
        self._publish(topics.status(self._device), payload, retain=True)

    def send_wanted(self, payload: bytes) -> None:
        """Publish what is wanted of the policy, QoS 1."""
        self._publish(topics.policy_wanted(self._device), payload, retain=False)

    def reconnect(self) -> None:
        """Leave in good order; the thread comes back with the certificate that is to be shown now."""
        if self._client is not None:
            self._client.disconnect()

    def stop(self) -> None:
        """Disconnect in good order, so that the will is not published, and end the thread."""
        self._stop.set()
        if self._client is not None:
            self._client.disconnect()
        if self._thread.is_alive():
            self._thread.join(5)

    def _publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        client = self._client
        if client is not None and client.is_connected():
            client.publish(topic, payload, qos=1, retain=retain)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._parked = self._let_in = False
            context = ssl.create_default_context(cafile=str(self._settings.ca_file))
            try:
                self._pair.load_into(context)
                client = self._new_client(context)
                properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
                properties.SessionExpiryInterval = 0
                client.connect(
                    self._settings.host,
                    self._settings.port,
                    KEEPALIVE_SECONDS,
                    clean_start=True,
                    properties=properties,
                )
                self._client = client
                # loop() and not loop_forever(), which has no pipe by which publish wakes it: what is handed over would
                # wait for the end of its select, up to a second.
                while client.loop() is MQTTErrorCode.MQTT_ERR_SUCCESS:
                    pass
            except OSError as error:
                # TLS faults are OSErrors too; their text names the certificate's fault.
                self._report(Disconnected(f"{type(error).__name__}: {error}"))
            self._client = None
            if not self._let_in:
                self._pair.note_refused()
            self._failures += 1
            pause = PARKED_SECONDS if self._parked else back_off_seconds(self._failures, random.random())  # noqa: S311
            self._stop.wait(pause)

    def _new_client(self, context: ssl.SSLContext) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._device,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.tls_set_context(context)
        client.max_inflight_messages_set(INFLIGHT_MAX)
        client.will_set(topics.status(self._device), self._will(), qos=1, retain=True)
        client.on_socket_open = _without_delay
        # Without an external writer paho writes from the publishing thread too, and two threads in one TLS socket
        # spoil its records ("bad record mac"); with one, publish only wakes the loop's own thread.
        client.on_socket_register_write = _leave_to_the_loop
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        return client

    def _on_connect(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refused(f"connect: {reason}", reason)
            return
        client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._meanings])

    def _on_subscribe(
        self, client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        for reason in reasons:
            if reason.is_failure:
                self._refused(f"subscribe: {reason}", reason)
                client.disconnect()
                return
        self._failures = 0
        self._let_in = True
        self._pair.note_accepted()
        self._report(Connected())

    def _on_publish(
        self, _client: Client, _data: Any, _mid: int, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        # PUBACK says nothing about storage: only its refusals are heard.
        if reason.is_failure:
            self._report(Refused(f"publish: {reason}"))

    def _on_disconnect(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure and str(reason) in _PARKING:
            self._refused(f"disconnect: {reason}", reason)
        self._report(Disconnected(str(reason)))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._report(Arrived(self._meanings.get(message.topic, "answer"), bytes(message.payload)))

    def _refused(self, cause: str, reason: ReasonCode) -> None:
        self._parked = str(reason) in _PARKING
        self._report(Refused(cause))


def _without_delay(_client: Client, _data: Any, opened: Any) -> None:
    # With Nagle's algorithm each connect and each live tap waits some 40 ms for the other side's delayed ACK.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _leave_to_the_loop(_client: Client, _data: Any, _socket: Any) -> None:
    """Nothing to register: the loop's thread selects for writing by itself."""
