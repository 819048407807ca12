"""The desk's page: a day's bookings and keys, the code of a booking that was scanned, a use begun or over."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.facility import Facility
from domain.facilities.reservation import Actor
from domain.facilities.tell_booking import describe_booking_fault
from gateway.bookings.booking_code import read_booking_code
from gateway.operations.facilities.use_reservation import begin_reservation, complete_reservation
from gateway.pages.access.rights import Right
from gateway.pages.desk.day_view import Day, load_day
from gateway.pages.desk.steps import Powers
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.drawing.dates import read_date
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.emergency_view import view_emergencies
from gateway.pages.keys.key_scope import read_key_scope
from store.desk_days import DeskBooking, load_desk_booking
from store.facilities import list_facilities
from store.key_waits import list_waits_of
from store.keys import list_cabinets
from store.tx import Tx

router = APIRouter()

On = Annotated[str, Query(max_length=10)]
House = Annotated[str, Query(max_length=64)]
Scanned = Annotated[str, Query(max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=99)]
BookingId = Annotated[str, Form(max_length=64)]


@router.get("/desk")
def get_desk(visit: Visitor, on: On = "", facility: House = "", q: Scanned = "", page: PageNumber = 1) -> Response:
    """Show a day; a scanned code of a booking leads to lending its key."""
    if not q.strip():
        return show_desk(visit, on=on, facility=facility, page=page)
    context = visit.pages.context
    booking_id = read_booking_code(q) or q.strip()
    with context.store.reading(context.now()) as tx:
        booking = load_desk_booking(tx, booking_id)
        known = booking is not None and booking.facility_id in read_scope(tx, visit).read
    if not known:
        return show_desk(visit, on=on, facility=facility, q=q, fault="code")
    return see_other(f"/desk/lend?booking={booking_id}&code=1")


@router.get("/desk/part")
def get_desk_part(visit: Visitor, on: On = "", facility: House = "", page: PageNumber = 1) -> Response:
    """Give the part of it that changes."""
    return show_desk(visit, on=on, facility=facility, page=page, template="desk/parts/day.html")


@router.post("/desk/uses")
def post_use(visit: Visitor, booking: BookingId, act: Annotated[Literal["begin", "complete"], Form()]) -> Response:
    """Note that a use began, or is over."""
    context = visit.pages.context
    does = begin_reservation if act == "begin" else complete_reservation
    try:
        with context.store.transaction(context.now()) as tx:
            found = load_desk_booking(tx, booking)
            if found is None or found.facility_id not in read_scope(tx, visit).acting.desks:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            does(tx, booking, actor=Actor.desk, by=visit.signed_in.login)
    except BookingFaultsError as error:
        told = tell_by_field(error.faults, describe_booking_fault, visit.language)
        return show_desk(visit, fault="use", told=tuple(line for lines in told.values() for line in lines))
    context.committed.set()
    return see_other(f"/desk#booking-{booking}")


def show_desk(
    visit: Visit,
    *,
    on: str = "",
    facility: str = "",
    page: int = 1,
    q: str = "",
    fault: str = "",
    told: tuple[str, ...] = (),
    template: str = "desk/desk.html",
) -> Response:
    """Show a day; with a ``fault`` of what was tried, and what was ``told`` of it."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    day_on = read_date(on) or today
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        houses = [
            each for each in list_facilities(tx, scope.read) if each.retired_on is None or each.retired_on > day_on
        ]
        if facility:
            scope.demand_read(facility)
        day = _load(tx, visit, scope, day_on, facility=facility, page=page)
        cabinets = list_cabinets(tx) if day.open_counts else {}
        waits = list_waits_of(tx, visit.signed_in.login)
        emergencies = view_emergencies(tx, read_key_scope(tx, visit).seen)
    return visit.render(
        template,
        day=day,
        houses=houses,
        house=facility,
        named=_name_houses(visit, houses),
        today=today,
        yesterday=day_on - timedelta(days=1),
        tomorrow=day_on + timedelta(days=1),
        cabinets=cabinets,
        waits=waits,
        emergencies=emergencies,
        lends=bool(scope.keys),
        q=q,
        fault=fault,
        told=told,
        now=tx.now,
    )


def _load(tx: Tx, visit: Visit, scope: DeskScope, day_on: date, *, facility: str, page: int) -> Day:
    keys = read_key_scope(tx, visit)
    takes = visit.may(Right.keep_takings)

    def powers(booking: DeskBooking) -> Powers:
        house = booking.facility_id
        at_desk = house in scope.acting.desks
        return Powers(house in scope.acting.decides, at_desk, house in scope.keys, takes and at_desk)

    wanted = {facility} if facility else scope.read
    return load_day(
        tx,
        wanted,
        day_on,
        page=page,
        powers=powers,
        sees_key=lambda key_id: keys.seen is None or key_id in keys.seen,
    )


def _name_houses(visit: Visit, houses: list[Facility]) -> dict[str, str]:
    return {each.id: visit.phrases.name_of(each) for each in houses}
