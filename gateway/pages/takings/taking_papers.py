"""Receipts and days as PDF on order: ordered at a counter, watched, fetched by whoever ordered them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.attendance.paper import AT_THE_DESK, PaperKind, PaperOrder
from domain.zones.export import Export
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.papers.papers import PaperId, show_paper
from store.papers import insert_paper, load_paper, load_paper_content
from store.takings_days import load_closed_day

router = APIRouter()

AT = "/takings/papers"


@router.post("/takings/days/paper")
def post_day_paper(
    visit: Visitor,
    id: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")],  # noqa: A002 (the field's name on the form)
    facility: Annotated[str, Form(max_length=64)] = "",
    on: FORM_DATE = "",
) -> Response:
    """Order the report of a closed day."""
    context, day = visit.pages.context, read_date(on)
    with context.store.transaction(context.now()) as tx:
        read_scope(tx, visit).demand_read(facility)
        if day is None or load_closed_day(tx, facility, day) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        order = PaperOrder(id, PaperKind.takings_day, f"{day:%Y-%m}", visit.signed_in.login)
        insert_paper(tx, order, f"{facility} {day.isoformat()}".encode())
    return see_other(f"{AT}/{id}")


@router.get("/takings/papers/{paper_id}")
def get_paper(visit: Visitor, paper_id: PaperId) -> Response:
    """Show one order: how far it is, and the way to its file."""
    _demand_own(visit, paper_id)
    return show_paper(visit, paper_id, "papers/paper.html", at=AT)


@router.get("/takings/papers/{paper_id}/part")
def get_paper_part(visit: Visitor, paper_id: PaperId) -> Response:
    """Give the part of it that changes by itself."""
    _demand_own(visit, paper_id)
    return show_paper(visit, paper_id, "papers/parts/paper_now.html", at=AT)


@router.get("/takings/papers/{paper_id}/file")
def get_paper_file(visit: Visitor, paper_id: PaperId) -> Response:
    """Give the file to whoever ordered it."""
    _demand_own(visit, paper_id)
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        paper, content = load_paper(tx, paper_id), load_paper_content(tx, paper_id)
    if paper is None or content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return send_file(let_out(visit, Export.takings), content, paper.file_name, paper.media_type)


def _demand_own(visit: Visit, paper_id: str) -> None:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        paper = load_paper(tx, paper_id)
    own = paper is not None and paper.order.asked_by == visit.signed_in.login
    if paper is None or not own or paper.order.kind not in AT_THE_DESK:
        raise HTTPException(HTTPStatus.NOT_FOUND)
