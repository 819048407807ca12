"""Takings summed up by facility, day and method in one question; and whom money may be due back to."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, or_, select

from domain.facilities.reservation import ReservationState
from domain.facilities.takings import DEPOSITS, Method, TakingKind
from store.bulk import batched
from store.facility_tables import room
from store.fee_tables import fee_quote
from store.reservation_tables import reservation
from store.taking_tables import taking, takings_day
from store.tx import Tx

ENDED = (
    ReservationState.rejected,
    ReservationState.expired,
    ReservationState.no_show,
    ReservationState.cancelled,
)


class TakingSum(NamedTuple):
    """One facility's day by one method: yen that came and that went (both at least 0), and deposits in what is left."""

    facility_id: str
    on: date
    method: Method
    entries: int
    in_yen: int
    out_yen: int
    deposit_yen: int

    @property
    def net_yen(self) -> int:
        """Give what is left."""
        return self.in_yen - self.out_yen


def sum_takings(tx: Tx, facilities: Collection[str], first_on: date, last_on: date) -> list[TakingSum]:
    """Give the sums of facilities from the first day to the last, both included, in the order of days."""
    came = func.sum(case((taking.c.yen > 0, taking.c.yen), else_=0))
    went = func.sum(case((taking.c.yen < 0, -taking.c.yen), else_=0))
    is_deposit = taking.c.of_kind.in_(sorted(kind.value for kind in DEPOSITS))
    held = func.sum(case((is_deposit, taking.c.yen), else_=0))
    key = taking.c.facility_id, taking.c.counted_on, taking.c.method
    within = taking.c.counted_on.between(first_on, last_on) & taking.c.facility_id.in_(sorted(facilities))
    query = select(*key, func.count(), came, went, held).where(within).group_by(*key)
    rows = tx.connection.execute(query.order_by(taking.c.counted_on, taking.c.facility_id))
    return [TakingSum(row[0], row[1], Method(row[2]), *(int(value) for value in row[3:])) for row in rows]


def list_closed_facilities(tx: Tx, facilities: Collection[str], on: date) -> frozenset[str]:
    """Give those of some facilities whose day is closed."""
    query = select(takings_day.c.facility_id).where(takings_day.c.day_on == on)
    return frozenset(tx.connection.scalars(query.where(takings_day.c.facility_id.in_(sorted(facilities)))))


def list_paid(tx: Tx, reservation_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Give what was paid and not given back of reservations, the fee and the deposit, by id; none where nothing was."""
    found: dict[str, tuple[int, int]] = {}
    for some in batched(sorted(reservation_ids)):
        paid = _paid().where(taking.c.reservation_id.in_(some))
        found |= {row[0]: (int(row[1]), int(row[2])) for row in tx.connection.execute(paid)}
    return found


def list_overpaid(tx: Tx, facilities: Collection[str], since: datetime, *, limit: int, offset: int = 0) -> list[str]:
    """Give reservations that begin after an instant and of which more is held than a use would need, the oldest first.

    Whether anything is due back says ``assess_due``: of what ended late the rules may keep all.
    """
    paid = _paid().subquery()
    every = fee_quote.alias()
    newest = select(func.max(every.c.id)).where(every.c.reservation_id == reservation.c.id).scalar_subquery()
    ended = reservation.c.state.in_([state.value for state in ENDED])
    is_over = reservation.c.state == ReservationState.completed.value
    beyond = or_(
        and_(ended, or_(paid.c.fee > 0, paid.c.deposit > 0)),
        and_(~ended, paid.c.fee > fee_quote.c.total_yen),
        and_(~ended, paid.c.deposit > case((is_over, 0), else_=fee_quote.c.deposit_yen)),
    )
    query = (
        select(reservation.c.id)
        .join_from(reservation, paid, paid.c.reservation_id == reservation.c.id)
        .join(room, room.c.id == reservation.c.room_id)
        .join(fee_quote, fee_quote.c.id == newest)
        .where(room.c.facility_id.in_(sorted(facilities)), reservation.c.from_at >= since, beyond)
        .order_by(reservation.c.from_at, reservation.c.id)
    )
    return list(tx.connection.scalars(query.limit(limit).offset(offset)))


def _paid() -> Select[Any]:
    is_fee = taking.c.of_kind.in_([TakingKind.fee.value, TakingKind.fee_refund.value])
    fee = func.sum(case((is_fee, taking.c.yen), else_=0)).label("fee")
    deposit = func.sum(case((is_fee, 0), else_=taking.c.yen)).label("deposit")
    return select(taking.c.reservation_id, fee, deposit).group_by(taking.c.reservation_id)
