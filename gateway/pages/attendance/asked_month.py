"""The month that an address asks for: the visitor's own, or that of somebody whose month the visitor may see."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from domain.access.rights import PersonKind
from domain.attendance.duty_clock import duty_today
from domain.attendance.month import month_bounds
from domain.civil import month_end
from gateway.pages.access.roles import may_see_month
from gateway.pages.drawing.months import if_begun, is_month, shift_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from store.directory import DirectoryLine, load_directory_line

MONTHS_AHEAD = 3
"""How many months after the current one may be leafed to, to plan ahead."""


@dataclass(frozen=True, slots=True)
class Period:
    """A month with its neighbours; ``following`` is empty where there is none to plan yet."""

    name: str
    first_on: date
    last_on: date
    previous: str
    following: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class AskedMonth:
    """Somebody's month at an instant; ``path`` is what that person's months stand under, ``today`` the duty day."""

    person: DirectoryLine
    period: Period
    own: bool
    path: str
    today: date
    now: datetime


def ask_month(visit: Visit, person_id: str, period_name: str) -> AskedMonth:
    """Give a person's month, or nothing at all to whoever may not know that there is one.

    Raises:
        HTTPException: 404.
    """
    now, today = visit.pages.context.now(), today_of(visit)
    period = read_period(period_name, today)
    own = person_id == visit.signed_in.person_id
    path = "/months/" if own else f"/people/{person_id}/months/"
    return AskedMonth(_find_person(visit, person_id, now), period, own, path, today, now)


def read_address(request: Request, visit: Visitor, period: str) -> AskedMonth:
    """Give the month of a path, which names a person unless it is the visitor's own; see :func:`ask_month`."""
    return ask_month(visit, request.path_params.get("person_id", visit.signed_in.person_id), period)


MonthAsked = Annotated[AskedMonth, Depends(read_address)]
"""A route's month; the route stands under ``/months/{period}``, ``/people/{person_id}/months/{period}`` or both."""


def today_of(visit: Visit) -> date:
    """Give the duty day of now."""
    context = visit.pages.context
    return duty_today(context.now(), context.rules.profiles)


def read_period(name: str, today: date) -> Period:
    """Give the month of a path.

    Raises:
        HTTPException: 404, it is none.
    """
    if not is_month(name):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    first_on, last_on = month_bounds(name)
    following = if_begun(shift_month(name, 1), month_end(today, months=MONTHS_AHEAD))
    return Period(name, first_on, last_on, shift_month(name, -1), following, first_on <= today <= last_on)


def _find_person(visit: Visit, person_id: str, now: datetime) -> DirectoryLine:
    with visit.pages.context.store.reading(now) as tx:
        person = load_directory_line(tx, person_id)
    if person is None or not may_see_month(
        visit.signed_in, visit.roles, person_id=person_id, department_id=person.department_id
    ):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if person.kind != PersonKind.staff and person_id != visit.signed_in.person_id:  # only staff have the book
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return person
