"""Decisions about network tiers: appended to one chain, read again for replay and for the audit."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, text

from contract.chain import chain_step
from contract.tier_decision import CHAIN_START, Written, read_decision, write_decision
from store.tx import Tx
from store.zone_tables import tier_decision

_LOCK = 0x7469657273
"""The advisory lock of PostgreSQL under which the chain grows; on SQLite a writer is alone anyway."""


def append_decision(tx: Tx, written: Written, *, session_id: str | None = None) -> int:
    """Append a decision to the chain, and give its number."""
    if tx.is_postgresql:
        tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = select(tier_decision.c.hash).order_by(tier_decision.c.id.desc()).limit(1)
    before: bytes = tx.connection.execute(last).scalar_one_or_none() or CHAIN_START
    body, decision = write_decision(written), written.decision
    values = {
        "decided_at": decision.decided_at,
        "asked_by": written.asked_by,
        "tier_id": decision.facts.tier,
        "person_id": written.person_id,
        "terminal_id": written.terminal_id,
        "answer": decision.answer.value,
        "failed": " ".join(decision.failed),
        "session_id": session_id,
        "body": body,
        "hash": chain_step(bytes(before), body),
    }
    added = tx.connection.execute(tier_decision.insert().values(values).returning(tier_decision.c.id))
    return int(added.scalar_one())


def list_decisions(
    tx: Tx, since: datetime, until: datetime, *, person_id: str | None = None
) -> list[tuple[int, Written]]:
    """Give the decisions from an instant until before another, in their order, with their numbers."""
    query = select(tier_decision.c.id, tier_decision.c.body).where(
        tier_decision.c.decided_at >= since, tier_decision.c.decided_at < until
    )
    if person_id is not None:
        query = query.where(tier_decision.c.person_id == person_id)
    rows = tx.connection.execute(query.order_by(tier_decision.c.id))
    return [(number, read_decision(bytes(body))) for number, body in rows]


def stream_chain(tx: Tx, *, at_once: int = 1000) -> Iterator[tuple[bytes, bytes]]:
    """Give every (body, hash) in the order of the chain, some at a time."""
    query = select(tier_decision.c.body, tier_decision.c.hash).order_by(tier_decision.c.id)
    for body, hash_ in tx.connection.execution_options(yield_per=at_once).execute(query):
        yield bytes(body), bytes(hash_)
