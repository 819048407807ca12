"""Book a room: every fault is named, or the reservation, its holds, its deed and its notice stand in one commit."""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.facilities.booking import Via, Wish, make_reservation, wish_of
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.booking_rules import choose_terms
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState
from domain.ids import PAGE_WORDS, is_id
from gateway.bookings.acting import Acting, choose_via
from gateway.bookings.around import Around, load_around
from gateway.bookings.placing import assess_wish, demand_bookable, take_holds
from gateway.bookings.telling import Done, settle_permission, tell_reservation
from store.reservations import Kept, insert_reservation, load_reservation
from store.tx import Tx

_HELD_MINUTES = 30
"""So long something is held where a facility's terms do not say."""


@dataclass(frozen=True, slots=True)
class AskedBooking:
    """What somebody books; ``id`` is made by the form.

    With ``is_held_only`` the room is kept for a while, until the form is filled in (``apply_held``).
    """

    id: str
    wish: Wish
    is_held_only: bool = False


def book_room(tx: Tx, asked: AskedBooking, acting: Acting) -> Reservation:
    """Reserve a room, or hold it for a while; the same form sent twice books once.

    What a rule permits is permitted in the same commit.

    Raises:
        BookingFaultsError: the wish cannot be had, is not this one's to make, or the id stands for another one.
    """
    if not is_id(asked.id):
        raise refuse_booking("id", BookingWhy.bad_id)
    if asked.id in PAGE_WORDS:
        raise refuse_booking("id", BookingWhy.id_is_address)
    if (standing := load_reservation(tx, asked.id)) is not None:
        return _demand_repeat(standing, asked, acting)
    around = load_around(tx, [asked.wish], via=Via.page)
    rules = around.houses.rules_of(asked.wish.room_id)
    if rules is None:
        raise BookingFaultsError(assess_wish(around, asked.wish))
    around.via = choose_via(acting, asked.wish.reservee_id, rules.facility.id)
    room = demand_bookable(tx, around, asked.wish, is_held_only=asked.is_held_only)
    new, dones = settle_permission(_draft(tx, asked, around), room, _done(asked, around, acting))
    if not insert_reservation(tx, new, made_by=acting.login):
        raise refuse_booking("id", BookingWhy.moved_on)  # sent twice at once: the other one stands
    take_holds(tx, around, asked.wish, new)
    tell_reservation(tx, dones, new, room, around.reservees.get(new.reservee_id), before=None)
    return new


def _draft(tx: Tx, asked: AskedBooking, around: Around) -> Reservation:
    if not asked.is_held_only:
        return make_reservation(asked.wish, asked.id, ReservationState.applied)
    rules = around.houses.rules_of(asked.wish.room_id)
    terms = choose_terms(rules.terms if rules is not None else (), asked.wish.on)
    minutes = terms.tentative_minutes if terms is not None else _HELD_MINUTES
    expires_at = tx.now + timedelta(minutes=minutes)
    return make_reservation(asked.wish, asked.id, ReservationState.tentative, expires_at=expires_at)


def _done(asked: AskedBooking, around: Around, acting: Acting) -> Done:
    actor = Actor.desk if around.via is Via.desk else Actor.reservee
    begun = (ReservationAct.apply, ReservationState.applied)
    if asked.is_held_only:
        begun = (ReservationAct.hold, ReservationState.tentative)
    return Done(*begun, actor, acting.login, acting.person_id)


def _demand_repeat(kept: Kept, asked: AskedBooking, acting: Acting) -> Reservation:
    """Give what the same form booked before.

    Raises:
        BookingFaultsError: the id stands for another booking.
    """
    wish = replace(asked.wish, units=tuple(sorted(asked.wish.units)))
    if kept.made_by != acting.login or wish_of(kept.reservation) != wish:
        raise refuse_booking("id", BookingWhy.id_taken)
    return kept.reservation
