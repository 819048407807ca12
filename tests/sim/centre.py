"""The centre's host: the real ``gateway.ingest`` in a process that can die in four places.

It takes what has arrived, commits it in one transaction, answers, and only then acknowledges to the broker, as
``gateway.mqtt.consumer`` does; ``POST /v1/ingest`` is the same without the acknowledgement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from contract import topics
from contract.receipts import Answer, Receipt
from domain.ids import DeviceId
from gateway.ingest import Ingest
from gateway.messages import Message
from tests.sim import city
from tests.sim.broker import Broker, Delivery
from tests.sim.invariants import Watch
from tests.sim.memory_store import MemoryStore
from tests.sim.network import Wire
from tests.sim.plants import Variant
from tests.sim.timeline import SECOND, Clock, Timeline, Trace

NAME = "centre"
TAKEN_MAX = 64
COMMIT_TAKES = 4_000


class Point(IntEnum):
    """Where the process dies."""

    received = 0
    committing = 1
    committed = 2
    answered = 3


class DiedError(BaseException):
    """The process is gone at this line: no handler of its own may stop it."""


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message that waits: where it came from, and how to answer and to acknowledge."""

    message: Message
    answer: Callable[[Answer], None]
    acknowledge: Callable[[], None]


class Centre:
    """The gateway process and its database."""

    def __init__(self, timeline: Timeline, broker: Broker, trace: Trace, variant: Variant, store: MemoryStore) -> None:
        self.name = NAME
        self.store = store
        self.watch = Watch(store.raw)
        self.up = True
        self.clock = Clock(timeline)
        self.dies_at: Point | None = None
        self.restarts_after = SECOND
        self.commits = 0
        self._timeline = timeline
        self._broker = broker
        self._trace = trace
        self._variant = variant
        self._waiting: list[_Arrived] = []
        self._being_taken: list[_Arrived] = []
        self._committing = False
        self._wire: Wire | None = None
        self._packet = 0
        self._life = 0
        store.before_commit = lambda: self._reach(Point.committing)
        store.after_commit = self._look_at_rows

    # ---- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a life: nothing but the database is left from the one before."""
        self.up = True
        self._life += 1
        self._waiting = []
        self._committing = False
        self._ingest = self._variant.open_ingest(
            self.store,
            city.centre_key(),
            self.clock.wall,
            lambda: self._reach(Point.committed),
            self._answer_early,
        )
        self._trace.note(NAME, "started")
        self._connect(self._life)

    def die(self) -> None:
        """SIGKILL; a supervisor starts it again."""
        self.up = False
        self.dies_at = None
        self._life += 1
        self._trace.note(NAME, "died")
        if self._wire is not None:
            self._wire.close()
        life = self._life
        self._timeline.after(self.restarts_after, lambda: self.start() if life == self._life and not self.up else None)

    # ---- MQTT ----------------------------------------------------------------------------------------------------

    def _connect(self, life: int) -> None:
        if self.up and life == self._life:
            self._wire = self._broker.connect(self, lasting=True)

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        """CONNACK: subscribe, whether or not the session was kept."""
        if wire is self._wire:
            self._broker.subscribe(wire, [topics.journal_filter(shard) for shard in range(topics.SHARDS)])

    def on_puback(self, wire: Wire, packet: int) -> None:
        """Nothing follows from it."""

    def on_disconnected(self, wire: Wire) -> None:
        """Try again soon."""
        if self.up and wire is self._wire:
            life = self._life
            self._wire = None
            self._timeline.after(2 * SECOND, lambda: self._connect(life))

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        """Take a device's batch from the broker."""
        device = topics.device_of(delivery.topic)
        if not self.up or wire is not self._wire or device is None:
            return

        def answer(said: Answer) -> None:
            self._packet += 1
            if self._wire is not None:
                self._broker.publish(self._wire, self._packet, topics.receipt(device), said.encoded())

        def acknowledge() -> None:
            self._broker.acknowledge(wire, delivery.packet)

        self._take(_Arrived(Message(delivery.topic, device, delivery.payload), answer, acknowledge))

    # ---- HTTPS ---------------------------------------------------------------------------------------------------

    def ingest(self, device: DeviceId, payload: bytes, answer: Callable[[Answer], None]) -> None:
        """Take the body of ``POST /v1/ingest``; the certificate names the device."""
        self._take(_Arrived(Message("/v1/ingest", device, payload), answer, lambda: None))

    # ---- hops 5 to 7 ---------------------------------------------------------------------------------------------

    def _take(self, arrived: _Arrived) -> None:
        self._waiting.append(arrived)
        if not self._committing:
            self._committing = True
            life = self._life
            self._timeline.after(COMMIT_TAKES, lambda: self._commit(life))

    def _commit(self, life: int) -> None:
        if life != self._life or not self.up:
            return
        taken, self._waiting = self._waiting[:TAKEN_MAX], self._waiting[TAKEN_MAX:]
        self._being_taken = taken
        try:
            self._reach(Point.received)
            answers = self._ingest.take([arrived.message for arrived in taken])
            self._answer(taken, answers)
            self._reach(Point.answered)
        except DiedError:
            self.die()
            return
        for arrived in taken:
            arrived.acknowledge()
        self._committing = bool(self._waiting)
        if self._committing:
            self._timeline.after(COMMIT_TAKES, lambda: self._commit(life))

    def _look_at_rows(self) -> None:
        self.commits += 1
        self.watch.after_commit()

    def _answer(self, taken: Sequence[_Arrived], answers: Sequence[Answer | None]) -> None:
        for arrived, said in zip(taken, answers, strict=True):
            if said is None:
                continue
            if isinstance(said, Receipt):
                self.watch.on_receipt(said.device, said.epoch, said.upto_seq, said.head)
                self._trace.note(NAME, "receipt", f"{said.device} {said.epoch} {said.upto_seq}")
            else:
                self._trace.note(NAME, "rejection", f"{said.device} {said.reason}")
            arrived.answer(said)

    def _answer_early(self, answers: Sequence[Answer | None]) -> None:
        self._answer(self._being_taken, answers)

    def _reach(self, point: Point) -> None:
        if self.dies_at is point:
            raise DiedError(point.name)
