"""The whole city hall of one plan: what stands in it, what befalls it, and how it heals."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from contract import topics
from domain.ids import DeviceId
from tests.sim import broker as brokers
from tests.sim import centre as centres
from tests.sim import city
from tests.sim.box import Box
from tests.sim.broker import Broker
from tests.sim.centre import Centre, Point
from tests.sim.chance import Chance
from tests.sim.disk import Copy, Disk
from tests.sim.invariants import Key
from tests.sim.memory_store import MemoryStore
from tests.sim.months import require_same_months
from tests.sim.network import Network, Way
from tests.sim.plan import Event, Plan
from tests.sim.plants import Variant
from tests.sim.ports import Ears, HttpsPort, MqttPort, Port
from tests.sim.timeline import MINUTE, SECOND, Clock, Timeline, Trace

HEALS_WITHIN = 30 * MINUTE
SECONDS_SINCE_1970 = 56 * 365 * 24 * 3600
KEEPS_A_DAY = 1440
"""A backup can be put back without loss where edges have kept what came after it."""

DELIVER_AGAIN_EVERY = 3
"""The month is derived again from another order of delivery in every so many seeds: it costs as much as the run."""


class World:
    """Everything of one run; ``live`` goes through both phases."""

    def __init__(self, plan: Plan, variant: Variant, folder: Path, *, keep_trace: bool = False) -> None:
        self.plan = plan
        self.chance = Chance(plan.seed)
        self.timeline = Timeline()
        self.trace = Trace(self.timeline, keep=keep_trace)
        self.network = Network(self.timeline, self.chance.stream("network"))
        self.broker = Broker(self.network, self.trace, queue_max=plan.options.queue_max)
        self.store = MemoryStore()
        self.centre = Centre(self.timeline, self.broker, self.trace, variant, self.store)
        self.watch = self.centre.watch
        self._variant = variant
        self._folder = folder
        self._policy = city.policy(plan.options.devices, plan.options.staff)
        city.fill_store(self.store, devices=plan.options.devices, staff=plan.options.staff)
        self.boxes = [self._build_box(number) for number in range(plan.options.devices)]
        self._clones: list[Box] = []
        self._backups: dict[Event, bytes] = {}
        self._healed_at = 0
        self._copies: dict[Event, list[Copy]] = {}

    def live(self) -> None:
        """Live the safety phase, then heal and drain.

        Raises:
            InvariantBrokenError: a promise was broken.
        """
        self.timeline.at(0, self.centre.start)
        for box in self.boxes:
            self.timeline.at(0, box.start)
        for event in self.plan.events:
            self.timeline.at(event.at_ms * 1000, partial(self._befall, event))
            if event.kind == "roll_back":
                self._plan_roll_back(event)
            elif event.kind == "restore":
                self._plan_backup(event)
        ends = self.plan.options.minutes * MINUTE
        self.timeline.run_until(ends)
        self._heal()
        self.timeline.run_until(ends + HEALS_WITHIN, stop=self._is_drained)
        drained = self._is_drained()
        for box in [*self.boxes, *self._clones]:
            box.switch_off()
        self.watch.at_end(drained=drained, on_disks=self._read_disks())
        if self.plan.seed % DELIVER_AGAIN_EVERY == 0:
            self._require_same_months()

    def _require_same_months(self) -> None:
        """Whatever the order of delivery, the same follows (I8); what forked devices tell is for people to judge."""
        honest = [(device, payload) for device, payload in self.watch.batches if device not in self.watch.lied_to]
        options = self.plan.options
        chance = self.chance.stream("deliveries")
        lived = None if self.watch.lied_to else self.store
        digest = require_same_months(honest, devices=options.devices, staff=options.staff, chance=chance, lived=lived)
        self.trace.note("world", "months", digest)

    def close(self) -> None:
        """Give back files and memory."""
        for box in [*self.boxes, *self._clones]:
            box.switch_off()
        self.store.close()

    # ---- what stands there ---------------------------------------------------------------------------------------

    def _build_box(self, number: int, *, label: str = "") -> Box:
        device = city.device_id(number)
        options = self.plan.options

        def open_port(device: DeviceId, ears: Ears) -> Port:
            if number in options.https_devices:
                return HttpsPort(device, self.centre, self.network, self.timeline, ears)
            return MqttPort(device, self.broker, self.timeline, ears)

        return Box(
            device,
            label=label or device,
            timeline=self.timeline,
            trace=self.trace,
            watch=self.watch,
            variant=self._variant,
            disk=Disk(self._folder / (label or device), self._variant),
            clock=Clock(self.timeline, options.drift_ppm[number]),
            chance=self.chance.stream(label or device),
            policy=self._policy,
            keep=timedelta(minutes=options.keep_minutes),
            open_port=open_port,
        )

    # ---- what befalls it -----------------------------------------------------------------------------------------

    def _befall(self, event: Event) -> None:
        if event.kind != "tap":
            self.trace.note("fault", event.kind, f"{event.device} {event.number} {event.seconds}")
        HAPPENINGS[event.kind](self, event)

    def _tap(self, event: Event) -> None:
        self.boxes[event.device].tap(event.number, "out" if event.seconds else "in")

    def _edge_crash(self, event: Event) -> None:
        box = self.boxes[event.device]
        if box.life is not None:
            box.dies_after, box.down_for = event.number, event.seconds * SECOND

    def _append_fails(self, event: Event) -> None:
        disk = self.boxes[event.device].disk
        if event.number:
            disk.fails_after_commit += 1
        else:
            disk.fails_before_commit += 1

    def _stall(self, event: Event) -> None:
        self.boxes[event.device].stall(event.seconds * SECOND)

    def _slow_sync(self, event: Event) -> None:
        self.boxes[event.device].slow_sync(event.number / 10)

    def _clock_jump(self, event: Event) -> None:
        self.boxes[event.device].clock.jump(event.seconds)

    def _clock_unset(self, event: Event) -> None:
        box = self.boxes[event.device]
        box.crash()
        box.clock.jump(-SECONDS_SINCE_1970)
        self.timeline.after(event.seconds * SECOND, box.clock.set_right)

    def _centre_clock_jump(self, event: Event) -> None:
        self.centre.clock.jump(event.seconds)

    def _cut(self, event: Event) -> None:
        self.network.cut(self._way(event), event.seconds * SECOND)

    def _way(self, event: Event) -> Way:
        device = city.device_id(event.device)
        peer = centres.NAME if event.device in self.plan.options.https_devices else brokers.NAME
        return (
            (device, peer),
            (peer, device),
            (centres.NAME, brokers.NAME),
            (brokers.NAME, centres.NAME),
        )[event.number]

    def _broker_kill(self, event: Event) -> None:
        if self.broker.up:
            self.broker.kill()
            self.timeline.after(event.seconds * SECOND, self._start_broker)

    def _start_broker(self) -> None:
        if not self.broker.up:
            self.broker.start()

    def _broker_drops(self, event: Event) -> None:
        self.broker.drops_next = event.number

    def _deliver_twice(self, event: Event) -> None:
        self.broker.deliver_twice += event.number

    def _centre_crash(self, event: Event) -> None:
        self.centre.dies_at = Point(event.number)
        self.centre.restarts_after = event.seconds * SECOND

    def _old_batch(self, event: Event) -> tuple[DeviceId, bytes] | None:
        batches = self.watch.batches
        return batches[event.number % len(batches)] if batches else None

    def _replay(self, event: Event) -> None:
        if (old := self._old_batch(event)) is not None:
            self.broker.inject(topics.journal(old[0]), old[1])

    def _forge(self, event: Event) -> None:
        if (old := self._old_batch(event)) is not None:
            payload = bytearray(old[1])
            payload[(event.number * 7919) % len(payload)] ^= 1
            self.broker.inject(topics.journal(old[0]), bytes(payload))

    def _spoof(self, event: Event) -> None:
        device = city.device_id(event.device)
        topic = (topics.receipt(device), topics.journal(device), topics.policy(device), topics.status(device))
        self.broker.inject(topic[event.number], b'{"kind":"journal.receipt","upto_seq":99}', retain=True)

    def _old_receipt(self, event: Event) -> None:
        if (told := self.centre.said) and not self.watch.lied_to:
            device, payload = told[event.number % len(told)]
            self.broker.inject(topics.receipt(device), payload)

    def _poison(self, event: Event) -> None:
        life = self.boxes[event.device].life
        if life is not None:
            life.poison(event.number)

    def _restore(self, event: Event) -> None:
        if self._backups.get(event) and self.plan.options.keep_minutes == KEEPS_A_DAY:
            self.centre.restore(self._backups[event], event.seconds * SECOND)

    def _plan_backup(self, event: Event) -> None:
        def back_up() -> None:
            self._backups[event] = self.store.raw.serialize()

        self.timeline.at(max(1, event.at_ms * 1000 - event.number * MINUTE), back_up)

    def _journal_lost(self, event: Event) -> None:
        self.boxes[event.device].lose_journal(event.seconds * SECOND)

    def _plan_roll_back(self, event: Event) -> None:
        box = self.boxes[event.device]
        copies: list[Copy] = []
        taken_at = max(1, event.at_ms * 1000 - event.number * MINUTE)
        self.timeline.at(taken_at, lambda: copies.append(box.disk.copy()))
        self._copies[event] = copies

    def _roll_back(self, event: Event) -> None:
        self.boxes[event.device].roll_back(self._copies[event][0], event.seconds * SECOND)

    def _clone(self, event: Event) -> None:
        original = self.boxes[event.device]
        clone = self._build_box(event.device, label=f"{original.device}-clone-{len(self._clones)}")
        self.watch.on_disk_copied(original.device)
        clone.disk.put_back(original.disk.copy())
        clone.start()
        self._clones.append(clone)
        for number in range(3):
            self.timeline.after((number + 1) * event.seconds * SECOND // 4, partial(clone.tap, number, "in"))
        self.timeline.after(event.seconds * SECOND, clone.switch_off)

    # ---- healing -------------------------------------------------------------------------------------------------

    def _heal(self) -> None:
        self.trace.note("world", "heals")
        self._healed_at = self.timeline.now
        self.network.heal()
        self.broker.deliver_twice = self.broker.drops_next = 0
        self._start_broker()
        self.centre.dies_at = None
        self.centre.clock.set_right()
        if not self.centre.up:
            self.centre.start()
        for clone in self._clones:
            clone.switch_off()
        for box in self.boxes:
            box.dies_after = None
            box.disk.fails_before_commit = box.disk.fails_after_commit = 0
            box.stalled_until = 0
            box.clock.set_right()
            box.start()
            self.timeline.after(2 * MINUTE, partial(box.tap, 0, "in"))  # life goes on

    def _is_drained(self) -> bool:
        return self.timeline.now > self._healed_at + 3 * MINUTE and all(
            box.is_drained() or (box.device in self.watch.lied_to and self.watch.is_quarantined(box.device))
            for box in self.boxes
        )

    def _read_disks(self) -> dict[Key, set[bytes]]:
        found: dict[Key, set[bytes]] = {}
        for box in [*self.boxes, *self._clones]:
            if box.device in self.watch.lied_to:
                for epoch, seq, line in box.disk.read_records():
                    found.setdefault((box.device, epoch, seq), set()).add(line)
        return found


HAPPENINGS: dict[str, Callable[[World, Event], None]] = {
    "tap": World._tap,
    "edge_crash": World._edge_crash,
    "append_fails": World._append_fails,
    "stall": World._stall,
    "slow_sync": World._slow_sync,
    "clock_jump": World._clock_jump,
    "clock_unset": World._clock_unset,
    "centre_clock_jump": World._centre_clock_jump,
    "cut": World._cut,
    "broker_kill": World._broker_kill,
    "broker_drops": World._broker_drops,
    "deliver_twice": World._deliver_twice,
    "centre_crash": World._centre_crash,
    "replay": World._replay,
    "forge": World._forge,
    "old_receipt": World._old_receipt,
    "poison": World._poison,
    "restore": World._restore,
    "spoof": World._spoof,
    "journal_lost": World._journal_lost,
    "roll_back": World._roll_back,
    "clone": World._clone,
}
