"""A day and its forms: what is known of it, and what can be asked for, filled in as far as is known."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.request_facts import YEARS_MAX
from domain.attendance.requests import RequestKind
from domain.civil import JST
from domain.workflow.application import Refusal, RefusedActError
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.application import show_application
from gateway.pages.requests.asked_day import load_asked_day
from gateway.pages.requests.day_page import show_day
from gateway.pages.requests.entered import Entered, Part
from gateway.pages.requests.entering import Ahead, find_asked_person, look_ahead, read_entered
from gateway.pages.requests.fault_words import tell_faults, tell_unreadable
from gateway.pages.requests.request_form import UnreadableFormError
from gateway.requests.refusals import ApplicationConflictError, RequestFaultsError

router = APIRouter()

AskedKind = Annotated[RequestKind | None, Query()]
AskedPart = Annotated[Part | None, Query()]
AskedTap = Annotated[str, Query(max_length=120)]


@router.get("/attendance/days")
def get_days(
    visit: Visitor,
    on: Annotated[str, Query(pattern=DATE_PATTERN)] = "",
    kind: AskedKind = None,
    part: AskedPart = None,
) -> Response:
    """Lead to the day that was picked, today without one; with ``part`` as much of it is chosen for leave."""
    picked = on or f"{visit.pages.context.now().astimezone(JST):%Y-%m-%d}"
    asked = urlencode({name: word for name, word in (("kind", kind), ("part", part)) if word})
    return see_other(f"/attendance/days/{picked}{f'?{asked}' if asked else ''}")


@router.get("/attendance/days/{on}")
def get_day(visit: Visitor, on: str, kind: AskedKind = None, part: AskedPart = None, tap: AskedTap = "") -> Response:
    """Show a day of the visitor's own with its forms; with ``tap`` that one is chosen as wrong."""
    chosen = {"part": part, "tap": tap}
    return show_day(visit, visit.signed_in.person_id, _read_day(visit, on), kind=kind, chosen=chosen)


@router.get("/attendance/people/{person_id}/days/{on}")
def get_persons_day(visit: Visitor, person_id: str, on: str, kind: AskedKind = None, tap: AskedTap = "") -> Response:
    """Show a day of somebody for whom the visitor may apply."""
    return show_day(visit, person_id, _read_day(visit, on), kind=kind, chosen={"tap": tap})


@router.post("/attendance/applications")
def post_application(visit: Visitor, entered: Annotated[Entered, Form()]) -> Response:
    """Apply; with faults the form comes back as it was entered, each fault beside its field."""
    context = visit.pages.context
    person_id = entered.person or visit.signed_in.person_id
    on = _read_day(visit, entered.day)
    try:
        with context.store.transaction(context.now()) as tx:
            person = find_asked_person(tx, visit, person_id)
            request = read_entered(tx, person, entered, context.rules)
            asked = Asked(entered.id, person.id, visit.signed_in.person_id, request, entered.seen)
            apply_request(tx, asked, context.rules)
    except UnreadableFormError as error:
        return show_day(visit, person_id, on, entered=entered, faults=tell_unreadable(error.faults, visit.language))
    except RequestFaultsError as error:
        return show_day(visit, person_id, on, entered=entered, faults=tell_faults(error.faults, visit.language))
    except ImpossiblePlanError:
        return show_day(visit, person_id, on)
    except RefusedActError as error:
        return show_application(visit, entered.id, refusal=error.refusal)
    except ApplicationConflictError:
        return show_application(visit, entered.id, refusal=Refusal.moved_on)
    context.committed.set()
    return see_other(f"/attendance/applications/{entered.id}")


@router.post("/attendance/ahead")
def post_ahead(visit: Visitor, entered: Annotated[Entered, Form()]) -> Response:
    """Say what would become of a form as it stands, before it is sent."""
    context = visit.pages.context
    person_id, on = entered.person or visit.signed_in.person_id, _read_day(visit, entered.day)
    ahead = Ahead()
    with context.store.reading(context.now()) as tx:
        person = find_asked_person(tx, visit, person_id)
        try:
            day = load_asked_day(tx, person, on, context.rules, context.site)
        except ImpossiblePlanError:
            day = None
    if day is not None:
        ahead = look_ahead(visit, day, entered)
    return visit.render("requests/parts/ahead.html", ahead=ahead)


def _read_day(visit: Visit, text: str) -> date:
    on = read_date(text) if len(text) == len("2025-11-20") else None
    if on is None or abs(on.year - visit.pages.context.now().year) > YEARS_MAX:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return on
