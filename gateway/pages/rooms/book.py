"""Booking a room: the form, what is known of it before it is sent, and sending it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.reservation import Reservation
from domain.facilities.reservee_fault import ReserveeFaultsError
from domain.facilities.round_fault import RoundFaultsError
from domain.ids import ID_PATTERN
from gateway.bookings.acting import Acting
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.book_series import SeriesOutcome, book_series
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.wait_for_place import wait_for_place
from gateway.pages.drawing.dates import DATE_PATTERN
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.book_page import begin_form, show_form
from gateway.pages.rooms.entered import BookAct, Entered
from gateway.pages.rooms.fault_words import Fault
from gateway.pages.rooms.foreseen import wanted_of
from gateway.pages.rooms.room_visitor import find_place, with_own
from gateway.pages.rooms.series_plan import make_series
from gateway.pages.rooms.whom import UnbookableError, settle_whom
from gateway.pages.rooms.wishing import read_wish
from store.tx import Tx

router = APIRouter()

_Form = Annotated[Entered, Form()]
_Day = Annotated[str, Query(pattern=DATE_PATTERN)]
_Id = Annotated[str, Query(pattern=f"(^$)|({ID_PATTERN})")]
_Clock = Annotated[str, Query(alias="from", pattern=r"^(|[0-4][0-9]:[0-5][0-9])$")]

_PRICED = frozenset({"purpose", "options"})
"""What of a price is the form's own: an unknown choice is refused. What a table lacks is seen to at the counter."""


@router.get("/rooms/{room_id}/book")
def get_book(visit: Visitor, room_id: str, *, on: _Day = "", slot: _Id = "", from_at: _Clock = "") -> Response:
    """Show the form, filled in as far as is known."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        entered = begin_form(tx, find_place(tx, visit, room_id, books=True), on, slot, from_at)
    return show_form(visit, room_id, entered)


@router.post("/rooms/{room_id}/book")
def post_book(visit: Visitor, room_id: str, entered: _Form) -> Response:
    """Book, wait, or show what is known of the form."""
    if entered.choose:
        return show_form(visit, room_id, entered.model_copy(update={"act": BookAct.look}))
    if entered.act is BookAct.book and entered.who and not entered.reservee_id:
        entered = entered.model_copy(update={"act": BookAct.search})  # Enter was pressed in the search
    if entered.act is BookAct.wait:
        return _wait(visit, room_id, entered)
    if entered.act is BookAct.series and entered.comes_again:
        return _book_series(visit, room_id, entered)
    if entered.act is BookAct.book and not entered.comes_again:
        return _book_once(visit, room_id, entered)
    return show_form(visit, room_id, entered, refused=() if entered.act is BookAct.book else None)


@router.post("/rooms/{room_id}/book/{part}")
def post_part(visit: Visitor, room_id: str, part: Literal["ahead", "times"], entered: _Form) -> Response:
    """Give a part of the form that changes while it is filled in: what is known of it, or the times of its day."""
    asked = entered.model_copy(update={"act": BookAct.look})
    return show_form(visit, room_id, asked, template=f"rooms/parts/book_{part}.html")


def _book_once(visit: Visit, room_id: str, entered: Entered) -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            sent = _prepare(tx, visit, room_id, entered)
            made = book_room(tx, AskedBooking(entered.id, sent.wish), sent.acting)
            _price(tx, visit, entered, [made])
    except (UnbookableError, BookingFaultsError, ReserveeFaultsError, FeeFaultsError) as error:
        return show_form(visit, room_id, entered, refused=_faults_of(error))
    context.committed.set()
    return see_other(f"/bookings/{made.id}")


def _book_series(visit: Visit, room_id: str, entered: Entered) -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            sent = _prepare(tx, visit, room_id, entered)
            outcome = _demand_some(book_series(tx, make_series(entered, sent.wish), sent.acting))
            _price(tx, visit, entered, outcome.booked)
    except (UnbookableError, BookingFaultsError, ReserveeFaultsError, FeeFaultsError) as error:
        return show_form(visit, room_id, entered, refused=_faults_of(error))
    context.committed.set()
    return see_other(_lead_to_series(room_id, entered, outcome))


def _demand_some(outcome: SeriesOutcome) -> SeriesOutcome:
    """Let nothing be kept of a series of which nothing was booked, not even whom it registered.

    Raises:
        UnbookableError: nothing was.
    """
    if not outcome.booked:
        raise UnbookableError
    return outcome


def _wait(visit: Visit, room_id: str, entered: Entered) -> Response:
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            sent = _prepare(tx, visit, room_id, entered)
            wait_for_place(tx, entered.id, sent.wish, sent.acting)
    except (UnbookableError, BookingFaultsError, ReserveeFaultsError, RoundFaultsError) as error:
        return show_form(visit, room_id, entered, refused=_faults_of(error))
    return see_other("/bookings/waiting?done=ask")


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form that was sent, as operations take it."""

    wish: Wish
    acting: Acting


def _prepare(tx: Tx, visit: Visit, room_id: str, entered: Entered) -> _Sent:
    """Read a form that is sent, and register whom it brings.

    Raises:
        UnbookableError: the form itself has faults.
        ReserveeFaultsError: whom it brings cannot be registered.
    """
    place = find_place(tx, visit, room_id, books=True)
    reservee, own = settle_whom(tx, visit, place, entered)
    read = read_wish(entered, place.room, place.slots, reservee)
    if read.wish is None or read.faults:
        raise UnbookableError
    return _Sent(read.wish, with_own(place.visitor.acting, own))


def _price(tx: Tx, visit: Visit, entered: Entered, made: Sequence[Reservation]) -> None:
    """Keep what reservations cost; where the table says nothing of it, the counter sees to it.

    Raises:
        FeeFaultsError: the form chose what the table does not have.
    """
    for each in made:
        try:
            price_reservation(tx, each.id, wanted_of(entered), by=visit.signed_in.login)
        except FeeFaultsError as error:
            if any(fault.field in _PRICED for fault in error.faults):
                raise


def _faults_of(error: Exception) -> tuple[Fault, ...]:
    faults: tuple[Fault, ...] = getattr(error, "faults", ())
    return faults


def _lead_to_series(room_id: str, entered: Entered, outcome: SeriesOutcome) -> str:
    refused = ",".join(f"{each.occurrence.on:%Y%m%d}" for each in outcome.refused)
    return f"/rooms/{room_id}/series/{entered.id}{f'?refused={refused}' if refused else ''}"
