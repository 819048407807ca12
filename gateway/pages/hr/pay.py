"""給与: closed months on their way to payroll: what is due, the files that were made, what payroll has by its list."""

from collections import Counter
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Path, UploadFile
from starlette.responses import Response

from domain.attendance.month import month_bounds
from domain.attendance.paper import PAYROLL, PaperKind, PaperOrder
from domain.zones.export import Export
from gateway.pages.access.rights import Right
from gateway.pages.drawing.leaving import send_file
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.hr.pay_view import view_batches, view_month
from gateway.pages.information.let_out import let_out
from gateway.pages.papers.paper_scope import is_month
from gateway.pages.papers.papers import order_paper
from store.directory import list_names
from store.papers import list_papers_of
from store.pay_checks import list_pay_checks, list_pay_differences, load_payroll_form
from store.pay_overview import count_batch_states, count_line_states, list_closed_periods, list_due_people
from store.payroll import list_batches
from store.read_log import insert_reading
from store.tx import Tx

router = APIRouter()

MONTHS_MAX = 24
SHOWN_MAX = 200
"""So many persons or differences are drawn one by one; the counts are always whole."""
ORDERS_MAX = 5
LIST_BYTES_MAX = 20_000_000

Period = Annotated[str, Path(pattern=r"^\d{4}-\d{2}$")]
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@router.get("/attendance/pay")
def get_pay(visit: Visitor) -> Response:
    """Show the closed months, each with how far payroll is."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        form = load_payroll_form(tx)
        layout = form.layout if form else ""
        closed = list_closed_periods(tx, limit=MONTHS_MAX)
        states = count_line_states(tx, closed, layout)
        due = {period: list_due_people(tx, period, layout) for period in closed}
    months = [view_month(period, people, due[period], states.get(period, {})) for period, people in closed.items()]
    return visit.render("hr/pay.html", months=months, form=form, keeps=visit.may(Right.keep_attendance))


@router.get("/attendance/pay/{period}")
def get_pay_month(visit: Visitor, period: Period) -> Response:
    """Show one month: what is due, the files, and what payroll's lists said, differences first."""
    return _show(visit, period)


@router.post("/attendance/pay/{period}/files")
def post_pay_files(
    visit: Visitor,
    period: Period,
    id: FormId,  # noqa: A002 (the field's name on the form)
    what: Annotated[Literal["pay_file", "pay_file_partial", "pay_characters"], Form()] = "pay_file",
) -> Response:
    """Order the month's files, or the list of who cannot be written; the page of the order shows how far it is."""
    _require_month(period)
    order_paper(visit, PaperOrder(id, PaperKind(what), period, visit.signed_in.login))
    return see_other(f"/attendance/papers/{id}")


@router.post("/attendance/pay")
def post_their_list(
    visit: Visitor,
    period: Annotated[str, Form(pattern=r"^\d{4}-\d{2}$")],
    id: FormId,  # noqa: A002 (the field's name on the form)
    file: UploadFile | None = None,
) -> Response:
    """Order that payroll's own list be held against what was handed over."""
    _require_month(period)
    given = file.file.read(LIST_BYTES_MAX + 1) if file else b""
    if not given or len(given) > LIST_BYTES_MAX:
        return _show(visit, period, fault="list_too_large" if given else "no_list")
    order_paper(visit, PaperOrder(id, PaperKind.pay_check, period, visit.signed_in.login), given)
    return see_other(f"/attendance/papers/{id}")


@router.get("/attendance/pay/{period}/batches/{batch_id}")
def get_batch(visit: Visitor, period: Period, batch_id: Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]) -> Response:
    """Give a file again, byte for byte as it was handed over, and write down who fetched it."""
    _require_month(period)
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        batch = next((each for _, each in list_batches(tx, period) if each.id == batch_id), None)
    if batch is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    leaving = let_out(visit, Export.payroll)
    with context.store.transaction(context.now()) as tx:
        insert_reading(
            tx, visit.signed_in.login, "paper", person_id=None, query=f"kind=pay_file&period={period}&batch={batch_id}"
        )
    return send_file(leaving, batch.content, f"payroll_{period}_{batch.layout}_{batch_id}.csv", "text/csv")


def _require_month(period: str) -> None:
    if not is_month(period):
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _show(visit: Visit, period: str, *, fault: str | None = None) -> Response:
    _require_month(period)
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        form = load_payroll_form(tx)
        layout = form.layout if form else ""
        closed = list_closed_periods(tx, limit=10_000).get(period, 0)
        due = list_due_people(tx, period, layout)
        names = list_names(tx, sorted(due)[:SHOWN_MAX])
        states = count_line_states(tx, [period], layout).get(period, {})
        batches = view_batches(list_batches(tx, period), count_batch_states(tx, period))
        checks = list_pay_checks(tx, period)
        differences = list_pay_differences(tx, checks[0].id, limit=SHOWN_MAX) if checks else []
        orders = _list_orders(visit, tx, period)
    return visit.render(
        "hr/pay_month.html",
        month=view_month(period, closed, due, states),
        first_on=month_bounds(period)[0],
        form=form,
        names=names,
        batches=batches,
        checks=checks,
        differences=differences,
        rows=Counter(each.person_id for each in differences),
        orders=orders,
        keeps=visit.may(Right.keep_attendance),
        megabytes=LIST_BYTES_MAX // 1_000_000,
        fault=fault,
        now=now,
    )


def _list_orders(visit: Visit, tx: Tx, period: str) -> list[object]:
    if not visit.may(Right.keep_attendance):
        return []
    return list(list_papers_of(tx, period, PAYROLL, limit=ORDERS_MAX))
