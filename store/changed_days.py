"""Duty days whose facts changed since they were last looked at: what the recount of closed months works through."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from domain.attendance.adjustment import REACH, Cause
from domain.civil import civil_minute, instant
from store.bulk import upsert_rows
from store.closing_tables import changed_day
from store.tx import Tx

_COLUMNS = ("person_id", "day_on", "cause", "changed_at")


class ChangedDay(NamedTuple):
    """A person's day, and why its facts changed."""

    person_id: str
    day_on: date
    cause: Cause


def mark_changed_days(tx: Tx, person_id: str, days: Collection[date], cause: str) -> None:
    """Mark days of a person as changed at ``tx.now``, in the transaction that changes their facts.

    Raises:
        ValueError: ``cause`` is no ``domain.attendance.adjustment.Cause``.
    """
    mark_changed(tx, (ChangedDay(person_id, on, Cause(cause)) for on in days))


def mark_changed(tx: Tx, days: Iterable[ChangedDay]) -> None:
    """Mark days of many persons as changed; a day keeps every cause."""
    rows = [(each.person_id, each.day_on, each.cause.value, tx.now) for each in sorted(set(days))]
    upsert_rows(tx, changed_day, _COLUMNS, rows)


def past_month_until(now: datetime) -> datetime:
    """Give the instant before which a fact can change a month that is over: no later one need be marked."""
    return instant(civil_minute(now)[0].replace(day=1) + REACH, 0)


def claim_changed_days(tx: Tx, limit: int) -> list[ChangedDay]:
    """Take the days of up to so many persons out of the outbox; they are counted in the same transaction.

    A day that changes again meanwhile is marked anew.
    """
    persons = select(changed_day.c.person_id).distinct().order_by(changed_day.c.person_id).limit(limit)
    ids = list(tx.connection.scalars(persons))
    if not ids:
        return []
    taken = delete(changed_day).where(changed_day.c.person_id.in_(ids))
    rows = tx.connection.execute(taken.returning(*(changed_day.c[name] for name in _COLUMNS[:3])))
    return sorted(ChangedDay(row[0], row[1], Cause(row[2])) for row in rows)
