"""The days on which keys are taken back, as far ahead as a due time looks."""

from datetime import date, timedelta

from domain.civil import civil_minute
from store.calendar import list_calendar
from store.tx import Tx

DAYS_AHEAD = 400
"""A year and the holidays after it: no loan without an approval of its own is longer."""

_SATURDAY = 5


def list_office_days(tx: Tx) -> list[date]:
    """Give the days from today on that are neither Saturday nor Sunday nor a city holiday."""
    today = civil_minute(tx.now)[0]
    last_on = today + timedelta(days=DAYS_AHEAD)
    off = {each.day_on for each in list_calendar(tx, today, last_on)}
    days = (today + timedelta(days=number) for number in range(DAYS_AHEAD + 1))
    return [on for on in days if on.weekday() < _SATURDAY and on not in off]
