"""One's own bookings: the list, one with its state, price and code for the counter, offers and waiting lists."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal

import segno
from fastapi import APIRouter, HTTPException
from markupsafe import Markup
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.balance import Balance, derive_balance
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.booking_rules import choose_terms, derive_deadline
from domain.facilities.facility import Room
from domain.facilities.promises import PROMISING
from domain.facilities.reservation import HOLDING, STEPS, Actor, Reservation, ReservationAct
from domain.facilities.round_fault import RoundFaultsError
from domain.facilities.rules import FacilityRules
from domain.facilities.waiting import WaitingState
from gateway.bookings.booking_code import write_booking_code
from gateway.bookings.remembered_rules import recall_rules
from gateway.citizens.guard import Guested
from gateway.citizens.guest import Guest
from gateway.context import GatewayContext
from gateway.operations.facilities.accept_offer import accept_offer, decline_offer
from gateway.operations.facilities.wait_for_place import stop_waiting
from gateway.pages.entrance.origins import see_other
from gateway.people.party_code import write_party_code
from gateway.site.code_readers import list_code_points
from gateway.site.places import AccessPointDescription
from store.fee_quotes import StoredQuote, load_quote
from store.party_passes import list_party_codes
from store.reservations import Kept, list_reservation_steps, list_reservations_of, load_reservation
from store.reservees import list_reservees_at
from store.takings import list_takings_of
from store.tx import Tx
from store.waiting import list_waiting_of, load_offer

router = APIRouter()

PAST = timedelta(days=90)
"""So long ago a booking is still in the list."""
SAID = frozenset({ReservationAct.reject, ReservationAct.revoke, ReservationAct.ask})
"""Whoever decides says why."""


@router.get("/bookings")
def get_bookings(guest: Guested) -> Response:
    """Show what somebody has booked and waits for."""
    context, now = guest.house.context, guest.house.context.now()
    with context.store.reading(now) as tx:
        kept = list_reservations_of(tx, guest.signed_in.id, since=now - PAST)
        waits = [each.waiting for each in list_waiting_of(tx, guest.signed_in.id)]
        waits = [each for each in waits if each.state is WaitingState.waiting]
        rooms = _name_rooms(tx, {each.reservation.room_id for each in kept} | {each.wish.room_id for each in waits})
        others = len(list_reservees_at(tx, guest.signed_in.email)) > 1
    coming = [each for each in kept if each.reservation.until_at > now and each.reservation.state in HOLDING]
    past = [each for each in reversed(kept) if each not in coming]
    return guest.render("bookings.html", coming=coming, past=past, waits=waits, rooms=rooms, others=others)


@router.get("/bookings/{reservation_id}")
def get_booking(guest: Guested, reservation_id: str, made: str = "") -> Response:
    """Show one booking."""
    context, now = guest.house.context, guest.house.context.now()
    with context.store.reading(now) as tx:
        kept = demand_own(tx, guest, reservation_id)
        of = kept.reservation
        rules, room = find_room(tx, of.room_id)
        stored, balance = load_price(tx, reservation_id)
        steps = list_reservation_steps(tx, reservation_id)
        offer = load_offer(tx, reservation_id)
        door = load_door_code(tx, guest.house.context, of)
    said = [step for step in steps if step.act in SAID and step.reason]
    deadline = find_deadline(rules, of)
    return guest.render(
        "booking.html",
        kept=kept,
        of=of,
        rules=rules,
        room=room,
        stored=stored if stored is not None and stored.reservation_version == of.version else None,
        balance=balance,
        said=said[-1] if said else None,
        offer=offer if offer is not None and offer.outcome is WaitingState.offered and offer.expires_at > now else None,
        deadline=deadline,
        may_cancel=may_still(rules, of, ReservationAct.cancel, now),
        may_change=may_still(rules, of, ReservationAct.change, now),
        image=draw_code(write_booking_code(of.id)) if of.state in PROMISING else None,
        door=door,
        door_image=None if door is None else draw_code(door.text),
        is_new=made == "1",
        equipment={each.id: each for each in rules.equipment},
        now=now,
    )


@router.post("/bookings/{reservation_id}/offer/{act}")
def post_offer(guest: Guested, reservation_id: str, act: Literal["accept", "decline"]) -> Response:
    """Take what was offered from the waiting list, or leave it to the next one."""
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_own(tx, guest, reservation_id)
            if act == "accept":
                accept_offer(tx, reservation_id, guest.acting)
            else:
                decline_offer(tx, reservation_id, guest.acting)
    except (RoundFaultsError, BookingFaultsError):  # it is over: the page says where the booking stands
        return see_other(f"/bookings/{reservation_id}")
    context.committed.set()
    return see_other(f"/bookings/{reservation_id}")


@router.post("/waiting/{waiting_id}/stop")
def post_stop(guest: Guested, waiting_id: str) -> Response:
    """Stop waiting."""
    context = guest.house.context
    try:
        with context.store.transaction(context.now()) as tx:
            stop_waiting(tx, waiting_id, guest.acting)
    except BookingFaultsError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    except RoundFaultsError:  # an offer was just made: the list says so
        return see_other("/bookings")
    return see_other("/bookings#waiting")


def demand_own(tx: Tx, guest: Guest, reservation_id: str) -> Kept:
    """Give one's own booking.

    Raises:
        HTTPException: 404 where it is somebody else's, or none.
    """
    kept = load_reservation(tx, reservation_id)
    if kept is None or kept.reservation.reservee_id != guest.signed_in.id:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return kept


def find_room(tx: Tx, room_id: str) -> tuple[FacilityRules, Room]:
    """Give the room of a booking with everything laid down about its house."""
    rules = next(iter(recall_rules(tx, [room_id]).values()))
    return rules, next(room for room in rules.rooms if room.id == room_id)


def load_price(tx: Tx, reservation_id: str) -> tuple[StoredQuote | None, Balance | None]:
    """Give a booking's newest price and what was paid; None for what was never priced."""
    stored = load_quote(tx, reservation_id)
    if stored is None:
        return None, None
    entries, quote = list_takings_of(tx, reservation_id), stored.quote
    return stored, derive_balance(entries, total_yen=quote.total_yen, deposit_yen=quote.deposit_yen)


