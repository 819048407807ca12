"""休暇取得状況: a department's leave by person, granted, taken and left, as a file too; a month of who is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from domain.attendance.leave_kinds import Allowance, LeaveKind
from domain.attendance.leave_minutes import LeaveAmount
from domain.attendance.leave_report import list_leave
from domain.civil import civil_minute
from domain.ids import ID_PATTERN
from domain.zones.export import Export
from gateway.pages.access.rights import Right
from gateway.pages.attendance.leave_table import LeaveTable, SortBy, derive_table
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.drawing.months import MONTH_PATTERN, shift_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.requests.choice_words import tell_amount
from gateway.pages.rosters.facts import load_roster
from gateway.pages.rosters.grid_view import Grid, derive_grid
from gateway.pages.rosters.rosters import list_own_departments
from store.directory import DirectoryLine, list_people_by_department
from store.leave_ledgers import load_leave_ledgers
from store.people import Department, load_persons
from store.tx import Tx

router = APIRouter()

ROWS_MAX = 500
_COLUMNS = ("leave_book.column_person_id", "leave_book.column_person", "leave_book.column_department")
EVERY = "-"
"""The choice of all departments together."""


class LeaveQuery(BaseModel):
    """Which list is asked for; what is left out is filled in."""

    model_config = ConfigDict(frozen=True)

    department: Annotated[str, Field(pattern=f"(^-?$)|({ID_PATTERN})")] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    year: Annotated[int | None, Field(ge=2000, le=2200)] = None
    sort: SortBy = SortBy.name
    descending: bool = False
    month: Annotated[str, Field(pattern=MONTH_PATTERN)] = ""
    encoding: Encoding = "utf8"


AskedList = Annotated[LeaveQuery, Query()]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, with everything filled in; ``department`` None is every one."""

    departments: list[Department]
    department: Department | None
    kind: LeaveKind
    year: int
    sort: SortBy
    descending: bool

    def query(self, **changes: object) -> str:
        """Give the address of the same list with some of it changed."""
        same = {
            "department": self.department.id if self.department else EVERY,
            "kind": self.kind.id,
            "year": self.year,
            "sort": self.sort.value,
            "descending": str(self.descending).lower(),
        }
        return urlencode({name: value for name, value in (same | changes).items() if value != ""})


@router.get("/attendance/leave/department")
def get_department_leave(visit: Visitor, query: AskedList) -> Response:
    """Show a department's list, and a month of who is away."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    period = query.month or f"{today:%Y-%m}"
    with context.store.reading(context.now()) as tx:
        asked = _read(tx, visit, query, today)
        table, without = _load_table(tx, visit, asked, today)
        grid = _load_grid(tx, visit, asked, period)
    return visit.render(
        "attendance/leave_department.html",
        asked=asked,
        table=table,
        rows_max=ROWS_MAX,
        without=without,
        kinds=[each for each in context.rules.leave_kinds.values() if each.has_balance],
        years=range(today.year, today.year - 5, -1),
        every=EVERY,
        sees_all=visit.may(Right.all_months),
        keeps=visit.may(Right.keep_attendance),
        SortBy=SortBy,
        grid=grid,
        period=period,
        previous=shift_month(period, -1),
        following=shift_month(period, 1),
        today=today,
        tell=lambda amount: tell_amount(amount, visit.phrases),
    )


@router.get("/attendance/leave/department/file")
def get_department_file(visit: Visitor, query: AskedList) -> Response:
    """Give the same list as a file; amounts are days and, beside them, hours and minutes."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    with context.store.reading(context.now()) as tx:
        asked = _read(tx, visit, query, today)
        table, _ = _load_table(tx, visit, asked, today)
    phrases = visit.phrases
    amounts = ("granted", "carried", "taken", "left")
    columns = [phrases.say(key) for key in _COLUMNS]
    for name in amounts:
        columns += [phrases.say(f"leave_book.{name}"), phrases.say("leave_book.column_hours")]
    rows = (
        (
            each.person.person_id,
            each.person.name,
            each.person.department,
            *(cell for name in amounts for cell in _cells(getattr(each.row, name))),
            "" if each.row.share_per_mille is None else f"{each.row.share_per_mille / 10:.1f}",
        )
        for each in table.rows
    )
    leaving = let_out(visit, Export.attendance)
    return send_csv(
        leaving,
        phrases.say("leave_book.department_title"),
        today,
        [*columns, phrases.say("leave_book.share")],
        rows,
        encoding=query.encoding,
    )


def _cells(amount: LeaveAmount) -> Iterator[object]:
    yield amount.days
    yield f"{amount.minutes // 60}:{amount.minutes % 60:02d}"


def _read(tx: Tx, visit: Visit, query: LeaveQuery, today: date) -> _Asked:
    """Fill in what was not asked for; what this visitor may not see is not there."""
    departments = list_own_departments(tx, visit)
    own = visit.signed_in.heads
    usual = next((each.id for each in departments if each.id in own), departments[0].id if departments else "")
    chosen = next((each for each in departments if each.id == (query.department or usual)), None)
    is_every = query.department == EVERY and visit.may(Right.all_months)
    kinds = visit.pages.context.rules.leave_kinds
    usual_kind = next((each.id for each in kinds.values() if each.allowance is Allowance.granted), "")
    kind = kinds.get(query.kind or usual_kind)
    if (chosen is None and not is_every) or kind is None or not kind.has_balance:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return _Asked(
        departments,
        None if is_every else chosen,
        kind,
        min(query.year or today.year, today.year),
        query.sort,
        query.descending,
    )


def _load_table(tx: Tx, visit: Visit, asked: _Asked, today: date) -> tuple[LeaveTable, list[DirectoryLine]]:
    """Give the list, and who is not on it because nothing says what their grants follow."""
    rules = visit.pages.context.rules
    lines = {each.person_id: each for each in list_people_by_department(tx, _ids(asked))}
    persons = load_persons(tx, lines)
    ledgers = load_leave_ledgers(
        tx,
        [persons[each] for each in lines],
        asked.kind,
        asked.year,
        schemes=rules.leave_schemes,
        profile=rules.profiles,
    )
    on = min(today, date(asked.year, 12, 31))
    days = {each.person_id: each.day_minutes for each in ledgers}
    table = derive_table(lines, list_leave(ledgers, on), days, sort=asked.sort, descending=asked.descending)
    return table, [line for who, line in lines.items() if who not in days]


def _load_grid(tx: Tx, visit: Visit, asked: _Asked, period: str) -> Grid | None:
    """Give who is away in a month; not of every department at once."""
    if asked.department is None:
        return None
    rules = visit.pages.context.rules
    return derive_grid(load_roster(tx, asked.department.id, period, rules), rules.profile_of(period), rules.leave_kinds)


def _ids(asked: _Asked) -> list[str] | None:
    return None if asked.department is None else [asked.department.id]
