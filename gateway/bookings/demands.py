"""What every act on a reservation asks first: that it is there, as it was seen, and still the same when written."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from domain.civil import civil_minute
from domain.facilities.booking import REASON_LENGTH_MAX, Via
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.booking_rules import choose_terms, derive_deadline
from domain.facilities.facility import Room
from domain.facilities.reservation import Actor, Reservation
from domain.facilities.reservee import Reservee
from domain.facilities.rules import FacilityRules
from gateway.bookings.remembered_rules import recall_rules
from store.reservations import Kept, load_reservation, save_reservation
from store.reservees import load_reservee
from store.tx import Tx

VIAS: Mapping[Actor, Via] = MappingProxyType({Actor.desk: Via.desk, Actor.reservee: Via.page})
"""On which way a wish comes from those who book."""


def demand_reservation(tx: Tx, reservation_id: str) -> Kept:
    """Give a reservation, held against others until the commit.

    Raises:
        BookingFaultsError: there is none of that id.
    """
    kept = load_reservation(tx, reservation_id, lock=True)
    if kept is None:
        raise refuse_booking("id", BookingWhy.no_reservation)
    return kept


def demand_version(standing: Reservation, seen_version: int) -> None:
    """Let only what somebody saw be decided or changed.

    Raises:
        BookingFaultsError: it went on since.
    """
    if standing.version != seen_version:
        raise refuse_booking("version", BookingWhy.moved_on)


def demand_reason(reason: str) -> str:
    """Give a reason as one line.

    Raises:
        BookingFaultsError: it is too long.
    """
    flat = " ".join(reason.split())
    if len(flat) > REASON_LENGTH_MAX:
        raise refuse_booking("reason", BookingWhy.text_too_long, most_characters=REASON_LENGTH_MAX)
    return flat


def demand_in_time(rules: FacilityRules, standing: Reservation, actor: Actor, now: datetime) -> None:
    """Let a reservee cancel or change until the terms' deadline; the counter may afterwards.

    Raises:
        BookingFaultsError: the deadline is over.
    """
    terms = choose_terms(rules.terms, civil_minute(standing.from_at)[0])
    if actor is not Actor.reservee or terms is None:
        return
    closed_at = derive_deadline(terms.cancel, standing.from_at)
    if now >= closed_at:
        raise refuse_booking("id", BookingWhy.too_late, closed_at=closed_at)


def save_or_refuse(tx: Tx, before: Reservation, after: Reservation) -> None:
    """Write a reservation over as it was loaded.

    Raises:
        BookingFaultsError: it went on since; the transaction can only be given up.
    """
    if not save_reservation(tx, before, after):
        raise refuse_booking("version", BookingWhy.moved_on)


def load_surroundings(tx: Tx, kept: Kept) -> tuple[FacilityRules, Room, Reservee | None]:
    """Give the rules of a reservation's facility, its room and its reservee."""
    rules = recall_rules(tx, [kept.reservation.room_id])[kept.facility_id]
    room = next(each for each in rules.rooms if each.id == kept.reservation.room_id)
    return rules, room, load_reservee(tx, kept.reservation.reservee_id)
