"""締め: how far a month is, the check sheet before it is closed, and the closing as it goes on."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.attendance.adjustment import AdjustmentState
from domain.attendance.check_sheet import BlockerKind
from domain.attendance.closing import IN_FORCE
from domain.attendance.month_fault import MonthFault, RefusedMonthError
from domain.civil import civil_minute
from gateway.months.checking import check_people, list_late_readers
from gateway.months.overview import overlook_people
from gateway.operations.attendance.ask_to_close import ask_to_close
from gateway.operations.attendance.close_month import REASON_LENGTH_MAX
from gateway.pages.access.rights import Right
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.closing_view import (
    SHOWN_MAX,
    STAGES,
    LeftOpen,
    Sheet,
    count_progress,
    list_departments,
    list_left,
    view_sheet,
)
from gateway.pages.hr.month_period import EndedMonth, find_month
from store.closing_runs import AskedRun, load_latest_run, load_open_run
from store.deciders import load_organisation
from store.divergent_days import count_looks
from store.month_adjustments import list_adjustments
from store.month_staff import MonthStaff, list_month_staff
from store.people import load_persons
from store.tx import Tx

router = APIRouter()

COUNTED_MAX = 200
"""So many open months are counted for one look at the check sheet; of more it says what the last look found."""

_WAITING = frozenset({AdjustmentState.found, AdjustmentState.proposed})

Id = Annotated[str, Form(max_length=64)]
Readers = Annotated[list[Id], Form(max_length=500, default_factory=list)]


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody entered into the form that closes, shown again when something is wrong with it."""

    without: frozenset[str] = frozenset()
    reason: str = ""
    faults: tuple[MonthFault, ...] = ()


@router.get("/attendance/closing")
def get_closing(
    visit: Visitor,
    period: Annotated[str, Query(max_length=10)] = "",
    department: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show how far a month is (the last one by default) and what keeps it from being closed."""
    context = visit.pages.context
    return _show(visit, find_month(period, context.now(), context.rules.profiles), department, Entered())


@router.post("/attendance/closing/{period}")
def post_closing(
    visit: Visitor,
    period: str,
    *,
    request: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],
    without: Readers,
    department: Id = "",
    reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX * 2)] = "",
) -> Response:
    """Have the months closed that are ready; the page that follows shows how far that is."""
    context = visit.pages.context
    month = find_month(period, context.now(), context.rules.profiles)
    by = visit.signed_in.person_id or ""
    readers = frozenset(without)
    asked = AskedRun(request, month.name, department or None, by, readers, reason.strip()[:REASON_LENGTH_MAX])
    try:
        with context.store.transaction(context.now()) as tx:
            organisation = load_organisation(tx, civil_minute(tx.now)[0])
            ask_to_close(tx, asked, context.rules.profiles, organisation=organisation)
    except RefusedMonthError as error:
        return _show(visit, month, department, Entered(readers, reason, error.faults))
    return see_other(f"/attendance/closing/{month.name}")


@router.get("/attendance/closing/{period}")
def get_run(visit: Visitor, period: str) -> Response:
    """Show the closing of a month as it goes on, and what came of it."""
    return _show_run(visit, period, "hr/closing_run.html")


@router.get("/attendance/closing/{period}/part")
def get_run_part(visit: Visitor, period: str) -> Response:
    """Give the part of it that changes by itself."""
    return _show_run(visit, period, "hr/parts/closing_now.html")


def _show(visit: Visit, month: EndedMonth, department: str, entered: Entered) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        staff = list_month_staff(tx, month.name)
        mine = [each for each in staff if each.department_id == department] if department else staff
        run = load_open_run(tx, month.name)
        progress = count_progress(mine)
        sheet = _check(tx, visit, month, mine) if month.is_over and run is None else None
        is_overview = sheet is not None and progress.people - progress.closed > COUNTED_MAX
        looked = count_looks(tx, month.name, month.over_at) if is_overview else None
        waiting = len(list_adjustments(tx, month.name, states=_WAITING))
    words = [tell_why(each.why, visit.language) for each in entered.faults]
    return visit.render(
        "hr/closing.html",
        month=month,
        departments=list_departments(staff),
        progress=progress,
        chosen=mine[0] if department and mine else None,
        people=mine if department else [],
        stages=tuple(reversed(STAGES)),
        sheet=sheet,
        looked=looked,
        run=run,
        waiting=waiting,
        keeps=visit.may(Right.keep_attendance),
        sees_devices=visit.may(Right.door_board),
        devices={each.id: each for each in context.site.devices},
        confirmations=(BlockerKind.unconfirmed, BlockerKind.head_unconfirmed),
        entered=entered,
        fields={each.field for each in entered.faults},
        words=words,
        reason_max=REASON_LENGTH_MAX,
        fault=entered.faults[0].why.value if entered.faults else None,
        now=context.now(),
    )


def _check(tx: Tx, visit: Visit, month: EndedMonth, staff: list[MonthStaff]) -> Sheet:
    people = [each.person_id for each in staff if each.state not in IN_FORCE]
    profile = visit.pages.context.rules.profiles
    late = list_late_readers(tx, month.name, profile) if people else ()
    if len(people) > COUNTED_MAX:
        return view_sheet(overlook_people(tx, people, month.name, late), late, staff)
    return view_sheet((each.check for each in check_people(tx, people, month.name, profile)), late, staff)


def _list_left(tx: Tx, visit: Visit, month: EndedMonth, staff: list[MonthStaff]) -> tuple[LeftOpen, ...]:
    """Give those who stayed open with why, as many as a page names."""
    people = [each for each in staff if each.state not in IN_FORCE][:SHOWN_MAX]
    checks = check_people(tx, [each.person_id for each in people], month.name, visit.pages.context.rules.profiles)
    return list_left((each.check for each in checks), people)


def _show_run(visit: Visit, period: str, template: str) -> Response:
    context = visit.pages.context
    month = find_month(period, context.now(), context.rules.profiles)
    with context.store.reading(context.now()) as tx:
        run = load_latest_run(tx, month.name)
        asked_by = load_persons(tx, [run.asked.asked_by]) if run else {}
        staff = list_month_staff(tx, month.name, run.asked.department_id) if run else []
        left = _list_left(tx, visit, month, staff) if run and run.ended_at else ()
    if run is None:
        return see_other(f"/attendance/closing?period={month.name}")
    return visit.render(
        template,
        month=month,
        run=run,
        asked_by=next((each.name for each in asked_by.values()), run.asked.asked_by),
        department=staff[0].department if run.asked.department_id and staff else "",
        progress=count_progress(staff),
        stages=tuple(reversed(STAGES)),
        left=left,
        why=tell_why(run.fault, visit.language) if run.fault else "",
        devices={each.id: each for each in context.site.devices},
        keeps=visit.may(Right.keep_attendance),
        now=context.now(),
    )
