"""A strict MQTT 5 client for tests: every reason code is seen, every delivery is kept."""

import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Credentials:
    """The files a client shows and trusts."""

    ca: Path
    certificate: Path | None
    key: Path | None

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


class Peer:
    """One connection; entered it is connected, or ``refused`` says why not."""

    def __init__(self, credentials: Credentials, port: int, *, client_id: str, will: str | None = None) -> None:
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.tls_set_context(credentials.context())
        if will is not None:
            self._client.will_set(will, b"gone", qos=1)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._acknowledged
        self._client.on_subscribe = self._acknowledged_list
        self._client.on_unsubscribe = self._acknowledged_list
        self._client.on_message = self._received
        self._port = port
        self._changed = threading.Condition()
        self._codes: dict[int, Any] = {}
        self.connect_code: Any = None
        self.disconnect_code: Any = None
        self.received: list[tuple[str, bytes]] = []

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port, keepalive=30)
        self._client.loop_start()
        self._wait(lambda: self.connect_code is not None or self.disconnect_code is not None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.disconnect()
        with self._changed:  # stopped earlier, paho leaves its socket open
            self._changed.wait_for(lambda: self.disconnect_code is not None, 2.0)
        self._client.loop_stop()
        for name in ("connect", "disconnect", "publish", "subscribe", "unsubscribe", "message"):
            setattr(self._client, f"on_{name}", None)  # no circle: what paho holds open ends with this peer

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Publish with QoS 1 and give the reason code of the PUBACK."""
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        return self._code(info.mid)

    def subscribe(self, topic: str) -> int:
        mid = self._client.subscribe(topic, qos=1)[1]
        assert mid is not None
        return self._code(mid)

    def settle(self, topic: str) -> None:
        """Unsubscribe: its answer comes after everything that was on its way to this client."""
        mid = self._client.unsubscribe(topic)[1]
        assert mid is not None
        self._code(mid)

    def wait_until_disconnected(self) -> None:
        self._wait(lambda: self.disconnect_code is not None)

    def hear(self, count: int) -> None:
        """Wait until ``count`` messages have come."""
        self._wait(lambda: len(self.received) >= count)

    def cut(self) -> None:
        """Lose the connection without a word, as when power goes; the broker speaks the will."""
        connection = self._client.socket()
        assert connection is not None
        connection.shutdown(socket.SHUT_RDWR)
        self.wait_until_disconnected()

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    def send(self, topic: str, payload: bytes) -> None:
        """Publish without waiting for an answer."""
        self._client.publish(topic, payload, qos=1)

    def _code(self, mid: int) -> int:
        self._wait(lambda: mid in self._codes)
        return int(self._codes[mid].value)

    def _wait(self, condition: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE_SECONDS), "the broker did not answer"

    def _connected(self, _client: Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        with self._changed:
            self.connect_code = code
            self._changed.notify_all()

    def _disconnected(self, _client: Client, _data: object, _flags: object, code: Any, _properties: object) -> None:
        with self._changed:
            self.disconnect_code = code
            self._changed.notify_all()

    def _acknowledged(self, _client: Client, _data: object, mid: int, code: Any, _properties: object) -> None:
        with self._changed:
            self._codes[mid] = code
            self._changed.notify_all()

    def _acknowledged_list(self, _client: Client, _data: object, mid: int, codes: Any, _properties: object) -> None:
        with self._changed:
            self._codes[mid] = codes[0]
            self._changed.notify_all()

    def _received(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        with self._changed:
            self.received.append((message.topic, bytes(message.payload)))
            self._changed.notify_all()
