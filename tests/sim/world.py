"""The whole city hall of one plan: what stands in it, what befalls it, and how it heals."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from contract import topics
from domain.ids import DeviceId
from readers.transports.port import Arrived
from tests.sim import centre as centres
from tests.sim import city, key_faults
from tests.sim.box import Box
from tests.sim.broker import Broker
from tests.sim.callers import Callers
from tests.sim.centre import Centre
from tests.sim.chance import Chance
from tests.sim.disk import Copy, Disk
from tests.sim.faults import HAPPENINGS, plan_backup, plan_roll_back
from tests.sim.invariants import Key
from tests.sim.memory_store import MemoryStore
from tests.sim.months import require_same_months
from tests.sim.network import Network, Wire
from tests.sim.plan import Event, Plan
from tests.sim.plants import Variant
from tests.sim.ports import Ears, HttpsPort, MqttPort, Port
from tests.sim.rulebook import Edition, Rulebook, policy_of
from tests.sim.timeline import MINUTE, STARTS_AT, Clock, Timeline, Trace

HEALS_WITHIN = 30 * MINUTE
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
        options = plan.options
        self.rulebook = Rulebook(Edition(options.devices, options.staff, hours=options.hours, keys=options.keys))
        self.rulebook.add(self.rulebook.edition, 0)
        self.centre = Centre(self.timeline, self.broker, self.trace, variant, self.store, self.rulebook)
        self.watch = self.centre.watch
        self.callers = Callers(self.timeline, self.trace, self.centre, options.devices, self._reach)
        self.centre.on_taken = self.callers.tell_places
        self._variant = variant
        self._folder = folder
        city.fill_store(self.store, [policy_of(self.rulebook.edition)], devices=options.devices, staff=options.staff)
        self.boxes = [self.build_box(number) for number in range(plan.options.devices)]
        self.clones: list[Box] = []
        self.backups: dict[int, bytes] = {}
        self._healed_at = 0
        self.copies: dict[Event, list[Copy]] = {}

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
                plan_roll_back(self, event)
            elif event.kind in {"restore", "number_twice"}:
                plan_backup(self, event)
        ends = self.plan.options.minutes * MINUTE
        self.timeline.run_until(ends)
        self._heal()
        self.timeline.run_until(ends + HEALS_WITHIN, stop=self._is_drained)
        drained = self._is_drained()
        for box in [*self.boxes, *self.clones]:
            box.switch_off()
        self.watch.at_end(drained=drained, on_disks=self._read_disks())
        first = self.boxes[0]
        if first.cabinet is not None and first.device not in self.watch.lied_to:
            self.watch.keys.at_end(first.cabinet, first.device)
        if self.plan.seed % DELIVER_AGAIN_EVERY == 0 and not self.rulebook.has_lost:
            self._require_same_months()

    def _require_same_months(self) -> None:
        """Whatever the order of delivery, the same follows (I8); what forked devices tell is for people to judge."""
        honest = [(device, payload) for device, payload in self.watch.batches if device not in self.watch.lied_to]
        options = self.plan.options
        chance = self.chance.stream("deliveries")
        lived = None if self.watch.lied_to else self.store
        digest = require_same_months(
            honest,
            [self.rulebook.snapshot(name) for name in sorted(self.rulebook.published)],
            devices=options.devices,
            staff=options.staff,
            chance=chance,
            lived=lived,
        )
        self.trace.note("world", "months", digest)

    def close(self) -> None:
        """Give back files and memory."""
        for box in [*self.boxes, *self.clones]:
            box.switch_off()
        self.store.close()

    # ---- what stands there ---------------------------------------------------------------------------------------

    def build_box(self, number: int, *, label: str = "") -> Box:
        """Put up a box; a label of its own makes it a second one of the same device."""
        device = city.device_id(number)
        options = self.plan.options

        def open_port(device: DeviceId, ears: Ears) -> Port:
            if number in options.https_devices:
                return HttpsPort(device, self.centre, self.network, self.timeline, ears)
            return MqttPort(device, self.broker, self.timeline, ears)

        disk = Disk(self._folder / (label or device), self._variant)
        self.centre.note_offer(disk.provide_policy(device, self.rulebook.snapshot((1, STARTS_AT))))
        return Box(
            device,
            label=label or device,
            timeline=self.timeline,
            trace=self.trace,
            watch=self.watch,
            variant=self._variant,
            disk=disk,
            clock=Clock(self.timeline, options.drift_ppm[number]),
            chance=self.chance.stream(label or device),
            people=self.chance.stream(f"people at {label or device}"),
            keep=timedelta(minutes=options.keep_minutes),
            has_hours=options.hours != (0, 0) and number == 0,
            has_keys=options.keys and number == 0,
            open_port=open_port,
        )

    def _reach(self, device: DeviceId, payload: bytes) -> None:
        number = int(device.rpartition("-")[2])
        if number not in self.plan.options.https_devices:
            self.centre.tell(topics.command(device), payload)
            return
        wire = Wire(self.network, centres.NAME, device, lambda: None)

        def arrive() -> None:
            if (life := self.boxes[number].life) is not None:
                life.hear(Arrived("command", payload))

        wire.send(centres.NAME, arrive)

    # ---- the two phases ------------------------------------------------------------------------------------------

    def _befall(self, event: Event) -> None:
        if event.kind != "tap":
            self.trace.note("fault", event.kind, f"{event.device} {event.number} {event.seconds}")
        HAPPENINGS[event.kind](self, event)

    def start_broker(self) -> None:
        """Start the broker unless it runs."""
        if not self.broker.up:
            self.broker.start()

    def _heal(self) -> None:
        self.trace.note("world", "heals")
        self._healed_at = self.timeline.now
        self.network.heal()
        self.broker.deliver_twice = self.broker.drops_next = 0
        self.start_broker()
        self.centre.dies_at = None
        self.centre.clock.set_right()
        if not self.centre.up:
            self.centre.start()
        for clone in self.clones:
            clone.switch_off()
        for box in self.boxes:
            box.dies_after = None
            box.disk.fails_before_commit = box.disk.fails_after_commit = 0
            box.stalled_until = 0
            box.clock.set_right()
            box.start()
            box.burn(active=False)
            for door in city.doors(box.device):
                self.callers.ask(box.device, "resume", door, None, delay=MINUTE)
            self.timeline.after(2 * MINUTE, partial(box.tap, 0))  # life goes on
        key_faults.go_on(self, MINUTE)

    def _is_drained(self) -> bool:
        if self.rulebook.has_lost and not all(map(self._agrees, self.boxes)):
            return False
        return self.timeline.now > self._healed_at + 3 * MINUTE and all(
            box.is_drained() or (box.device in self.watch.lied_to and self.watch.is_quarantined(box.device))
            for box in self.boxes
        )

    def _agrees(self, box: Box) -> bool:
        """Tell whether a box holds what the centre stands by; asked for where the centre forgot what it had issued."""
        return box.life is not None and box.life.agent.policy_edition == self.rulebook.edition.name

    def _read_disks(self) -> dict[Key, set[bytes]]:
        found: dict[Key, set[bytes]] = {}
        for box in [*self.boxes, *self.clones]:
            if box.device in self.watch.lied_to:
                for epoch, seq, line in box.disk.read_records():
                    found.setdefault((box.device, epoch, seq), set()).add(line)
        return found
