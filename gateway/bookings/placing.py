"""A wish becomes holds, or every fault is named and nothing is written."""

from collections.abc import Sequence

from domain.facilities.assess_booking import assess_booking
from domain.facilities.assess_taken import list_busy
from domain.facilities.booking import BookingFacts, Wish
from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.facility import Room
from domain.facilities.holds import Hold, derive_holds
from domain.facilities.reservation import HOLDING, Reservation
from gateway.bookings.around import Around, claim_resources
from store.resource_holds import DoubleHoldError, insert_holds
from store.tx import Tx

_LATER = frozenset({BookingWhy.purpose_missing})
"""What a form still asks for while the room is held."""


def assess_wish(around: Around, wish: Wish, *, is_held_only: bool = False) -> tuple[BookingFault, ...]:
    """Name everything that is wrong with a wish as things stand; while it is only held, the form is not full yet."""
    faults = assess_booking(wish, around.facts(wish))
    return tuple(fault for fault in faults if not (is_held_only and fault.why in _LATER))


def demand_bookable(tx: Tx, around: Around, wish: Wish, *, is_held_only: bool = False) -> Room:
    """Give the room of a wish that has no fault, with its resources kept for it until the commit.

    It is asked twice: most who come too late are told so before they wait for anybody.

    Raises:
        BookingFaultsError: the wish cannot be had; it names every fault.
    """
    for claims in (False, True):
        if claims:
            claim_resources(tx, around, [wish])
        if faults := assess_wish(around, wish, is_held_only=is_held_only):
            raise BookingFaultsError(faults)
    return demand_room(around, wish.room_id)


def demand_room(around: Around, room_id: str) -> Room:
    """Give a room.

    Raises:
        BookingFaultsError: there is none of that id.
    """
    room = around.room(room_id)
    if room is None:
        raise refuse_booking("room_id", BookingWhy.unknown_room)
    return room


def take_holds(tx: Tx, around: Around, wish: Wish, reservation: Reservation) -> None:
    """Take what a reservation holds in its state; the wish has no fault and the reservation stands in the database.

    Raises:
        BookingFaultsError: somebody took it without asking for the locks; the transaction can only be given up.
    """
    if reservation.state in HOLDING:
        holds = choose_holds(around.facts(wish), wish, reservation)
        write_holds(tx, reservation, holds)
        around.add(reservation, holds)


def write_holds(tx: Tx, reservation: Reservation, holds: Sequence[Hold]) -> None:
    """Write down what a reservation holds; arguments and errors are those of :func:`take_holds`."""
    try:
        insert_holds(tx, reservation.id, holds)
    except DoubleHoldError:
        times = ((reservation.from_at, reservation.until_at),)
        raise refuse_booking("from_at", BookingWhy.taken, times=times) from None


def choose_holds(facts: BookingFacts, wish: Wish, reservation: Reservation) -> Sequence[Hold]:
    """Choose the holds of a reservation among what is free."""
    room, rules = facts.room(wish), facts.rules
    if room is None or rules is None:
        return ()
    equipment = {each.id: each for each in rules.equipment}
    return derive_holds(reservation, room, facts.slot(wish), equipment, list_busy(wish, facts))
