"""A controller box: the real controller, journal and link in a process that can die between any two effects.

``Box`` is the hardware: clock, disk, cards held to its readers. ``Life`` is one run of the agent on it, from start to
crash; it does with effects what ``readers.agent`` does.
"""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from contract.records import encode_record
from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.controller import ControllerState, Recorded, Started, TimePassed, Unrecorded, step
from readers.drivers.port import CardSeen
from readers.events import Append, DecidedTap, Event, Moment, Present, Release
from readers.journal import JournalFailedError
from readers.tapping import Wiring
from domain.verdict import Granted
from tests.sim import city
from tests.sim.disk import Copy, Disk
from tests.sim.invariants import Watch
from tests.sim.plants import Variant
from tests.sim.ports import Ears, Port
from tests.sim.sender import Sender
from tests.sim.timeline import MINUTE, SECOND, STARTS_AT, Clock, Timeline, Ticket, Trace, to_micros

SYNC_TAKES = 2_000
RESTART_AFTER = 2 * SECOND
RELEASE_SECONDS = 5.0
OpenPort = Callable[[DeviceId, Ears], Port]


class Box:
    """One controller box with one door, read on both sides."""

    def __init__(
        self,
        device: DeviceId,
        *,
        timeline: Timeline,
        trace: Trace,
        watch: Watch,
        variant: Variant,
        disk: Disk,
        clock: Clock,
        chance: Random,
        policy: PolicySnapshot,
        keep: timedelta,
        open_port: OpenPort,
        label: str = "",
    ) -> None:
        self.device = device
        self.label = label or device
        self.timeline = timeline
        self.trace = trace
        self.watch = watch
        self.variant = variant
        self.disk = disk
        self.clock = clock
        self.policy = policy
        self.keep = keep
        self.open_port = open_port
        self.life: Life | None = None
        self.dies_after: int | None = None  # so many more effects
        self.down_for = RESTART_AFTER
        self.stalled_until = 0
        self.chance = chance
        self._boots = 0
        self.wiring = Wiring(
            site_key=city.SITE_KEY,
            points={"in": city.way_in(device), "out": city.way_out(device)},
            release_seconds={city.door(device): RELEASE_SECONDS},
            egress_doors={city.way_out(device): city.door(device)},
        )

    def start(self) -> None:
        """Power on, or be restarted by the supervisor."""
        if self.life is not None:
            return
        self._boots += 1
        self.clock.boot()
        self.trace.note(self.label, "starts")
        self.life = Life(self, boot=f"boot-{self._boots}", new_epoch=self.chance.randrange(1, 2**48))
        self.life.begin()

    def crash(self, down_for: int | None = None) -> None:
        """End the process at this very line; a supervisor or a person starts it again."""
        life, self.life = self.life, None
        if life is None:
            return
        self.dies_after = None
        life.end()
        self.trace.note(self.label, "crashes")
        self.timeline.after(self.down_for if down_for is None else down_for, self.start)

    def tap(self, card: int, reader: str) -> None:
        """Hold a card to a reader; nobody home means nothing happens."""
        if self.life is not None:
            seen = CardSeen(reader, "simulated", city.card(card), 1, self.clock.monotonic())
            self.life.handle(seen)

    def stall(self, micros: int) -> None:
        """Suspend the process, as SIGSTOP does."""
        self.stalled_until = max(self.stalled_until, self.timeline.now + micros)

    def lose_journal(self, down_for: int) -> None:
        """The storage is gone; a new card is put in."""
        self._lie()
        self.crash(down_for)
        self.disk.lose()

    def roll_back(self, copy: Copy, down_for: int) -> None:
        """Somebody writes an old image of the storage back."""
        self._lie()
        self.crash(down_for)
        self.disk.put_back(copy)

    def is_drained(self) -> bool:
        """Tell whether the agent runs, is idle, and everything it wrote is covered by a receipt."""
        return self.life is not None and self.life.is_drained()

    def _lie(self) -> None:
        """From here on what this journal held may be gone: only what a receipt covers is still promised."""
        self.watch.on_disk_lies(self.device)


