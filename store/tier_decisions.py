"""Decisions about network tiers: rows of one chain, in their order. What a body says is ``contract.tier_decision``."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select, text

from store.bulk import insert_rows
from store.tx import Tx
from store.zone_tables import tier_decision

_LOCK = 0x7469657273
"""The advisory lock of PostgreSQL under which the chain grows; on SQLite a writer is alone anyway."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision's bytes and hash, and what it is found by; ``failed`` are codes with a blank between."""

    decided_at: datetime
    asked_by: str
    tier_id: str
    person_id: str
    terminal_id: str
    answer: str
    failed: str
    session_id: str | None
    body: bytes
    hash: bytes


def hold_chain(tx: Tx) -> bytes | None:
    """Give the hash of the last decision, None before the first; nobody else appends until the commit."""
    if tx.is_postgresql:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = select(tier_decision.c.hash).order_by(tier_decision.c.id.desc()).limit(1)
    found = tx.connection.execute(last).scalar_one_or_none()
    return None if found is None else bytes(found)


def insert_decision(tx: Tx, row: DecisionRow) -> int:
    """Append a decision that follows what :func:`hold_chain` gave, and give its number."""
    values = {field.name: getattr(row, field.name) for field in fields(DecisionRow)}
    added = tx.connection.execute(tier_decision.insert().values(values).returning(tier_decision.c.id))
    return int(added.scalar_one())


def insert_decisions(tx: Tx, rows: Sequence[DecisionRow]) -> None:
    """Append decisions that follow what :func:`hold_chain` gave, and each other, in one statement."""
    names = tuple(field.name for field in fields(DecisionRow))
    insert_rows(tx, tier_decision, names, [tuple(getattr(row, name) for name in names) for row in rows])


def list_decision_bodies(
    tx: Tx, since: datetime, until: datetime, *, person_id: str | None = None
) -> list[tuple[int, bytes]]:
    """Give the decisions from an instant until before another, in their order: number and bytes."""
    query = select(tier_decision.c.id, tier_decision.c.body).where(
        tier_decision.c.decided_at >= since, tier_decision.c.decided_at < until
    )
    if person_id is not None:
        query = query.where(tier_decision.c.person_id == person_id)
    rows = tx.connection.execute(query.order_by(tier_decision.c.id))
    return [(number, bytes(body)) for number, body in rows]


def stream_chain(tx: Tx, *, at_once: int = 1000) -> Generator[tuple[bytes, bytes], None, None]:
    """Give every (body, hash) in the order of the chain, fetched so many at once."""
    query = select(tier_decision.c.body, tier_decision.c.hash).order_by(tier_decision.c.id)
    with tx.connection.execution_options(yield_per=at_once).execute(query) as rows:
        for body, hash_ in rows:
            yield bytes(body), bytes(hash_)
