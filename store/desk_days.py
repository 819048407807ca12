"""A counter's day in one question: reservations of facilities, whose they are, what they cost and have paid."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from domain.facilities.reservation import ReservationState
from domain.facilities.takings import TakingKind
from store.availability import HOLD_MAX
from store.facility_tables import room
from store.fee_tables import fee_quote
from store.reservation_tables import reservation, reservee
from store.taking_tables import taking
from store.tx import Tx

_FEES = (TakingKind.fee.value, TakingKind.fee_refund.value)
_DEPOSITS = (TakingKind.deposit.value, TakingKind.deposit_refund.value)


@dataclass(frozen=True, slots=True)
class DeskBooking:
    """A reservation as a counter sees it.

    ``contact`` is a group's contact, ``person_id`` the member of staff that the reservee is. ``total_yen`` None: it was
    not priced as it stands now; the paid sums are what came in without what went back.
    """

    id: str
    version: int
    state: ReservationState
    facility_id: str
    room_id: str
    room: str
    room_en: str
    from_at: datetime
    until_at: datetime
    reservee_id: str
    name: str
    contact: str
    person_id: str | None
    party: int
    purpose: str
    total_yen: int | None
    deposit_yen: int
    fee_paid_yen: int
    deposit_paid_yen: int

    @property
    def owed_yen(self) -> int:
        """Give what of the fee is still to be paid."""
        return max(0, (self.total_yen or 0) - self.fee_paid_yen)

    @property
    def deposit_owed_yen(self) -> int:
        """Give what of the deposit is still to be paid."""
        return max(0, self.deposit_yen - self.deposit_paid_yen)


def list_desk_bookings(
    tx: Tx,
    facility_ids: Collection[str],
    from_at: datetime,
    until_at: datetime,
    *,
    states: Collection[ReservationState],
) -> list[DeskBooking]:
    """Give the reservations of facilities whose time touches a stretch, by beginning, then by room."""
    touches = (
        (reservation.c.from_at > from_at - HOLD_MAX)
        & (reservation.c.from_at < until_at)
        & (reservation.c.until_at > from_at)
    )
    of_state = reservation.c.state.in_(sorted(state.value for state in states))
    return _list(tx, touches & of_state & room.c.facility_id.in_(sorted(facility_ids)))


def load_desk_booking(tx: Tx, reservation_id: str) -> DeskBooking | None:
    """Give one; None when there is none of that id."""
    return next(iter(_list(tx, reservation.c.id == reservation_id)), None)


def _list(tx: Tx, wanted: ColumnElement[bool]) -> list[DeskBooking]:
    own = tuple(reservation.c[name] for name in ("id", "version", "state", "room_id", "from_at", "until_at"))
    each = fee_quote.alias()
    newest = select(func.max(each.c.id)).where(each.c.reservation_id == reservation.c.id).scalar_subquery()
    query = (
        select(
            *own,
            *(reservation.c[name] for name in ("reservee_id", "party", "purpose")),
            room.c.facility_id,
            room.c.name.label("room"),
            room.c.name_en.label("room_en"),
            reservee.c.name,
            reservee.c.contact_name.label("contact"),
            reservee.c.person_id,
            fee_quote.c.total_yen,
            fee_quote.c.deposit_yen,
            fee_quote.c.reservation_version,
            _sum(_FEES).label("fee_paid_yen"),
            _sum(_DEPOSITS).label("deposit_paid_yen"),
        )
        .join_from(reservation, room, room.c.id == reservation.c.room_id)
        .join(reservee, reservee.c.id == reservation.c.reservee_id)
        .outerjoin(fee_quote, fee_quote.c.id == newest)
        .where(wanted)
        .order_by(reservation.c.from_at, room.c.name, reservation.c.id)
    )
    return [_booking(row._asdict()) for row in tx.connection.execute(query)]


def _sum(kinds: Collection[str]) -> ColumnElement[int]:
    mine = (taking.c.reservation_id == reservation.c.id) & taking.c.of_kind.in_(kinds)
    return select(func.coalesce(func.sum(taking.c.yen), 0)).where(mine).scalar_subquery()


def _booking(values: dict[str, Any]) -> DeskBooking:
    priced_version = values.pop("reservation_version")
    if priced_version != values["version"]:
        values["total_yen"] = None
    values["deposit_yen"] = values["deposit_yen"] or 0
    for name in ("fee_paid_yen", "deposit_paid_yen"):
        values[name] = int(values[name])
    return DeskBooking(**values | {"state": ReservationState(values["state"])})
