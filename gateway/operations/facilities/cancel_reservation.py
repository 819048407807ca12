"""Cancel a reservation: the reservee until the terms' deadline, the counter afterwards."""

from dataclasses import replace

from domain.facilities.reservation import Reservation, ReservationAct, ReservationState
from gateway.bookings.acting import Acting, choose_actor, step_or_refuse
from gateway.bookings.demands import (
    demand_in_time,
    demand_reason,
    demand_reservation,
    load_surroundings,
    save_or_refuse,
)
from gateway.bookings.telling import Done, tell_reservation
from store.resource_holds import release_holds
from store.tx import Tx


def cancel_reservation(tx: Tx, reservation_id: str, acting: Acting, *, reason: str = "") -> Reservation:
    """Give a room back before it is used; cancelling twice is cancelling once.

    Raises:
        BookingFaultsError: there is nothing to cancel, it is too late, or not this one's.
    """
    kept = demand_reservation(tx, reservation_id)
    before = kept.reservation
    actor = choose_actor(acting, kept)
    if before.state is ReservationState.cancelled:
        return before
    reason = demand_reason(reason)
    state = step_or_refuse(before.state, ReservationAct.cancel, actor, reason=reason)
    rules, room, reservee = load_surroundings(tx, kept)
    if before.state is not ReservationState.tentative:
        demand_in_time(rules, before, actor, tx.now)
    after = replace(before, state=state, expires_at=None)
    save_or_refuse(tx, before, after)
    release_holds(tx, [before.id])
    done = Done(ReservationAct.cancel, state, actor, acting.login, acting.person_id, reason)
    tell_reservation(tx, [done], after, room, reservee, before=before.state)
    return after
