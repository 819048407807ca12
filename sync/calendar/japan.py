"""A Japanese city's days off by year: national holidays (祝日法, by jpholiday) and 12/29–1/3 (地方自治法4の2)."""

from datetime import date
from functools import lru_cache

import jpholiday

YEAR_END = ((1, 1), (1, 2), (1, 3), (12, 29), (12, 30), (12, 31))
YEAR_END_NAME = "年末年始の休日"
FIRST_YEAR = 1949
"""The first whole year of the holidays law (1948-07-20)."""


@lru_cache(maxsize=64)
def days_off(year: int) -> tuple[tuple[date, str], ...]:
    """Give the year's days off in order, each with its name; Saturdays and Sundays are not among them as such.

    Raises:
        ValueError: the year lies before the holidays law.
    """
    if year < FIRST_YEAR:
        raise ValueError(f"the holidays of {year} are not known; expected {FIRST_YEAR} or later")
    named = {date(year, month, day): YEAR_END_NAME for month, day in YEAR_END}
    named.update(jpholiday.year_holidays(year))
    return tuple(sorted(named.items()))


def holidays_between(first_on: date, last_on: date) -> frozenset[date]:
    """Give the days off from first_on to last_on, both included.

    Raises:
        ValueError: the range begins before the holidays law.
    """
    years = range(first_on.year, last_on.year + 1)
    return frozenset(on for year in years for on, _ in days_off(year) if first_on <= on <= last_on)