class Life:
    """One run of the agent."""

    def __init__(self, box: Box, *, boot: str, new_epoch: int) -> None:
        self.box = box
        self.boot = boot
        self.journal = box.disk.open(box.device, new_epoch)
        self.state = ControllerState(box.wiring, confirmed_at=STARTS_AT, confirmed_mono=box.clock.monotonic())
        self._inbox: deque[Event] = deque()
        self._effects: deque[object] = deque()
        self._busy = False
        self._told: tuple[int, bytes] | None = None  # what the next lamp and tone speak of
        self._released_for: DecidedTap | None = None
        self._relock: Ticket | None = None
        self._ended = False
        self._offered = self.journal.next_seq
        self.sender = Sender(self)
        self.port = box.open_port(
            box.device,
            Ears(self.sender.on_connected, self.sender.on_disconnected, self.sender.on_answer, self._on_puback),
        )

    @property
    def is_over(self) -> bool:
        """Tell whether the process has ended."""
        return self._ended

    def begin(self) -> None:
        """Say that the agent started, and begin what recurs."""
        self.handle(Started("sim", self.journal.previous_epoch, self.journal.set_aside))
        self._later(MINUTE, self._prune)

    def end(self) -> None:
        """Be gone: the file stays as it is."""
        self._ended = True
        self.port.close()
        self.journal.close()

    # ---- events and effects --------------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """Take an event; the process does one thing at a time."""
        self._inbox.append(event)
        self._go_on()

    def moment(self) -> Moment:
        """Give now, as this process knows it."""
        clock = self.box.clock
        return Moment(clock.wall(), clock.monotonic(), self.boot, "synced")

    def _go_on(self) -> None:
        box = self.box
        if self._busy or self._ended or not self._inbox:
            return
        if box.stalled_until > box.timeline.now:
            self._later_at(box.stalled_until, self._go_on)
            return
        self._busy = True
        event = self._inbox.popleft()
        self._released_for = None
        self._step(event, seen=event if isinstance(event, CardSeen) else None)
        self._run()

    def _step(self, event: Event, seen: CardSeen | None = None) -> None:
        self.state, effects = step(self.state, self.box.policy, event, self.moment())
        self._effects.extendleft(reversed([(effect, seen) for effect in effects]))

    def _run(self) -> None:
        box = self.box
        while self._effects and not self._ended:
            if box.dies_after is not None:
                box.dies_after -= 1
                if box.dies_after < 0:
                    box.crash()
                    return
            if box.stalled_until > box.timeline.now:
                self._later_at(box.stalled_until, self._run)
                return
            effect = self._effects.popleft()
            if callable(effect):
                effect()
                continue
            if not self._perform(*effect):  # type: ignore[misc]
                return
        if self._ended:
            return
        self._busy = False
        self._arm_relock()
        self._go_on()

    def _perform(self, effect: object, seen: CardSeen | None) -> bool:
        match effect:
            case Append():
                self.box.variant.perform_append(self, effect)
                return False
            case Release():
                self._note_pulse(seen)
            case Present(signal=signal) if signal in {"granted", "refused"} and self._told is not None:
                seq, line = self._told
                self._told = None
                self.box.trace.note(self.box.label, "told", f"{self.journal.epoch} {seq}")
                found = self.journal.pending(seq - 1, 1, 1 << 20)
                self.box.watch.on_recorded_tone(
                    self.box.device, self.journal.epoch, seq, line, found=found[0][1] if found else None
                )
        return True

    def is_drained(self) -> bool:
        """Tell whether nothing is to be done and nothing to be sent."""
        return not self._busy and not self._inbox and self.journal.receipted_upto == self.journal.next_seq - 1

    # ---- recording -----------------------------------------------------------------------------------------------

    def write(self, append: Append) -> int | JournalFailedError:
        """Write the bodies; gives the last seq or why not."""
        lines = [encode_record(body) for body in append.bodies]
        try:
            return self.box.disk.append(self.journal, lines, self.box.clock.wall())
        except JournalFailedError as error:
            return error

    def tell(self, append: Append, result: int | JournalFailedError) -> None:
        """Let the controller hear how the append went, and do what it wants."""
        if isinstance(result, JournalFailedError):
            self._effects.append(self._give_up)
            self._step(Unrecorded(append, str(result)))
            return
        self.box.trace.note(self.box.label, "recorded", f"{self.journal.epoch} {result}")
        self._told = (result, encode_record(append.bodies[-1])) if append.tap else None
        self._released_for = append.tap
        self._step(Recorded(append, result))

    def do_next(self, effect: Callable[[], object]) -> None:
        """Do something after the effects that are already due."""
        self._effects.append(effect)

    def carry_on_after(self, micros: int, then: Callable[[], None] = lambda: None) -> None:
        """Do ``then`` and the remaining effects later: the disk takes its time."""

        def carry_on() -> None:
            then()
            if self.journal.next_seq > self._offered:
                self.sender.on_appended(self._offered)
                self._offered = self.journal.next_seq
            self._run()

        self._later(micros, carry_on)

    def _give_up(self) -> None:
        self.box.crash(RESTART_AFTER)  # the journal failed: the process ends, and a restart finds what is true

    # ---- the rest ------------------------------------------------------------------------------------------------

    def _note_pulse(self, seen: CardSeen | None) -> None:
        tap = self._released_for
        mono = self.box.clock.monotonic()
        self.box.trace.note(self.box.label, "opens")
        if tap is not None:
            age, granted, egress = mono - tap.seen_mono, isinstance(tap.verdict, Granted), tap.egress
        else:
            age, granted, egress = mono - seen.seen_mono if seen else 1e9, False, seen is not None
        self.box.watch.on_pulse(self.box.device, age_seconds=age, granted=granted, egress=egress)

    def _arm_relock(self) -> None:
        due = self.state.next_end_mono
        if self._relock is not None:
            self._relock.cancel()
            self._relock = None
        if due is not None:
            wait = max(1, to_micros(due - self.box.clock.monotonic()) + 1)
            self._relock = self.box.timeline.after(wait, self._guarded(partial(self.handle, TimePassed())))

    def _prune(self) -> None:
        journal, box = self.journal, self.box
        before = journal.first_seq
        if journal.prune(box.clock.wall(), box.keep):
            box.trace.note(box.label, "pruned", f"{journal.epoch} {before} {journal.first_seq}")
            box.watch.on_pruned(box.device, journal.epoch, journal.first_seq)
        self._later(max(MINUTE, min(15 * MINUTE, int(box.keep.total_seconds() * SECOND) // 4)), self._prune)

    def _on_puback(self, payload: bytes) -> None:
        self.box.variant.on_puback(self, payload)

    def later(self, micros: int, action: Callable[[], None]) -> Ticket:
        """Do something later in this life, and not while the process is suspended."""

        def when_running() -> None:
            if self.box.stalled_until > self.box.timeline.now:
                self._later_at(self.box.stalled_until, when_running)
            else:
                action()

        return self._later(micros, when_running)

    def _later(self, micros: int, action: Callable[[], None]) -> Ticket:
        return self.box.timeline.after(micros, self._guarded(action))

    def _later_at(self, instant: int, action: Callable[[], None]) -> Ticket:
        return self.box.timeline.at(instant, self._guarded(action))

    def _guarded(self, action: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            if not self._ended:
                action()

        return act
