"""帳票: papers on order: asked for, watched while they are made, fetched by whoever asked or by HR."""

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Path, Query
from starlette.responses import Response

from domain.attendance.month import month_bounds
from domain.attendance.paper import AT_THE_DESK, FINISHED, PAYROLL, PaperKind, PaperOrder, PaperState
from domain.civil import civil_minute
from domain.zones.export import Export
from gateway.pages.access.rights import Right
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.papers.paper_scope import is_month, list_scopes, may_have, read_scope, tell_scope
from store.papers import Paper, insert_paper, list_papers, load_paper, load_paper_content
from store.read_log import insert_reading
from store.tx import Tx

router = APIRouter()

KINDS = tuple(kind for kind in PaperKind if kind not in PAYROLL | AT_THE_DESK)
LISTED_MAX = 30
MONTHS_BACK = 36
SLOW_AFTER = timedelta(minutes=2)
"""An order that nobody took for so long hints that nobody makes papers."""

PaperId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
Choice = Annotated[str, Form(max_length=80)]


class PaperFault(StrEnum):
    """What is wrong with an order."""

    no_kind = "no_kind"
    no_period = "no_period"
    no_scope = "no_scope"


@router.get("/attendance/papers")
def get_papers(
    visit: Visitor,
    kind: Annotated[str, Query(max_length=40)] = "",
    period: Annotated[str, Query(max_length=7)] = "",
    whose: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show the form that orders a paper, filled in as the address says, and what one ordered lately."""
    return _list(visit, kind=kind, period=period, whose=whose)


@router.post("/attendance/papers")
def post_paper(
    visit: Visitor,
    id: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],  # noqa: A002 (the field's name on the form)
    kind: Choice = "",
    period: Choice = "",
    whose: Choice = "",
) -> Response:
    """Order a paper; the same form sent twice is one order."""
    scope = read_scope(visit, whose)
    faults = [
        fault
        for fault, wrong in (
            (PaperFault.no_kind, kind not in KINDS),
            (PaperFault.no_period, not is_month(period)),
            (PaperFault.no_scope, scope is None),
        )
        if wrong
    ]
    if faults or scope is None:
        return _list(visit, kind=kind, period=period, whose=whose, faults=faults)
    order = PaperOrder(id, PaperKind(kind), period, visit.signed_in.login, *scope)
    order_paper(visit, order)
    return see_other(f"/attendance/papers/{id}")


def order_paper(visit: Visit, order: PaperOrder, given: bytes | None = None) -> None:
    """Keep an order of somebody who may have it, and write down who asked for what of whom.

    Raises:
        HTTPException: 404, of whom it is is nobody for this visitor.
    """
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        if not may_have(visit, tx, order):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if insert_paper(tx, order, given):
            _note(visit, tx, order, "paper_order")


@router.get("/attendance/papers/{paper_id}")
def get_paper(visit: Visitor, paper_id: PaperId) -> Response:
    """Show one order: how far it is, and the way to its file."""
    return show_paper(visit, paper_id, "papers/paper.html")


@router.get("/attendance/papers/{paper_id}/part")
def get_paper_part(visit: Visitor, paper_id: PaperId) -> Response:
    """Give the part of it that changes by itself."""
    return show_paper(visit, paper_id, "papers/parts/paper_now.html")


@router.get("/attendance/papers/{paper_id}/file")
def get_paper_file(visit: Visitor, paper_id: PaperId) -> Response:
    """Give the file to whoever ordered it, or to HR, and write down that it was fetched."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        paper = _load(visit, tx, paper_id)
        content = load_paper_content(tx, paper_id)
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    leaving = let_out(visit, Export.payroll if paper.order.kind in PAYROLL else Export.attendance)
    with context.store.transaction(context.now()) as tx:
        _note(visit, tx, paper.order, "paper")
    return send_file(leaving, content, paper.file_name, paper.media_type)


def list_months(on: str) -> list[str]:
    """Give the months that may be chosen, this one first; ``on`` is ``YYYY-MM``."""
    count = int(on[:4]) * 12 + int(on[5:]) - 1
    return [f"{each // 12}-{each % 12 + 1:02}" for each in range(count, count - MONTHS_BACK, -1)]


def _note(visit: Visit, tx: Tx, order: PaperOrder, what: str) -> None:
    asked = {"kind": order.kind.value, "period": order.period, "department_id": order.department_id or ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    insert_reading(tx, visit.signed_in.login, what, person_id=order.person_id, query=query)


def _load(visit: Visit, tx: Tx, paper_id: str) -> Paper:
    paper = load_paper(tx, paper_id)
    is_own = paper is not None and paper.order.asked_by == visit.signed_in.login
    if paper is None or not (is_own or visit.may(Right.keep_attendance)) or not may_have(visit, tx, paper.order):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return paper


def _list(
    visit: Visit, *, kind: str = "", period: str = "", whose: str = "", faults: list[PaperFault] | None = None
) -> Response:
    context = visit.pages.context
    now = context.now()
    months = list_months(civil_minute(now)[0].isoformat()[:7])
    with context.store.reading(now) as tx:
        papers = list_papers(tx, visit.signed_in.login, limit=LISTED_MAX)
        scopes = list_scopes(visit, tx, whose)
    return visit.render(
        "papers/papers.html",
        papers=papers,
        scopes=scopes,
        kinds=KINDS,
        months=[(each, month_bounds(each)[0]) for each in months],
        kind=kind or PaperKind.attendance_book.value,
        period=period if period in months else months[1],
        whose=whose,
        faults=faults or [],
        fault=faults[0].value if faults else None,
        now=now,
    )


def show_paper(visit: Visit, paper_id: str, template: str, *, at: str = "/attendance/papers") -> Response:
    """Show an order by a template; ``at`` is the address beneath which its pages lie.

    Raises:
        HTTPException: 404, it is nobody's that this visitor may see.
    """
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        paper = _load(visit, tx, paper_id)
    return visit.render(
        template,
        paper=paper,
        at=at,
        is_at_desk=paper.order.kind in AT_THE_DESK,
        first_on=month_bounds(paper.order.period)[0],
        is_pay=paper.order.kind in PAYROLL,
        is_finished=paper.state in FINISHED,
        is_slow=paper.state is PaperState.waiting and now - paper.asked_at > SLOW_AFTER,
        whose=tell_scope(paper.order, visit.signed_in.person_id),
        now=now,
    )
