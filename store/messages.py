"""Messages: told once per person, kind and subject, shown in the pages, and due on every way a person asked for."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.notices.due import Habits, due_at
from domain.notices.message import Message
from store.bulk import batched, insert_rows
from store.notice_tables import address, delivery, message
from store.tx import Tx

FILLING_MAX = 2000
MESSAGES_AT_ONCE = 2000
"""Rows in one statement; SQLite takes 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class StandingMessage:
    """A message as a person finds it; ``read_at`` None while it was not looked at."""

    id: int
    message: Message
    created_at: datetime
    read_at: datetime | None


def insert_messages(tx: Tx, messages: Collection[Message]) -> int:
    """Keep what was not told before, due on each way of the person; gives how many are new.

    Call it in the commit that brought the thing about: either both stand or neither does.
    """
    rows = [_values(tx, each) for each in messages]
    dialect = postgresql if tx.is_postgresql else sqlite
    told: list[tuple[int, str]] = []
    for start in range(0, len(rows), MESSAGES_AT_ONCE):
        statement = dialect.insert(message).values(rows[start : start + MESSAGES_AT_ONCE]).on_conflict_do_nothing()
        told += [
            (row.id, row.person_id)
            for row in tx.connection.execute(statement.returning(message.c.id, message.c.person_id))
        ]
    habits = _list_habits(tx, {person_id for _, person_id in told})
    due = [
        (message_id, way, due_at(tx.now, of_way), 0, "")
        for message_id, person_id in told
        for way, of_way in habits.get(person_id, {}).items()
    ]
    insert_rows(tx, delivery, ("message_id", "way", "due_at", "tries", "fault"), due)
    return len(told)


def list_messages(
    tx: Tx, person_id: str, *, unread: bool = False, before_id: int | None = None, limit: int = 50
) -> list[StandingMessage]:
    """Give a person's messages, the newest first; ``before_id`` is the last one of the page before."""
    wanted = select(message).where(message.c.person_id == person_id)
    if unread:
        wanted = wanted.where(message.c.read_at.is_(None))
    if before_id is not None:
        wanted = wanted.where(message.c.id < before_id)
    return [_standing(row) for row in tx.connection.execute(wanted.order_by(message.c.id.desc()).limit(limit))]


def load_message(tx: Tx, person_id: str, message_id: int) -> StandingMessage | None:
    """Give one of a person's own messages; None when that person has none of this id."""
    own = (message.c.id == message_id) & (message.c.person_id == person_id)
    row = tx.connection.execute(select(message).where(own)).one_or_none()
    return None if row is None else _standing(row)


def count_unread(tx: Tx, person_id: str) -> int:
    """Count what a person has not looked at."""
    unread = (message.c.person_id == person_id) & message.c.read_at.is_(None)
    return tx.connection.execute(select(func.count()).select_from(message).where(unread)).scalar_one()


def save_read(tx: Tx, person_id: str, ids: Collection[int]) -> int:
    """Mark a person's own messages as read at ``tx.now``; gives how many were not."""
    own = (message.c.person_id == person_id) & message.c.id.in_(ids) & message.c.read_at.is_(None)
    return tx.connection.execute(update(message).where(own).values(read_at=tx.now)).rowcount


def forget_messages(tx: Tx, before: datetime) -> int:
    """Forget messages from before an instant, with what became of them on their ways; gives how many."""
    old = message.c.created_at < before
    tx.connection.execute(delete(delivery).where(delivery.c.message_id.in_(select(message.c.id).where(old))))
    return tx.connection.execute(delete(message).where(old)).rowcount


def settle_messages(tx: Tx, kind: str, subjects: Collection[str], *, person_id: str | None = None) -> None:
    """Let messages about what waits no longer be read, and those of them that were still to leave stay here.

    ``person_id``: only those to somebody whom it does not concern any more.
    """
    settled = (message.c.kind == kind) & message.c.subject.in_(subjects)
    if person_id is not None:
        settled &= message.c.person_id == person_id
    unsent = delivery.c.sent_at.is_(None) & delivery.c.failed_at.is_(None)
    of_these = delivery.c.message_id.in_(select(message.c.id).where(settled))
    tx.connection.execute(update(delivery).where(unsent & of_these).values(failed_at=tx.now, fault="settled"))
    tx.connection.execute(update(message).where(settled & message.c.read_at.is_(None)).values(read_at=tx.now))


def read_message(row: Any) -> Message:
    """Give the message of a row that has the message's columns."""
    return Message(row.person_id, row.kind, row.subject, row.link, json.loads(row.filling))


def _values(tx: Tx, each: Message) -> dict[str, Any]:
    filling = json.dumps(dict(each.filling), ensure_ascii=False, sort_keys=True)
    if len(filling) > FILLING_MAX:
        raise ValueError(f"filling of {each.kind}: expected at most {FILLING_MAX} characters, got {len(filling)}")
    return {
        "person_id": each.person_id,
        "kind": each.kind,
        "subject": each.subject,
        "filling": filling,
        "link": each.link,
        "created_at": tx.now,
    }


def _list_habits(tx: Tx, person_ids: Collection[str]) -> Mapping[str, Mapping[str, Habits]]:
    found: dict[str, dict[str, Habits]] = {}
    for some in batched(sorted(person_ids)):
        for row in tx.connection.execute(select(address).where(address.c.person_id.in_(some))):
            found.setdefault(row.person_id, {})[row.way] = Habits(
                row.quiet_from_minute, row.quiet_until_minute, row.digest_minute
            )
    return found


def _standing(row: Row[Any]) -> StandingMessage:
    return StandingMessage(row.id, read_message(row), row.created_at, row.read_at)
