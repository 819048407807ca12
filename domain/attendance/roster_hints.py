"""What should be looked at in a roster that may stand: little rest (R18), long weeks, uneven flexible hours (L20)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from domain.attendance.flex_roster import list_uneven_periods
from domain.attendance.plan import DayPlan
from domain.attendance.profile import Profile
from domain.attendance.roster_fault import RosterFault, RosterWhy
from domain.attendance.shift import DayKind

_WEEK = timedelta(days=7)


def list_hints(
    plan: Mapping[date, DayPlan], first_on: date, last_on: date, profile: Profile
) -> tuple[RosterFault, ...]:
    """Give what should be looked at from a day to another, both included, in order of the days.

    Args:
        plan: the person's days with swaps and holidays laid over them, from a week before to a week after.
        first_on: the first day that is looked at.
        last_on: the last one. A week, from Monday, is told once, on its first day that is looked at.
        profile: its rest between two duties and its statutory week; longer weeks are lawful where they even out, and
            so do the settlement periods of flexible hours (L20).
    """
    found = [*_short_rests(plan, first_on, last_on, profile), *_long_weeks(plan, first_on, last_on, profile)]
    found += list_uneven_periods(plan, first_on, last_on, profile)
    return tuple(sorted(found, key=lambda fault: (fault.on or date.min, fault.why)))


def due_minutes(day: DayPlan) -> int:
    """Give the minutes that are due on a day; a holiday's hours are not, unless a roster has duty on it."""
    return day.net_minutes if day.kind is DayKind.work else 0


def _short_rests(
    plan: Mapping[date, DayPlan], first_on: date, last_on: date, profile: Profile
) -> Iterator[RosterFault]:
    ended: int | None = None
    for on in sorted(plan):
        day = plan[on]
        if on > last_on or not due_minutes(day):
            continue
        starts = day.window[0][0]
        rest = None if ended is None else starts - ended
        if rest is not None and on >= first_on and 0 <= rest < profile.interval_minutes:
            yield RosterFault(on, RosterWhy.short_rest, (_hours(rest), _hours(profile.interval_minutes)))
        ended = day.window[-1][1]


def _long_weeks(plan: Mapping[date, DayPlan], first_on: date, last_on: date, profile: Profile) -> Iterator[RosterFault]:
    monday = first_on - timedelta(days=first_on.weekday())
    while monday <= last_on:
        days = [plan.get(monday + timedelta(days=each)) for each in range(7)]
        minutes = sum(due_minutes(day) for day in days if day is not None)
        if minutes > profile.statutory_week_minutes:
            words = (_hours(minutes), _hours(profile.statutory_week_minutes))
            yield RosterFault(max(monday, first_on), RosterWhy.long_week, words)
        monday += _WEEK


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
