"""Enrolments: the next card held to a reader is to be a person's. One waits at a reader at a time."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.door_tables import enrolment
from store.tx import Tx


class Outcome(StrEnum):
    """How an enrolment ended."""

    enrolled = "enrolled"
    belongs = "belongs"  # somebody has that card already; it stays theirs
    unfit = "unfit"  # what came is no card one can keep
    cancelled = "cancelled"
    expired = "expired"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment; fields as the columns of ``store.door_tables.enrolment`` describe them."""

    id: str
    reader_id: str
    person_id: str
    label: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    token: str | None = None

    def outcome_at(self, now: datetime) -> Outcome | None:
        """Give how it ended by ``now``; None while it waits."""
        if self.outcome is not None:
            return Outcome(self.outcome)
        return Outcome.expired if now >= self.expires_at else None


def claim_reader(tx: Tx, asked: Enrolment) -> bool:
    """Begin to wait at a reader; False when one waits there already, and nothing is changed."""
    over = (enrolment.c.reader_id == asked.reader_id) & enrolment.c.ended_at.is_(None)
    tx.connection.execute(
        update(enrolment)
        .where(over, enrolment.c.expires_at <= tx.now)
        .values(ended_at=enrolment.c.expires_at, outcome=Outcome.expired.value)
    )
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(enrolment).values(asdict(asked)).on_conflict_do_nothing()
    return tx.connection.execute(statement.returning(enrolment.c.id)).first() is not None


def load_enrolment(tx: Tx, enrolment_id: str) -> Enrolment | None:
    """Give one enrolment, or None when there is none of that id."""
    row = tx.connection.execute(select(enrolment).where(enrolment.c.id == enrolment_id)).one_or_none()
    return None if row is None else _enrolment(row)


def list_waiting_enrolments(tx: Tx, reader_ids: Collection[str]) -> dict[str, Enrolment]:
    """Give who waits at these readers at ``tx.now``, by reader; until the commit nobody else ends them."""
    waiting = enrolment.c.reader_id.in_(sorted(reader_ids)) & enrolment.c.ended_at.is_(None)
    rows = tx.connection.execute(select(enrolment).where(waiting, enrolment.c.expires_at > tx.now).with_for_update())
    return {row.reader_id: _enrolment(row) for row in rows}


def end_enrolment(tx: Tx, enrolment_id: str, outcome: Outcome, token: str | None = None) -> bool:
    """End an enrolment that still waits; tells whether it did."""
    waiting = (enrolment.c.id == enrolment_id) & enrolment.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "outcome": outcome.value, "token": token}
    return tx.connection.execute(update(enrolment).where(waiting).values(values)).rowcount == 1


def load_last_reader(tx: Tx, login: str) -> str | None:
    """Give the reader at which this account enrolled last, or None."""
    mine = select(enrolment.c.reader_id).where(enrolment.c.asked_by == login)
    return tx.connection.scalar(mine.order_by(enrolment.c.asked_at.desc()).limit(1))


def _enrolment(row: Row[Any]) -> Enrolment:
    return Enrolment(**row._asdict())
