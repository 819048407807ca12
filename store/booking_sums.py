"""What reservations of a time add up to: those by which rooms are used, and how each one ended."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from domain.facilities.reservation import ReservationState
from domain.facilities.use_report import Use
from store.availability import HOLD_MAX
from store.facility_tables import room
from store.reservation_tables import reservation
from store.tx import Tx

USED = (ReservationState.permitted, ReservationState.in_use, ReservationState.completed)
"""By these a room is used, or will be."""


def list_uses_in(tx: Tx, facilities: Collection[str], from_at: datetime, until_at: datetime) -> list[Use]:
    """Give the uses of facilities' rooms that touch a stretch of time, by beginning."""
    columns = (reservation.c[name] for name in Use._fields)
    touches = (
        (reservation.c.from_at > from_at - HOLD_MAX)
        & (reservation.c.from_at < until_at)
        & (reservation.c.until_at > from_at)
    )
    used = reservation.c.state.in_([state.value for state in USED])
    query = select(*columns).join(room).where(touches, used, room.c.facility_id.in_(sorted(facilities)))
    return [Use(*row) for row in tx.connection.execute(query.order_by(reservation.c.from_at, reservation.c.id))]


def count_ends(
    tx: Tx, facilities: Collection[str], from_at: datetime, until_at: datetime
) -> dict[tuple[str, ReservationState], int]:
    """Give how many reservations that begin within a stretch of time stand where, by room and state."""
    begins = (reservation.c.from_at >= from_at) & (reservation.c.from_at < until_at)
    key = reservation.c.room_id, reservation.c.state
    query = select(*key, func.count()).join(room).where(begins, room.c.facility_id.in_(sorted(facilities)))
    rows = tx.connection.execute(query.group_by(*key))
    return {(row[0], ReservationState(row[1])): int(row[2]) for row in rows}
