"""Facilities and what is free in them."""

import hashlib
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from domain.civil import civil_minute, format_clock
from domain.facilities.availability import DayCell
from domain.facilities.rules import FacilityRules
from gateway.bookings.vacancies import load_vacancies
from gateway.citizens.api.bodies import (
    Availability,
    EquipmentBody,
    FacilityBody,
    FreeStretch,
    RoomAvailability,
    RoomBody,
    RoomDay,
    Slot,
    SlotDay,
)
from gateway.citizens.api.callers import Client, Housed
from gateway.citizens.api.problems import ProblemError, describe_problems
from gateway.citizens.houses import AHEAD
from gateway.citizens.public_houses import list_public_houses

router = APIRouter(tags=["facilities"])

DAYS_MAX = 31
PathId = Annotated[str, Path(max_length=63)]


@router.get("/facilities", responses=describe_problems())
def list_facilities(house: Housed, _: Client) -> list[FacilityBody]:
    """List the facilities that citizens may reserve in."""
    context = house.context
    with context.store.reading(context.now()) as tx:
        return [_describe(rules) for rules in list_public_houses(tx)]


@router.get(
    "/facilities/{facility_id}/availability",
    response_model=Availability,
    responses={
        304: {"description": "Not Modified: it is as the ETag in If-None-Match says"},
        **describe_problems(HTTPStatus.NOT_FOUND),
    },
)
def get_availability(
    house: Housed,
    _: Client,
    *,
    facility_id: PathId,
    first_on: Annotated[date, Query(alias="from", description="the first day")],
    days: Annotated[int, Query(ge=1, le=DAYS_MAX)] = 7,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Say what is free in every room of a facility, with an ETag that stays while it is the same."""
    context, today = house.context, civil_minute(house.context.now())[0]
    if not today - timedelta(days=1) <= first_on <= today + AHEAD:
        raise ProblemError(HTTPStatus.NOT_FOUND)
    with context.store.reading(context.now()) as tx:
        found = [rules for rules in list_public_houses(tx) if rules.facility.id == facility_id]
        if not found:
            raise ProblemError(HTTPStatus.NOT_FOUND)
        cells = load_vacancies(tx, found, first_on, days).cells
    spans = [first_on + timedelta(days=number) for number in range(days)]
    rooms = [
        RoomAvailability(room_id=room.id, days=[_describe_day(cells[room.id, on]) for on in spans])
        for room in found[0].rooms
    ]
    body = Availability(facility_id=facility_id, rooms=rooms).model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and tag in {each.strip() for each in if_none_match.split(",")}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _describe(rules: FacilityRules) -> FacilityBody:
    return FacilityBody(
        id=rules.facility.id,
        name=rules.facility.name,
        name_en=rules.facility.name_en,
        operator=rules.facility.operator,
        rooms=[
            RoomBody(
                id=room.id,
                name=room.name,
                name_en=room.name_en,
                capacity=room.capacity,
                step_minutes=room.step_minutes,
                minutes_min=room.minutes_min,
                minutes_max=room.minutes_max,
                permitted_by=room.permits,
                slots=[
                    Slot(
                        id=slot.id,
                        name=slot.name,
                        name_en=slot.name_en,
                        from_clock=format_clock(slot.from_minute),
                        until_clock=format_clock(slot.to_minute),
                        weekdays=sorted(slot.weekdays),
                        places=slot.places,
                    )
                    for slot in rules.slots_of(room.id)
                ],
            )
            for room in rules.rooms
        ],
        equipment=[
            EquipmentBody(id=each.id, name=each.name, name_en=each.name_en, units=each.units, room_id=each.room_id)
            for each in rules.equipment
            if each.retired_on is None
        ],
    )


def _describe_day(cell: DayCell) -> RoomDay:
    return RoomDay(
        on=cell.on,
        vacancy=cell.vacancy,
        free=[FreeStretch(from_clock=format_clock(start), until_clock=format_clock(end)) for start, end in cell.free],
        slots=[
            SlotDay(slot_id=each.slot.id, vacancy=each.vacancy, places_left=each.places_left) for each in cell.slots
        ],
    )
