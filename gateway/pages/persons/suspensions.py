"""Somebody is employed and not at work for long (休職, 停職, 育児休業): entered by HR, ended by HR, kept for good."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.civil import JST
from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneFaultsError, ZoneWhy, refuse_zone
from domain.zones.zone_words import describe_zone_fault
from gateway.operations.zones.suspend_person import WishedSuspension, end_suspended, suspend_person
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.persons_access import FormId
from store.directory import load_directory_line, name_accounts
from store.suspensions import Suspension, list_suspensions, load_suspension

router = APIRouter()


@router.get("/access/{person_id}/suspensions")
def get_suspensions(visit: Visitor, person_id: str) -> Response:
    """Show when somebody was, is and will be away for long."""
    return _show(visit, person_id)


@router.post("/access/{person_id}/suspensions")
def post_suspension(
    visit: Visitor,
    *,
    person_id: str,
    id: FormId,  # noqa: A002 (the form's own number)
    from_on: FORM_DATE = "",
    until_on: FORM_DATE = "",
    reason: Annotated[str, Form(max_length=TEXT_MAX)] = "",
) -> Response:
    """Enter that somebody is away from a day on."""
    context = visit.pages.context
    told = {"from_on": from_on, "until_on": until_on, "reason": reason}
    first, last = read_date(from_on), read_date(until_on)
    try:
        if first is None or (until_on and last is None):
            raise refuse_zone("from_on" if first is None else "until_on", ZoneWhy.malformed, expected="2026-11-23")
        wish = WishedSuspension(id, person_id, first, last, reason)
        with context.store.transaction(context.now()) as tx:
            suspend_person(tx, wish, by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, person_id, tell_by_field(error.faults, describe_zone_fault, visit.language), told)
    context.committed.set()
    return see_other(f"/access/{person_id}/suspensions")


@router.post("/access/{person_id}/suspensions/{suspension_id}/end")
def post_suspension_end(visit: Visitor, person_id: str, suspension_id: str) -> Response:
    """Let it be over now: the person is back."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            standing = load_suspension(tx, suspension_id)
            if standing is None or standing.person_id != person_id:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            end_suspended(tx, suspension_id, by=visit.signed_in.login)
    except ZoneFaultsError as error:
        return _show(visit, person_id, tell_by_field(error.faults, describe_zone_fault, visit.language))
    context.committed.set()
    return see_other(f"/access/{person_id}/suspensions")


def is_over(suspension: Suspension, today: date) -> bool:
    """Tell whether somebody is back: it was ended, or its last day is past."""
    return suspension.ended_at is not None or (suspension.until_on is not None and suspension.until_on < today)


def _show(
    visit: Visit, person_id: str, faults: FieldFaults | None = None, told: dict[str, str] | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person = load_directory_line(tx, person_id)
        if person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        kept = list_suspensions(tx, [person_id]).get(person_id, [])
        names = name_accounts(tx, {login for each in kept for login in (each.entered_by, each.ended_by) if login})
    today = tx.now.astimezone(JST).date()
    return visit.render(
        "persons/suspensions.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        person=person,
        suspensions=[(each, is_over(each, today)) for each in reversed(kept)],
        names=names,
        faults=faults or {},
        told=told or {"from_on": today.isoformat(), "until_on": "", "reason": ""},
        today=today,
        now=tx.now,
        reason_max=TEXT_MAX,
    )
