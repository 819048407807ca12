"""The city's days off besides rest days: national holidays and 12/29–1/3."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, union

from domain.attendance.adjustment import Cause, touched_periods
from store.changed_days import ChangedDay, mark_changed
from store.closing_tables import month_look, person_month
from store.policy_inputs import save_inputs_changed
from store.tables import calendar_day
from store.tx import Tx

HOLIDAY = "holiday"
_BEGUN = (person_month, month_look)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day off and what it is called."""

    day_on: date
    name: str


def save_year(tx: Tx, year: int, days: Iterable[CalendarDay]) -> bool:
    """Let the calendar of a year be exactly these days; True when that changed anything.

    Months that somebody confirmed, closed or looked through are counted again where days of them changed.

    Raises:
        ValueError: a day lies in another year.
    """
    wanted = sorted(days, key=lambda day: day.day_on)
    if astray := [day.day_on for day in wanted if day.day_on.year != year]:
        raise ValueError(f"{astray[0]} is no day of {year}")
    standing = list_calendar(tx, date(year, 1, 1), date(year, 12, 31))
    if wanted == standing:
        return False
    in_year = (calendar_day.c.day_on >= date(year, 1, 1)) & (calendar_day.c.day_on <= date(year, 12, 31))
    tx.connection.execute(delete(calendar_day).where(in_year))
    if wanted:
        rows = [{"day_on": day.day_on, "kind": HOLIDAY, "name": day.name} for day in wanted]
        tx.connection.execute(insert(calendar_day), rows)
    save_inputs_changed(tx)
    _mark(tx, {day.day_on for day in wanted} ^ {day.day_on for day in standing})
    return True


def _mark(tx: Tx, days: set[date]) -> None:
    for on in sorted(days):
        periods = touched_periods(on)
        known = union(*(select(table.c.person_id).where(table.c.period.in_(periods)) for table in _BEGUN))
        mark_changed(tx, [ChangedDay(each, on, Cause.calendar) for each in tx.connection.scalars(known)])


def list_calendar(tx: Tx, first_on: date, last_on: date) -> list[CalendarDay]:
    """Give the days off from first_on to last_on, both included, in order."""
    rows = tx.connection.execute(
        select(calendar_day.c.day_on, calendar_day.c.name)
        .where((calendar_day.c.day_on >= first_on) & (calendar_day.c.day_on <= last_on))
        .order_by(calendar_day.c.day_on)
    )
    return [CalendarDay(*row) for row in rows]
