"""勤務割: a department's month as a grid; days are ticked, given a shift, and refused with person, day and reason."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.attendance.month import month_bounds
from domain.attendance.shift import DayKind
from domain.civil import civil_minute
from domain.ids import ID_PATTERN
from gateway.operations.attendance.plan_shifts import plan_shifts
from gateway.pages.access.rights import Right
from gateway.pages.drawing.months import MONTH_PATTERN, month_of, shift_month
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rosters.acts import PeopleRefusedError, ToldFault, act_on_all, tell_fault, tell_refused
from gateway.pages.rosters.facts import RosterFacts, load_roster
from gateway.pages.rosters.grid_view import derive_grid
from store.directory import list_people_by_department
from store.people import Department, list_departments
from store.tx import Tx

router = APIRouter()

MONTHS_AHEAD = 12
TAKE_AWAY = "-"
"""The choice that takes planned days away, so that the pattern or the week holds again."""

ROSTER_FAULTS = ("refused", "no_days", "no_shift", "no_people", "no_pattern", "no_from", "no_until")
"""What can be wrong with what was sent; the words under which it is told."""

DepartmentId = Annotated[str, Query(pattern=f"(^$)|({ID_PATTERN})")]
Period = Annotated[str, Query(pattern=MONTH_PATTERN)]
FormDepartment = Annotated[str, Form(pattern=ID_PATTERN)]
FormPeriod = Annotated[str, Form(pattern=MONTH_PATTERN, min_length=7)]
Cells = Annotated[
    list[Annotated[str, Form(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}\.[0-9]{1,2}$")]], Form(default_factory=list)
]
Persons = Annotated[list[Annotated[str, Form(pattern=ID_PATTERN)]], Form(default_factory=list)]
Days = Annotated[list[Annotated[int, Form(ge=1, le=31)]], Form(default_factory=list)]
Text = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked and chosen in the grid; shown again when something is wrong with it."""

    cells: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    days: frozenset[int] = frozenset()
    shift: str = ""
    hours: str = ""

    def list_days(self, people: Sequence[str], days: Sequence[date]) -> dict[str, list[date]]:
        """Give the ticked days by person: single ones, and where people and days are ticked, what lies in both."""
        found: dict[str, list[date]] = defaultdict(list)
        for person_id in people:
            in_row = person_id in self.people if self.people else bool(self.days)
            for on in days:
                in_column = on.day in self.days if self.days else bool(self.people)
                if f"{person_id}.{on.day}" in self.cells or (in_row and in_column):
                    found[person_id].append(on)
        return found


@router.get("/attendance/rosters")
def get_rosters(
    visit: Visitor, department: DepartmentId = "", period: Period = "", done: Annotated[int, Query(ge=0, le=9999)] = 0
) -> Response:
    """Show a department's month; the own department and this month unless others are asked for."""
    return show_roster(visit, department, period, done=done)


@router.post("/attendance/rosters")
def post_roster(
    visit: Visitor,
    *,
    department: FormDepartment,
    period: FormPeriod,
    cell: Cells,
    person: Persons,
    day: Days,
    shift: Text = "",
    hours: Text = "",
) -> Response:
    """Give the ticked days a shift, or take planned days away; all of them or none."""
    context, by = visit.pages.context, visit.signed_in.login
    ticked = Ticked(frozenset(cell), frozenset(person), frozenset(day), shift, hours)
    text = None if shift == TAKE_AWAY else hours.strip() or shift
    names = load_names(visit, department)
    first_on, last_on = month_bounds(period)
    days = [first_on + timedelta(days=each) for each in range(last_on.day)]
    chosen = ticked.list_days(list(names), days)
    if not chosen or text == "":
        return show_roster(visit, department, period, ticked=ticked, fault="no_shift" if chosen else "no_days")
    try:
        with context.store.transaction(context.now()) as tx:
            plan = partial(plan_shifts, tx, by=by, profile=context.rules.profiles)
            act_on_all({who: partial(plan, who, dict.fromkeys(wanted, text)) for who, wanted in chosen.items()})
    except PeopleRefusedError as error:
        faults = tell_refused(error, names, visit.language)
        return show_roster(visit, department, period, ticked=ticked, faults=faults, fault="refused")
    done = sum(len(wanted) for wanted in chosen.values())
    return see_other(f"/attendance/rosters?department={department}&period={period}&done={done}")


def show_roster(
    visit: Visit,
    department_id: str = "",
    period: str = "",
    *,
    ticked: Ticked | None = None,
    faults: Sequence[ToldFault] = (),
    fault: str = "",
    done: int = 0,
) -> Response:
    """Show a department's month, with what was ticked and what is wrong with it."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    period = period or f"{today:%Y-%m}"
    with context.store.reading(context.now()) as tx:
        departments = list_own_departments(tx, visit)
        own = visit.signed_in.heads
        usual = next((each.id for each in departments if each.id in own), departments[0].id if departments else "")
        chosen = next((each for each in departments if each.id == (department_id or usual)), None)
        if chosen is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        facts = load_roster(tx, chosen.id, period, context.rules)
    return visit.render(
        "rosters/rosters.html",
        fault=fault,
        departments=departments,
        department=chosen,
        period=period,
        first_on=facts.first_on,
        previous=shift_month(period, -1),
        following=shift_month(period, 1) if period < shift_month(month_of(today), MONTHS_AHEAD) else "",
        grid=derive_grid(facts, context.rules.profile_of(period), context.rules.leave_kinds),
        kinds=[each for each in facts.kinds.values() if each.until_on is None or each.until_on >= facts.first_on],
        legend=_list_used(facts),
        patterns=list(facts.patterns.values()),
        members=facts.members,
        may_plan=visit.may(Right.lead_department) or visit.may(Right.keep_attendance),
        keeps_kinds=visit.may(Right.keep_attendance),
        usual_week=context.rules.profile_of(period).week,
        ticked=ticked or Ticked(),
        faults=faults,
        tell=lambda fault: tell_fault(fault, visit.language),
        take_away=TAKE_AWAY,
        work=DayKind.work,
        today=today,
        done=done,
    )


def load_names(visit: Visit, department_id: str) -> dict[str, str]:
    """Give the staff of a department by id, in their order.

    Raises:
        HTTPException: to this visitor there is no such department.
    """
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        if department_id not in {each.id for each in list_own_departments(tx, visit)}:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return {each.person_id: each.name for each in list_people_by_department(tx, [department_id])}


def list_own_departments(tx: Tx, visit: Visit) -> list[Department]:
    """Give the departments whose roster the visitor may see: every one for HR and the auditor, else those headed."""
    every = visit.may(Right.keep_attendance) or visit.may(Right.all_months)
    return [each for each in list_departments(tx) if every or each.id in visit.signed_in.heads]


def _list_used(facts: RosterFacts) -> list[str]:
    """Give the codes that the month uses, for the legend."""
    used = {each.code for days in facts.planned.values() for each in days.values() if each.code}
    for members in facts.members.values():
        used |= {code for member in members for code in facts.patterns[member.pattern_id].codes}
    return [code for code in facts.kinds if code in used]
