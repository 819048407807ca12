"""The picture of a day: planned hours, presence, what was ordered, what counts and what is disputed, on one scale.

It repeats what stands beside it in words; positions are minutes, so the picture needs no style of its own. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.attendance.person_day import PersonDay
from domain.attendance.spans import minute_from

_FROM, _TO = 6 * 60, 22 * 60
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of minutes; ``kind`` names its look."""

    kind: str
    starts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars by row on a scale of ``width`` minutes, the marks of taps, and the hours to write below.

    ``asked`` is what somebody applies for, ``inside`` the marks of doors inside where they are told apart.
    """

    width: int
    planned: tuple[Bar, ...]
    present: tuple[Bar, ...]
    counted: tuple[Bar, ...]
    disputed: tuple[Bar, ...]
    ordered: tuple[Bar, ...]
    taps: tuple[int, ...]
    hours: tuple[tuple[int, int], ...]
    asked: tuple[Bar, ...] = ()
    inside: tuple[int, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of bars that it holds, in the order of its legend."""
        bars = (*self.present, *self.disputed, *self.asked, *self.ordered, *self.counted)
        kinds = tuple(dict.fromkeys(bar.kind for bar in bars))
        return (*kinds, "inside") if self.inside else kinds


def draw_timeline(
    day: PersonDay,
    tap_minutes: Sequence[int],
    orders: Sequence[tuple[int, int]],
    *,
    asked: Sequence[tuple[int, int]] = (),
    inside: Sequence[int] = (),
) -> Timeline | None:
    """Draw a day that has something to show; 06:00 to 22:00, wider when the day was."""
    ends = [minute for minute in (day.in_minute, day.out_minute) if minute is not None]
    ends += [*tap_minutes, *inside, *(minute for span in (*orders, *asked) for minute in span)]
    if not ends:
        return None
    first = min(_FROM, min(ends) // _HOUR * _HOUR)
    last = max(_TO, -(-max(ends) // _HOUR) * _HOUR)

    def bar(kind: str, starts: int, until: int) -> Bar:
        return Bar(kind, starts - first, until - starts)

    counted = (
        (entry.name, minute_from(day.on, entry.starts), minute_from(day.on, entry.ends)) for entry in day.entries
    )
    both = day.in_minute is not None and day.out_minute is not None and not day.missing
    return Timeline(
        width=last - first,
        planned=(bar("planned", *day.scheduled_minute),) if day.scheduled_minute else (),
        present=(bar("present", day.in_minute or 0, day.out_minute or 0),) if both else (),
        counted=tuple(bar("regular" if name == "regular" else "overtime", start, end) for name, start, end in counted),
        disputed=tuple(
            bar("disputed", item.from_minute, item.to_minute)
            for item in day.divergences
            if item.from_minute is not None and item.to_minute is not None
        ),
        ordered=tuple(bar("ordered", start, end) for start, end in orders),
        taps=tuple(minute - first for minute in tap_minutes),
        hours=tuple((hour * _HOUR - first, hour) for hour in range(first // _HOUR, last // _HOUR + 1, 2)),
        asked=tuple(bar("asked", start, end) for start, end in asked),
        inside=tuple(minute - first for minute in inside),
    )
