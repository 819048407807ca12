"""A controller box: clock, disk, door and readers, and the supervisor that starts the agent again when it ended."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from domain.access.policy import PolicySnapshot
from domain.ids import DeviceId
from readers.drivers.port import CardSeen
from tests.sim import city
from tests.sim.disk import Copy, Disk
from tests.sim.invariants import Watch
from tests.sim.life import Life
from tests.sim.plants import Variant
from tests.sim.ports import Ears, Port
from tests.sim.timeline import SECOND, Clock, Timeline, Trace, to_micros

RESTART_AFTER = 2 * SECOND
OpenPort = Callable[[DeviceId, Ears], Port]
"""Gives a transport for one life."""


class Box:
    """One controller box with one door, read on both sides."""

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
        policy: PolicySnapshot,
        keep: timedelta,
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
        self.policy = policy
        self.keep = keep
        self.open_port = open_port
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

    def tap(self, card: int, reader: str) -> None:
        """Hold a card to a reader (``in`` or ``out``); with nobody home nothing happens."""
        if self.life is not None:
            self.life.report(CardSeen(reader, "simulated", city.card(card), 1, self.clock.monotonic()))

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
        self.disk.lose()

    def roll_back(self, copy: Copy, down_for: int) -> None:
        """Somebody writes an old image of the storage back."""
        self.crash(down_for)
        self.watch.on_disk_lost(self.device)
        self.disk.put_back(copy)

    def is_drained(self) -> bool:
        """Tell whether the agent runs, is idle, and everything it wrote is covered by a receipt."""
        return self.life is not None and self.life.is_drained()
