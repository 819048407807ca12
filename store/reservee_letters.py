"""Letters to citizens: written once in the commit that brought a thing about, taken by one sender at a time.

The address is the reservee's at the time of leaving; of one that was merged, the address of whom it turned out to be.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, Update, case, cast, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.facilities.reservation import ReservationState
from domain.notices.reservee_letter import LetterKind, ReserveeLetter
from store.citizen_tables import reservee_letter
from store.reservation_tables import reservation, reservation_step, reservee
from store.tx import Tx

FAULT_MAX = 200
EMPTY = "{}"


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter that may leave now; ``email`` is empty where there is no address any more, ``tries`` failed before."""

    id: int
    reservee_id: str
    kind: LetterKind
    subject: str
    filling: Mapping[str, str]
    link: str
    created_at: datetime
    email: str
    tries: int


@dataclass(frozen=True, slots=True)
class LetterLine:
    """What became of a letter; ``sent_at`` and ``failed_at`` are None while it waits."""

    kind: LetterKind
    subject: str
    created_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    fault: str


def insert_letters(tx: Tx, letters: Collection[ReserveeLetter]) -> None:
    """Keep what was not written before."""
    rows = [
        {
            "reservee_id": each.reservee_id,
            "kind": each.kind.value,
            "subject": each.subject,
            "filling": json.dumps(dict(each.filling), ensure_ascii=False, sort_keys=True),
            "link": each.link,
            "created_at": tx.now,
            "due_at": each.due_at,
            "tries": 0,
            "fault": "",
        }
        for each in letters
    ]
    if rows:
        dialect = postgresql if tx.is_postgresql else sqlite
        statement = dialect.insert(reservee_letter).values(rows).on_conflict_do_nothing()
        tx.connection.execute(statement)


def withdraw_letters(tx: Tx, kinds: Collection[LetterKind], subject_prefix: str) -> None:
    """Let unsent letters of some kinds, whose subject begins so, never leave."""
    these = reservee_letter.c.kind.in_(sorted(kinds)) & reservee_letter.c.subject.startswith(
        subject_prefix, autoescape=True
    )
    changes = {"failed_at": tx.now, "fault": "settled", "filling": EMPTY}
    tx.connection.execute(update(reservee_letter).where(_waiting() & these).values(changes))


def has_due_letters(tx: Tx) -> bool:
    """Tell whether any letter may leave now."""
    due = select(reservee_letter.c.id).where(_waiting() & (reservee_letter.c.due_at <= tx.now)).limit(1)
    return tx.connection.execute(due).first() is not None


def claim_letters(tx: Tx, *, lease: timedelta, limit: int) -> list[DueLetter]:
    """Take what is due, the longest due first; nobody else gets it before the lease is over."""
    now_is = reservee.alias("now_is")
    email = case((reservee.c.merged_into.is_(None), reservee.c.email), else_=now_is.c.email).label("address")
    joined = reservee_letter.join(reservee, reservee.c.id == reservee_letter.c.reservee_id).outerjoin(
        now_is, now_is.c.id == reservee.c.merged_into
    )
    due = _waiting() & (reservee_letter.c.due_at <= tx.now)
    query = select(reservee_letter, email).select_from(joined).where(due)
    query = query.order_by(reservee_letter.c.due_at, reservee_letter.c.id).limit(limit)
    rows = tx.connection.execute(query.with_for_update(of=reservee_letter, skip_locked=True)).all()
    _change(tx, [row.id for row in rows], due_at=tx.now + lease)
    return [
        DueLetter(
            row.id,
            row.reservee_id,
            LetterKind(row.kind),
            row.subject,
            json.loads(row.filling),
            row.link,
            row.created_at,
            row.address or "",
            row.tries,
        )
        for row in rows
    ]


def save_letter_sent(tx: Tx, letter_id: int) -> None:
    """Mark a letter as sent at ``tx.now``; what it was filled with is forgotten."""
    _change(tx, [letter_id], sent_at=tx.now, fault="", filling=EMPTY)


def save_letter_put_off(tx: Tx, letter_id: int, due_at: datetime, fault: str) -> None:
    """Let a letter be due again at another time without counting a try: it was not its fault."""
    _change(tx, [letter_id], due_at=due_at, fault=fault[:FAULT_MAX])


def save_letter_retry(tx: Tx, letter_id: int, due_at: datetime, fault: str) -> None:
    """Count a failed try and let a letter be due again."""
    _change(tx, [letter_id], due_at=due_at, fault=fault[:FAULT_MAX], tries=reservee_letter.c.tries + 1)


def save_letter_given_up(tx: Tx, letter_id: int, fault: str) -> None:
    """Give a letter up; what it was filled with is forgotten."""
    changes = {"failed_at": tx.now, "fault": fault[:FAULT_MAX], "tries": reservee_letter.c.tries + 1, "filling": EMPTY}
    _change(tx, [letter_id], **changes)


def list_unreminded(tx: Tx, until: datetime) -> dict[str, datetime]:
    """Give the permitted reservations that begin up to an instant and were not called to mind as they stand.

    By id, with the instant since which each stands as it does.
    """
    subject = reservation.c.id + "/" + cast(reservation.c.version, Text)
    reminded = exists().where(reservee_letter.c.kind == LetterKind.reminder.value, reservee_letter.c.subject == subject)
    soon = (reservation.c.from_at > tx.now) & (reservation.c.from_at <= until)
    permitted = reservation.c.state == ReservationState.permitted.value
    query = (
        select(reservation.c.id, func.max(reservation_step.c.done_at).label("settled_at"))
        .join(reservation_step, reservation_step.c.reservation_id == reservation.c.id)
        .where(soon, permitted, ~reminded)
        .group_by(reservation.c.id)
    )
    return {row.id: row.settled_at for row in tx.connection.execute(query)}


def list_letters_of(tx: Tx, reservee_id: str, *, limit: int = 100) -> list[LetterLine]:
    """Give what was written to a reservee, the newest first."""
    query = select(reservee_letter).where(reservee_letter.c.reservee_id == reservee_id)
    return [
        LetterLine(LetterKind(row.kind), row.subject, row.created_at, row.sent_at, row.failed_at, row.fault)
        for row in tx.connection.execute(query.order_by(reservee_letter.c.id.desc()).limit(limit))
    ]


def forget_letters(tx: Tx, before: datetime) -> int:
    """Forget letters from before an instant; gives how many."""
    return tx.connection.execute(delete(reservee_letter).where(reservee_letter.c.created_at < before)).rowcount


def _waiting() -> ColumnElement[bool]:
    return reservee_letter.c.sent_at.is_(None) & reservee_letter.c.failed_at.is_(None)


def _change(tx: Tx, ids: Collection[int], **changes: Any) -> None:
    statement: Update = update(reservee_letter).where(_waiting() & reservee_letter.c.id.in_(ids)).values(changes)
    tx.connection.execute(statement)
