"""Virtual time: a heap of things to do, and clocks that drift and jump the way cheap ones do.

True time is an integer of microseconds since the run began. No part of the simulated city hall ever sees it; each asks
the clock of the machine it runs on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from heapq import heappop, heappush

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
STARTS_AT = datetime(2026, 11, 9, 22, 30, tzinfo=UTC)  # Tuesday 07:30 in Japan: the doors are about to get busy

Action = Callable[[], None]


def to_micros(seconds: float) -> int:
    """Give seconds as whole microseconds."""
    return round(seconds * SECOND)


class Ticket:
    """A thing to do that may still be called off."""

    __slots__ = ("action", "due")

    def __init__(self, action: Action, due: int) -> None:
        self.action: Action | None = action
        self.due = due

    def cancel(self) -> None:
        """Call it off; harmless when it has already been done."""
        self.action = None


class Timeline:
    """Does things in order of (instant, order of asking), each one alone, with nothing in between."""

    def __init__(self) -> None:
        self.now = 0
        self.done = 0
        self._heap: list[tuple[int, int, Ticket]] = []
        self._asked = 0

    def at(self, instant: int, action: Action) -> Ticket:
        """Do ``action`` at the instant, or now when that has passed."""
        self._asked += 1
        ticket = Ticket(action, max(instant, self.now))
        heappush(self._heap, (ticket.due, self._asked, ticket))
        return ticket

    def after(self, micros: int, action: Action) -> Ticket:
        """Do ``action`` so much later."""
        return self.at(self.now + micros, action)

    def run_until(self, instant: int, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Live until the instant, or until ``stop`` says enough (asked before each thing)."""
        heap = self._heap
        while heap and heap[0][0] <= instant and not stop():
            self.now, _, ticket = heappop(heap)
            if ticket.action is not None:
                action, ticket.action = ticket.action, None
                self.done += 1
                action()
        if not stop():
            self.now = max(self.now, instant)


@dataclass(slots=True)
class Clock:
    """A machine's two clocks: a wall clock that drifts, jumps and is set right, and a monotonic one per boot."""

    timeline: Timeline
    drift_ppm: int = 0
    offset: int = 0  # microseconds that the wall clock is ahead, besides drift
    booted: int = 0

    def wall(self, ahead: int = 0) -> datetime:
        """Give the instant that this machine believes in, or will ``ahead`` microseconds from now."""
        return STARTS_AT + timedelta(microseconds=self._drifted(self.timeline.now + ahead) + self.offset)

    def monotonic(self, ahead: int = 0) -> float:
        """Give seconds since this machine's boot, now or ``ahead`` microseconds from now."""
        return self._drifted(self.timeline.now + ahead - self.booted) / SECOND

    def jump(self, seconds: float) -> None:
        """Move the wall clock; the monotonic one does not notice."""
        self.offset += to_micros(seconds)

    def set_right(self) -> None:
        """Discipline the wall clock, as NTP does once it is reached."""
        self.offset = self.timeline.now - self._drifted(self.timeline.now)

    def boot(self) -> None:
        """Begin a new life of the monotonic clock."""
        self.booted = self.timeline.now

    def _drifted(self, micros: int) -> int:
        return micros + micros * self.drift_ppm // 1_000_000


class Trace:
    """Everything that happened, as a hash: equal hashes, equal runs. The lines themselves are kept on request."""

    def __init__(self, timeline: Timeline, *, keep: bool = False) -> None:
        self._timeline = timeline
        self._hash = sha256()
        self.lines: list[str] | None = [] if keep else None

    def note(self, actor: str, what: str, detail: object = "") -> None:
        """Add one happening; ``detail`` must print the same in every run."""
        line = f"{self._timeline.now / SECOND:12.6f} {actor} {what} {detail}"
        self._hash.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    def digest(self) -> str:
        """Give the hash so far."""
        return self._hash.hexdigest()
