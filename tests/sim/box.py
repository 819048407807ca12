"""A controller box: clock, disk, doors and readers, and the supervisor that starts the agent again when it ended."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from domain.ids import DeviceId, DoorId
from readers.drivers.port import CardSeen, HookSeen, InputMoved, KeysEntered
from tests.sim import city
from tests.sim.disk import Copy, Disk
from tests.sim.invariants import Watch
from tests.sim.key_cabinet import KeyCabinet
from tests.sim.life import Life
from tests.sim.locks import Locks
from tests.sim.plants import Variant
from tests.sim.ports import Ears, Port
from tests.sim.rulebook import DURESS_PIN, PIN, WRONG_PIN
from tests.sim.timeline import SECOND, Clock, Timeline, Trace, to_micros

RESTART_AFTER = 2 * SECOND
OpenPort = Callable[[DeviceId, Ears], Port]
"""Gives a transport for one life."""

WAYS = (
    ("in", ""),
    ("out", ""),
    ("lab-in", f"{PIN}#"),
    ("lab-out", ""),
    ("lab-in", f"{WRONG_PIN}#"),
    ("lab-in", ""),
    ("lab-in", f"{DURESS_PIN}#"),
)
"""What a tap's number in a plan means: the reader, and the keys that follow."""

WALKS = 0.7
"""How many of those for whom the entrance is freed go through."""


class Box:
    """One controller box with an entrance and a lab, both read on both sides."""

    def __init__(
        self,
        device: DeviceId,
        *,
        label: str,
        timeline: Timeline,
        trace: Trace,
        watch: Watch,
        variant: Variant,
        disk: Disk,
        clock: Clock,
        chance: Random,
        people: Random,
        keep: timedelta,
        has_hours: bool,
        has_keys: bool,
        open_port: OpenPort,
    ) -> None:
        self.device = device
        self.label = label
        self.timeline = timeline
        self.trace = trace
        self.watch = watch
        self.variant = variant
        self.disk = disk
        self.clock = clock
        self.chance = chance
        self.people = people
        self.keep = keep
        self.has_hours = has_hours
        self.has_keys = has_keys
        self.cabinet: KeyCabinet | None = KeyCabinet(self, self._report) if has_keys and label == device else None
        self.open_port = open_port
        self.locks = Locks(timeline)
        self.stands_open = False
        self.burns = False
        self.policy_lost = ""  # "snapshot" or "all": its files were destroyed
        self.clock_was_always_right = True
        self.life: Life | None = None
        self.dies_after: int | None = None  # so many more steps: outputs, writes, sends
        self.down_for = RESTART_AFTER
        self.stalled_until = 0
        self.boots = 0

    def start(self) -> None:
        """Power on, or be restarted by the supervisor."""
        if self.life is None:
            self.boots += 1
            self.clock.boot()
            self.trace.note(self.label, "starts")
            self.life = Life(self, new_epoch=self.chance.randrange(1, 2**48))
            self.life.begin()

    def crash(self, down_for: int = RESTART_AFTER) -> None:
        """End the process at this very line; a supervisor or a person starts it again."""
        life, self.life = self.life, None
        if life is not None:
            self.dies_after = None
            life.end()
            self.trace.note(self.label, "ends")
            self.timeline.after(down_for, self.start)

    def switch_off(self) -> None:
        """End the process for good."""
        life, self.life = self.life, None
        if life is not None:
            life.end()

    def tap(self, card: int, way: int = 0) -> None:
        """Hold a card to a reader and press keys (``WAYS``); with nobody home nothing happens."""
        reader, keys = WAYS[way]
        self._report(CardSeen(reader, "simulated", city.card(card), 1, self.clock.monotonic()))
        if keys:
            self.timeline.after(self.people.randrange(SECOND, 4 * SECOND), partial(self._press, reader, keys))

    def _press(self, reader: str, keys: str) -> None:
        self._report(KeysEntered(reader, keys, self.clock.monotonic()))

    def _report(self, observation: CardSeen | KeysEntered | InputMoved | HookSeen) -> None:
        if self.life is not None:
            self.life.report(observation)

    def on_released(self, door: DoorId) -> None:
        """A lock is free for somebody, who mostly goes through; at the lab nobody sees it."""
        if door == city.door(self.device) and self.people.random() < WALKS:
            self.timeline.after(self.people.randrange(SECOND // 5, 4 * SECOND), self._walk_through)

    def _walk_through(self) -> None:
        if self.locks.is_free(city.door(self.device)):
            self.swing_open(self.people.choice((SECOND, 3 * SECOND, 40 * SECOND)))

    def swing_open(self, micros: int) -> None:
        """Open the entrance, by whatever force, and let it fall shut later."""
        if not self.stands_open:
            self.stands_open = True
            self._report(InputMoved("contact", active=True))
            self.timeline.after(micros, self._fall_shut)

    def _fall_shut(self) -> None:
        self.stands_open = False
        self._report(InputMoved("contact", active=False))

    def ask_exit(self, *, lab: bool) -> None:
        """Somebody inside presses the button."""
        self._report(InputMoved("lab-exit" if lab else "exit", active=True))

    def burn(self, *, active: bool) -> None:
        """The fire panel speaks."""
        self.burns = active
        self._report(InputMoved("fire", active))

    def lose_policy(self, what: int) -> None:
        """Destroy the policy on the disk: 0 its snapshot, 1 half of it, 2 its pointer."""
        self.crash()
        self.policy_lost = "all" if what == 2 else self.policy_lost or "snapshot"
        self.disk.spoil_policy(what)

    def clock_is_right(self) -> bool:
        """Tell whether the wall clock is not behind true time; ahead, everything only ends earlier."""
        return self.clock_was_always_right

    def stall(self, micros: int) -> None:
        """Suspend the process, as SIGSTOP does."""
        self.stalled_until = max(self.stalled_until, self.timeline.now + micros)
        if self.life is not None:
            self.life.was_suspended(micros)

    def slow_sync(self, seconds: float) -> None:
        """Have the next sync take so long; the process may be suspended just there, too."""
        self.disk.next_sync_takes = to_micros(seconds)

    def lose_journal(self, down_for: int) -> None:
        """The storage is gone; a new one is put in."""
        self.crash(down_for)
        self.watch.on_disk_lost(self.device)
        self.watch.doors.on_disk_changed(self)
        self.disk.lose()

    def roll_back(self, copy: Copy, down_for: int) -> None:
        """Somebody writes an old image of the storage back."""
        self.crash(down_for)
        self.watch.on_disk_lost(self.device)
        self.watch.doors.on_disk_changed(self)
        self.disk.put_back(copy)

    def is_drained(self) -> bool:
        """Tell whether the agent runs, is idle, and everything it wrote is covered by a receipt."""
        return self.life is not None and self.life.is_drained()
