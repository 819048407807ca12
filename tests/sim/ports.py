"""The edge's two transports inside the simulation: bytes out, answers in, and everything between them may be lost."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from contract import topics
from contract.receipts import Answer
from domain.ids import DeviceId
from tests.sim import centre as centres
from tests.sim.broker import Broker, Delivery
from tests.sim.network import Network, Wire
from tests.sim.timeline import SECOND, Timeline

ANSWER_TIMEOUT = 10 * SECOND
RECONNECT = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Ears:
    """What a transport tells the process it serves."""

    connected: Callable[[], None]
    disconnected: Callable[[], None]
    answered: Callable[[bytes], None]
    puback: Callable[[bytes], None]  # the broker took this payload


class Port(Protocol):
    """A transport of one life of the edge."""

    def send(self, payload: bytes) -> None:
        """Send a batch, or lose it."""

    def close(self) -> None:
        """End with the process; nothing is said to it any more."""


class MqttPort:
    """A clean-start MQTT session: the journal is the only memory."""

    def __init__(self, name: DeviceId, broker: Broker, timeline: Timeline, ears: Ears) -> None:
        self.name = name
        self._broker = broker
        self._timeline = timeline
        self._ears = ears
        self._unconfirmed: dict[int, bytes] = {}
        self._packet = 0
        self._up = False
        self._closed = False
        self._wire: Wire | None = None
        self._connect()

    def send(self, payload: bytes) -> None:
        """Publish the batch with QoS 1."""
        if self._wire is not None and self._up:
            self._packet += 1
            self._unconfirmed[self._packet] = payload
            self._broker.publish(self._wire, self._packet, topics.journal(self.name), payload)

    def close(self) -> None:
        """Cut the connection."""
        self._closed = True
        if self._wire is not None:
            self._wire.close()

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        """CONNACK."""
        if wire is self._wire:
            self._up = True
            self._broker.subscribe(wire, [topics.receipt(self.name)])
            self._ears.connected()

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        """A receipt or a rejection."""
        if wire is self._wire:
            self._broker.acknowledge(wire, delivery.packet)
            self._ears.answered(delivery.payload)

    def on_puback(self, wire: Wire, packet: int) -> None:
        """The broker took it; worth nothing."""
        payload = self._unconfirmed.pop(packet, None)
        if wire is self._wire and payload is not None:
            self._ears.puback(payload)

    def on_disconnected(self, wire: Wire) -> None:
        """Connect again soon."""
        if wire is not self._wire or self._closed:
            return
        was_up, self._up, self._wire = self._up, False, None
        if was_up:
            self._ears.disconnected()
        self._timeline.after(RECONNECT, self._connect)

    def _connect(self) -> None:
        if not self._closed:
            self._wire = self._broker.connect(self, lasting=False)


class HttpsPort:
    """``POST /v1/ingest``: one connection a request; the answer is the receipt, if it comes back."""

    def __init__(
        self, name: DeviceId, centre: "centres.Centre", network: Network, timeline: Timeline, ears: Ears
    ) -> None:
        self.name = name
        self._centre = centre
        self._network = network
        self._timeline = timeline
        self._ears = ears
        self._closed = False
        timeline.after(0, self._begin)

    def send(self, payload: bytes) -> None:
        """Post the batch."""
        wire = Wire(self._network, self.name, centres.NAME, lambda: None)
        self._timeline.after(ANSWER_TIMEOUT, wire.close)

        def respond(answer: Answer) -> None:
            wire.send(centres.NAME, lambda: self._on_response(wire, answer))

        def arrive() -> None:
            if self._centre.up:
                self._centre.ingest(self.name, payload, respond)

        wire.send(self.name, arrive)

    def close(self) -> None:
        """Hear nothing any more."""
        self._closed = True

    def _begin(self) -> None:
        if not self._closed:
            self._ears.connected()

    def _on_response(self, wire: Wire, answer: Answer) -> None:
        wire.close()
        if not self._closed:
            self._ears.answered(answer.encoded())
