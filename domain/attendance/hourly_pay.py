"""The hourly pay behind the rates (L15) in whole yen; a half yen goes up (R12, 昭63.3.14 基発150)."""

from domain.attendance.profile import Profile

WEEKS_PER_YEAR = 52
MONTHS_PER_YEAR = 12
WORKDAYS_PER_WEEK = 5
MINUTES_PER_HOUR = 60


def hourly_pay_yen(monthly_yen: int, weekday_holidays: int, profile: Profile) -> int:
    """Give the pay of an hour.

    Args:
        monthly_yen: the month's salary with the allowances that count (地域手当 …).
        weekday_holidays: the year's holidays that fall on days of work.
        profile: its week gives the year's hours, 38:45 × 52 less 7:45 for each of those holidays.

    Raises:
        ValueError: the salary is negative, or the holidays leave no hours.
    """
    week_minutes = sum(shift.hours.net_minutes for shift in profile.week if shift.hours is not None)
    year_minutes = WEEKS_PER_YEAR * week_minutes - weekday_holidays * week_minutes // WORKDAYS_PER_WEEK
    if monthly_yen < 0 or weekday_holidays < 0 or year_minutes <= 0:
        raise ValueError(f"expected a salary and holidays of 0 or more, not {monthly_yen}, {weekday_holidays}")
    return round_half_up(monthly_yen * MONTHS_PER_YEAR * MINUTES_PER_HOUR, year_minutes)


def rated_pay_yen(hourly_yen: int, rate_percent: int, hours: int) -> int:
    """Give the pay of a month's hours at a rate: the hour's price is rounded, then taken so many times."""
    return round_half_up(hourly_yen * rate_percent, 100) * hours


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers, neither negative; below .50 goes down, from .50 up."""
    return (2 * numerator + denominator) // (2 * denominator)
