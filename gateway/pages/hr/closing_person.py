"""One person's month at its end: what is unsettled, who did what, and HR's acts on it alone."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.attendance.closing import IN_FORCE, MonthAct, MonthState
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.civil import civil_minute
from gateway.months.checking import check_people
from gateway.operations.attendance.close_month import REASON_LENGTH_MAX, Closing, close_people
from gateway.operations.attendance.confirm_month import send_month_back
from gateway.operations.attendance.reopen_month import reopen_month
from gateway.pages.access.rights import Right
from gateway.pages.attendance.month_standing import tell_why
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.month_period import EndedMonth, find_month
from store.closings import list_steps, list_versions
from store.deciders import load_organisation
from store.directory import load_directory_line
from store.people import load_persons
from store.tx import Tx

router = APIRouter()


class PersonAct(StrEnum):
    """What HR does with one person's month."""

    close = "close"
    send_back = "send_back"
    propose_reopening = "propose_reopening"
    agree_reopening = "agree_reopening"
    decline_reopening = "decline_reopening"


@router.get("/attendance/closing/{period}/people/{person_id}")
def get_person(visit: Visitor, period: str, person_id: str) -> Response:
    """Show how a person's month came to where it is."""
    return _show(visit, _find_month(visit, period), person_id)


@router.post("/attendance/closing/{period}/people/{person_id}")
def post_person(
    visit: Visitor,
    period: str,
    person_id: str,
    act: Annotated[PersonAct, Form()],
    reason: Annotated[str, Form(max_length=REASON_LENGTH_MAX * 2)] = "",
) -> Response:
    """Close, send back, or open again by two persons; refused acts are told beside the reason."""
    context, month = visit.pages.context, _find_month(visit, period)
    try:
        with context.store.transaction(context.now()) as tx:
            _do(tx, visit, month.name, person_id, act=act, reason=reason.strip()[:REASON_LENGTH_MAX])
    except RefusedMonthError as error:
        return _show(visit, month, person_id, act=act, reason=reason, faults=error.faults)
    return see_other(f"/attendance/closing/{month.name}/people/{person_id}")


def _find_month(visit: Visit, period: str) -> EndedMonth:
    return find_month(period, visit.pages.context.now(), visit.pages.context.rules.profiles)


def _do(tx: Tx, visit: Visit, period: str, person_id: str, *, act: PersonAct, reason: str) -> None:
    by, profile = visit.signed_in.person_id or "", visit.pages.context.rules.profiles
    organisation = load_organisation(tx, civil_minute(tx.now)[0])
    if act is PersonAct.send_back:
        send_month_back(tx, person_id, period, by=by, reason=reason, organisation=organisation)
    elif act is PersonAct.close:
        closing = Closing(period, profile, by, reason=reason)
        if not close_people(tx, [person_id], closing, organisation=organisation)[0]:
            raise RefusedMonthError((MonthFault("person_id", MonthWhy.blocked, person_id),))
    else:
        reopen_month(tx, person_id, period, MonthAct(act.value), by=by, organisation=organisation, reason=reason)


def _show(
    visit: Visit,
    month: EndedMonth,
    person_id: str,
    *,
    act: PersonAct | None = None,
    reason: str = "",
    faults: tuple[MonthFault, ...] = (),
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person = load_directory_line(tx, person_id)
        if person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        check = next(check_people(tx, [person_id], month.name, context.rules.profiles)).check
        steps = list_steps(tx, month.name, person_id)
        versions = list_versions(tx, month.name, [person_id])
        named = {each.done_by for each in steps} | {each.closed_by for each in versions}
        names = {each.id: each.name for each in load_persons(tx, named).values()}
    standing = check.standing
    by = visit.signed_in.person_id
    return visit.render(
        "hr/closing_person.html",
        month=month,
        person=person,
        check=check,
        standing=standing,
        steps=steps,
        versions=versions,
        names=names,
        keeps=visit.may(Right.keep_attendance),
        may_close=month.is_over and check.is_ready,
        may_send_back=standing.state in (MonthState.self_confirmed, MonthState.head_confirmed) and by != person_id,
        may_propose=standing.state is MonthState.closed,
        is_proposer=standing.state is MonthState.reopening and standing.proposed_by == by,
        is_own=by == person_id,
        in_force=standing.state in IN_FORCE,
        devices={each.id: each for each in context.site.devices},
        act=act,
        reason=reason,
        words=[tell_why(each.why, visit.language) for each in faults],
        reason_max=REASON_LENGTH_MAX,
        fault=faults[0].why.value if faults else None,
        now=context.now(),
    )
