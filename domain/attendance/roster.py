"""Rosters (勤務表): patterns that repeat (交替制), single days planned over them, and what is wrong in a roster.

What holds on a day: the day planned for the person, else the pattern that he is in, else the profile's week. Swaps and
代休 are laid over that by ``plan``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from domain.attendance.breaks import ShortBreak, assess_breaks
from domain.attendance.flex_roster import assess_flexible
from domain.attendance.profile import Profile
from domain.attendance.roster_fault import RosterFault, RosterWhy
from domain.attendance.shift import DayKind, Shift
from domain.civil import MINUTES_PER_DAY

CODES_MAX = 366
"""Days of a pattern at most."""

CODE_MAX = 16
NAME_MAX = 40
"""Characters of a shift kind's code, and of its or a pattern's name, at most."""


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


def assess_roster(shifts: Mapping[date, Shift], changed: Iterable[date], profile: Profile) -> tuple[RosterFault, ...]:
    """Give everything that is wrong with the changed days of a person's plan, in order of the days.

    Args:
        shifts: the person's days as they would be, with the days around the changed ones.
        changed: the days that the roster plans; neighbours are blamed for nothing of their own.
        profile: its breaks (R7), the most days on end, and its flexible hours (L20).
    """
    days = frozenset(changed)
    faults = [*_overlaps(shifts, days), *_short_breaks(shifts, days, profile), *_runs(shifts, days, profile)]
    faults += (fault for on in days for fault in assess_flexible(shifts[on], profile, on))
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
