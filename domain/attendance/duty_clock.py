"""Where one duty day ends and the next begins: at the date-change minute of the day that ends (R3, L22).

So a change of rules moves no tap of a month that was over before it, and no tap falls between two rules.
"""

from datetime import date, datetime, timedelta

from domain.attendance.profile import InForce
from domain.attendance.spans import axis_minute, civil_date
from domain.civil import MINUTES_PER_DAY, civil_minute, instant


def duty_on(rules: InForce, axis: int) -> date:
    """Give the duty day of an axis minute."""
    today = civil_date(axis)
    before = date.fromordinal(today.toordinal() - 1)
    return today if axis - axis_minute(today) >= rules.on(before).date_change_minutes else before


def duty_today(now: datetime, rules: InForce) -> date:
    """Give the duty day of an instant."""
    return duty_on(rules, axis_minute(*civil_minute(now)))


def duty_starts_at(on: date, rules: InForce) -> datetime:
    """Give the instant at which a duty day begins, and the one before ends."""
    return instant(on, rules.on(on - timedelta(days=1)).date_change_minutes)


def duty_ends(on: date, rules: InForce) -> int:
    """Give the axis minute at which a duty day is over."""
    return axis_minute(on, MINUTES_PER_DAY + rules.on(on).date_change_minutes)


def duty_ends_at(on: date, rules: InForce) -> datetime:
    """Give the instant at which a duty day is over."""
    return instant(on, MINUTES_PER_DAY + rules.on(on).date_change_minutes)
