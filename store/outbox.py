"""The outbox: what must be told after a commit, written in that commit (``gateway.relay`` tells it)."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select, update

from store.bulk import Row, insert_rows
from store.tables import outbox
from store.tx import Tx


class Notice(NamedTuple):
    """Something happened: ``kind`` is a past-tense word, ``subject`` the id it happened to, ``payload`` JSON text."""

    kind: str
    subject: str
    payload: str


class Unsent(NamedTuple):
    """A notice that waits, with its place in the order."""

    id: int
    notice: Notice


def insert_notices(tx: Tx, notices: Collection[Notice]) -> None:
    """Put notices into the outbox, in order."""
    if notices:
        rows: list[Row] = [(tx.now, *notice) for notice in notices]
        insert_rows(tx, outbox, ("created_at", *Notice._fields), rows)


def list_unsent(tx: Tx, *, limit: int) -> list[Unsent]:
    """Give the oldest notices that wait, in order."""
    waiting = select(outbox.c.id, outbox.c.kind, outbox.c.subject, outbox.c.payload).where(outbox.c.sent_at.is_(None))
    rows = tx.connection.execute(waiting.order_by(outbox.c.id).limit(limit))
    return [Unsent(row.id, Notice(row.kind, row.subject, row.payload)) for row in rows]


def save_sent(tx: Tx, ids: Collection[int]) -> None:
    """Mark notices as told at ``tx.now``."""
    tx.connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(sent_at=tx.now))


def delete_sent(tx: Tx, before: datetime) -> int:
    """Remove notices told before an instant; gives how many."""
    return tx.connection.execute(delete(outbox).where(outbox.c.sent_at < before)).rowcount
