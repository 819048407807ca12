"""Block a reservee from booking, or end that: by hand with a reason, or by the terms after no-shows."""

from dataclasses import replace
from datetime import date

from domain.civil import civil_minute
from domain.facilities.blocking import derive_block
from domain.facilities.booking_rules import Terms, choose_terms
from domain.facilities.reservation import ReservationState
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeWhy, refuse_reservee
from gateway.bookings.reservee_acts import demand_reservee, demand_why, rewrite_reservee
from store.reservations import list_reservations_of
from store.reservees import load_reservees
from store.tx import Tx

NO_SHOWS = "不使用 no-shows"
"""The reason of a block that follows from the terms, before the facility."""


def block_reservee(tx: Tx, reservee_id: str, until: date, *, by: str, reason: str) -> Reservee:
    """Keep a reservee from booking up to a last day; what is booked stays booked.

    Raises:
        ReserveeFaultsError: there is none of that id, no reason, or the day is past.
    """
    before = demand_reservee(tx, reservee_id)
    if until < civil_minute(tx.now)[0]:
        raise refuse_reservee("blocked_until", ReserveeWhy.block_past)
    why = demand_why(reason)
    after = replace(before, blocked_until=until, blocked_reason=why)
    rewrite_reservee(tx, before, after, by=by, reason=why)
    return after


def unblock_reservee(tx: Tx, reservee_id: str, *, by: str, reason: str) -> Reservee:
    """Let a reservee book again; twice is once.

    Raises:
        ReserveeFaultsError: there is none of that id, or no reason.
    """
    before = demand_reservee(tx, reservee_id)
    after = replace(before, blocked_until=None, blocked_reason="")
    rewrite_reservee(tx, before, after, by=by, reason=demand_why(reason))
    return after


def settle_block(tx: Tx, reservee_id: str, facility_id: str, terms: tuple[Terms, ...], *, by: str) -> bool:
    """Let a block be what a facility's terms of today make of the no-shows that stand; tells whether that is news.

    To be called where one comes or turns out to be none. A block that lasts longer for another reason stays, and only
    one that came of this facility's no-shows is ever shortened.
    """
    before = load_reservees(tx, [reservee_id], lock=True).get(reservee_id)
    today = civil_minute(tx.now)[0]
    chosen = choose_terms(terms, today)
    if before is None or not before.is_standing or chosen is None:
        return False
    missed = [
        civil_minute(kept.reservation.from_at)[0]
        for kept in list_reservations_of(tx, reservee_id)
        if kept.facility_id == facility_id and kept.reservation.state is ReservationState.no_show
    ]
    until, reason = derive_block(chosen, missed, today), f"{NO_SHOWS} {facility_id}"
    is_longer = until is not None and (before.blocked_until is None or until > before.blocked_until)
    if not is_longer and before.blocked_reason != reason:
        return False
    after = replace(before, blocked_until=until, blocked_reason="" if until is None else reason)
    rewrite_reservee(tx, before, after, by=by, reason=reason)
    return after != before
