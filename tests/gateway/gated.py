"""A rendered city hall with its real broker, a gate that keeps revoked devices out, and devices' bare connections."""

import queue
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from domain.ids import DeviceId
from gateway.context import GatewayContext
from gateway.devices.device_gate import DeviceGate
from gateway.main import open_context
from gateway.operations.access.enroll_devices import enroll_devices, read_device_keys
from gateway.operations.access.revoke_device import RevokeFault, revoke_device
from gateway.settings import CertificateSettings, load_gateway_settings
from gateway.site.description import load_site
from gateway.site.layout import FIRMWARE_CONFIGS, RenderedSite
from gateway.site.options import RenderOptions
from gateway.site.render import render_site
from store.migrate import migrate
from tests.servers import free_port, mosquitto

SITE = load_site(FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml")
WEST, EAST = (DeviceId(each.id) for each in SITE.devices[:2])


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Hall:
    """The rendered site, its gateway's context, and the port of its broker."""

    rendered: RenderedSite
    context: GatewayContext
    clock: Clock
    port: int
    gate: DeviceGate = field(init=False)

    def __post_init__(self) -> None:
        self.gate = DeviceGate(self.context, self.settings)

    @property
    def settings(self) -> CertificateSettings:
        assert self.context.settings.certificates is not None
        return self.context.settings.certificates

    def revoke(self, device: DeviceId, reason: str = "盗まれた") -> RevokeFault | None:
        with self.context.store.transaction(self.clock()) as tx:
            return revoke_device(tx, token_hex(8), device, reason=reason, by="soumu")

    def files(self, device: str) -> tuple[Path, Path]:
        folder = self.rendered.root / "edge" / device
        return folder / "client.crt", folder / "client.key"

    def can_connect(self, device: str) -> bool:
        """Tell whether whoever holds the device's files gets into the broker now."""
        try:
            with Wire(self, device) as wire:
                return wire.connected.get(timeout=5)
        except (OSError, queue.Empty):
            return False


class Wire:
    """A bare MQTT connection by a device's own files, which does not come back by itself."""

    def __init__(self, hall: Hall, device: str) -> None:
        self.connected: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.ended: queue.SimpleQueue[float] = queue.SimpleQueue()
        self.arrived: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        context = ssl.create_default_context(cafile=str(hall.rendered.root / "gateway" / "ca.crt"))
        certificate, key = (
            hall.files(device)
            if device != "gateway"
            else (hall.rendered.root / "gateway" / "client.crt", hall.rendered.root / "gateway" / "client.key")
        )
        context.load_cert_chain(certificate, key)
        self._client.tls_set_context(context)
        self._client.on_connect = lambda _c, _d, _f, reason, _p: self.connected.put(not reason.is_failure)
        self._client.on_disconnect = lambda *_: self._note_end()
        self._client.on_message = lambda _c, _d, message: self.arrived.put(message)
        self._port = hall.port

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port, keepalive=20)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _note_end(self) -> None:
        self.connected.put(False)  # for whoever waits to be let in
        self.ended.put(time.monotonic())

    def retain(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1, retain=True).wait_for_publish(10)

    def list_retained(self, topics: list[str], seconds: float = 1.0) -> set[str]:
        """Give those of the topics on which the broker retains something."""
        self._client.subscribe([(topic, 1) for topic in topics])
        found, deadline = set(), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self.arrived.get(timeout=left)
            except queue.Empty:
                break
            if message.retain and message.payload:
                found.add(message.topic)
        return found


def open_hall(folder: Path, *, age: timedelta = timedelta(minutes=1), **options: Any) -> Hall:
    """Render and prepare a city hall of one machine, which was set up so long ago."""
    port = free_port()
    rendered = render_site(
        SITE, folder, options=RenderOptions(broker_port=port, **options), now=datetime.now(UTC) - age
    )
    settings = load_gateway_settings(rendered.gateway_settings)
    migrate(settings.database_url)
    clock = Clock()
    context = open_context(settings, clock)
    with context.store.transaction(clock()) as tx:
        enroll_devices(tx, read_device_keys(rendered.device_keys))
    return Hall(rendered, context, clock, port)


@contextmanager
def running(hall: Hall) -> Iterator[None]:
    """Run the hall's broker."""
    with mosquitto(hall.rendered.broker_settings, hall.port):
        yield
    hall.context.store.close()
