"""超勤代休時間 (L13): hours off in place of the raised part of a month's overtime.

A raised minute is worth the difference of its rates: 0.25 of a minute from 125 to 150, 0.15 from 135 to 150, 0.50 from
100 to 150. Hours off are taken by the unit (4:00) or the person's whole day, from the day after the month for two
months; what they replace is paid at the rate before the step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.month import month_bounds
from domain.attendance.profile import Profile
from domain.civil import month_end

PERCENT = 100


@dataclass(frozen=True, slots=True)
class HoursOff:
    """What a month may give: ``minutes`` off, to be taken from ``first_on`` to ``last_on``, both included."""

    minutes: int
    first_on: date
    last_on: date


def raised_percent(name: str, profile: Profile) -> int:
    """Give by how many percent the 60-hour step raises a class; 0 where it raises nothing."""
    rate = profile.rates[name]
    return max(0, profile.raised_rates.get(name, rate) - rate)


def offer_hours_off(period: str, after_60h: Mapping[str, int], profile: Profile) -> HoursOff:
    """Give what a month (``YYYY-MM``) may give, from its minutes beyond 60 hours by class; a fraction is left out.

    Raises:
        ValueError: ``period`` is no month.
    """
    _, last_on = month_bounds(period)
    worth = sum(minutes * raised_percent(name, profile) for name, minutes in after_60h.items())
    return HoursOff(worth // PERCENT, last_on + timedelta(days=1), month_end(last_on, months=profile.hours_off_months))


def units_within(minutes: int, day_minutes: int, profile: Profile) -> tuple[tuple[int, int], ...]:
    """Give what may be taken of so many minutes as (days, units of 4:00), each with as many units as fit.

    Empty when not even one fits: then the raised part is paid, or the rest of a unit is annual leave.
    """
    unit = profile.hours_off_unit_minutes
    choices = ((days, (minutes - days * day_minutes) // unit) for days in range(minutes // day_minutes + 1))
    return tuple((days, units) for days, units in choices if days or units)


def replace_raised(
    taken_minutes: int, after_60h: Mapping[str, int], order: Sequence[str], profile: Profile
) -> dict[str, int]:
    """Give the minutes by class that go back to the rate before the step because hours off were taken for them.

    A fraction of a minute stays with the person: less than a minute off is left over.

    Args:
        taken_minutes: the hours off.
        after_60h: the month's raised minutes by class.
        order: the classes in the order in which they are replaced, as the person named them.
        profile: the rates.

    Raises:
        ValueError: more was taken than the named classes are worth.
    """
    left = taken_minutes * PERCENT
    if left > sum(after_60h.get(name, 0) * raised_percent(name, profile) for name in order):
        raise ValueError(f"{taken_minutes} minutes off are more than the raised minutes are worth")
    replaced: dict[str, int] = {}
    for name in order:
        percent = raised_percent(name, profile)
        if percent and left > 0:
            minutes = min(after_60h.get(name, 0), left // percent)
            replaced[name] = minutes
            left -= minutes * percent
    return {name: minutes for name, minutes in replaced.items() if minutes}
