"""利用の報告: a month of one facility, or of all that the visitor serves."""

from calendar import monthrange
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute, instant
from domain.facilities.use_report import derive_room_uses
from domain.zones.export import Export
from gateway.bookings.facility_rules import load_houses
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.drawing.months import is_month, month_of, shift_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.use_reports.report_file import WRITERS
from gateway.pages.use_reports.report_view import MonthReport, draw_hours, view_ends, view_money, view_use
from store.booking_sums import count_ends, list_uses_in
from store.facilities import list_facilities
from store.taking_sums import sum_takings

router = APIRouter()

Month = Annotated[str, Query(max_length=7)]
Id = Annotated[str, Query(max_length=64)]
Table = Literal["rooms", "hours", "takings", "ends"]
"""As ``report_file.WRITERS`` knows them."""


@router.get("/facility-reports")
def get_report(visit: Visitor, month: Month = "", facility: Id = "") -> Response:
    """Show a month, the current one unless another is asked for."""
    report = load_report(visit, month, facility)
    current = month_of(report.today)
    return visit.render(
        "use_reports/report.html",
        report=report,
        hours=draw_hours(report.use),
        house=next((each for each in report.houses if each.id == report.facility_id), None),
        is_current=report.month == current,
        months=(shift_month(report.month, -1), shift_month(report.month, 1) if report.month < current else ""),
    )


@router.get("/facility-reports/file")
def get_file(
    visit: Visitor, table: Table, month: Month = "", facility: Id = "", encoding: Encoding = "utf8"
) -> Response:
    """Give one of the tables as CSV."""
    report = load_report(visit, month, facility)
    phrases = visit.phrases
    header, *rows = WRITERS[table](report, phrases)
    name = f"{phrases.say('use_reports.title')}_{table}"
    leaving = let_out(visit, Export.use_reports)
    return send_csv(leaving, name, report.first_on, [str(cell) for cell in header], rows, encoding=encoding)


def load_report(visit: Visit, month: str, facility_id: str) -> MonthReport:
    """Give a month of a house, or of all that the visitor serves.

    Raises:
        HTTPException: 404, the house is not one of those.
    """
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    wanted = month if is_month(month) else month_of(today)
    first_on = date.fromisoformat(f"{wanted}-01")
    days = [first_on + timedelta(days=day) for day in range(monthrange(first_on.year, first_on.month)[1])]
    from_at, until_at = instant(days[0], 0), instant(days[-1] + timedelta(days=1), 0)
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        houses = list_facilities(tx, scope.read)
        if facility_id and facility_id not in scope.read:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        ids = [facility_id] if facility_id else [each.id for each in houses]
        rules = load_houses(tx, days[0], days[-1], facilities=ids)
        uses = list_uses_in(tx, ids, from_at, until_at + timedelta(days=1))
        counts = count_ends(tx, ids, from_at, until_at)
        sums = sum_takings(tx, ids, days[0], days[-1])
    windows = {key: each.windows for key, each in rules.open_days(days).items()}
    rooms = rules.list_rooms()
    return MonthReport(
        wanted,
        facility_id,
        houses,
        view_use(rooms, derive_room_uses(windows, uses)),
        view_money(sums, days),
        view_ends(rooms, counts),
        sums,
        today,
    )
