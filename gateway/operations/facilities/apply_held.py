"""Apply for what was held while the form was filled in: the whole wish is asked again."""

from dataclasses import dataclass

from domain.facilities.booking import Wish, make_reservation
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.reservation import Reservation, ReservationAct
from gateway.bookings.acting import Acting, choose_actor, step_or_refuse
from gateway.bookings.around import load_around
from gateway.bookings.demands import VIAS, demand_reservation, demand_version, save_or_refuse
from gateway.bookings.placing import demand_bookable, take_holds
from gateway.bookings.telling import Done, settle_permission, tell_reservation
from store.resource_holds import release_holds
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AskedApplication:
    """What is applied for in the end: ``seen_version`` is the one before the reservee's eyes."""

    id: str
    seen_version: int
    wish: Wish


def apply_held(tx: Tx, asked: AskedApplication, acting: Acting) -> Reservation:
    """Turn a hold into an application; what a rule permits is permitted in the same commit.

    Raises:
        BookingFaultsError: the wish cannot be had, the hold is over or not this one's; everything stays as it was.
    """
    kept = demand_reservation(tx, asked.id)
    before = kept.reservation
    actor = choose_actor(acting, kept)
    demand_version(before, asked.seen_version)
    state = step_or_refuse(before.state, ReservationAct.apply, actor)
    if before.expires_at is not None and before.expires_at <= tx.now:
        raise refuse_booking("state", BookingWhy.hold_over)
    if asked.wish.reservee_id != before.reservee_id:
        raise refuse_booking("reservee_id", BookingWhy.not_yours)
    around = load_around(tx, [asked.wish], via=VIAS[actor], besides=[before.id])
    room = demand_bookable(tx, around, asked.wish)
    applied = make_reservation(asked.wish, before.id, state, series_id=before.series_id, version=before.version)
    done = Done(ReservationAct.apply, state, actor, acting.login, acting.person_id)
    after, dones = settle_permission(applied, room, done)
    save_or_refuse(tx, before, after)
    release_holds(tx, [before.id])
    take_holds(tx, around, asked.wish, after)
    tell_reservation(tx, dones, after, room, around.reservees.get(after.reservee_id), before=before.state)
    return after
