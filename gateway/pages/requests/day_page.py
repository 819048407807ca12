"""The page of a day: which form it opens with, and everything that stands on it."""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlencode

from fastapi import HTTPException
from starlette.responses import Response

from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.requests import RequestKind
from domain.workflow.application import Application
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.asked_day import AskedDay, Standing, load_asked_day
from gateway.pages.requests.asked_picture import draw_asked
from gateway.pages.requests.choice_words import (
    list_differences,
    list_explanations,
    list_offers,
    list_places,
    list_taps,
    tell_amount,
    tell_difference,
)
from gateway.pages.requests.day_forms import choose_form, list_forms
from gateway.pages.requests.entered import Entered
from gateway.pages.requests.entering import Ahead, find_asked_person, look_ahead
from gateway.pages.requests.fault_words import Faults
from gateway.pages.requests.form_filling import fill_form, write_tap_of
from gateway.pages.requests.leave_choices import LeaveChoice, load_leave_choices
from gateway.pages.requests.request_view import RequestView, tell_request
from store.directory import DirectoryLine, load_directory_line


def show_day(
    visit: Visit,
    person_id: str,
    on: date,
    *,
    kind: RequestKind | None = None,
    chosen: Mapping[str, str | None] = MappingProxyType({}),
    entered: Entered | None = None,
    faults: Faults | None = None,
    last_word: str = "",
) -> Response:
    """Show a day with one form: the one that was ``entered``, of the ``kind`` asked for, or the likeliest.

    ``chosen`` is what the address chose: ``part``, how much of the day the form for leave begins with, and ``tap``, the
    tap that the form for a wrong one does. ``last_word`` is why an application came back that is entered anew.
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
            entered = _choose(_fill(visit, day, forms, kind), day, chosen)
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


def _choose(entered: Entered | None, day: AskedDay, chosen: Mapping[str, str | None]) -> Entered | None:
    part, ref = chosen.get("part"), chosen.get("tap")
    if entered is not None and entered.form is RequestKind.leave and part:
        return entered.model_copy(update={"part": part})
    tap = next((write_tap_of(day, each) for each in day.countable_taps if each.ref == ref), None)
    if entered is not None and entered.form is RequestKind.wrong_tap and tap:
        return entered.model_copy(update={"tap": tap})
    return entered


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
    phrases = visit.phrases
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
        taps=() if day is None else list_taps(day, phrases),
        wrong_tap_links={} if day is None else _link_taps(day, forms),
        explanations=list_explanations(phrases),
        places=list_places(phrases),
        offers=() if day is None else list_offers(day, phrases),
        standing=[] if day is None else _tell_standing(visit, day.standing, entered),
        last_word=last_word,
    )


def _link_taps(day: AskedDay, forms: tuple[RequestKind, ...]) -> dict[str, str]:
    if RequestKind.wrong_tap not in forms:
        return {}
    return {each.ref: urlencode({"kind": RequestKind.wrong_tap, "tap": each.ref}) for each in day.countable_taps}


def _tell_standing(
    visit: Visit, standing: tuple[Standing, ...], entered: Entered | None
) -> list[tuple[Application, RequestView]]:
    kinds, phrases = visit.pages.context.rules.leave_kinds, visit.phrases
    return [
        (each.filed.application, tell_request(each.request, phrases, kinds))
        for each in standing
        if entered is None or each.filed.application.id != entered.id
    ]
