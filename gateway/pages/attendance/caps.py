"""上限と見通し: a person's overtime against the caps of the month and of the year, and when one would be crossed."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.attendance.forecast import forecast_caps
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.profile import Counting
from domain.attendance.spans import axis_minute
from domain.civil import civil_minute
from gateway.pages.attendance.asked_month import AskedMonth, MonthAsked
from gateway.pages.attendance.caps_view import view_caps
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.months import load_year_facts

router = APIRouter()

_PAGE, _PART = "attendance/caps.html", "attendance/parts/caps.html"


@router.get("/months/{period}/caps")
@router.get("/people/{person_id}/months/{period}/caps")
def get_caps(visit: Visitor, asked: MonthAsked) -> Response:
    """Show somebody's caps."""
    return _show(visit, _PAGE, asked)


@router.get("/months/{period}/caps/part")
@router.get("/people/{person_id}/months/{period}/caps/part")
def get_caps_part(visit: Visitor, asked: MonthAsked) -> Response:
    """Give somebody's caps for the month's page."""
    return _show(visit, _PART, asked)


def _show(visit: Visit, template: str, asked: AskedMonth) -> Response:
    context, person_id = visit.pages.context, asked.person.person_id
    with context.store.reading(asked.now) as tx:
        facts = load_year_facts(tx, (person_id,), asked.period.name, context.rules.profiles)[person_id]
    minute = axis_minute(*civil_minute(asked.now))
    try:
        ordinance, statutory = forecast_caps(facts, minute)
    except ImpossiblePlanError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    by_ordinance = facts.profile.counting is Counting.ordinance
    return visit.render(
        template,
        person=asked.person,
        period=asked.period,
        caps=view_caps((ordinance if by_ordinance else statutory).caps, minute),
        statutory=view_caps(statutory.caps, minute) if by_ordinance else (),
        path=asked.path,
        now=asked.now,
    )
