"""出勤簿: a person's month. One's own is the home page; 所属長, HR and the auditor may open others'."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.attendance.month import month_bounds
from domain.attendance.month_fault import RefusedMonthError
from domain.attendance.plan import ImpossiblePlanError
from domain.civil import duty_day, month_end
from gateway.operations.attendance.confirm_month import confirm_own_month
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import may_see_month
from gateway.pages.attendance.month_page import load_month_page, load_month_view
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.attendance.month_view import DayRow
from gateway.pages.drawing.phrases import Phrases
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.directory import DirectoryLine, load_directory_line

router = APIRouter()

MONTHS_AHEAD = 3
"""How many months after the current one may be leafed to, to plan ahead."""

_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_PAGE, _PART = "attendance/month.html", "attendance/parts/month.html"


@router.get("/")
def get_home(visit: Visitor) -> Response:
    """Show the own month of a person; lead an account of no person to the first page it may open."""
    if visit.signed_in.person_id and visit.may(Right.own_month):
        return _show(visit, _PAGE, visit.signed_in.person_id, f"{today_of(visit):%Y-%m}")
    first = next((tab.path for tab in visit.tabs if tab.path != "/"), None)
    if first is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return see_other(first)


@router.get("/months/{period}")
def get_month(visit: Visitor, period: str) -> Response:
    """Show a month of the visitor's own."""
    return _show(visit, _PAGE, visit.signed_in.person_id, period)


@router.get("/months/{period}/part")
def get_month_part(visit: Visitor, period: str) -> Response:
    """Give the part of the own month that a tap changes."""
    return _show(visit, _PART, visit.signed_in.person_id, period)


@router.get("/people/{person_id}/months/{period}")
def get_persons_month(visit: Visitor, person_id: str, period: str) -> Response:
    """Show somebody's month, to those who may see it."""
    return _show(visit, _PAGE, person_id, period)


@router.post("/months/{period}/confirm")
def post_confirmation(
    visit: Visitor, period: str, seen: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")] = ""
) -> Response:
    """Confirm the own month as it was shown."""
    context = visit.pages.context
    now, person_id = context.now(), visit.signed_in.person_id
    read_period(period, today_of(visit))
    find_person(visit, person_id, now)
    try:
        with context.store.transaction(now) as tx:
            confirm_own_month(tx, person_id, period, context.rules.profile, by=person_id, seen_hash=seen)
    except RefusedMonthError as error:
        return _show(visit, _PAGE, person_id, period, fault=tell_why(error.faults[0].why, visit.language))
    return see_other(f"/months/{period}")


@dataclass(frozen=True, slots=True)
class Period:
    """A month with its neighbours; ``following`` is empty where there is none to plan yet."""

    name: str
    first_on: date
    last_on: date
    previous: str
    following: str
    is_current: bool


def load_day(visit: Visit, person_id: str, now: datetime) -> DayRow | None:
    """Give a person's row of today, as the attendance book has it."""
    today = duty_day(now, date_change_minutes=visit.pages.context.rules.profile.date_change_minutes)
    view = load_month_view(visit.pages.context, person_id, f"{today:%Y-%m}", now)
    return next((row for row in view.rows if row.day.on == today), None)


def today_of(visit: Visit) -> date:
    """Give the duty day of now."""
    context = visit.pages.context
    return duty_day(context.now(), date_change_minutes=context.rules.profile.date_change_minutes)


def find_person(visit: Visit, person_id: str, now: datetime) -> DirectoryLine:
    """Give the person, or nothing at all to whoever may not know that there is one.

    Raises:
        HTTPException: 404.
    """
    with visit.pages.context.store.reading(now) as tx:
        person = load_directory_line(tx, person_id)
    if person is None or not may_see_month(
        visit.signed_in, visit.roles, person_id=person_id, department_id=person.department_id
    ):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if person.kind != PersonKind.staff and person_id != visit.signed_in.person_id:  # only staff have the book
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return person


def read_period(name: str, today: date) -> Period:
    """Give the month of a path.

    Raises:
        HTTPException: 404, it is none.
    """
    if _PERIOD.fullmatch(name) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    first_on, last_on = month_bounds(name)
    before, after = first_on - timedelta(days=1), last_on + timedelta(days=1)
    following = f"{after:%Y-%m}" if after <= month_end(today, months=MONTHS_AHEAD) else ""
    return Period(name, first_on, last_on, f"{before:%Y-%m}", following, first_on <= today <= last_on)


def _show(visit: Visit, template: str, person_id: str, period_name: str, *, fault: str | None = None) -> Response:
    context = visit.pages.context
    now, today = context.now(), today_of(visit)
    period = read_period(period_name, today)
    person = find_person(visit, person_id, now)
    own = person_id == visit.signed_in.person_id
    path = "/months/" if own else f"/people/{person_id}/months/"
    try:
        page = load_month_page(context, Phrases(visit.language), person_id, period.name, now)
    except ImpossiblePlanError as error:
        page, fault = None, error.expected
    return visit.render(
        template,
        fault=fault,
        status=HTTPStatus.OK if page is None else None,
        page=page,
        person=person,
        period=period,
        today=today,
        now=now,
        own=own,
        path=path,
        interval_minutes=context.rules.profile.interval_minutes,
        live=own and period.is_current and page is not None,
    )
