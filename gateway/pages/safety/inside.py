"""Who is in which area since when, how sure that is, and putting right where somebody is."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from gateway.operations.access.correct_presence import REASON_LENGTH_MAX, correct_presence
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.looks import note_look
from gateway.pages.safety.muster_view import group_by_area
from gateway.people.roll_call import RollLine, read_inside
from store.directory import load_directory_line
from store.musters import list_places

router = APIRouter()


@router.get("/inside")
def get_inside(visit: Visitor) -> Response:
    """Show who is inside."""
    note_look(visit, "inside", None, "")
    return _show(visit, "safety/inside.html")


@router.get("/inside/part")
def get_inside_part(visit: Visitor) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "safety/parts/inside.html")


@router.get("/inside/{person_id}")
def get_place(visit: Visitor, person_id: str) -> Response:
    """Show where a person is and ask where they are instead."""
    page = _show_person(visit, person_id)
    note_look(visit, "inside", person_id, "")
    return page


@router.post("/inside/{person_id}")
def post_place(
    visit: Visitor,
    person_id: str,
    area: Annotated[str, Form(max_length=63)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Put a person's place right."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        by = visit.signed_in.login
        fault = correct_presence(tx, context.site, person_id, area, reason=reason, by=by)
    if fault is not None:
        return _show_person(visit, person_id, fault=fault, area=area, reason=reason)
    context.committed.set()
    return see_other("/inside")


def _show(visit: Visit, template: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        people = read_inside(tx, context.site)
    groups = group_by_area((RollLine(each) for each in people), context.site)
    limits = {area.id: area.occupancy_max for area in context.site.areas}
    return visit.render(
        template,
        groups=groups,
        total=len(people),
        limits=limits,
        corrects=visit.may(Right.correct_presence),
        now=tx.now,
    )


def _show_person(visit: Visit, person_id: str, *, fault: str = "", area: str = "", reason: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        who = load_directory_line(tx, person_id)
        place = next((each for each in list_places(tx) if each.person_id == person_id), None)
    if who is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        "safety/place.html",
        who=who,
        place=place,
        place_area=next((each for each in context.site.areas if place and each.id == place.area_id), None),
        areas=context.site.areas,
        fault=fault,
        area=area,
        reason=reason,
        reason_max=REASON_LENGTH_MAX,
        now=tx.now,
    )
