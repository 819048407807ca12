"""The period of a report as its address spells it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from domain.civil import instant

DAYS_MAX = 366
USUAL_DAYS = 30

Day = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in JST, as typed and as understood; ``fault``: empty, not_a_day, not_before or too_long."""

    first: str
    last: str
    since: datetime
    until: datetime
    fault: str = ""

    def query(self, **more: str) -> str:
        """Spell it, with what else the report asks."""
        return urlencode({name: text for name, text in more.items() if text} | {"first": self.first, "last": self.last})


def read_period(first: str, last: str, *, today: date) -> Period:
    """Read the days; what is empty is the last thirty days up to today."""
    until = today + timedelta(days=1)
    usual = instant(until - timedelta(days=USUAL_DAYS), 0), instant(until, 0)
    first = first or (until - timedelta(days=USUAL_DAYS)).isoformat()
    last = last or today.isoformat()
    try:
        begins_on, ends_on = date.fromisoformat(first), date.fromisoformat(last)
        since, before = instant(begins_on, 0), instant(ends_on + timedelta(days=1), 0)
    except (ValueError, OverflowError):
        return Period(first, last, *usual, "not_a_day")
    if since >= before:
        return Period(first, last, *usual, "not_before")
    if before - since > timedelta(days=DAYS_MAX):
        return Period(first, last, *usual, "too_long")
    return Period(first, last, since, before)
