"""交替パターン of a department's people: put into one, one behind another, and out of it again."""

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from gateway.operations.attendance.join_pattern import join_pattern, leave_pattern
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.rosters.acts import PeopleRefusedError, act_on_all, tell_refused
from gateway.pages.rosters.rosters import FormDepartment, FormPeriod, Persons, Text, load_names, show_roster
from store.rosters import PatternMember
from store.shifts import list_patterns

router = APIRouter()

Number = Annotated[int, Form(ge=0, le=366)]


@router.post("/attendance/rosters/members")
def post_members(
    visit: Visitor,
    *,
    department: FormDepartment,
    period: FormPeriod,
    person: Persons,
    pattern: Text = "",
    from_on: FORM_DATE = "",
    position: Number = 1,
    step: Number = 0,
) -> Response:
    """Put people into a pattern from a day on: the first begins at a position, each next one so many days behind."""
    context, begins = visit.pages.context, read_date(from_on)
    names = load_names(visit, department)
    with context.store.reading(context.now()) as tx:
        known = list_patterns(tx).get(pattern)
    chosen = [each for each in names if each in person]
    if known is None or begins is None or not chosen:
        fault = "no_people" if not chosen else "no_pattern" if known is None else "no_from"
        return show_roster(visit, department, period, fault=fault)
    length = len(known.codes)
    first = offset_days(begins, known.anchor_on, position, length)
    try:
        with context.store.transaction(context.now()) as tx:
            join = partial(join_pattern, tx, by=visit.signed_in.login, profile=context.rules.profiles)
            members = (
                PatternMember(who, pattern, (first + number * step) % length, begins)
                for number, who in enumerate(chosen)
            )
            act_on_all({each.person_id: partial(join, each) for each in members})
    except PeopleRefusedError as error:
        faults = tell_refused(error, names, visit.language)
        return show_roster(visit, department, period, faults=faults, fault="refused")
    return see_other(f"/attendance/rosters?department={department}&period={period}")


@router.post("/attendance/rosters/members/end")
def post_end(
    visit: Visitor, *, department: FormDepartment, period: FormPeriod, person: Persons, last_on: FORM_DATE = ""
) -> Response:
    """Let people's patterns end with a day."""
    context, ends = visit.pages.context, read_date(last_on)
    names = load_names(visit, department)
    chosen = [each for each in names if each in person]
    if ends is None or not chosen:
        return show_roster(visit, department, period, fault="no_until" if chosen else "no_people")
    try:
        with context.store.transaction(context.now()) as tx:
            leave = partial(leave_pattern, tx, last_on=ends, by=visit.signed_in.login, profile=context.rules.profiles)
            act_on_all({who: partial(leave, who) for who in chosen})
    except PeopleRefusedError as error:
        faults = tell_refused(error, names, visit.language)
        return show_roster(visit, department, period, faults=faults, fault="refused")
    return see_other(f"/attendance/rosters?department={department}&period={period}")


def offset_days(begins: date, anchor_on: date, position: int, length: int) -> int:
    """Give how far behind the pattern somebody is who has its day number ``position``, from 1, on a day."""
    return ((begins - anchor_on).days - (position - 1)) % length
