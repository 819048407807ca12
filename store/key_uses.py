"""Reservations that nobody has said to have begun although their key is out."""

from datetime import timedelta

from sqlalchemy import select

from domain.facilities.reservation import ReservationState
from domain.keys.custody import CustodyState
from domain.keys.entitlement import Source
from store.facility_tables import room
from store.key_tables import key_custody, key_deed, key_entitlement
from store.reservation_tables import reservation
from store.tx import Tx

_NOT_BEGUN = (ReservationState.permitted.value, ReservationState.no_show.value)


def list_unbegun_with_keys(tx: Tx) -> list[tuple[str, str]]:
    """Give reservations whose time with preparation has come and is not over, each with who lent their key last."""
    query = (
        select(reservation.c.id, key_deed.c.done_by, reservation.c.from_at, room.c.before_minutes)
        .join_from(key_custody, key_entitlement, key_entitlement.c.id == key_custody.c.entitlement_id)
        .join(key_deed, key_deed.c.id == key_custody.c.loan_id)
        .join(reservation, reservation.c.id == key_entitlement.c.source_id)
        .join(room, room.c.id == reservation.c.room_id)
        .where(
            key_custody.c.state == CustodyState.out.value,
            key_entitlement.c.source == Source.reservation.value,
            reservation.c.state.in_(_NOT_BEGUN),
            reservation.c.until_at > tx.now,
        )
        .order_by(reservation.c.id, key_deed.c.done_at)
    )
    found = {
        row.id: row.done_by
        for row in tx.connection.execute(query)
        if row.from_at - timedelta(minutes=row.before_minutes) <= tx.now
    }
    return list(found.items())
