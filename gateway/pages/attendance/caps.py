"""上限と見通し: a person's overtime against the caps of the month and of the year, and when one would be crossed."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.attendance.forecast import forecast_caps
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import Counting
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from gateway.pages.attendance.caps_view import view_caps
from gateway.pages.attendance.month import find_person, read_period, today_of
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.months import load_year_facts

router = APIRouter()

_PAGE, _PART = "attendance/caps.html", "attendance/parts/caps.html"


@router.get("/months/{period}/caps")
def get_caps(visit: Visitor, period: str) -> Response:
    """Show the own caps."""
    return _show(visit, _PAGE, visit.signed_in.person_id, period)


@router.get("/months/{period}/caps/part")
def get_caps_part(visit: Visitor, period: str) -> Response:
    """Give the own caps for the month's page."""
    return _show(visit, _PART, visit.signed_in.person_id, period)


@router.get("/people/{person_id}/months/{period}/caps")
def get_persons_caps(visit: Visitor, person_id: str, period: str) -> Response:
    """Show somebody's caps, to those who may see the month."""
    return _show(visit, _PAGE, person_id, period)


@router.get("/people/{person_id}/months/{period}/caps/part")
def get_persons_caps_part(visit: Visitor, person_id: str, period: str) -> Response:
    """Give somebody's caps for the month's page."""
    return _show(visit, _PART, person_id, period)


def _show(visit: Visit, template: str, person_id: str, period_name: str) -> Response:
    context = visit.pages.context
    now, today = context.now(), today_of(visit)
    period = read_period(period_name, today)
    person = find_person(visit, person_id, now)
    with context.store.reading(now) as tx:
        facts = load_year_facts(tx, (person_id,), period.name, context.rules.profile)[person_id]
    minute = axis_minute(*civil_minute(now))
    try:
        ordinance, statutory = forecast_caps(facts, minute)
    except ImpossiblePlanError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    by_ordinance = context.rules.profile.counting is Counting.ordinance
    own = person_id == visit.signed_in.person_id
    return visit.render(
        template,
        person=person,
        period=period,
        caps=view_caps((ordinance if by_ordinance else statutory).caps, minute),
        statutory=view_caps(statutory.caps, minute) if by_ordinance else (),
        path="/months/" if own else f"/people/{person_id}/months/",
        now=now,
    )
