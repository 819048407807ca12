"""Who looked at what was recorded of persons: one row each time a person's events or a report with names was shown."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from store.event_tables import read_log
from store.tables import person
from store.tx import Tx


class Reading(NamedTuple):
    """One look.

    ``what``: events | event | events_file | question | report | report_file | inside | muster | paper | paper_order |
    tiers | tier_person | tier_sessions | tier_session | evidence | evidence_order.
    ``query`` is spelt as its address spells it; ``person_id`` is None where nobody in particular was asked for.
    """

    read_at: datetime
    login: str
    what: str
    person_id: str | None
    query: str


class ReadingLine(NamedTuple):
    """One look as the auditor's list shows it; ``name`` of the person asked for is empty without one."""

    id: int
    reading: Reading
    name: str


def insert_reading(tx: Tx, login: str, what: str, *, person_id: str | None, query: str) -> None:
    """Write down that somebody looked, at ``tx.now``."""
    values = Reading(tx.now, login, what, person_id, query)._asdict()
    tx.connection.execute(insert(read_log).values(values))


def list_readings(
    tx: Tx, *, person_id: str | None = None, login: str | None = None, before_id: int | None = None, limit: int
) -> list[ReadingLine]:
    """Give the latest looks, newest first: of everybody, at one person, by one account; those before an id."""
    query = select(read_log, person.c.name).outerjoin_from(read_log, person, person.c.id == read_log.c.person_id)
    if person_id is not None:
        query = query.where(read_log.c.person_id == person_id)
    if login is not None:
        query = query.where(read_log.c.login == login)
    if before_id is not None:
        query = query.where(read_log.c.id < before_id)
    rows = tx.connection.execute(query.order_by(read_log.c.id.desc()).limit(limit))
    return [
        ReadingLine(row.id, Reading(row.read_at, row.login, row.what, row.person_id, row.query), row.name or "")
        for row in rows
    ]


def forget_readings(tx: Tx, before: datetime) -> int:
    """Delete the looks of before an instant, along ``ix_read_log_read_at``; gives how many."""
    return tx.connection.execute(delete(read_log).where(read_log.c.read_at < before)).rowcount
