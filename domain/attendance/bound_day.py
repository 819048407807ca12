"""What the punches of a duty day bound and lack, as values."""

from dataclasses import dataclass
from datetime import date

from domain.attendance.facts import Direction
from domain.attendance.spans import Span, Spans, merge


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time on site without a gap; ``refs`` are the in and the out behind it, also where a scheduled start cut it."""

    starts: int
    ends: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingPunch:
    """A punch a person must supply. ``candidate`` is what an interior door suggests; minutes from 00:00 of the day."""

    direction: Direction
    known: int | None  # the axis minute of the punch that lacks it; None when only interior doors saw the person
    candidate_minute: int | None


@dataclass(frozen=True, slots=True)
class BoundDay:
    """One duty day's punches: what they bound, what they lack, and where they end.

    ``lone_ins`` and ``lone_outs`` lack their partner. ``seen_after_out`` reaches from the last out to the last sign of
    the person after it. ``open``: the person is in and the day is not over, so nothing is missing yet.
    """

    on: date
    stretches: tuple[Stretch, ...] = ()
    missing: tuple[MissingPunch, ...] = ()
    lone_ins: tuple[int, ...] = ()
    lone_outs: tuple[int, ...] = ()
    seen_after_out: Span | None = None
    open: bool = False

    @property
    def presence(self) -> Spans:
        """Give the time on site."""
        return merge((stretch.starts, stretch.ends) for stretch in self.stretches)

    @property
    def first_in(self) -> int | None:
        """Give the axis minute of the first in; None without one."""
        return min([*(stretch.starts for stretch in self.stretches), *self.lone_ins], default=None)

    @property
    def last_out(self) -> int | None:
        """Give the axis minute of the last out; None without one."""
        return max([*(stretch.ends for stretch in self.stretches), *self.lone_outs], default=None)
