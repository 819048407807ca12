"""収納: a facility's day by method, its till counted and closed; every facility's day side by side."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.facility import Facility
from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.takings import CashCount, Taking
from gateway.fees.entries import raise_faults
from gateway.operations.facilities.close_day import DayEnd, close_day
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import DeskScope, read_scope
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.day_view import Names, view_day, view_houses
from gateway.pages.takings.yen_field import read_yen
from store.facilities import list_facilities, list_rooms
from store.reservations import list_reservations
from store.reservees import load_reservees
from store.taking_sums import list_closed_facilities, sum_takings
from store.takings import list_days_with_takings, list_takings_on
from store.takings_days import find_last_closed, load_closed_day
from store.tx import Tx

router = APIRouter()

Id = Annotated[str, Query(max_length=64)]
Day = Annotated[str, Query(max_length=10)]
FormText = Annotated[str, Form(max_length=1000)]
OPEN_DAYS_SHOWN = 5

COUNTED = ("opening_yen", "banked_yen", "counted_yen")
"""The fields of the count, in the order of the form."""


@router.get("/takings")
def get_takings(visit: Visitor, on: Day = "", facility: Id = "") -> Response:
    """Show a facility's day, or all facilities' where there are several and none is named."""
    return show_day(visit, facility, on)


@router.post("/takings/days/close")
def post_close(
    visit: Visitor,
    *,
    facility: Annotated[str, Form(max_length=64)] = "",
    on: FORM_DATE = "",
    opening_yen: FormText = "",
    banked_yen: FormText = "",
    counted_yen: FormText = "",
    note: FormText = "",
) -> Response:
    """Close a day with its counted cash."""
    entered = {"opening_yen": opening_yen, "banked_yen": banked_yen, "counted_yen": counted_yen, "note": note}
    context = visit.pages.context
    try:
        faults: list[FeeFault] = []
        counted = {name: read_yen(name, entered[name], faults) for name in COUNTED}
        if (day := read_date(on)) is None:
            faults.append(FeeFault("on", FeeWhy.bad_choice))
        raise_faults(faults)
        with context.store.transaction(context.now()) as tx:
            demand_desk(read_scope(tx, visit), facility)
            close_day(tx, DayEnd(facility, day or date.max, CashCount(**counted), note), by=visit.signed_in.login)
    except FeeFaultsError as error:
        told = tell_by_field(error.faults, describe_fee_fault, visit.language)
        return show_day(visit, facility, on, faults=told, entered=entered)
    return see_other(f"/takings?facility={facility}&on={on}")


def demand_desk(scope: DeskScope, facility_id: str) -> None:
    """Let only those take and give money who stand at a facility's counter.

    Raises:
        HTTPException: 404.
    """
    if facility_id not in scope.acting.desks:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def show_day(
    visit: Visit,
    facility_id: str,
    on: str,
    *,
    faults: FieldFaults | None = None,
    entered: Mapping[str, str] | None = None,
) -> Response:
    """Show a day; with ``faults`` what is wrong with the count that was ``entered``."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    day = read_date(on) or today
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        houses = [each for each in list_facilities(tx, scope.read) if each.retired_on is None or each.retired_on > day]
        if facility_id:
            scope.demand_read(facility_id)
        elif len(houses) != 1:
            return _show_all(visit, tx, houses, day, today)
        house = next((each for each in houses if each.id == (facility_id or houses[0].id)), None)
        if house is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        closed, entries = load_closed_day(tx, house.id, day), list_takings_on(tx, house.id, day)
        last = find_last_closed(tx, house.id)
        before = None if last is None else load_closed_day(tx, house.id, last)
        first_open = date.min if last is None else last + timedelta(days=1)
        open_days = list_days_with_takings(tx, house.id, first_open, min(day, today) - timedelta(days=1))
        names = name_entries(tx, entries)
        serves_all = {each.id for each in list_facilities(tx)} <= scope.read
    opening_yen = 0 if before is None else before.counted_yen
    view = view_day(house.id, day, entries, closed, opening_yen=opening_yen, names=names)
    return visit.render(
        "takings/day.html",
        house=house,
        houses=houses,
        view=view,
        on=day,
        today=today,
        open_days=open_days[:OPEN_DAYS_SHOWN],
        may_close=visit.may(Right.keep_takings) and house.id in scope.acting.desks,
        serves_all=serves_all,
        titles={name: each.title for name, each in context.settings.read_payout_layouts().items()},
        is_past_closed=closed is None and last is not None and day <= last,
        faults=faults or {},
        fault="takings.fault" if faults else None,
        entered=entered or {"opening_yen": f"{opening_yen:,}", "banked_yen": "0", "counted_yen": "", "note": ""},
        days=(day - timedelta(days=1), day + timedelta(days=1) if day < today else None),
    )


def _show_all(visit: Visit, tx: Tx, houses: Collection[Facility], day: date, today: date) -> Response:
    ids = [each.id for each in houses]
    names = {each.id: visit.phrases.name_of(each) for each in houses}
    view = view_houses(names, sum_takings(tx, ids, day, day), list_closed_facilities(tx, ids, day))
    return visit.render(
        "takings/houses.html",
        view=view,
        serves_all={each.id for each in list_facilities(tx)} <= read_scope(tx, visit).read,
        on=day,
        today=today,
        days=(day - timedelta(days=1), day + timedelta(days=1) if day < today else None),
    )


def name_entries(tx: Tx, entries: Collection[Taking]) -> Names:
    """Give the rooms and the payers of entries' reservations."""
    kept = list_reservations(tx, {each.reservation_id for each in entries})
    rooms = {room.id: room.name for room in list_rooms(tx, ids={each.reservation.room_id for each in kept})}
    who = load_reservees(tx, {each.reservation.reservee_id for each in kept})
    return Names(
        {each.reservation.id: rooms.get(each.reservation.room_id, "") for each in kept},
        {each.reservation.id: who[each.reservation.reservee_id].name for each in kept},
    )
