"""The centre's host: the real consumer, ingest and status desk in a process that can die in four places.

``gateway.mqtt.consumer`` says in which order a group is committed, answered and acknowledged; this host only gives it
the group and carries out what it says. A request over HTTPS is a group of its own, answered instead of acknowledged.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import IntEnum
from threading import Event
from types import SimpleNamespace
from typing import Any

from contract import topics
from contract.policy import PARTS_AT_ONCE, PolicyOffer, PolicyPointer, decode_wanted
from contract.receipts import Answer
from domain.ids import DeviceId
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.connection import Arrived
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.operations.access.publish_policy import load_pointer
from gateway.policy.heard_editions import HeardEditions
from gateway.policy.policy_parts import Parcel, PolicyParts
from gateway.policy.policy_post import PolicyPost
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision
from readers.transports.port import Meaning
from store.editions import load_latest_edition, load_newest_version
from store.tx import Tx
from tests.sim import city
from tests.sim.broker import Broker, Delivery
from tests.sim.invariants import Watch
from tests.sim.memory_store import MemoryStore
from tests.sim.network import Wire
from tests.sim.plants import Variant
from tests.sim.rulebook import Edition, Rulebook, policy_of
from tests.sim.timeline import MINUTE, SECOND, Clock, Timeline, Trace

NAME = "centre"
COMMIT_TAKES = 4_000
RECONNECT = 2 * SECOND
POLICY_EVERY = 5 * MINUTE
"""How often the centre stands by its policy; in life each minute, which costs as much as a tap."""

Respond = Callable[[Answer], None]
REVISIONS = OneRevision(city.REVISION)


class PartedParts(PolicyParts):
    """Sends every whole policy in a part, for here none is large."""

    def _make(self, tx: Tx, question: Any, *, whole: bool) -> Parcel | None:
        parcel = super()._make(tx, question, whole=whole)
        if parcel is None or parcel.offer.from_version:
            return parcel
        return replace(parcel, offer=parcel.offer.model_copy(update={"inside": None}).signed(city.centre_key()))


class Point(IntEnum):
    """Where the process dies."""

    received = 0
    committing = 1
    committed = 2
    answered = 3


class DiedError(BaseException):
    """The process is gone at this line: no handler of its own may stop it."""


class Centre:
    """The gateway process and its database."""

    def __init__(
        self, timeline: Timeline, broker: Broker, trace: Trace, variant: Variant, store: MemoryStore, rulebook: Rulebook
    ) -> None:
        self.name = NAME
        self.store = store
        self.rulebook = rulebook
        self.watch = Watch(store.raw, rulebook)
        self.pointers: list[tuple[DeviceId, bytes]] = []
        self.offers: dict[tuple[DeviceId, int], list[bytes]] = {}
        self.up = False
        self.clock = Clock(timeline)
        self.said: list[tuple[DeviceId, bytes]] = []
        self.dies_at: Point | None = None
        self.restarts_after = SECOND
        self._timeline = timeline
        self._broker = broker
        self._trace = trace
        self._variant = variant
        self._life = 0
        self._wire: Wire | None = None
        self._packet = 0
        self._arrived: list[Arrived] = []
        self._requests: list[tuple[Message, Respond]] = []
        self._answering: list[Respond | None] = []
        self._committing = False
        self.on_taken: Callable[[], None] = lambda: None
        store.before_commit = lambda: self._reach(Point.committing)
        store.after_commit = self.watch.after_commit

    # ---- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a life: nothing but the database is left from the one before."""
        self.up = True
        self._life += 1
        self._arrived, self._requests, self._committing = [], [], False
        keys, now = KeyBook(self.store), self.clock.wall
        self._ingest = self._variant.open_ingest(
            self.store, city.centre_key(), now, keys, lambda: self._reach(Point.committed), self._answer_early
        )
        settings: Any = SimpleNamespace(shards=range(topics.SHARDS))
        parts = PartedParts(PolicyShelf(), REVISIONS, city.NAMES, city.centre_key())
        self._policies = PolicyPost(self.store, parts, keys, now)
        self._herald = Herald(
            self.store,
            REVISIONS,
            city.centre_key(),
            now,
            range(topics.SHARDS),
            push=self._policies.push,
            clock=lambda: self._timeline.now / SECOND,
        )
        self._heard = HeardEditions()
        self._desk = StatusDesk(self.store, city.centre_key(), now, keys=keys, heard=self._heard)
        self._consumer = Consumer(
            settings,
            city.centre_key(),
            now,
            ingest=self._ingest,
            desk=self._desk,
            herald=self._herald,
            policies=self._policies,
        )
        self._trace.note(NAME, "starts")
        self._connect(self._life)
        self._beat(self._life)

    def die(self) -> None:
        """SIGKILL; a supervisor starts it again."""
        self.up = False
        self.dies_at = None
        self._life += 1
        self._trace.note(NAME, "dies")
        if self._wire is not None:
            self._wire.close()
        life = self._life
        self._timeline.after(self.restarts_after, lambda: self.start() if life == self._life and not self.up else None)

    def restore(self, backup: bytes, down_for: int) -> None:
        """The database is lost; an older backup is put in its place, and the gateway is started on it."""
        self.restarts_after = down_for
        if self.up:
            self.die()
        self.store.put_back(backup)
        with self.store.reading(self.clock.wall()) as tx:
            newest = load_latest_edition(tx, city.REVISION.id)
        assert newest is not None
        self.rulebook.restore((newest.version, newest.issued_at), self._timeline.now)
        self.watch.on_restore()
        self._trace.note(NAME, "restored", len(self.watch.held))

    def _reach(self, point: Point) -> None:
        if self.dies_at is point:
            raise DiedError(point.name)

    # ---- MQTT ----------------------------------------------------------------------------------------------------

    def _connect(self, life: int) -> None:
        if self.up and life == self._life:
            self._wire = self._broker.connect(self, lasting=True)

    def on_connected(self, wire: Wire, *, resumed: bool) -> None:
        """CONNACK: subscribe, whether or not the session was kept."""
        if wire is self._wire:
            journals = [topics.journal_filter(shard) for shard in range(topics.SHARDS)]
            self._broker.subscribe(wire, [*journals, topics.STATUS_FILTER, topics.POLICY_WANTED_FILTER])
            self._herald.restart()
            self.tell_policy()

    def on_puback(self, wire: Wire, packet: int) -> None:
        """Nothing follows from it."""

    def on_disconnected(self, wire: Wire) -> None:
        """Try again soon; what came through that connection and is not acknowledged comes again."""
        if self.up and wire is self._wire:
            life = self._life
            self._wire = None
            self._arrived = []
            self._timeline.after(RECONNECT, lambda: self._connect(life))

    def on_message(self, wire: Wire, delivery: Delivery) -> None:
        """Take a device's message from the broker."""
        if self.up and wire is self._wire:
            self._arrived.append(Arrived(delivery.topic, delivery.payload, delivery.packet, 1))
            self._commit_soon()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish for the consumer."""
        self._note(payload)
        self.tell(topic, payload, retain=retain)

    def tell(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish; without a connection nothing happens."""
        self._packet += 1
        if self._wire is not None:
            self._broker.publish(self._wire, self._packet, topic, payload, retain=retain)

    def acknowledge(self, arrived: Sequence[Arrived]) -> None:
        """Acknowledge for the consumer."""
        self._reach(Point.answered)
        for message in arrived:
            if self._wire is not None:
                self._broker.acknowledge(self._wire, message.packet)

    # ---- policies ----------------------------------------------------------------------------------------------------

    def publish_policy(self, wanted: Edition, *, tells: bool = True, above: int = 0) -> Edition | None:
        """Let a new policy hold, under the next number above the database's and ``above``; gives it as it is named.

        None where the process dies of it; without ``tells`` nobody hears of it yet.
        """
        if not self.up:
            return None
        now = self.clock.wall()
        try:
            with self.store.transaction(now) as tx:
                version = max(load_newest_version(tx), above) + 1
                edition = replace(wanted, version=version, issued_at=now)
                city.publish(tx, policy_of(edition))
        except DiedError:
            self.die()
            return None
        self.rulebook.add(edition, self._timeline.now)
        self._trace.note(NAME, "publishes", edition.version)
        if tells:
            self.tell_policy()
        return edition

    def _leap(self) -> None:
        """Publish anew above what boxes hold and this database never issued, as the keeper does."""
        now = self.clock.wall()
        with self.store.reading(now) as tx:
            newest = load_newest_version(tx)
        if (above := self._heard.leap(newest, now)) > newest:
            self.publish_policy(self.rulebook.edition, tells=False, above=above)

    def _beat(self, life: int) -> None:
        if self.up and life == self._life:
            self._leap()
        if self.up and life == self._life:
            self.tell_policy()
            self._timeline.after(POLICY_EVERY, lambda: self._beat(life))

    def tell_policy(self) -> None:
        """Say which policy holds, and send what is asked for or known to be needed: offers before their pointers."""
        self._tell_pointers()
        while self._policies.work():
            pass
        for ready in self._policies.take(offers=1000, parts=1000):
            if isinstance(ready.message, bytes):
                self.tell(topics.policy_part(ready.device), ready.message)
            elif ready.message is not None:
                self.tell(topics.policy_offer(ready.device), self.note_offer(ready.message))
            if ready.pointer:
                self._herald.greet(ready.device)
        self._tell_pointers()

    def _tell_pointers(self) -> None:
        for pointer in self._herald.due():
            device, payload = DeviceId(pointer.device), self._signed(pointer)
            self.tell(topics.policy(device), payload, retain=True)

    def ask_pointer(self, device: DeviceId, birth: bytes, respond: Callable[[bytes], None]) -> None:
        """Answer the birth of a device that speaks HTTPS."""
        if not self.up:
            return
        try:
            self._desk.take([Message("/v1/status", device, birth)])
        except DiedError:
            self.die()
            return
        self._leap()
        if self.up:
            now = self.clock.wall()
            with self.store.reading(now) as tx:
                pointer = load_pointer(tx, REVISIONS, device, city.centre_key(), now)
            if pointer is not None:
                respond(self._signed(pointer))

    def ask_policy(self, device: DeviceId, payload: bytes, respond: Callable[[Meaning, bytes], None]) -> None:
        """Answer what a device that speaks HTTPS wants of its policy."""
        wanted = decode_wanted(payload)
        if not self.up:
            return
        if wanted.digest is not None:
            for number in range(wanted.from_part, wanted.from_part + PARTS_AT_ONCE):
                if (part := self._policies.find_part(device, wanted.digest, number)) is not None:
                    respond("part", part)
            return
        offer = self._policies.answer(Message("/v1/policy/wanted", device, payload))
        if isinstance(offer, PolicyOffer):
            respond("offer", self.note_offer(offer))

    def note_offer(self, offer: PolicyOffer) -> bytes:
        """Give an offer's bytes; whoever heard them may say them again."""
        self.offers.setdefault((DeviceId(offer.device), offer.policy_version), []).append(offer.encoded())
        return offer.encoded()

    def _signed(self, pointer: PolicyPointer) -> bytes:
        is_ahead = self.clock.offset > SECOND
        self.rulebook.on_pointer(pointer, None if is_ahead else self._timeline.now)
        self.pointers.append((DeviceId(pointer.device), pointer.encoded()))
        return self.pointers[-1][1]

    # ---- HTTPS ---------------------------------------------------------------------------------------------------

    def request(self, device: DeviceId, payload: bytes, respond: Respond) -> None:
        """Take the body of ``POST /v1/ingest``; the certificate names the device."""
        self._requests.append((Message("/v1/ingest", device, payload), respond))
        self._commit_soon()

    # ---- groups --------------------------------------------------------------------------------------------------

    def _commit_soon(self) -> None:
        if not self._committing:
            self._committing = True
            life = self._life
            self._timeline.after(COMMIT_TAKES, lambda: self._commit(life))

    def _commit(self, life: int) -> None:
        if life != self._life:
            return
        arrived, self._arrived = self._arrived, []
        requests, self._requests = self._requests, []
        self._committing = False
        try:
            self._reach(Point.received)
            if arrived:
                self._answering = [None]
                connection: Any = self
                self._consumer._handle(connection, arrived, Event())
                for taken in arrived:
                    self.watch.on_taken(taken.payload)
                self.on_taken()
                if any("/status/" in taken.topic or "/policy-wanted/" in taken.topic for taken in arrived):
                    self._leap()
                if self.up and any("/status/" in taken.topic or "/policy-wanted/" in taken.topic for taken in arrived):
                    self.tell_policy()
            for message, respond in requests:
                self._answering = [respond]
                self._respond(respond, self._ingest.take([message]))
                self.watch.on_taken(message.payload)
                self.on_taken()
        except DiedError:
            self.die()

    def _respond(self, respond: Respond, answers: Sequence[Answer | None]) -> None:
        for answer in answers:
            if answer is not None:
                self._note(answer.encoded())
                respond(answer)

    def _answer_early(self, answers: Sequence[Answer | None]) -> None:
        """What a planted bug says before its time."""
        for answer in answers:
            if answer is not None:
                for respond in self._answering:
                    if respond is None:
                        self.publish(topics.receipt(DeviceId(answer.device)), answer.encoded())
                    else:
                        self._respond(respond, [answer])

    def _note(self, payload: bytes) -> None:
        said = json.loads(payload)
        if said["kind"] == "journal.receipt":
            self.said.append((said["device"], payload))
            self._trace.note(NAME, "receipt", f"{said['device']} {said['epoch']} {said['upto_seq']}")
            self.watch.on_receipt(said["device"], said["epoch"], said["upto_seq"], said["head"])
        else:
            self._trace.note(NAME, "rejection", f"{said['device']} {said['reason']}")
