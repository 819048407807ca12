"""Rosters (勤務表): patterns that repeat (交替制), single days planned over them, and what is wrong in a roster.

What holds on a day: the day planned for the person, else the pattern that he is in, else the profile's week. Swaps and
代休 are laid over that by ``plan``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from domain.attendance.breaks import ShortBreak, assess_breaks
from domain.attendance.profile import Profile
from domain.attendance.shift import DayKind, Shift
from domain.civil import MINUTES_PER_DAY

CODES_MAX = 366
"""Days of a pattern at most."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Shifts that repeat, one a day: ``anchor_on`` is a day on which the first holds.

    ``on_holidays``: duty is due on holidays too (交替制); a part-timer's own week leaves them free.
    """

    shifts: tuple[Shift, ...]
    anchor_on: date
    on_holidays: bool = True

    def on(self, on: date, offset_days: int = 0) -> Shift:
        """Give the shift of a day for somebody who is so many days behind the pattern."""
        shift = self.shifts[((on - self.anchor_on).days - offset_days) % len(self.shifts)]
        return replace(shift, on_holidays=self.on_holidays) if shift.kind is DayKind.work else shift


@dataclass(frozen=True, slots=True)
class Membership:
    """From when to when, both days included, a person is in a pattern; of several that hold the later one does."""

    pattern: Pattern
    offset_days: int
    from_on: date
    until_on: date | None = None


def derive_shifts(
    memberships: Iterable[Membership], planned: Mapping[date, Shift], first_on: date, last_on: date
) -> dict[date, Shift]:
    """Give the shifts of the days from first_on to last_on; a day without one follows the profile's week."""
    shifts: dict[date, Shift] = {}
    for member in sorted(memberships, key=lambda member: member.from_on):
        begins = max(first_on, member.from_on).toordinal()
        ends = min(last_on, member.until_on or last_on).toordinal()
        for ordinal in range(begins, ends + 1):
            on = date.fromordinal(ordinal)
            shifts[on] = member.pattern.on(on, member.offset_days)
    own = {on: shift for on, shift in planned.items() if first_on <= on <= last_on}
    return shifts | own


class RosterWhy(StrEnum):
    """Why a day's shift cannot be planned, or should be looked at (``short_break``)."""

    overlaps_next_day = "overlaps_next_day"
    short_break = "short_break"
    too_many_days_on_end = "too_many_days_on_end"
    not_employed = "not_employed"
    month_closed = "month_closed"
    no_such_kind = "no_such_kind"
    kind_is_over = "kind_is_over"
    unreadable = "unreadable"
    out_of_range = "out_of_range"


@dataclass(frozen=True, slots=True)
class RosterFault:
    """One thing that is wrong with a planned day, or, with ``on`` None, with a shift or pattern.

    ``values`` fill its words (minutes and days as int); ``field`` is the field of the form.
    """

    on: date | None
    why: RosterWhy
    values: tuple[int | str, ...] = ()
    field: str = "shift"


WORDS: Mapping[RosterWhy, str] = MappingProxyType(
    {
        RosterWhy.overlaps_next_day: (
            "翌日の勤務と {0} 分重なります。終業か翌日の始業を直してください"
            " / overlaps the next day's shift by {0} minutes; change the end or the next start"
        ),
        RosterWhy.short_break: (
            "休憩は {0} 分必要ですが {1} 分です（労基法34）。休憩を足してください"
            " / needs a break of {0} minutes, has {1} (R7); add to the break"
        ),
        RosterWhy.too_many_days_on_end: (
            "{0} 日続けての勤務になります（上限 {1} 日）。休みを入れてください"
            " / {0} days of work on end, {1} at most; plan a rest day"
        ),
        RosterWhy.not_employed: ("在職期間の外です。日付を確かめてください / outside the employment; check the day"),
        RosterWhy.month_closed: (
            "締め済みの月です。調整で直してください / the month is closed; correct it by an adjustment"
        ),
        RosterWhy.no_such_kind: (
            "その勤務区分はありません。勤務区分を登録するか、時刻で書いてください"
            " / no such shift kind; register it or write the hours"
        ),
        RosterWhy.kind_is_over: (
            "その勤務区分はもう使えません。別の区分にしてください / the shift kind is over; choose another"
        ),
        RosterWhy.unreadable: (
            "「{0}」は読めません。08:30-17:15 break 12:00-13:00、rest、off_duty のように書いてください"
            " / {0!r} cannot be read; expected hours such as 08:30-17:15 break 12:00-13:00, rest or off_duty"
        ),
        RosterWhy.out_of_range: ("{0} から {1} までにしてください / expected {0} to {1}"),
    }
)
"""What each fault says, in Japanese and English; numbers in braces are its ``values``."""


