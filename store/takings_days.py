"""Closed days of a facility's takings: the count, the report's bytes and their hash; never changed afterwards."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from store.conflicts import insert_new
from store.taking_tables import takings_day
from store.tx import Tx


class ClosedDay(NamedTuple):
    """A closed day (日計)."""

    facility_id: str
    day_on: date
    opening_yen: int
    counted_yen: int
    banked_yen: int
    report: bytes
    report_hash: str
    note: str
    closed_by: str
    closed_at: datetime


_COLUMNS = tuple(takings_day.c[name] for name in ClosedDay._fields)


def insert_closed_day(tx: Tx, day: ClosedDay) -> bool:
    """Keep a closed day; False when it stands already."""
    return insert_new(tx, takings_day, day._asdict())


def load_closed_day(tx: Tx, facility_id: str, day_on: date) -> ClosedDay | None:
    """Give a closed day; None where it is open."""
    query = select(*_COLUMNS).where(takings_day.c.facility_id == facility_id, takings_day.c.day_on == day_on)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else ClosedDay(*row)


def find_last_closed(tx: Tx, facility_id: str) -> date | None:
    """Give the last day that is closed; None where none is."""
    last = select(func.max(takings_day.c.day_on)).where(takings_day.c.facility_id == facility_id)
    return tx.connection.execute(last).scalar()


def list_closed_days(tx: Tx, facility_id: str, first_on: date, last_on: date) -> list[ClosedDay]:
    """Give the closed days from the first to the last, both included, in order."""
    within = (takings_day.c.day_on >= first_on) & (takings_day.c.day_on <= last_on)
    query = select(*_COLUMNS).where(takings_day.c.facility_id == facility_id, within)
    return [ClosedDay(*row) for row in tx.connection.execute(query.order_by(takings_day.c.day_on))]
