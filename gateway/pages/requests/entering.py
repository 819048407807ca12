"""Whom a form is about and what was entered, and what would become of it if it were sent now."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException

from domain.access.rights import PersonKind
from domain.attendance.assess_overtime import settle_overtime
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.request_facts import YEARS_MAX
from domain.attendance.request_fault import Why
from domain.attendance.requests import OvertimeRequest, Request, RequestKind
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from gateway.operations.attendance.apply_request import may_apply
from gateway.pages.attendance.caps_view import Bar
from gateway.pages.drawing.dates import read_date
from gateway.pages.entrance.visit import Visit
from gateway.pages.requests.asked_day import AskedDay, load_plan
from gateway.pages.requests.cap_bar import derive_cap_bars
from gateway.pages.requests.entered import Entered
from gateway.pages.requests.fault_words import tell_faults
from gateway.pages.requests.request_form import UnreadableFormError, read_request
from gateway.requests.assessment import assess_now
from gateway.requests.rules import Rules
from store.deciders import load_organisation
from store.people import Person, load_person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of a form before it is sent: what would keep it from being taken, and the caps it would fill."""

    faults: tuple[str, ...] = ()
    caps: tuple[Bar, ...] = ()


def find_asked_person(tx: Tx, visit: Visit, person_id: str) -> Person:
    """Give the person whom a form is about, or nothing at all to whoever may not apply for that one.

    Raises:
        HTTPException: 404, there is nobody of that id for this visitor.
    """
    applicant_id = visit.signed_in.person_id
    person = load_person(tx, person_id) if person_id and applicant_id else None
    if person is None or person.kind != PersonKind.staff:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if not may_apply(applicant_id, person, load_organisation(tx, civil_minute(tx.now)[0])):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return person


def read_entered(tx: Tx, person: Person, entered: Entered, rules: Rules) -> Request:
    """Give what was entered as a request; overtime that has begun is one applied for afterwards.

    Raises:
        UnreadableFormError: fields cannot be read.
        ImpossiblePlanError: what is in force fits no plan.
    """
    plan = None
    on = read_date(entered.from_on)
    if entered.form is RequestKind.leave and on is not None and abs(on.year - tx.now.year) <= YEARS_MAX:
        plan = load_plan(tx, person, on, rules)
    request = read_request(entered, plan)
    if isinstance(request, OvertimeRequest):
        return settle_overtime(request, axis_minute(*civil_minute(tx.now)))
    return request


def look_ahead(visit: Visit, day: AskedDay, entered: Entered) -> Ahead:
    """Hold what a form says already against everything as it stands; a reason is not asked for yet."""
    context = visit.pages.context
    now = context.now()
    try:
        with context.store.transaction(now) as tx:
            request = read_entered(tx, day.person, entered, context.rules)
            assessed = assess_now(tx, request, day.person, context.rules, asked_at=now, besides=entered.id)
    except (UnreadableFormError, ImpossiblePlanError):
        return Ahead()
    told = tell_faults((fault for fault in assessed.faults if fault.why is not Why.no_reason), visit.language)
    faults = tuple(dict.fromkeys(text for texts in told.values() for text in texts))
    if isinstance(request, OvertimeRequest) and request.starts_minute < request.ends_minute:
        return Ahead(faults, derive_cap_bars(day.facts, request, day.asked_at))
    return Ahead(faults)
