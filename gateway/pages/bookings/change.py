"""Changing a booking: another room of the house, another day or time, other people and things; all asked again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import ReservationAct
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.pages.bookings.booking_money import reprice
from gateway.pages.bookings.booking_page import Seen, demand_seen
from gateway.pages.bookings.change_page import ChangeForm, fill_in, find_changed_room, read_change, show_change
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import BookAct
from store.tx import Tx

router = APIRouter()

_Form = Annotated[ChangeForm, Form()]


@router.get("/bookings/{booking_id}/change")
def get_change(visit: Visitor, booking_id: str, room: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show the form, filled in as the booking stands; with ``room`` for another room."""
    seen = _load_changeable(visit, booking_id)
    one = seen.reservation
    return show_change(visit, seen, fill_in(one, find_changed_room(seen.rules, room or one.room_id), seen.rules))


@router.post("/bookings/{booking_id}/change")
def post_change(visit: Visitor, booking_id: str, form: _Form) -> Response:
    """Change it; what cannot be had is named beside its field, and the booking stays as it was.

    Sent to be looked at, the form comes back with the price that it would have.
    """
    context = visit.pages.context
    seen = _load_changeable(visit, booking_id)
    if form.act is BookAct.look:
        return show_change(visit, seen, form)
    wish, unreadable = read_change(seen, find_changed_room(seen.rules, form.room_id), form)
    if wish is None or unreadable:
        return show_change(visit, seen, form, unreadable)
    try:
        with context.store.transaction(context.now()) as tx:
            _change(tx, visit, AskedChange(booking_id, form.seen, wish, form.reason))
    except BookingFaultsError as error:
        return show_change(visit, seen, form, error.faults)
    context.committed.set()
    return see_other(f"/bookings/{booking_id}?done=change")


@router.post("/bookings/{booking_id}/change/ahead")
def post_ahead(visit: Visitor, booking_id: str, form: _Form) -> Response:
    """Give what is known of the form while it is filled in: what stands in its way, and what it would cost."""
    seen = _load_changeable(visit, booking_id)
    return show_change(visit, seen, form, template="bookings/parts/change_ahead.html")


def _change(tx: Tx, visit: Visit, asked: AskedChange) -> None:
    seen = demand_seen(tx, visit, asked.id)
    change_reservation(tx, asked, seen.scope.acting)
    reprice(tx, asked.id, by=visit.signed_in.login)


def _load_changeable(visit: Visit, booking_id: str) -> Seen:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        seen = demand_seen(tx, visit, booking_id)
        if seen.reservee is None or ReservationAct.change not in seen.acts(tx.now):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return seen
