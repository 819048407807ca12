"""A card for the party of a booking at the desk: lent by its number or as the next one held to a reader, and back."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.tell_booking import describe_booking_fault
from domain.ids import TOKEN_PATTERN
from gateway.bookings.granted import list_granted
from gateway.operations.access.enrol_card import EnrolFaultError, cancel_enrolment, enrol_card
from gateway.operations.facilities.lend_party_card import lend_party_card, take_party_card
from gateway.pages.bookings.booking_doors import tell_doors
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.desk_days import DeskBooking, load_desk_booking
from store.enrolments import Enrolment, load_enrolment
from store.party_doors import PartyDoor, list_party_doors
from store.party_passes import party_id
from store.reservations import load_reservation
from store.tx import Tx
from store.visitor_cards import list_pool_cards

router = APIRouter()

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
BookingId = Annotated[str, Form(max_length=64)]
CardToken = Annotated[str, Form(pattern=f"(^$)|({TOKEN_PATTERN})")]
Asked = Annotated[str, Query(max_length=64)]
_NONE: FieldFaults = {}
_NOTHING = PartyDoor(None)


@router.get("/desk/cards")
def get_cards(visit: Visitor, booking: Asked = "", wait: Asked = "") -> Response:
    """Show which cards the party has, and how it gets one; with ``wait`` also the card that is waited for."""
    return _show(visit, booking, wait=wait)


@router.get("/desk/cards/part")
def get_cards_part(visit: Visitor, booking: Asked = "", wait: Asked = "") -> Response:
    """Give the part of it that changes by itself."""
    return _show(visit, booking, wait=wait, template="desk/parts/cards.html")


@router.post("/desk/cards")
def post_card(
    visit: Visitor,
    *,
    booking: BookingId,
    request: FormId,
    handed: Annotated[Literal["card", "next"], Form()],
    card: CardToken = "",
    reader: Annotated[str, Form(max_length=63)] = "",
) -> Response:
    """Lend the card of that number, or the next one that is held to the reader."""
    login = visit.signed_in.login

    def act(tx: Tx) -> str:
        if handed == "card":
            lend_party_card(tx, booking, card, by=login)
            return ""
        _demand_door(tx, booking)
        readers = {id_ for id_, _ in list_readers(visit, at_desks=True)}
        enrol_card(
            tx, request, person_id=party_id(booking), reader_id=reader, label=booking[:40], by=login, readers=readers
        )
        return f"&wait={request}"

    return _do(visit, booking, act)


@router.post("/desk/cards/return")
def post_return(
    visit: Visitor, *, booking: BookingId, card: CardToken, lost: Annotated[bool, Form()] = False
) -> Response:
    """Take a card of the party back, or write it off."""

    def act(tx: Tx) -> str:
        theirs = list_party_doors(tx, [booking]).get(booking, _NOTHING).cards
        if card in {each.token for each in theirs}:  # sent twice, it is back already
            take_party_card(tx, card, by=visit.signed_in.login, lost=lost)
        return ""

    return _do(visit, booking, act)


@router.post("/desk/cards/stop")
def post_stop(visit: Visitor, booking: BookingId, wait: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Wait no longer."""

    def act(tx: Tx) -> str:
        if _load_wait(tx, booking, wait) is not None:
            cancel_enrolment(tx, wait)
        return f"&wait={wait}"

    return _do(visit, booking, act)


def _do(visit: Visit, booking_id: str, act: Callable[[Tx], str]) -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_booking(tx, visit, booking_id)
            more = act(tx)
    except BookingFaultsError as error:
        return _show(visit, booking_id, faults=tell_by_field(error.faults, describe_booking_fault, visit.language))
    except EnrolFaultError as error:
        say = visit.phrases.say
        return _show(visit, booking_id, faults={"reader": [say(f"enrol.{error.fault}.do")]})
    context.committed.set()
    return see_other(f"/desk/cards?booking={booking_id}{more}")


def _demand_booking(tx: Tx, visit: Visit, booking_id: str) -> DeskBooking:
    booking = load_desk_booking(tx, booking_id)
    if booking is None or booking.facility_id not in read_scope(tx, visit).keys:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return booking


def _demand_door(tx: Tx, booking_id: str) -> None:
    if list_party_doors(tx, [booking_id]).get(booking_id, _NOTHING).until_at is None:
        raise refuse_booking("id", BookingWhy.no_door)


def _load_wait(tx: Tx, booking_id: str, wait_id: str) -> Enrolment | None:
    asked = load_enrolment(tx, wait_id) if wait_id else None
    return asked if asked is not None and asked.person_id == party_id(booking_id) else None


def _show(
    visit: Visit, booking_id: str, *, wait: str = "", faults: FieldFaults = _NONE, template: str = "desk/cards.html"
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        booking = _demand_booking(tx, visit, booking_id)
        party = list_party_doors(tx, [booking_id]).get(booking_id, _NOTHING)
        kept = load_reservation(tx, booking_id)
        doors = tell_doors(visit, list_granted(tx, kept, context.site)) if kept is not None else ()
        pool = [each for each in list_pool_cards(tx) if each.status == "active"]
        asked = _load_wait(tx, booking_id, wait)
    outcome = asked.outcome_at(tx.now) if asked is not None else None
    readers = list_readers(visit, at_desks=True)
    return visit.render(
        template,
        booking=booking,
        on=civil_minute(booking.from_at)[0],
        party=party,
        doors=doors,
        pool=pool,
        asked=asked,
        outcome=outcome.value if outcome is not None else "waiting",
        seconds=max(0, int((asked.expires_at - tx.now).total_seconds())) if asked is not None else 0,
        reader=dict(readers).get(asked.reader_id, "") if asked is not None else "",
        readers=readers,
        faults=faults,
        fault="card" if faults else None,
        now=tx.now,
    )
