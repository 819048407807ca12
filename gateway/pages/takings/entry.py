"""One entry of takings: what it is, its receipt or refund slip as a page and as a PDF, and taking it back."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path
from starlette.responses import Response

from contract.fee_tables import load_fee_table
from domain.attendance.paper import PaperKind, PaperOrder
from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_words import describe_fee_fault
from domain.facilities.takings import Series, Taking, TakingKind
from gateway.fees.entries import TEXT_LENGTH_MAX
from gateway.operations.facilities.correct_taking import Correction, correct_taking
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.takings.till import demand_desk, name_entries
from store.facilities import load_facility
from store.papers import insert_paper
from store.receipts import load_receipt
from store.takings import find_correction, load_taking
from store.tx import Tx

router = APIRouter()

_PAPERS = frozenset({Series.receipt, Series.refund})
"""What has a paper: what only corrects has none."""

TakingId = Annotated[str, Path(max_length=80)]
FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
FormText = Annotated[str, Form(max_length=1000)]


@router.get("/takings/entries/{taking_id}")
def get_entry(visit: Visitor, taking_id: TakingId) -> Response:
    """Show an entry."""
    return _show(visit, taking_id)


@router.post("/takings/entries/{taking_id}/correct")
def post_correction(
    visit: Visitor,
    taking_id: TakingId,
    id: FormId,  # noqa: A002 (the field's name on the form)
    reason: FormText = "",
) -> Response:
    """Take an entry back by a counter-entry."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            demand_desk(read_scope(tx, visit), demand_taking(visit, tx, taking_id).facility_id)
            correct_taking(tx, Correction(id, taking_id, reason), by=visit.signed_in.login)
    except FeeFaultsError as error:
        told = tell_by_field(error.faults, describe_fee_fault, visit.language)
        return _show(visit, taking_id, faults=told, reason=reason)
    return see_other(f"/takings/entries/{taking_id}")


@router.get("/takings/receipts/{taking_id}")
def get_receipt(visit: Visitor, taking_id: TakingId) -> Response:
    """Show the receipt of a payment, or the slip of what went back, to print."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        taking, correction = demand_taking(visit, tx, taking_id), find_correction(tx, taking_id)
        receipt = load_receipt(tx, taking, read_table=load_fee_table) if taking.series in _PAPERS else None
    if receipt is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        "takings/receipt.html",
        receipt=receipt,
        correction=correction,
        taken_on=civil_minute(taking.taken_at)[0],
        use_on=civil_minute(receipt.from_at)[0],
        long_ago=date.min,
        is_fee=taking.kind is TakingKind.fee,
        is_paper=taking.series is Series.receipt and correction is None,
    )


@router.post("/takings/receipts/{taking_id}/paper")
def post_receipt_paper(
    visit: Visitor,
    taking_id: TakingId,
    id: FormId,  # noqa: A002 (the field's name on the form)
) -> Response:
    """Order the receipt as a PDF."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        taking = demand_taking(visit, tx, taking_id)
        order = PaperOrder(id, PaperKind.receipt, f"{taking.counted_on:%Y-%m}", visit.signed_in.login)
        insert_paper(tx, order, taking_id.encode())
    return see_other(f"/takings/papers/{id}")


def demand_taking(visit: Visit, tx: Tx, taking_id: str) -> Taking:
    """Give an entry of a facility that the visitor serves.

    Raises:
        HTTPException: 404.
    """
    taking = load_taking(tx, taking_id)
    if taking is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    read_scope(tx, visit).demand_read(taking.facility_id)
    return taking


def _show(visit: Visit, taking_id: str, *, faults: FieldFaults | None = None, reason: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        taking = demand_taking(visit, tx, taking_id)
        correction = find_correction(tx, taking_id)
        of = None if taking.corrects is None else load_taking(tx, taking.corrects)
        names, house = name_entries(tx, [taking]), load_facility(tx, taking.facility_id)
        scope = read_scope(tx, visit)
    keeps = visit.may(Right.keep_takings) and taking.facility_id in scope.acting.desks
    return visit.render(
        "takings/entry.html",
        taking=taking,
        correction=correction,
        of=of,
        house=house,
        room=names.rooms.get(taking.reservation_id, ""),
        payer=taking.payer or names.payers.get(taking.reservation_id, ""),
        has_paper=taking.series is not Series.correction and correction is None,
        may_correct=keeps and correction is None and taking.kind is not TakingKind.correction,
        reason=reason,
        reason_max=TEXT_LENGTH_MAX,
        faults=faults or {},
        fault="takings.fault" if faults else None,
        now=context.now(),
    )
