"""What is taken from people in spite of any grant: a level's points and hours, dated, with a reason."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, update

from domain.access.rights import Subject, SubjectKind
from store.conflicts import insert_new
from store.policy_inputs import save_inputs_changed
from store.rights import about, list_reached
from store.rights_tables import right_denial
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Denial:
    """A level whose points and hours are taken from a subject; ``until_on`` is the last day, None is no bound."""

    id: str
    subject_kind: str
    subject_id: str
    level_id: str
    reason: str
    given_by: str
    from_on: date | None = None
    until_on: date | None = None
    given_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


def insert_denial(tx: Tx, denial: Denial) -> bool:
    """Deny from ``tx.now`` on; False when a denial of that id stands already, and nothing is changed."""
    values = {name: value for name, value in zip(Denial.__slots__, astuple(denial), strict=True) if value is not None}
    new = insert_new(tx, right_denial, values | {"given_at": tx.now})
    if new:
        save_inputs_changed(tx, list_reached(tx, [Subject(SubjectKind(denial.subject_kind), denial.subject_id)]))
    return new


def end_denial(tx: Tx, denial_id: str, *, by: str, reason: str) -> bool:
    """End a denial at ``tx.now``; False when there is none of that id or it has ended."""
    row = tx.connection.execute(
        update(right_denial)
        .where(right_denial.c.id == denial_id, right_denial.c.ended_at.is_(None))
        .values(ended_by=by, ended_at=tx.now, end_reason=reason)
        .returning(right_denial.c.subject_kind, right_denial.c.subject_id)
    ).one_or_none()
    if row is not None:
        save_inputs_changed(tx, list_reached(tx, [Subject(SubjectKind(row.subject_kind), row.subject_id)]))
    return row is not None


def load_denial(tx: Tx, denial_id: str) -> Denial | None:
    """Give one denial, ended or not; None when there is none of that id."""
    row = tx.connection.execute(_denials().where(right_denial.c.id == denial_id)).one_or_none()
    return None if row is None else Denial(*row)


def list_denials(tx: Tx, subjects: Collection[Subject]) -> list[Denial]:
    """Give the denials about exactly these subjects that have not ended, the newest first."""
    query = _denials().where(about(right_denial, subjects), right_denial.c.ended_at.is_(None))
    rows = tx.connection.execute(query.order_by(right_denial.c.given_at.desc(), right_denial.c.id))
    return [Denial(*row) for row in rows]


def _denials() -> Select[Any]:
    return select(*(right_denial.c[name] for name in Denial.__slots__))
