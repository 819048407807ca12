"""A real mosquitto as production runs it (mutual TLS, names from certificates, ACL by name), and a device's client."""

import queue
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from contract import topics
from contract.commands import Command, decode_command
from contract.policy import PolicyPointer
from contract.receipts import Answer, decode_answer
from contract.status import CentreStatus
from domain.ids import DeviceId
from gateway.settings import BrokerSettings
from gateway.site.certificates import ensure_authority, ensure_client_certificate, ensure_server_certificate
from tests.servers import free_port, mosquitto

_CONFIG = """
listener {port} 127.0.0.1
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {folder}/acl
persistence false
max_queued_messages 0
set_tcp_nodelay true
message_size_limit 2097152
user root
log_type error
"""

_ACL = """
user gateway
topic readwrite sekisho/1/#

pattern write sekisho/1/journal/+/%u
pattern write sekisho/1/status/%u
pattern read sekisho/1/receipt/%u
pattern read sekisho/1/policy/%u
pattern read sekisho/1/policy-offer/%u
pattern read sekisho/1/policy-part/%u
pattern write sekisho/1/policy-wanted/%u
pattern read sekisho/1/command/%u
pattern read sekisho/1/centre
"""


class Broker:
    """A mosquitto that can be started, killed and started again on one port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.ca_file = folder / "ca.crt"
        self._authority = ensure_authority(folder, "Sekisho test CA", now=datetime.now(UTC))
        ensure_server_certificate(self._authority, folder, "server", names=("localhost",), now=datetime.now(UTC))
        self._config = folder / "mosquitto.conf"
        acl = folder / "acl"
        acl.write_text(_ACL)
        acl.chmod(0o600)
        self._config.write_text(_CONFIG.format(port=self.port, folder=folder))

    def certify(self, name: str) -> tuple[Path, Path]:
        """Give the certificate and key files of a client of this name."""
        ensure_client_certificate(self._authority, self.folder, name, name=name, now=datetime.now(UTC))
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it while the context lasts."""
        with mosquitto(self._config, self.port) as process:
            yield process

    def settings(self, name: str = "gateway") -> BrokerSettings:
        """Give what a gateway of this name needs to connect."""
        certificate_file, key_file = self.certify(name)
        return BrokerSettings(
            host="127.0.0.1",
            port=self.port,
            ca_file=self.ca_file,
            certificate_file=certificate_file,
            key_file=key_file,
            client_id=name,
        )


class DeviceClient:
    """A device's end of the wire: sends what it is told, keeps the answers it gets."""

    def __init__(self, broker: Broker, device: DeviceId) -> None:
        self.device = device
        self.answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.pointers: queue.SimpleQueue[PolicyPointer] = queue.SimpleQueue()
        self.centre: queue.SimpleQueue[CentreStatus] = queue.SimpleQueue()
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._subscribed: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._broker = broker
        self._client = Client(CallbackAPIVersion.VERSION2, client_id=device, protocol=MQTTProtocolVersion.MQTTv5)
        context = ssl.create_default_context(cafile=str(broker.ca_file))
        context.load_cert_chain(*broker.certify(device))
        self._client.tls_set_context(context)
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self._subscribed.put(True)
        self._client.on_message = self._note

    def _subscribe(self, client: Client, *_: Any) -> None:
        own = (topics.receipt, topics.policy, topics.command)
        names = [*(topic(self.device) for topic in own), topics.CENTRE]
        client.subscribe([(name, SubscribeOptions(qos=1)) for name in names])

    def _note(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if message.topic == topics.receipt(self.device):
            self.answers.put(decode_answer(message.payload))
        elif message.topic == topics.policy(self.device):
            self.pointers.put(PolicyPointer.model_validate_json(message.payload))
        elif message.topic == topics.command(self.device):
            self.commands.put(decode_command(message.payload))
        else:
            self.centre.put(CentreStatus.model_validate_json(message.payload))

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._broker.port)
        self._client.loop_start()
        self._subscribed.get(timeout=10)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, payload: bytes, topic: str | None = None) -> None:
        """Publish on the device's journal topic, or another, and wait for the broker's word."""
        self._client.publish(topic or topics.journal(self.device), payload, qos=1).wait_for_publish(10)

    def send_status(self, payload: bytes) -> None:
        """Publish a birth, retained."""
        self._client.publish(topics.status(self.device), payload, qos=1, retain=True).wait_for_publish(10)
