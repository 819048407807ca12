"""時間外の見える化: overtime by department against the caps, and who is near one. A head sees the own departments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.attendance.caps import Month
from domain.attendance.month import month_bounds
from domain.civil import format_h_mm
from domain.zones.export import Export
from gateway.months.looking import look_due_at
from gateway.pages.access.rights import Right
from gateway.pages.attendance.asked_month import Period, read_period, today_of
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.overtime_view import (
    NEAR_PERCENT,
    DepartmentView,
    PersonView,
    list_window,
    list_year,
    view_departments,
    view_people,
)
from gateway.pages.information.let_out import let_out
from store.divergent_days import LookedThrough, count_looks
from store.months import load_staff
from store.overtime_sums import list_department_sums, list_person_sums

router = APIRouter()

PEOPLE_MAX = 200
"""So many people are named at most; a city with more has another question first."""

COLUMNS = (
    "overtime.column_id",
    "overtime.column_department",
    "overtime.column_people",
    "overtime.column_month_sum",
    "overtime.column_month_average",
    "overtime.column_month_highest",
    "overtime.column_year_sum",
    "overtime.column_year_average",
    "overtime.column_year_highest",
)
"""The names of the file's columns, by key."""

WantedPeriod = Annotated[str, Query(max_length=7)]


@router.get("/attendance/overtime")
def get_overtime(visit: Visitor, period: WantedPeriod = "") -> Response:
    """Show a month, the current one unless another is asked for."""
    month = _read_month(visit, period)
    report = _load(visit, month)
    return visit.render(
        "hr/overtime.html",
        period=month,
        departments=report.departments,
        people=report.people[:PEOPLE_MAX],
        many=len(report.people),
        looked=report.looked,
        year=report.year,
        profile=visit.pages.context.rules.profile_of(month.name),
        near_percent=NEAR_PERCENT,
        now=visit.pages.context.now(),
    )


@router.get("/attendance/overtime/file")
def get_overtime_file(visit: Visitor, period: WantedPeriod = "", encoding: Encoding = "utf8") -> Response:
    """Give the departments' table as CSV."""
    month = _read_month(visit, period)
    phrases = visit.phrases
    header = [phrases.say(key) for key in COLUMNS]
    rows = _rows(_load(visit, month).departments)
    leaving = let_out(visit, Export.attendance)
    return send_csv(leaving, phrases.say("overtime.title"), month.last_on, header, rows, encoding=encoding)


@dataclass(frozen=True, slots=True)
class _Report:
    departments: tuple[DepartmentView, ...]
    people: tuple[PersonView, ...]
    looked: LookedThrough
    year: tuple[str, str]


def _load(visit: Visit, period: Period) -> _Report:
    context = visit.pages.context
    now, profile = context.now(), context.rules.profile_of(period.name)
    departments = None if visit.may(Right.all_months) else visit.signed_in.heads
    month: Month = (period.first_on.year, period.first_on.month)
    year, window = list_year(month, profile), list_window(month, profile)
    with context.store.reading(now) as tx:
        found = list_department_sums(tx, period.name, year, departments)
        people = list_person_sums(
            tx,
            window,
            month_least=_share(min(profile.month_cap_minutes, profile.notice_minutes)),
            year_least=_share(profile.year_cap_minutes),
            departments=departments,
        )
        staff = load_staff(tx, [each.person_id for each in people], period.last_on, since=month_bounds(window[0])[0])
        looked = count_looks(tx, period.name, look_due_at(period.name, now, context.rules.profiles))
    return _Report(
        view_departments(found, profile), view_people(people, staff, month, profile), looked, (year[0], year[-1])
    )


def _share(minutes: int) -> int:
    return minutes * NEAR_PERCENT // 100


def _rows(departments: tuple[DepartmentView, ...]) -> Iterator[tuple[object, ...]]:
    for each in departments:
        sums = each.sums
        minutes = (
            sums.month_minutes,
            each.month.average_minutes,
            sums.month_highest_minutes,
            sums.year_minutes,
            each.year.average_minutes,
            sums.year_highest_minutes,
        )
        yield sums.id, sums.name, sums.people, *(format_h_mm(minute) for minute in minutes)


def _read_month(visit: Visit, period: str) -> Period:
    today = today_of(visit)
    return read_period(period or f"{today:%Y-%m}", today)