@dataclass(frozen=True, slots=True)
class DoorCode:
    """The code that opens the room's door, as often as it is shown from ``valid_from`` until ``valid_until``.

    ``points`` are the doors' sides at which it is read.
    """

    text: str
    valid_from: datetime
    valid_until: datetime
    points: tuple[AccessPointDescription, ...]


def load_door_code(tx: Tx, context: GatewayContext, of: Reservation) -> DoorCode | None:
    """Give the code that opens the door of a booking; None where it opens none, or no door reads it."""
    text = write_party_code(tx, context, of.id) if of.state in PROMISING else None
    known = None if text is None else list_party_codes(tx, [of.id]).get(of.id)
    if text is None or known is None or known.valid_from is None or known.valid_until is None:
        return None
    area_id = find_room(tx, of.room_id)[1].area_id
    points = () if area_id is None else list_code_points(context.site, area_id)
    if not points:
        return None
    return DoorCode(text, known.valid_from, known.valid_until, tuple(map(context.site.access_point, points)))


def draw_code(text: str) -> Markup:
    """Draw a code as a QR."""
    drawn = segno.make_qr(text).svg_inline(svgclass="code-image", lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 (drawn here)


def find_deadline(rules: FacilityRules, of: Reservation) -> datetime | None:
    """Give the instant until which a reservee may change or cancel a booking; None where the terms say none."""
    terms = choose_terms(rules.terms, civil_minute(of.from_at)[0])
    return None if terms is None else derive_deadline(terms.cancel, of.from_at)


def may_still(rules: FacilityRules, of: Reservation, act: ReservationAct, now: datetime) -> bool:
    """Tell whether a reservee may do something about the own booking now, as it stands and by its terms."""
    step = STEPS.get((of.state, act))
    deadline = find_deadline(rules, of)
    return step is not None and Actor.reservee in step.by and (deadline is None or now < deadline)


def _name_rooms(tx: Tx, room_ids: set[str]) -> dict[str, tuple[FacilityRules, Room]]:
    if not room_ids:
        return {}
    return {
        room.id: (rules, room)
        for rules in recall_rules(tx, room_ids).values()
        for room in rules.rooms
        if room.id in room_ids
    }
