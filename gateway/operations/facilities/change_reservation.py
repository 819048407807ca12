"""Change a reservation: everything is asked again, and what stood stands on where the new wish cannot be had."""

from dataclasses import dataclass, replace

from domain.facilities.booking import Wish, make_reservation, wish_of
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.reservation import Reservation, ReservationAct
from gateway.bookings.acting import Acting, choose_actor, step_or_refuse
from gateway.bookings.around import load_around
from gateway.bookings.demands import (
    VIAS,
    demand_in_time,
    demand_reason,
    demand_reservation,
    demand_version,
    load_surroundings,
    save_or_refuse,
)
from gateway.bookings.placing import demand_bookable, take_holds
from gateway.bookings.telling import Done, settle_permission, tell_reservation
from store.resource_holds import release_holds
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AskedChange:
    """What a reservation is to be instead; ``seen_version`` is the one before the eyes of whoever asks."""

    id: str
    seen_version: int
    wish: Wish
    reason: str = ""


def change_reservation(tx: Tx, asked: AskedChange, acting: Acting) -> Reservation:
    """Give a reservation another time, room or party; it is applied for anew, unless a rule permits it.

    The same form sent twice changes once, and what is as it was is left as it is.

    Raises:
        BookingFaultsError: the wish cannot be had, it is too late, or not this one's; everything stays as it was.
    """
    kept = demand_reservation(tx, asked.id)
    before = kept.reservation
    actor = choose_actor(acting, kept)
    wish = replace(asked.wish, units=tuple(sorted(asked.wish.units)))
    if wish_of(before) == wish and before.version in {asked.seen_version, asked.seen_version + 1}:
        return before
    demand_version(before, asked.seen_version)
    reason = demand_reason(asked.reason)
    state = step_or_refuse(before.state, ReservationAct.change, actor, reason=reason)
    rules, _, _ = load_surroundings(tx, kept)
    if rules.room(wish.room_id) is None:  # of another facility it is another reservation
        raise refuse_booking("room_id", BookingWhy.unknown_room)
    demand_in_time(rules, before, actor, tx.now)
    if wish.reservee_id != before.reservee_id:
        raise refuse_booking("reservee_id", BookingWhy.not_yours)
    around = load_around(tx, [wish], via=VIAS[actor], besides=[before.id])
    room = demand_bookable(tx, around, wish)
    changed = make_reservation(wish, before.id, state, series_id=before.series_id, version=before.version + 1)
    done = Done(ReservationAct.change, state, actor, acting.login, acting.person_id, reason)
    after, dones = settle_permission(changed, room, done)
    save_or_refuse(tx, before, after)
    release_holds(tx, [before.id])
    take_holds(tx, around, wish, after)
    tell_reservation(tx, dones, after, room, around.reservees.get(after.reservee_id), before=before.state)
    return after
