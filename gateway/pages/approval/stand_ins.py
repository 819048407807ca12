"""代決: whom a head names to decide in his absence, from when to when, and whom he named before."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.civil import civil_minute
from gateway.operations.attendance.name_stand_in import StandInFaultError, end_stand_in, name_stand_in
from gateway.pages.approval.inbox import demand_person, load_naming
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.delegations import Delegation, list_delegations_of
from store.directory import find_person

router = APIRouter()

SHOWN_MAX = 50
Text = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered into the form; shown again when something is wrong with it."""

    person: str = ""
    from_on: str = ""
    until_on: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with the field."""

    field: str
    why: str


@router.get("/attendance/stand-ins")
def get_stand_ins(visit: Visitor) -> Response:
    """Show who stands in for the visitor, now, soon and before."""
    today = civil_minute(visit.pages.context.now())[0].isoformat()
    return _show(visit, Entered(from_on=today, until_on=today))


@router.post("/attendance/stand-ins")
def post_stand_in(visit: Visitor, person: Text = "", from_on: FORM_DATE = "", until_on: FORM_DATE = "") -> Response:
    """Name somebody."""
    context, head_id = visit.pages.context, demand_person(visit)
    entered = Entered(person, from_on, until_on)
    first, last = read_date(from_on), read_date(until_on)
    if first is None or last is None:
        return _show(visit, entered, Fault("from_on" if first is None else "until_on", "no_day"))
    try:
        with context.store.transaction(context.now()) as tx:
            found = find_person(tx, person, kind=PersonKind.staff)
            if found is None:
                return _show(visit, entered, Fault("delegate_id", "no_person"))
            name_stand_in(tx, head_id, found, first, last, by=visit.signed_in.login)
    except StandInFaultError as error:
        return _show(visit, entered, Fault(error.field, error.fault))
    return see_other("/attendance/stand-ins")


@router.post("/attendance/stand-ins/{stand_in_id}/end")
def post_end(visit: Visitor, stand_in_id: int) -> Response:
    """End one of the visitor's own; one that is over already is left as it is."""
    context, head_id = visit.pages.context, demand_person(visit)
    try:
        with context.store.transaction(context.now()) as tx:
            end_stand_in(tx, stand_in_id, head_id, by=visit.signed_in.login)
    except StandInFaultError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return see_other("/attendance/stand-ins")


def _show(visit: Visit, entered: Entered, fault: Fault | None = None) -> Response:
    context, head_id = visit.pages.context, demand_person(visit)
    with context.store.reading(context.now()) as tx:
        known = list_delegations_of(tx, head_id, limit=SHOWN_MAX)
        naming = load_naming(tx, visit, {each.delegate_id for each in known})
    today = civil_minute(context.now())[0]

    def holds(each: Delegation) -> bool:
        return each.ended_at is None and each.until_on >= today

    return visit.render(
        "approval/stand_ins.html",
        standing=[each for each in reversed(known) if holds(each)],
        past=[each for each in known if not holds(each)],
        naming=naming,
        entered=entered,
        wrong=fault,
        fault=None if fault is None else fault.why,
        today=today,
        now=context.now(),
    )
