"""One's own applications: what came back, what waits and for whom, what was decided; and one that came back, anew."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.workflow.states import OVER, WAITING, Act, State
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.requests.application_lines import list_lines
from gateway.pages.requests.application_view import list_acts
from gateway.pages.requests.day_page import show_day
from gateway.pages.requests.form_filling import refill_form
from gateway.requests.content import read_request
from gateway.requests.refusals import BrokenContentError
from store.applications import count_of_person, list_of_person, load_application
from store.deciders import load_organisation

router = APIRouter()

PAGE_LENGTH = 50
OPEN_MAX = 200
_BACK = (State.returned, State.draft)
_DECIDED = (State.approved, *sorted(OVER))


@router.get("/attendance/applications")
def get_applications(visit: Visitor, offset: Annotated[int, Query(ge=0, le=100_000)] = 0) -> Response:
    """List the visitor's applications by what has to be done about them."""
    me, context = visit.signed_in.person_id, visit.pages.context
    if not me:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    now, phrases = context.now(), visit.phrases
    with context.store.reading(now) as tx:
        organisation = load_organisation(tx, civil_minute(now)[0])
        groups = {
            name: list_lines(
                tx,
                list_of_person(tx, me, states, offset=start, limit=limit),
                organisation,
                phrases,
                context.rules.leave_kinds,
            )
            for name, states, start, limit in (
                ("back", _BACK, 0, OPEN_MAX),
                ("waiting", sorted(WAITING), 0, OPEN_MAX),
                ("decided", _DECIDED, offset, PAGE_LENGTH),
            )
        }
        decided = count_of_person(tx, me, _DECIDED)
    return visit.render(
        "requests/applications.html",
        groups=groups,
        decided=decided,
        offset=offset,
        before=max(0, offset - PAGE_LENGTH),
        after=offset + PAGE_LENGTH if offset + PAGE_LENGTH < decided else None,
        me=me,
        now=now,
        today=civil_minute(now)[0],
    )


@router.get("/attendance/applications/{application_id}/edit")
def get_application_anew(visit: Visitor, application_id: str) -> Response:
    """Show the form of an application that came back, filled in as it was."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        filed = load_application(tx, application_id)
    if filed is None or Act.submit not in list_acts(filed.application, visit.signed_in.person_id):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        request = read_request(filed)
    except BrokenContentError:
        return see_other(f"/attendance/applications/{application_id}")
    entered = refill_form(request, form_id=application_id, seen=len(filed.application.deeds))
    person_id = filed.application.person_id
    entered = entered.model_copy(update={"person": person_id if person_id != visit.signed_in.person_id else ""})
    last = filed.application.deeds[-1].reason if filed.application.deeds else ""
    return show_day(visit, person_id, entered.on, entered=entered, last_word=last)
