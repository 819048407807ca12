"""A person leaves or moves: first what would end or change, with the numbers, then the act or the order on a date."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query
from starlette.responses import Response

from domain.access.rights import PersonKind
from domain.civil import JST
from gateway.operations.access.end_person import PersonFaultError, end_person, order_end, preview_end
from gateway.operations.access.transfer_person import TransferFaultError, preview_transfer, transfer_person
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.persons.persons_access import FormId, may_end
from store.contractors import load_terms
from store.directory import DirectoryLine, load_directory_line
from store.organisation import NOT_OF_THE_CITY
from store.people import list_departments, load_person
from store.staffing import list_waiting_orders, save_left_on, save_order_cancelled
from store.tx import Tx

router = APIRouter()

Reason = Annotated[str, Form(max_length=200)]
DepartmentId = Annotated[str, Form(max_length=100)]
Chosen = Annotated[str, Query(max_length=100)]


@router.get("/access/{person_id}/leave")
def get_leave(visit: Visitor, person_id: str) -> Response:
    """Show what ends when the person leaves."""
    _demand_may_end(visit, person_id)
    return _show_leave(visit, person_id)


@router.post("/access/{person_id}/leave")
def post_leave(
    visit: Visitor,
    *,
    person_id: str,
    order: FormId,
    reason: Reason = "",
    last_on: FORM_DATE = "",
    known: Annotated[str, Form(pattern="^(yes)?$")] = "",
) -> Response:
    """End everything now, or order it for the end of a day."""
    _demand_may_end(visit, person_id)
    context, by = visit.pages.context, visit.signed_in.login
    day = read_date(last_on)
    if last_on and day is None:
        return _show_leave(visit, person_id, fault="leave_fault.past", reason=reason)
    try:
        with context.store.transaction(context.now()) as tx:
            if day is None:
                end_person(tx, person_id, by=by, reason=reason, known=known == "yes")
            else:
                order_end(tx, order, person_id, last_on=day, by=by, reason=reason)
    except PersonFaultError as error:
        return _show_leave(visit, person_id, fault=f"leave_fault.{error.fault}", reason=reason, last_on=last_on)
    context.committed.set()
    return see_other(f"/access/{person_id}")


@router.get("/access/{person_id}/transfer")
def get_transfer(visit: Visitor, person_id: str, department: Chosen = "") -> Response:
    """Choose a department, then see what changes."""
    return _show_transfer(visit, person_id, department)


@router.post("/access/{person_id}/transfer")
def post_transfer(
    visit: Visitor,
    *,
    person_id: str,
    order: FormId,
    department: DepartmentId,
    first_on: FORM_DATE = "",
    title: Annotated[str, Form(max_length=80)] = "",
    reason: Reason = "",
    ending: Annotated[list[str], Form(default_factory=list, max_length=200)],
) -> Response:
    """Move the person from a day on."""
    context = visit.pages.context
    now = context.now()
    try:
        with context.store.transaction(now) as tx:
            transfer_person(
                tx,
                order,
                person_id,
                department_id=department,
                title=title.strip(),
                first_on=read_date(first_on) or now.astimezone(JST).date(),
                by=visit.signed_in.login,
                reason=reason,
                ending=ending,
            )
    except TransferFaultError as error:
        return _show_transfer(visit, person_id, department, fault=f"transfer_fault.{error.fault}", reason=reason)
    context.committed.set()
    return see_other(f"/access/{person_id}")


@router.post("/access/{person_id}/orders/{order_id}/cancel")
def post_cancel(visit: Visitor, person_id: str, order_id: str) -> Response:
    """Call a leaver's order off: the person stays, a contractor until the day that was agreed."""
    _demand_may_end(visit, person_id)
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        waiting = {each.id: each for each in list_waiting_orders(tx, person_id)}
        if order_id not in waiting or waiting[order_id].kind != "end":
            raise HTTPException(HTTPStatus.NOT_FOUND)
        save_order_cancelled(tx, order_id, by=visit.signed_in.login)
        person = load_person(tx, person_id)
        if person is not None and person.left_on == waiting[order_id].due_on:
            save_left_on(tx, person_id, next((terms.until_on for terms in load_terms(tx, person_id)), None))
    context.committed.set()
    return see_other(f"/access/{person_id}")


def _show_leave(visit: Visit, person_id: str, *, fault: str = "", reason: str = "", last_on: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        line = _demand_person(tx, person_id)
        ending = preview_end(tx, person_id)
    return visit.render(
        "persons/leave.html",
        person=line,
        ending=ending,
        fault=fault,
        reason=reason,
        last_on=last_on,
        today=tx.now.astimezone(JST).date(),
    )


def _show_transfer(visit: Visit, person_id: str, department: str, *, fault: str = "", reason: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        line = _demand_person(tx, person_id)
        if line.kind != PersonKind.staff:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        departments = [each for each in list_departments(tx) if each.id not in NOT_OF_THE_CITY]
        try:
            plan = preview_transfer(tx, person_id, department) if department else None
        except TransferFaultError:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return visit.render(
        "persons/transfer.html",
        person=line,
        plan=plan,
        departments=[each for each in departments if each.id != line.department_id],
        chosen=department,
        levels={each.id: each.name for each in context.site.levels},
        fault=fault,
        reason=reason,
        today=tx.now.astimezone(JST).date(),
    )


def _demand_may_end(visit: Visit, person_id: str) -> None:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        person = load_person(tx, person_id)
    if not visit.may(Right.end_people) and (person is None or not may_end(visit, person)):
        raise HTTPException(HTTPStatus.FORBIDDEN)


def _demand_person(tx: Tx, person_id: str) -> DirectoryLine:
    line = load_directory_line(tx, person_id)
    if line is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return line
