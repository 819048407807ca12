"""Adjustments of closed months: found once, decided by two persons; what they say never changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from domain.attendance.adjustment import AdjustmentState, Cause, Decision
from store.bulk import batched
from store.closing_tables import month_adjustment
from store.conflicts import insert_new
from store.tx import Tx

_DECISION = ("proposed_by", "proposed_at", "agreed_by", "agreed_at", "dismissed_at", "reason")
_COLUMNS = ("id", "person_id", "period", "version", "causes", "content", "content_hash", "found_at", *_DECISION)


@dataclass(frozen=True, slots=True)
class MonthAdjustment:
    """One adjustment: the version it departs from, why, its bytes (``contract.adjustment_content``), its fate."""

    id: str
    person_id: str
    period: str
    version: int
    causes: frozenset[Cause]
    content: bytes
    content_hash: str
    found_at: datetime
    decision: Decision


def insert_adjustment(tx: Tx, adjustment: MonthAdjustment) -> bool:
    """Keep an adjustment as found; False when the very same one stands already."""
    values = {name: getattr(adjustment, name) for name in ("id", "person_id", "period", "version", "content")}
    values |= {
        "content_hash": adjustment.content_hash,
        "causes": " ".join(sorted(cause.value for cause in adjustment.causes)),
        "found_at": adjustment.found_at,
        "reason": "",
    }
    return insert_new(tx, month_adjustment, values)


def load_adjustment(tx: Tx, adjustment_id: str, *, lock: bool = False) -> MonthAdjustment | None:
    """Give one adjustment; None when there is none of that id. With ``lock`` other writers of it wait."""
    query = select(*(month_adjustment.c[name] for name in _COLUMNS)).where(month_adjustment.c.id == adjustment_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _adjustment(row)


def list_adjustments(
    tx: Tx, period: str, person_ids: Collection[str] | None = None, *, states: Collection[AdjustmentState] | None = None
) -> list[MonthAdjustment]:
    """Give a month's adjustments: the agreed ones in the order of agreeing, then the others as they were found."""
    query = select(*(month_adjustment.c[name] for name in _COLUMNS)).where(month_adjustment.c.period == period)
    queries = [query]
    if person_ids is not None:
        queries = [query.where(month_adjustment.c.person_id.in_(some)) for some in batched(sorted(set(person_ids)))]
    found = [_adjustment(row) for each in queries for row in tx.connection.execute(each)]
    return sorted(
        (each for each in found if states is None or each.decision.state in states),
        key=lambda each: (
            each.person_id,
            each.decision.agreed_at is None,
            each.decision.agreed_at or each.found_at,
            each.found_at,
            each.id,
        ),
    )


def count_undecided(tx: Tx) -> dict[str, int]:
    """Give by month how many adjustments nobody agreed to or dismissed yet, the latest month first."""
    period = month_adjustment.c.period
    waits = month_adjustment.c.agreed_at.is_(None) & month_adjustment.c.dismissed_at.is_(None)
    query = select(period, func.count()).where(waits).group_by(period).order_by(period.desc())
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def save_decision(tx: Tx, adjustment_id: str, decision: Decision) -> None:
    """Keep what was decided about an adjustment; its content stays."""
    values = {name: getattr(decision, name) for name in _DECISION}
    tx.connection.execute(update(month_adjustment).where(month_adjustment.c.id == adjustment_id).values(values))


def _adjustment(row: Any) -> MonthAdjustment:
    decided = {name: getattr(row, name) for name in _DECISION}
    return MonthAdjustment(
        row.id,
        row.person_id,
        row.period,
        row.version,
        frozenset(Cause(cause) for cause in row.causes.split()),
        bytes(row.content),
        row.content_hash,
        row.found_at,
        Decision(row.person_id, _state(row), **decided),
    )


def _state(row: Any) -> AdjustmentState:
    if row.dismissed_at is not None:
        return AdjustmentState.dismissed
    if row.agreed_at is not None:
        return AdjustmentState.agreed
    return AdjustmentState.found if row.proposed_at is None else AdjustmentState.proposed
