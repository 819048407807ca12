"""What is wrong with flexible hours as a roster assigns them (割振り), and what should be looked at (L20). Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from domain.attendance.flex import FlexStretch, find_stretches
from domain.attendance.plan import DayPlan
from domain.attendance.profile import Counting, Profile
from domain.attendance.roster_fault import RosterFault, RosterWhy
from domain.attendance.shift import DayKind, Shift
from domain.civil import format_clock

_WEEK_DAYS = 7


def assess_flexible(shift: Shift, profile: Profile, on: date | None = None) -> Iterator[RosterFault]:
    """Name what is wrong with a day's shift as one of flexible hours; nothing is with any other shift.

    Hours lie in the band, reach over the core and have the least minutes of a day (人事院規則15-14 3).
    """
    if not shift.flexible or shift.hours is None:
        return
    if not profile.flex_adopted:
        yield RosterFault(on, RosterWhy.flex_not_adopted)
        return
    band = profile.flex_band_starts_minute, profile.flex_band_ends_minute
    core = profile.flex_core_starts_minute, profile.flex_core_ends_minute
    starts, ends = shift.hours.starts_minute, shift.hours.ends_minute
    if starts < band[0] or ends > band[1]:
        yield RosterFault(on, RosterWhy.flex_outside_band, tuple(map(format_clock, band)))
    if core[0] < core[1] and (starts > core[0] or ends < core[1]):
        yield RosterFault(on, RosterWhy.flex_without_core, tuple(map(format_clock, core)))
    if shift.hours.net_minutes < profile.flex_day_least_minutes:
        values = (_length(profile.flex_day_least_minutes), _length(shift.hours.net_minutes))
        yield RosterFault(on, RosterWhy.flex_too_short, values)


def list_uneven_periods(
    plan: Mapping[date, DayPlan], first_on: date, last_on: date, profile: Profile
) -> Iterator[RosterFault]:
    """Give the settlement periods whose assigned hours are not those of a week on average (勤務時間法6③).

    Holidays count with their hours. A calendar month is told only when it has more, and nobody whose day is shorter
    than the standard one. By plain law nothing is assigned.
    """
    if profile.counting is Counting.statutory:
        return
    for stretch in find_stretches(plan, profile):
        days = [plan[on] for on in stretch.days]
        part_time = any(day.is_flexible and day.standard_minutes != profile.flex_day_minutes for day in days)
        if stretch.last_on < first_on or stretch.first_on > last_on or part_time:
            continue
        assigned, most = _assigned(days), profile.flex_week_minutes * len(days) // _WEEK_DAYS
        if assigned > most or (profile.flex_period_weeks and assigned < most):
            difference = ("+" if assigned > most else "-") + _length(abs(assigned - most))
            yield RosterFault(max(first_on, stretch.first_on), RosterWhy.flex_uneven, (_days(stretch), difference))


def _assigned(days: list[DayPlan]) -> int:
    return sum(day.net_minutes for day in days if day.kind in {DayKind.work, DayKind.holiday})


def _days(stretch: FlexStretch) -> str:
    return "–".join(f"{on.month}/{on.day}" for on in (stretch.first_on, stretch.last_on))


def _length(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
