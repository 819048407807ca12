"""Many wishes at once, in order: which can be had beside those before them, and what is wrong with the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFault
from domain.facilities.holds import Hold
from domain.facilities.reservation import HOLDING, Reservation
from gateway.bookings.around import Around
from gateway.bookings.placing import assess_wish, choose_holds


@dataclass(frozen=True, slots=True)
class Planned:
    """A reservation that can be had, with what it is to hold."""

    wish: Wish
    reservation: Reservation
    holds: Sequence[Hold]


@dataclass(frozen=True, slots=True)
class Faulty:
    """A wish that cannot be had, with everything that is wrong with it."""

    wish: Wish
    faults: tuple[BookingFault, ...]


def plan_bookings(around: Around, asked: Iterable[tuple[Wish, Reservation]]) -> list[Planned | Faulty]:
    """Assess wishes one after another, each beside those that can be had before it; nothing is written.

    Args:
        around: what stands around all of them; it grows by what can be had.
        asked: each wish with the reservation that it is to become.
    """
    planned: list[Planned | Faulty] = []
    for wish, reservation in asked:
        if faults := assess_wish(around, wish):
            planned.append(Faulty(wish, faults))
            continue
        holds = choose_holds(around.facts(wish), wish, reservation) if reservation.state in HOLDING else ()
        around.add(reservation, holds)
        planned.append(Planned(wish, reservation, holds))
    return planned
