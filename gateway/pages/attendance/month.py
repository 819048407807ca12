"""出勤簿: a person's month. One's own is the home page; 所属長, HR and the auditor may open others'."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.attendance.duty_clock import duty_today
from domain.attendance.month_fault import RefusedMonthError
from domain.attendance.plan import ImpossiblePlanError
from gateway.operations.attendance.confirm_month import confirm_own_month
from gateway.pages.access.rights import Right
from gateway.pages.attendance.asked_month import AskedMonth, MonthAsked, ask_month, today_of
from gateway.pages.attendance.month_page import load_month_page, load_month_view
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.attendance.month_view import DayRow
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.navigation import find_home

router = APIRouter()

_PAGE, _PART = "attendance/month.html", "attendance/parts/month.html"


@router.get("/")
def get_home(visit: Visitor) -> Response:
    """Show the own month of a person; lead an account of no person to the page of its work."""
    if visit.signed_in.person_id and visit.may(Right.own_month):
        return _show(visit, _PAGE, ask_month(visit, visit.signed_in.person_id, f"{today_of(visit):%Y-%m}"))
    home = find_home([tab for tab in visit.tabs if tab.path != "/"])
    if home is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return see_other(home.path)


@router.get("/months/{period}")
@router.get("/people/{person_id}/months/{period}")
def get_month(visit: Visitor, asked: MonthAsked) -> Response:
    """Show a month."""
    return _show(visit, _PAGE, asked)


@router.get("/months/{period}/part")
def get_month_part(visit: Visitor, asked: MonthAsked) -> Response:
    """Give the part of the own month that a tap changes."""
    return _show(visit, _PART, asked)


@router.post("/months/{period}/confirm")
def post_confirmation(
    visit: Visitor, asked: MonthAsked, seen: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")] = ""
) -> Response:
    """Confirm the own month as it was shown."""
    context, period, person_id = visit.pages.context, asked.period.name, asked.person.person_id
    try:
        with context.store.transaction(asked.now) as tx:
            confirm_own_month(tx, person_id, period, context.rules.profiles, by=person_id, seen_hash=seen)
    except RefusedMonthError as error:
        return _show(visit, _PAGE, asked, fault=tell_why(error.faults[0].why, visit.language))
    return see_other(f"/months/{period}")


def load_day(visit: Visit, person_id: str, now: datetime) -> DayRow | None:
    """Give a person's row of today, as the attendance book has it."""
    today = duty_today(now, visit.pages.context.rules.profiles)
    view = load_month_view(visit.pages.context, person_id, f"{today:%Y-%m}", now)
    return next((row for row in view.rows if row.day.on == today), None)


def _show(visit: Visit, template: str, asked: AskedMonth, *, fault: str | None = None) -> Response:
    context, period = visit.pages.context, asked.period
    try:
        page = load_month_page(context, visit.phrases, asked.person.person_id, period.name, asked.now)
    except ImpossiblePlanError as error:
        page, fault = None, error.expected
    profile = context.rules.profile_of(period.name)
    return visit.render(
        template,
        fault=fault,
        status=HTTPStatus.OK if page is None else None,
        page=page,
        person=asked.person,
        period=period,
        today=asked.today,
        now=asked.now,
        own=asked.own,
        path=asked.path,
        core=(profile.flex_core_starts_minute, profile.flex_core_ends_minute),
        interval_minutes=profile.interval_minutes,
        live=asked.own and period.is_current and page is not None,
    )
