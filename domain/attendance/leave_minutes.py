"""Leave as arithmetic: a balance is minutes, days and hours are how it is shown (L16, R10, R11)."""

from typing import NamedTuple

from domain.attendance.profile import Profile

FIVE_DAYS = 5


class LeaveAmount(NamedTuple):
    """Whole days of the person's day and the minutes that are left."""

    days: int
    minutes: int


def to_minutes(amount: LeaveAmount, day_minutes: int) -> int:
    """Give days and minutes as minutes of a balance; ``day_minutes`` is the person's day, 465 for 7:45."""
    return amount.days * day_minutes + amount.minutes


def to_amount(minutes: int, day_minutes: int) -> LeaveAmount:
    """Give a balance as days and minutes.

    Raises:
        ValueError: the balance is negative or the day has no minute.
    """
    if minutes < 0 or day_minutes <= 0:
        raise ValueError(f"expected a balance of 0 or more and a day of at least a minute, not {minutes}/{day_minutes}")
    return LeaveAmount(*divmod(minutes, day_minutes))


def carry_over(left_minutes: int, day_minutes: int, days_max: int) -> int:
    """Give the minutes that go into the next year: what is left, fractions of a day included, up to so many days."""
    return min(max(0, left_minutes), days_max * day_minutes)


def may_take(minutes: int, left_minutes: int, unit_minutes: int) -> bool:
    """Tell whether so much may be taken: whole units, or all that is left, also a fraction of one."""
    return 0 < minutes <= left_minutes and (minutes % unit_minutes == 0 or minutes == left_minutes)


def hourly_cap_minutes(day_minutes: int, profile: Profile) -> int | None:
    """Give how much of a year's leave may be taken by the hour; None where nothing caps it (R11).

    A day with a fraction of an hour counts as the next whole hour: five days of 7:45 are 40 hours.
    """
    if profile.hourly_leave_days_max is None:
        return None
    return profile.hourly_leave_days_max * -(-day_minutes // 60) * 60


def five_days_left(taken_minutes: int, granted_minutes: int, day_minutes: int, profile: Profile) -> int:
    """Give the minutes of the five days that the employer must still see taken; 0 for local staff (R10).

    Only leave by the day or half day is to be passed in ``taken_minutes``; the duty begins with a grant of ten days.
    """
    if not profile.five_day_leave_duty or granted_minutes < 2 * FIVE_DAYS * day_minutes:
        return 0
    return max(0, FIVE_DAYS * day_minutes - taken_minutes)
