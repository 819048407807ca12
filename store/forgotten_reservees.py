"""Who reserved, forgotten when the time is over: everything that tells who it was is emptied, rows and figures stay."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from domain.facilities.reservee import ReserveeKind
from domain.keys.custody import HolderKind
from store.fee_tables import fee_reduction
from store.key_signatures import forget_signatures
from store.key_tables import key_custody
from store.reservation_tables import reservation, reservation_step, reservee
from store.round_tables import lottery_entry, reservee_change, reservee_code, reservee_merge, waiting_entry
from store.taking_tables import taking
from store.tx import Tx

WHO = ("name", "kana", "contact_name", "email", "phone", "blocked_reason")
"""What tells of a reservee who it is; in the history of changes these fields' values go, too."""


BY_THEMSELVES = "self"
"""What stands for a login where somebody registered without a counter."""


def find_unseen(tx: Tx, before: datetime, today: date, *, among: Collection[str] = (), limit: int = 500) -> list[str]:
    """Give the ids of reservees of whom nothing has been seen since an instant, held against others until the commit.

    Seen is a reservation or a wait that ended later, an entry for a draw, a code, and any change at the counter.
    Whoever is blocked still or has a key is not among them, and neither are staff: the directory tells of those.

    Args:
        tx: the transaction.
        before: the instant.
        today: a block that lasts up to then or longer keeps.
        among: only these; nobody named: all.
        limit: at most so many.
    """
    id_ = reservee.c.id
    seen = (
        exists().where(reservation.c.reservee_id == id_, reservation.c.until_at >= before),
        exists().where(waiting_entry.c.reservee_id == id_, waiting_entry.c.until_at >= before),
        exists().where(lottery_entry.c.reservee_id == id_, lottery_entry.c.entered_at >= before),
        exists().where(reservee_code.c.reservee_id == id_, reservee_code.c.sent_at >= before),
        exists().where(reservee_change.c.reservee_id == id_, reservee_change.c.changed_at >= before),
        exists().where(key_custody.c.holder_kind == HolderKind.reservee.value, key_custody.c.holder_id == id_),
    )
    known = and_(
        reservee.c.forgotten_at.is_(None),
        reservee.c.kind != ReserveeKind.staff.value,
        reservee.c.registered_at < before,
        or_(reservee.c.blocked_until.is_(None), reservee.c.blocked_until < today),
    )
    query = select(id_).where(known, *(~each for each in seen)).order_by(id_).limit(limit)
    if among:
        query = query.where(id_.in_(sorted(among)))
    return list(tx.connection.scalars(query.with_for_update(key_share=True)))


def find_unconfirmed(tx: Tx, before: datetime, *, among: Collection[str] = (), limit: int = 500) -> list[str]:
    """Give the ids of those who registered themselves and never showed that the address is theirs, held as above.

    Whoever was sent a code since then may still enter it. Whoever has anything beside the registration, a booking by a
    counter or a change of it, stays: that is no mistyped or invented address.

    Args:
        tx: the transaction.
        before: registered before this instant.
        among: only these; nobody named: all.
        limit: at most so many.
    """
    id_ = reservee.c.id
    known = (
        exists().where(reservation.c.reservee_id == id_),
        exists().where(waiting_entry.c.reservee_id == id_),
        exists().where(lottery_entry.c.reservee_id == id_),
        exists().where(reservee_change.c.reservee_id == id_),
        exists().where(or_(reservee_merge.c.stays_id == id_, reservee_merge.c.goes_id == id_)),
        exists().where(key_custody.c.holder_kind == HolderKind.reservee.value, key_custody.c.holder_id == id_),
        exists().where(reservee_code.c.reservee_id == id_, reservee_code.c.sent_at >= before),
    )
    alone = and_(
        reservee.c.forgotten_at.is_(None),
        reservee.c.registered_by == BY_THEMSELVES,
        reservee.c.kind != ReserveeKind.staff.value,
        reservee.c.confirmed_at.is_(None),
        reservee.c.registered_at < before,
        reservee.c.blocked_until.is_(None),
    )
    query = select(id_).where(alone, *(~each for each in known)).order_by(id_).limit(limit)
    if among:
        query = query.where(id_.in_(sorted(among)))
    return list(tx.connection.scalars(query.with_for_update(key_share=True)))


def forget_reservees(tx: Tx, reservee_ids: Collection[str]) -> None:
    """Empty what tells who some reservees were, what they used rooms for, and their signatures for keys."""
    ids = sorted(reservee_ids)
    tx.connection.execute(
        update(reservee).where(reservee.c.id.in_(ids)).values(dict.fromkeys(WHO, "") | {"forgotten_at": tx.now})
    )
    told = reservee_change.c.reservee_id.in_(ids)
    tx.connection.execute(update(reservee_change).where(told).values(reason=""))
    tx.connection.execute(
        update(reservee_change).where(told, reservee_change.c.field.in_(WHO)).values(before="", after="")
    )
    tx.connection.execute(update(reservee_code).where(reservee_code.c.reservee_id.in_(ids)).values(contact=""))
    merged = or_(reservee_merge.c.stays_id.in_(ids), reservee_merge.c.goes_id.in_(ids))
    tx.connection.execute(update(reservee_merge).where(merged).values(reason=""))
    for table in (reservation, waiting_entry, lottery_entry):
        tx.connection.execute(update(table).where(table.c.reservee_id.in_(ids)).values(purpose=""))
    theirs = select(reservation.c.id).where(reservation.c.reservee_id.in_(ids))
    tx.connection.execute(
        update(reservation_step).where(reservation_step.c.reservation_id.in_(theirs)).values(reason="")
    )
    forget_signatures(tx, ids)


def forget_payers(tx: Tx, before: date) -> int:
    """Empty the payer and the reason of entries counted before a day, of forgotten reservees; gives how many.

    The entry's figures, its number and its day stay, and so does the day's report: it names no payer.
    """
    forgotten = _are_forgotten(taking.c.reservation_id)
    told = or_(taking.c.payer != "", taking.c.reason != "")
    emptied = update(taking).where(taking.c.counted_on < before, told, forgotten).values(payer="", reason="")
    gone = tx.connection.execute(emptied).rowcount
    closed = exists().where(taking.c.reservation_id == fee_reduction.c.reservation_id, taking.c.counted_on >= before)
    reductions = fee_reduction.c.reason != "", _are_forgotten(fee_reduction.c.reservation_id), ~closed
    tx.connection.execute(update(fee_reduction).where(*reductions).values(reason=""))
    return gone


def _are_forgotten(reservation_id: ColumnElement[str]) -> ColumnElement[bool]:
    gone = select(reservation.c.id).join(reservee).where(reservee.c.forgotten_at.is_not(None))
    return reservation_id.in_(gone)
