"""A day and its forms: what is known of it, and what can be asked for, filled in as far as is known."""

import secrets
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.request_facts import YEARS_MAX
from domain.attendance.requests import RequestKind
from domain.civil import JST
from domain.workflow.application import Application, Refusal, RefusedActError
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.application import show_application
from gateway.pages.requests.asked_day import AskedDay, Standing, load_asked_day
from gateway.pages.requests.asked_picture import draw_asked
from gateway.pages.requests.choice_words import (
    list_differences,
    list_explanations,
    list_offers,
    list_places,
    tell_amount,
    tell_difference,
)
from gateway.pages.requests.day_forms import choose_form, fill_form, list_forms
from gateway.pages.requests.entered import Entered
from gateway.pages.requests.entering import Ahead, find_asked_person, look_ahead, read_entered
from gateway.pages.requests.fault_words import Faults, tell_faults, tell_unreadable
from gateway.pages.requests.leave_choices import LeaveChoice, load_leave_choices
from gateway.pages.requests.request_form import UnreadableFormError
from gateway.pages.requests.request_view import RequestView, tell_request
from gateway.requests.refusals import ApplicationConflictError, RequestFaultsError
from store.directory import DirectoryLine, load_directory_line

router = APIRouter()

AskedKind = Annotated[RequestKind | None, Query()]


@router.get("/attendance/days")
def get_days(visit: Visitor, on: Annotated[str, Query(pattern=DATE_PATTERN)] = "", kind: AskedKind = None) -> Response:
    """Lead to the day that was picked, today without one."""
    picked = on or f"{visit.pages.context.now().astimezone(JST):%Y-%m-%d}"
    return see_other(f"/attendance/days/{picked}{f'?kind={kind}' if kind else ''}")


@router.get("/attendance/days/{on}")
def get_day(visit: Visitor, on: str, kind: AskedKind = None) -> Response:
    """Show a day of the visitor's own with its forms."""
    return show_day(visit, visit.signed_in.person_id, _read_day(visit, on), kind=kind)


@router.get("/attendance/people/{person_id}/days/{on}")
def get_persons_day(visit: Visitor, person_id: str, on: str, kind: AskedKind = None) -> Response:
    """Show a day of somebody for whom the visitor may apply."""
    return show_day(visit, person_id, _read_day(visit, on), kind=kind)


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


@router.post("/attendance/applications/ahead")
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


def show_day(
    visit: Visit,
    person_id: str,
    on: date,
    *,
    kind: RequestKind | None = None,
    entered: Entered | None = None,
    faults: Faults | None = None,
    last_word: str = "",
) -> Response:
    """Show a day with one form: the one that was ``entered``, of the ``kind`` asked for, or the likeliest.

    ``last_word`` is why an application came back that is entered anew.
    """
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person = find_asked_person(tx, visit, person_id)
        line = load_directory_line(tx, person.id)
        try:
            day = load_asked_day(tx, person, on, context.rules, context.site)
        except ImpossiblePlanError:
            return _render(visit, line, on, None)
        forms = list_forms(day)
        if entered is None:
            entered = _fill(visit, day, forms, kind)
        usual_only = entered is None or entered.form is not RequestKind.leave
        offers_leave = RequestKind.leave in forms
        choices = load_leave_choices(tx, day, context.rules, usual_only=usual_only) if offers_leave else ()
    ahead = Ahead() if entered is None or faults else look_ahead(visit, day, entered)
    return _render(
        visit,
        line,
        on,
        day,
        forms=forms,
        entered=entered,
        faults=faults,
        choices=choices,
        ahead=ahead,
        last_word=last_word,
    )


def _fill(visit: Visit, day: AskedDay, forms: tuple[RequestKind, ...], kind: RequestKind | None) -> Entered | None:
    chosen = choose_form(day) if kind is None or kind not in forms else kind
    if chosen is None:
        return None
    return fill_form(chosen, day, secrets.token_hex(8), visit.pages.context.rules.leave_kinds)


def _render(
    visit: Visit,
    person: DirectoryLine | None,
    on: date,
    day: AskedDay | None,
    *,
    forms: tuple[RequestKind, ...] = (),
    entered: Entered | None = None,
    faults: Faults | None = None,
    choices: tuple[LeaveChoice, ...] = (),
    ahead: Ahead | None = None,
    last_word: str = "",
) -> Response:
    if person is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    own = person.person_id == visit.signed_in.person_id
    phrases = Phrases(visit.language)
    return visit.render(
        "requests/day.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else None,
        person=person,
        own=own,
        path="/attendance/days" if own else f"/attendance/people/{person.person_id}/days",
        on=on,
        before_on=on - timedelta(days=1),
        after_on=on + timedelta(days=1),
        day=day,
        row=None if day is None else draw_asked(day, entered),
        longest=tell_difference(day.unordered[0], phrases) if day is not None and day.unordered else "",
        forms=forms,
        entered=entered,
        faults=faults or {},
        choices=[(choice, "" if choice.left is None else tell_amount(choice.left, phrases)) for choice in choices],
        ahead=ahead or Ahead(),
        differences=() if day is None else list_differences(day, phrases),
        explanations=list_explanations(phrases),
        places=list_places(phrases),
        offers=() if day is None else list_offers(day, phrases),
        standing=[] if day is None else [_tell_standing(visit, each) for each in day.standing],
        last_word=last_word,
    )


def _tell_standing(visit: Visit, standing: Standing) -> tuple[Application, RequestView]:
    kinds = visit.pages.context.rules.leave_kinds
    return standing.filed.application, tell_request(standing.request, Phrases(visit.language), kinds)


def _read_day(visit: Visit, text: str) -> date:
    on = read_date(text) if len(text) == len("2025-11-20") else None
    if on is None or abs(on.year - visit.pages.context.now().year) > YEARS_MAX:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return on
