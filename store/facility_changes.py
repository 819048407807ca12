"""Who laid down what about facilities, and when: what stood before and what stands since, never changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from domain.facilities.facility_fault import Thing
from store.opening_tables import facility_change
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class FacilityChange:
    """One change; ``before`` None: it was not there; ``after`` None: it is retired."""

    id: int
    facility_id: str | None
    thing: Thing
    thing_id: str
    before: Any
    after: Any
    changed_by: str
    changed_at: datetime


def insert_change(
    tx: Tx, thing: Thing, thing_id: str, *, facility_id: str | None, before: Any, after: Any, by: str
) -> None:
    """Write a change down at ``tx.now``; ``before`` and ``after`` are plain values or None."""
    tx.connection.execute(
        insert(facility_change).values(
            facility_id=facility_id,
            thing=thing.value,
            thing_id=thing_id,
            before=_as_text(before),
            after=_as_text(after),
            changed_by=by,
            changed_at=tx.now,
        )
    )


def list_changes(tx: Tx, facility_id: str | None, *, limit: int, before_id: int | None = None) -> list[FacilityChange]:
    """Give the changes of a facility, or with None those of no single one, the latest first.

    With ``before_id`` those before that one: how a list goes on.
    """
    query = select(facility_change).where(facility_change.c.facility_id.is_not_distinct_from(facility_id))
    if before_id is not None:
        query = query.where(facility_change.c.id < before_id)
    rows = tx.connection.execute(query.order_by(facility_change.c.id.desc()).limit(limit))
    return [
        FacilityChange(
            row.id,
            row.facility_id,
            Thing(row.thing),
            row.thing_id,
            _as_value(row.before),
            _as_value(row.after),
            row.changed_by,
            row.changed_at,
        )
        for row in rows
    ]


def _as_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _as_value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
