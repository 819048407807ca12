"""Whom rules tell apart, and who serves a facility: classes of reservees (利用者区分), and duties (担当)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.facility import UserClass
from domain.facilities.facility_words import describe_fault
from gateway.bookings.rule_book import RefusedRulesError
from gateway.operations.facilities.give_duty import end_duty, give_duty
from gateway.operations.facilities.keep_user_class import keep_user_class
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.facilities import list_user_classes, load_facility
from store.facility_duties import Duty, list_duties

router = APIRouter()

Text = Annotated[str, Form(max_length=200)]
Position = Annotated[int, Form(ge=0, le=100_000)]


@router.get("/facility-classes")
def get_classes(visit: Visitor, class_id: Annotated[str, Query(max_length=63)] = "") -> Response:
    """Show the classes; with a ``class_id`` the form holds that one."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        found = next((each for each in list_user_classes(tx) if each.user_class.id == class_id), None)
    if found is None:
        return _show_classes(visit, {})
    kept, ends = found.user_class, found.retired_on.isoformat() if found.retired_on else ""
    names = {"name": kept.name, "name_en": kept.name_en, "position": str(kept.position), "retired_on": ends}
    return _show_classes(visit, {"id": kept.id, **names})


@router.post("/facility-classes")
def post_class(
    visit: Visitor,
    *,
    id_: Annotated[str, Form(alias="id", max_length=63)] = "",
    name: Text = "",
    name_en: Text = "",
    position: Position = 0,
    retired_on: FORM_DATE = "",
) -> Response:
    """Keep a class."""
    context = visit.pages.context
    kept = UserClass(id_.strip(), name.strip(), name_en.strip(), position)
    try:
        with context.store.transaction(context.now()) as tx:
            keep_user_class(tx, kept, by=visit.signed_in.login, retired_on=read_date(retired_on))
    except RefusedRulesError as error:
        entered = {"id": id_, "name": name, "name_en": name_en, "position": str(position), "retired_on": retired_on}
        return _show_classes(visit, entered, tell_by_field(error.faults, describe_fault, visit.language))
    return see_other("/facility-classes")


@router.get("/facilities/{facility_id}/duties")
def get_duties(visit: Visitor, facility_id: str) -> Response:
    """Show who has which duty in a facility."""
    return _show_duties(visit, facility_id)


@router.post("/facilities/{facility_id}/give-duty")
def post_duty(visit: Visitor, facility_id: str, *, login: Text = "", duty: Annotated[Duty, Form()]) -> Response:
    """Give somebody a duty."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_scope(tx, visit).demand_read(facility_id)
            give_duty(tx, login.strip(), facility_id, duty, by=visit.signed_in.login)
    except RefusedRulesError as error:
        faults = tell_by_field(error.faults, describe_fault, visit.language)
        return _show_duties(visit, facility_id, login, duty, faults)
    return see_other(f"/facilities/{facility_id}/duties")


@router.post("/facilities/{facility_id}/end-duty")
def post_end_of_duty(visit: Visitor, facility_id: str, *, login: Text = "", duty: Annotated[Duty, Form()]) -> Response:
    """End a duty; ending twice is ending once."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        read_scope(tx, visit).demand_read(facility_id)
        end_duty(tx, login, facility_id, duty, by=visit.signed_in.login)
    return see_other(f"/facilities/{facility_id}/duties")


def _show_classes(
    visit: Visit, entered: Mapping[str, str], faults: Mapping[str, Sequence[str]] | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        classes = list_user_classes(tx)
    return visit.render(
        "facilities/classes.html",
        fault="refused" if faults else "",
        faults=faults or {},
        classes=classes,
        entered=entered,
        today=civil_minute(context.now())[0],
        keeps=visit.may(Right.keep_facilities),
    )


def _show_duties(
    visit: Visit, facility_id: str, login: str = "", duty: Duty = Duty.desk, faults: FieldFaults | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_scope(tx, visit).demand_read(facility_id)
        house, duties = load_facility(tx, facility_id), list_duties(tx, facility_id)
    if house is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        "facilities/duties.html",
        fault="refused" if faults else "",
        faults=faults or {},
        house=house,
        duties=duties,
        every=list(Duty),
        login=login,
        duty=duty,
        now=context.now(),
        keeps=visit.may(Right.keep_facilities),
    )
