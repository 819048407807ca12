"""The edge's two transports inside the simulation: bytes out, answers in, and everything between them may be lost."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from contract import topics
from contract.receipts import Answer
from domain.ids import DeviceId
from readers.transports.port import Arrived, Connected, Disconnected, Meaning, Report, Transport
from tests.sim import centre as centres
from tests.sim.broker import Broker, Delivery
from tests.sim.network import Network, Wire
from tests.sim.timeline import SECOND, Ticket, Timeline

ANSWER_TIMEOUT = 10 * SECOND
RECONNECT = 2 * SECOND
QUEUE_MAX = 64
STATUS_SECONDS = 900.0
"""Births are sent on every connection, and seldom in between: they cost as much as a tap."""

Port = Transport


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what passes a transport, besides the link: each batch handed over, each payload the broker took."""

    batch: Callable[[bytes], None]
    puback: Callable[[bytes], None]


class MqttPort:
    """A clean-start MQTT session: the journal is the only memory."""

    status_seconds = STATUS_SECONDS

    def __init__(self, name: DeviceId, broker: Broker, timeline: Timeline, ears: Ears) -> None:
        self.name: str = name
        self._device = name
        self._broker = broker
        self._timeline = timeline
        self._ears = ears
        self._unconfirmed: dict[int, bytes] = {}
        self._packet = 0
        self._up = False
        self._closed = False
        self._wire: Wire | None = None
        self._meanings: dict[str, Meaning] = {
            topics.receipt(name): "answer",
            topics.policy(name): "pointer",
            topics.policy_offer(name): "offer",
            topics.policy_part(name): "part",
            topics.command(name): "command",
        }

    def start(self, report: Report, will: Callable[[], bytes]) -> None:
        """Begin to connect."""
        self._report = report
        self._connect()

    def send_status(self, payload: bytes) -> None:
        """Publish a birth, retained."""
        if self._wire is not None and self._up:
            self._packet += 1
            self._broker.publish(self._wire, self._packet, topics.status(self._device), payload, retain=True)

    def send_wanted(self, payload: bytes) -> None:
        """Publish what is wanted of the policy."""
        if self._wire is not None and self._up:
            self._packet += 1
            self._broker.publish(self._wire, self._packet, topics.policy_wanted(self._device), payload)

    def send_batch(self, payload: bytes) -> None:
        """Publish the batch with QoS 1."""
        self._ears.batch(payload)
        if self._wire is not None and self._up:
            self._packet += 1
            self._unconfirmed[self._packet] = payload
            self._broker.publish(self._wire, self._packet, topics.journal(self._device), payload)

    def stop(self) -> None:
        """Cut the connection."""
        self._closed = True
        if self._wire is not None:
            self._wire.close()

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        """CONNACK."""
        if wire is self._wire:
            self._up = True
            self._broker.subscribe(wire, list(self._meanings))
            self._report(Connected())

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        """A receipt or a rejection, a policy pointer, a command."""
        if wire is self._wire:
            self._broker.acknowledge(wire, delivery.packet)
            self._report(Arrived(self._meanings[delivery.topic], delivery.payload))

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
            self._report(Disconnected("lost"))
        self._timeline.after(RECONNECT, self._connect)

    def _connect(self) -> None:
        if not self._closed:
            self._wire = self._broker.connect(self, lasting=False)


class HttpsPort:
    """``POST /v1/ingest``: one connection a request; the answer is the receipt, if it comes back."""

    status_seconds = STATUS_SECONDS

    def __init__(
        self, name: DeviceId, centre: "centres.Centre", network: Network, timeline: Timeline, ears: Ears
    ) -> None:
        self.name = name
        self._centre = centre
        self._network = network
        self._timeline = timeline
        self._ears = ears
        self._closed = False
        self._queue: deque[bytes] = deque()
        self._posting = False

    def start(self, report: Report, will: Callable[[], bytes]) -> None:
        """Begin to take requests."""
        self._report = report
        self._timeline.after(0, self._begin)

    def send_status(self, payload: bytes) -> None:
        """Post a birth; the policy's pointer is the answer."""
        wire = Wire(self._network, self.name, centres.NAME, lambda: None)

        def answer(pointer: bytes) -> None:
            wire.send(centres.NAME, lambda: self._on_pointer(wire, pointer))

        wire.send(self.name, lambda: self._centre.ask_pointer(self.name, payload, answer))

    def _on_pointer(self, wire: Wire, pointer: bytes) -> None:
        wire.close()
        if not self._closed:
            self._report(Arrived("pointer", pointer))

    def send_wanted(self, payload: bytes) -> None:
        """Ask for an offer, or for the parts of one."""
        wire = Wire(self._network, self.name, centres.NAME, lambda: None)

        def answer(what: Meaning, message: bytes) -> None:
            wire.send(centres.NAME, lambda: None if self._closed else self._report(Arrived(what, message)))

        wire.send(self.name, lambda: self._centre.ask_policy(self.name, payload, answer))

    def send_batch(self, payload: bytes) -> None:
        """Post the batch when those before it are done."""
        self._ears.batch(payload)
        if len(self._queue) < QUEUE_MAX:
            self._queue.append(payload)
        self._post()

    def _post(self) -> None:
        if self._posting or self._closed or not self._queue:
            return
        self._posting = True
        payload = self._queue.popleft()
        wire = Wire(self._network, self.name, centres.NAME, lambda: None)
        timeout = self._timeline.after(ANSWER_TIMEOUT, lambda: self._on_timeout(wire))

        def respond(answer: Answer) -> None:
            wire.send(centres.NAME, lambda: self._on_response(wire, timeout, answer))

        def arrive() -> None:
            if self._centre.up:
                self._centre.request(self.name, payload, respond)

        wire.send(self.name, arrive)

    def stop(self) -> None:
        """Hear nothing any more."""
        self._closed = True

    def _begin(self) -> None:
        if not self._closed:
            self._report(Connected())

    def _on_response(self, wire: Wire, timeout: Ticket, answer: Answer) -> None:
        timeout.cancel()
        wire.close()
        self._posting = False
        if not self._closed:
            self._report(Arrived("answer", answer.encoded()))
            self._post()

    def _on_timeout(self, wire: Wire) -> None:
        wire.close()
        if self._closed:
            return
        self._report(Disconnected("timeout"))
        self._timeline.after(RECONNECT, self._resume)

    def _resume(self) -> None:
        self._posting = False
        self._queue.clear()
        self._begin()
