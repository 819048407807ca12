"""Decisions about network tiers looked for: of a session, of a person, the latest ones, and a stretch of the chain."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from store.bulk import batched
from store.tx import Tx
from store.zone_tables import tier_decision


class ChainedRow(NamedTuple):
    """A decision's number in the chain, when it was made, its bytes and its hash."""

    number: int
    decided_at: datetime
    body: bytes
    hash: bytes


def list_decisions_of(tx: Tx, session_id: str) -> list[ChainedRow]:
    """Give the decisions that a session stands on, in their order."""
    query = _select().where(tier_decision.c.session_id == session_id).order_by(tier_decision.c.id)
    return [_read(row) for row in tx.connection.execute(query)]


def load_last_decisions(tx: Tx, session_ids: Collection[str]) -> Mapping[str, ChainedRow]:
    """Give the last decision of each session, by session; one without any is left out."""
    found: dict[str, ChainedRow] = {}
    for some in batched(sorted(session_ids)):
        last = select(func.max(tier_decision.c.id)).where(tier_decision.c.session_id.in_(some))
        query = _select(tier_decision.c.session_id).where(
            tier_decision.c.id.in_(last.group_by(tier_decision.c.session_id))
        )
        for row in tx.connection.execute(query):
            found[row.session_id] = _read(row)
    return found


def list_latest_decisions(
    tx: Tx, since: datetime, *, person_id: str | None = None, answer: str | None = None, limit: int
) -> list[ChainedRow]:
    """Give the decisions since an instant, the newest first; about a person, of an answer, or all."""
    query = _select().where(tier_decision.c.decided_at >= since)
    if person_id is not None:
        query = query.where(tier_decision.c.person_id == person_id)
    if answer is not None:
        query = query.where(tier_decision.c.answer == answer)
    rows = tx.connection.execute(query.order_by(tier_decision.c.id.desc()).limit(limit))
    return [_read(row) for row in rows]


def load_hash_before(tx: Tx, number: int) -> bytes | None:
    """Give the hash of the decision before one; None before the first."""
    query = select(tier_decision.c.hash).where(tier_decision.c.id < number).order_by(tier_decision.c.id.desc())
    found = tx.connection.execute(query.limit(1)).scalar_one_or_none()
    return None if found is None else bytes(found)


def stream_decisions(tx: Tx, since: datetime, until: datetime, *, at_once: int = 1000) -> Iterator[ChainedRow]:
    """Give one unbroken stretch of the chain: from the first to the last decision of [since, until), in their order."""
    within = (tier_decision.c.decided_at >= since) & (tier_decision.c.decided_at < until)
    first, last = tx.connection.execute(
        select(func.min(tier_decision.c.id), func.max(tier_decision.c.id)).where(within)
    ).one()
    if first is None:
        return
    query = _select().where(tier_decision.c.id.between(first, last)).order_by(tier_decision.c.id)
    for row in tx.connection.execution_options(yield_per=at_once).execute(query):
        yield _read(row)


def _select(*more: Any) -> Select[Any]:
    return select(tier_decision.c.id, tier_decision.c.decided_at, tier_decision.c.body, tier_decision.c.hash, *more)


def _read(row: Any) -> ChainedRow:
    return ChainedRow(row.id, row.decided_at, bytes(row.body), bytes(row.hash))
