"""出勤簿: a person's month. One's own is the home page; 所属長, HR and the auditor may open others'."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.attendance.month import derive_month, month_bounds
from domain.civil import JST, duty_day, instant
from domain.ids import PersonId
from gateway.pages.access import Right, may_see_month
from gateway.pages.attendance.month_view import DayRow, MonthView, derive_view
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import view_tap
from store.board import list_tap_lines
from store.calendar import list_calendar
from store.directory import DirectoryLine, load_directory_line
from store.months import load_month_facts
from store.orders import list_orders

router = APIRouter()

MONTH_TAPS_MAX = 2000
_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@router.get("/")
def get_home(visit: Visitor) -> Response:
    """Show the own month of a person; lead an account of no person to the first page it may open."""
    if visit.signed_in.person_id and visit.may(Right.own_month):
        return _show(visit, "attendance/month.html", visit.signed_in.person_id, _this_month(visit))
    first = next((tab.path for tab in visit.tabs if tab.path != "/"), None)
    if first is None:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return see_other(first)


@router.get("/months/{period}")
def get_month(visit: Visitor, period: str) -> Response:
    """Show a month of the visitor's own."""
    return _show(visit, "attendance/month.html", visit.signed_in.person_id, period)


@router.get("/months/{period}/part")
def get_month_part(visit: Visitor, period: str) -> Response:
    """Give the part of the own month that a tap changes."""
    return _show(visit, "attendance/parts/month.html", visit.signed_in.person_id, period)


@router.get("/people/{person_id}/months/{period}")
def get_persons_month(visit: Visitor, person_id: str, period: str) -> Response:
    """Show somebody's month, to those who may see it."""
    return _show(visit, "attendance/month.html", person_id, period)


@dataclass(frozen=True, slots=True)
class _Period:
    """A month with its neighbours; ``following`` is empty for the current month and later."""

    name: str
    first_on: date
    last_on: date
    previous: str
    following: str


def load_day(visit: Visit, person_id: str, now: datetime) -> DayRow | None:
    """Give a person's row of today, as the attendance book has it."""
    today = duty_day(now, date_change_minutes=visit.pages.context.rules.profile.date_change_minutes)
    period = _read_period(f"{today:%Y-%m}", today)
    view = _load_view(visit, person_id, period, now)
    return next((row for row in view.rows if row.day.on == today), None)


def _show(visit: Visit, template: str, person_id: str, period_name: str) -> Response:
    now = visit.pages.context.now()
    today = duty_day(now, date_change_minutes=visit.pages.context.rules.profile.date_change_minutes)
    period = _read_period(period_name, today)
    person = _find_person(visit, person_id, now)
    own = person_id == visit.signed_in.person_id
    path = "/months/" if own else f"/people/{person_id}/months/"
    return visit.render(
        template,
        view=_load_view(visit, person_id, period, now),
        person=person,
        period=period,
        today=today,
        path=path,
        live=own and period.first_on <= today <= period.last_on,
    )


def _find_person(visit: Visit, person_id: str, now: datetime) -> DirectoryLine:
    """Give the person, or nothing at all to whoever may not know that there is one."""
    with visit.pages.context.store.reading(now) as tx:
        person = load_directory_line(tx, person_id)
    if person is None or not may_see_month(
        visit.signed_in, visit.roles, person_id=person_id, department_id=person.department_id
    ):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if person.kind != PersonKind.staff and person_id != visit.signed_in.person_id:  # only staff have the book
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return person


def _load_view(visit: Visit, person_id: str, period: _Period, now: datetime) -> MonthView:
    context = visit.pages.context
    profile = context.rules.profile
    since = instant(period.first_on, profile.date_change_minutes)
    until = instant(period.last_on + timedelta(days=1), profile.date_change_minutes)
    with context.store.reading(now) as tx:
        facts = load_month_facts(tx, person_id, period.name, profile)
        taps = list_tap_lines(tx, since=since, until=until, person_id=PersonId(person_id), limit=MONTH_TAPS_MAX)
        orders = list_orders(tx, (person_id,), since=since, until=until)
        holidays = {day.day_on: day.name for day in list_calendar(tx, period.first_on, period.last_on)}
    return derive_view(
        derive_month(facts),
        [view_tap(line, context.site) for line in reversed(taps)],
        orders,
        holidays,
        date_change_minutes=profile.date_change_minutes,
        today=duty_day(now, date_change_minutes=profile.date_change_minutes),
    )


def _this_month(visit: Visit) -> str:
    return f"{visit.pages.context.now().astimezone(JST):%Y-%m}"


def _read_period(name: str, today: date) -> _Period:
    if _PERIOD.fullmatch(name) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    first_on, last_on = month_bounds(name)
    before, after = first_on - timedelta(days=1), last_on + timedelta(days=1)
    return _Period(name, first_on, last_on, f"{before:%Y-%m}", f"{after:%Y-%m}" if after <= today else "")
