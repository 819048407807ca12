"""What becomes of a permitted reservation: its use begins, is over, or nobody came."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain.facilities.assess_taken import assess_taken
from domain.facilities.booking import Via, wish_of
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.facility import Room
from domain.facilities.reservation import HOLDING, Actor, Reservation, ReservationAct, ReservationState
from gateway.bookings.acting import step_or_refuse
from gateway.bookings.around import claim_resources, load_around
from gateway.bookings.demands import demand_reason, demand_reservation, load_surroundings, save_or_refuse
from gateway.bookings.placing import take_holds
from gateway.bookings.telling import Done, tell_reservation
from gateway.operations.facilities.block_reservee import settle_block
from store.reservees import load_reservees
from store.resource_holds import release_holds
from store.tx import Tx


def begin_reservation(tx: Tx, reservation_id: str, *, actor: Actor, by: str) -> Reservation:
    """Note that the use has begun: a door opened, the key went out, or the counter saw them; twice is once.

    After a no-show the room is taken again, if nobody else has it meanwhile.

    Args:
        tx: the transaction.
        reservation_id: which.
        actor: ``door`` or ``desk``.
        by: a login, or the device that told it.

    Raises:
        BookingFaultsError: it is not permitted, it is too early, or somebody else has the room by now.
    """
    return _use(tx, reservation_id, Done(ReservationAct.begin, ReservationState.in_use, actor, by))


def complete_reservation(tx: Tx, reservation_id: str, *, actor: Actor, by: str) -> Reservation:
    """Note that the use is over and give the room free; twice is once.

    Raises:
        BookingFaultsError: it has not begun.
    """
    return _use(tx, reservation_id, Done(ReservationAct.complete, ReservationState.completed, actor, by))


def miss_reservation(tx: Tx, reservation_id: str, *, actor: Actor, by: str, reason: str = "") -> Reservation:
    """Note that nobody came and give the room free; twice is once.

    Raises:
        BookingFaultsError: it is not permitted, has begun, or it is too early to say so.
    """
    done = Done(ReservationAct.miss, ReservationState.no_show, actor, by, reason=demand_reason(reason))
    return _use(tx, reservation_id, done)


def _use(tx: Tx, reservation_id: str, done: Done) -> Reservation:
    kept = demand_reservation(tx, reservation_id)
    before = kept.reservation
    if before.state is done.to:
        return before
    step_or_refuse(before.state, done.act, done.actor, reason=done.reason)
    rules, room, reservee = load_surroundings(tx, kept)
    opens_at = _opens_at(done, room, before)
    if tx.now < opens_at:
        raise refuse_booking("id", BookingWhy.too_early, opens_at=opens_at)
    if done.act is ReservationAct.miss:
        load_reservees(tx, [before.reservee_id], lock=True)  # whoever books waits here, and not for what doors go by
    after = replace(before, state=done.to)
    if after.state in HOLDING and before.state not in HOLDING:
        _take_again(tx, before, after)
    else:
        save_or_refuse(tx, before, after)
    if after.state not in HOLDING:
        release_holds(tx, [after.id])
    tell_reservation(tx, [done], after, room, reservee, before=before.state)
    if ReservationState.no_show in {before.state, after.state}:
        settle_block(tx, after.reservee_id, kept.facility_id, rules.terms, by=done.by)
    return after


def _opens_at(done: Done, room: Room, standing: Reservation) -> datetime:
    """Give the instant from which something may be said of a reservation."""
    if done.act is ReservationAct.miss:
        return standing.from_at
    return standing.from_at - timedelta(minutes=room.before_minutes)


def _take_again(tx: Tx, before: Reservation, after: Reservation) -> None:
    wish = wish_of(before)
    around = load_around(tx, [wish], via=Via.file, besides=[before.id])
    claim_resources(tx, around, [wish])
    room = around.room(wish.room_id)
    if room is not None and (faults := tuple(assess_taken(wish, room, around.facts(wish)))):
        raise BookingFaultsError(faults)
    save_or_refuse(tx, before, after)
    take_holds(tx, around, wish, after)
