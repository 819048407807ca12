"""Messages that were refused: what came, from where, and why; the reason is for people."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from store.bulk import Row, insert_rows
from store.tables import refused_message
from store.tx import Tx


class Refused(NamedTuple):
    """A refused message; ``payload`` is already cut to the largest lawful size."""

    source: str
    fault: str
    detail: str
    payload: bytes


def insert_refused(tx: Tx, refused: Collection[Refused]) -> None:
    """Keep refused messages, received at ``tx.now``."""
    if refused:
        rows: list[Row] = [(tx.now, *message) for message in refused]
        insert_rows(tx, refused_message, ("received_at", *Refused._fields), rows)


def list_refused(tx: Tx, *, limit: int = 100) -> list[Refused]:
    """Give the latest refused messages, the newest first."""
    columns = (refused_message.c[name] for name in Refused._fields)
    rows = tx.connection.execute(select(*columns).order_by(refused_message.c.id.desc()).limit(limit))
    return [Refused(source, fault, detail, bytes(payload)) for source, fault, detail, payload in rows]


def count_refused(tx: Tx, *, since: datetime) -> dict[str, int]:
    """Count refusals since an instant, by fault."""
    counted = select(refused_message.c.fault, func.count()).where(refused_message.c.received_at >= since)
    return {row.fault: row[1] for row in tx.connection.execute(counted.group_by(refused_message.c.fault))}
