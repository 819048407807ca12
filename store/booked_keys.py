"""What reservations entitle to of keys, and what went out for them, for many reservations in one question."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from domain.keys.custody import KeyAct
from domain.keys.entitlement import Source
from domain.keys.key import Target, TargetKind
from store.key_tables import key, key_copy, key_custody, key_deed, key_deed_copy, key_entitlement, key_ring
from store.tx import Tx

_TAKES = (KeyAct.issue.value, KeyAct.accept.value)


@dataclass(frozen=True, slots=True)
class BookedKey:
    """A key or ring of a reservation; ``is_given`` tells that it may be taken (or could be, when its time comes).

    ``lent_at`` is when it went out first. ``stamped`` are the copies that are out still, due at ``due_at``.
    """

    reservation_id: str
    target: Target
    name: str
    name_en: str
    from_at: datetime
    until_at: datetime | None
    used_from: datetime | None
    is_given: bool
    lent_at: datetime | None
    loan_id: str | None
    stamped: tuple[str, ...]
    due_at: datetime | None


def list_booked_keys(tx: Tx, reservation_ids: Collection[str]) -> list[BookedKey]:
    """Give the keys of reservations, by reservation and key; ended entitlements only where something went out."""
    given, on_ring = key_entitlement.c, TargetKind.ring.value
    query = (
        select(
            *(given[name] for name in ("source_id", "target_kind", "target_id", "from_at", "until_at", "used_from")),
            given.ended_at,
            *(key.c.name, key.c.name_en, key_ring.c.name.label("ring"), key_ring.c.name_en.label("ring_en")),
            *(key_deed.c.done_at, key_deed.c.loan_id, key_copy.c.stamped),
            *(key_custody.c.copy_id.label("out_copy"), key_custody.c.due_at),
        )
        .outerjoin_from(key_entitlement, key, (given.target_kind != on_ring) & (key.c.id == given.target_id))
        .outerjoin(key_ring, (given.target_kind == on_ring) & (key_ring.c.id == given.target_id))
        .outerjoin(key_deed, (key_deed.c.entitlement_id == given.id) & key_deed.c.act.in_(_TAKES))
        .outerjoin(key_deed_copy, key_deed_copy.c.deed_id == key_deed.c.id)
        .outerjoin(key_copy, key_copy.c.id == key_deed_copy.c.copy_id)
        .outerjoin(
            key_custody,
            and_(
                key_custody.c.copy_id == key_deed_copy.c.copy_id,
                key_custody.c.loan_id == key_deed.c.loan_id,
                key_custody.c.entitlement_id == given.id,
            ),
        )
        .where(given.source == Source.reservation.value, given.source_id.in_(sorted(reservation_ids)))
        .order_by(given.source_id, given.target_kind, given.target_id, key_deed.c.done_at, key_copy.c.stamped)
    )
    rows: dict[tuple[str, Target], list[Any]] = {}
    for row in tx.connection.execute(query):
        if row.ended_at is None or row.loan_id is not None:
            target = Target(TargetKind(row.target_kind), row.target_id)
            rows.setdefault((row.source_id, target), []).append(row)
    return [_booked(reservation_id, target, of) for (reservation_id, target), of in rows.items()]


def _booked(reservation_id: str, target: Target, rows: list[Any]) -> BookedKey:
    standing = [row for row in rows if row.ended_at is None]
    shown, out = (standing or rows)[-1], [row for row in rows if row.out_copy is not None]
    return BookedKey(
        reservation_id,
        target,
        shown.name or shown.ring or target.id,
        shown.name_en or shown.ring_en or target.id,
        shown.from_at,
        shown.until_at,
        shown.used_from,
        is_given=bool(standing),
        lent_at=min((row.done_at for row in rows if row.done_at is not None), default=None),
        loan_id=out[-1].loan_id if out else None,
        stamped=tuple(sorted({row.stamped for row in out})),
        due_at=min((row.due_at for row in out), default=None),
    )
