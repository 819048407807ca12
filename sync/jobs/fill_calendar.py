"""The city's days off into the database, this year's and the next two, so that plans and doors can look ahead."""

from datetime import date

from store.calendar import CalendarDay, save_year
from store.tx import Tx
from sync.calendar.japan import days_off

YEARS_BEFORE = 1
YEARS_AHEAD = 2


def fill_calendar(tx: Tx, on: date) -> tuple[int, ...]:
    """Let the calendar hold the days off of the years around a day; gives the years that changed."""
    years = range(on.year - YEARS_BEFORE, on.year + YEARS_AHEAD + 1)
    return tuple(year for year in years if save_year(tx, year, [CalendarDay(*day) for day in days_off(year)]))