class RefusedRosterError(Exception):
    """A roster is refused whole; ``faults`` are everything that is wrong with it."""

    def __init__(self, faults: tuple[RosterFault, ...]) -> None:
        super().__init__("\n".join(f"{fault.on or fault.field}: {explain(fault)}" for fault in faults))
        self.faults = faults


def explain(fault: RosterFault) -> str:
    """Give a fault's words."""
    return WORDS[fault.why].format(*fault.values)


def assess_roster(shifts: Mapping[date, Shift], changed: Iterable[date], profile: Profile) -> tuple[RosterFault, ...]:
    """Give everything that is wrong with the changed days of a person's plan, in order of the days.

    Args:
        shifts: the person's days as they would be, with the days around the changed ones.
        changed: the days that the roster plans; neighbours are blamed for nothing of their own.
        profile: its breaks (R7) and the most days on end.
    """
    days = frozenset(changed)
    faults = [*_overlaps(shifts, days), *_short_breaks(shifts, days, profile), *_runs(shifts, days, profile)]
    return tuple(sorted(faults, key=lambda fault: (fault.on or date.min, fault.why)))


def assess_pattern(pattern: Pattern, profile: Profile) -> tuple[RosterFault, ...]:
    """Give what is wrong with a pattern by itself, each fault once, on the first day from the anchor that shows it."""
    length = max(2 * len(pattern.shifts), profile.consecutive_days_max + 1)
    days = [pattern.anchor_on + timedelta(days=each) for each in range(length)]
    faults = assess_roster({on: pattern.on(on) for on in days}, days, profile)
    return tuple({(fault.why, fault.values): fault for fault in reversed(faults)}.values())


def _overlaps(shifts: Mapping[date, Shift], days: frozenset[date]) -> Iterator[RosterFault]:
    for on in sorted({day - timedelta(days=1) for day in days} | days):
        following = on + timedelta(days=1)
        one, other = shifts.get(on), shifts.get(following)
        if one is None or other is None or one.hours is None or other.hours is None:
            continue  # nothing is due on one of them
        over = one.hours.ends_minute - MINUTES_PER_DAY - other.hours.starts_minute
        if over > 0:
            yield RosterFault(on if on in days else following, RosterWhy.overlaps_next_day, (over,))


def _short_breaks(shifts: Mapping[date, Shift], days: frozenset[date], profile: Profile) -> Iterator[RosterFault]:
    for on in days:
        hours = shifts[on].hours
        short: ShortBreak | None = None if hours is None else assess_breaks(hours, profile)
        if short is not None:
            yield RosterFault(on, RosterWhy.short_break, (short.due_minutes, short.given_minutes))


def _runs(shifts: Mapping[date, Shift], days: frozenset[date], profile: Profile) -> Iterator[RosterFault]:
    for run in _worked_runs(sorted(on for on, shift in shifts.items() if shift.hours is not None)):
        mine = [on for on in run if on in days]
        if len(run) > profile.consecutive_days_max and mine:
            yield RosterFault(mine[-1], RosterWhy.too_many_days_on_end, (len(run), profile.consecutive_days_max))


def _worked_runs(worked: Sequence[date]) -> Iterator[tuple[date, ...]]:
    run = list(worked[:1])
    for one, other in pairwise(worked):
        if (other - one).days > 1:
            yield tuple(run)
            run = []
        run.append(other)
    if run:
        yield tuple(run)
