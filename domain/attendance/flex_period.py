"""Settlement periods (単位期間・清算期間) of flexible hours (L20): weeks counted from a day on, or calendar months."""

from datetime import date, timedelta

from domain.attendance.profile import InForce, Profile
from domain.civil import month_end

_WEEK = timedelta(weeks=1)


def settlement_period(on: date, profile: Profile) -> tuple[date, date]:
    """Give the first and last day of the settlement period of a day (人事院規則15-14 3: 1–4 weeks; 労基法32の3①二)."""
    if profile.flex_period_weeks == 0:
        return on.replace(day=1), month_end(on)
    length = profile.flex_period_weeks * _WEEK
    first_on = profile.flex_period_from_on + (on - profile.flex_period_from_on) // length * length
    return first_on, first_on + length - timedelta(days=1)


def widen_to_periods(days: tuple[date, date], rules: InForce) -> tuple[date, date]:
    """Give the days from the first to the last of the settlement periods that the days reach into.

    Where flexible hours are not adopted these are the days themselves.
    """
    first_on, last_on = days
    if rules.on(first_on).flex_adopted:
        first_on = settlement_period(first_on, rules.on(first_on))[0]
    if rules.on(last_on).flex_adopted:
        last_on = settlement_period(last_on, rules.on(last_on))[1]
    return first_on, last_on
