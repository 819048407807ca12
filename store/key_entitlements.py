"""Who may take which key: entitlements are given, found by what they are for, and ended; never deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, tuple_, update

from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Target, TargetKind
from store.conflicts import insert_new
from store.key_rights import save_key_right_changed
from store.key_tables import key_entitlement
from store.tx import Tx

_C = key_entitlement.c


@dataclass(frozen=True, slots=True)
class GivenEntitlement:
    """An entitlement with who gave it and who ended it, why."""

    entitlement: Entitlement
    given_by: str
    ended_by: str
    ended_reason: str


def insert_entitlement(tx: Tx, given: Entitlement, *, by: str) -> bool:
    """Keep an entitlement; False when one of that id stands already, and nothing is changed."""
    values = {
        "id": given.id,
        "source": given.source.value,
        "source_id": given.source_id,
        "taker_kind": given.taker.kind.value,
        "taker_id": given.taker.id,
        "target_kind": given.target.kind.value,
        "target_id": given.target.id,
        "due_kind": given.due.kind.value,
        "due_minutes": given.due.minutes,
        "due_at": given.due.at,
        "given_by": by,
        "given_at": tx.now,
        "ended_by": "",
        "ended_reason": "",
    }
    names = ("from_at", "until_at", "used_from", "used_until", "approved_by", "ended_at")
    new = insert_new(tx, key_entitlement, values | {name: getattr(given, name) for name in names})
    if new and given.source is not Source.emergency:
        save_key_right_changed(tx, given.target, given.taker)
    return new


def load_entitlement(tx: Tx, entitlement_id: str) -> GivenEntitlement | None:
    """Give an entitlement; None when there is none of that id."""
    row = tx.connection.execute(select(key_entitlement).where(_C.id == entitlement_id)).one_or_none()
    return None if row is None else GivenEntitlement(_entitlement(row), row.given_by, row.ended_by, row.ended_reason)


def list_entitlements_for(tx: Tx, targets: Collection[Target]) -> list[Entitlement]:
    """Give every entitlement for keys and rings, the ended ones too, by beginning."""
    wanted = sorted((each.kind.value, each.id) for each in targets)
    return _list(tx, tuple_(_C.target_kind, _C.target_id).in_(wanted))


def list_entitlements_of(tx: Tx, source: Source, source_id: str) -> list[Entitlement]:
    """Give what a reservation, or whatever else gave them, led to, by beginning."""
    return _list(tx, (_C.source == source.value) & (_C.source_id == source_id))


def list_entitlements_to(tx: Tx, takers: Collection[Taker]) -> list[Entitlement]:
    """Give the entitlements of takers that are not over at ``tx.now``, by beginning."""
    wanted = sorted((each.kind.value, each.id) for each in takers)
    standing = _C.ended_at.is_(None) & or_(_C.until_at.is_(None), _C.until_at > tx.now)
    return _list(tx, tuple_(_C.taker_kind, _C.taker_id).in_(wanted) & standing)


def end_entitlement(tx: Tx, entitlement_id: str, *, by: str, reason: str) -> bool:
    """End an entitlement now; False when it had ended or there is none."""
    standing = (_C.id == entitlement_id) & _C.ended_at.is_(None)
    values = {"ended_at": tx.now, "ended_by": by, "ended_reason": reason}
    columns = _C.taker_kind, _C.taker_id, _C.target_kind, _C.target_id
    ended = tx.connection.execute(update(key_entitlement).where(standing).values(values).returning(*columns))
    row = ended.one_or_none()
    if row is not None:
        target, taker = Target(TargetKind(row[2]), row[3]), Taker(TakerKind(row[0]), row[1])
        save_key_right_changed(tx, target, taker)
    return row is not None


def save_approval(tx: Tx, entitlement_id: str, approved_by: str) -> bool:
    """Write down who approved a long loan under an entitlement; False when somebody had, or there is none."""
    open_ = (_C.id == entitlement_id) & _C.approved_by.is_(None)
    return tx.connection.execute(update(key_entitlement).where(open_).values(approved_by=approved_by)).rowcount == 1


def _list(tx: Tx, wanted: ColumnElement[bool]) -> list[Entitlement]:
    rows = tx.connection.execute(select(key_entitlement).where(wanted).order_by(_C.from_at, _C.id))
    return [_entitlement(row) for row in rows]


def _entitlement(row: Row[Any]) -> Entitlement:
    return Entitlement(
        row.id,
        Source(row.source),
        row.source_id,
        Taker(TakerKind(row.taker_kind), row.taker_id),
        Target(TargetKind(row.target_kind), row.target_id),
        row.from_at,
        row.until_at,
        DueRule(DueKind(row.due_kind), row.due_minutes, row.due_at),
        used_from=row.used_from,
        used_until=row.used_until,
        approved_by=row.approved_by,
        ended_at=row.ended_at,
    )
