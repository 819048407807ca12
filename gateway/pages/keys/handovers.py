"""The duty officers' handover sheets (宿日直): drawn and signed by one, read and signed for by the next, printed."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.civil import civil_minute, format_clock
from domain.keys.key_fault import KeyFaultError
from gateway.custody.holders import name_holders
from gateway.custody.sheet_content import read_sheet
from gateway.custody.standing import load_sheet
from gateway.operations.keys.sign_handover import give_handover, take_handover
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_acts import FormId, Words
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_scope import read_key_scope
from store.directory import name_accounts
from store.key_handovers import KeyHandover, list_handovers, load_handover
from store.keys import list_cabinets, list_copies, list_keys

router = APIRouter()

LISTED_MAX = 60


@router.get("/keys/handovers")
def get_handovers(visit: Visitor) -> Response:
    """Show what would be handed over now, and the sheets of late."""
    return _show_handovers(visit)


@router.post("/keys/new/handover")
def post_handover(visit: Visitor, request: FormId) -> Response:
    """Draw the sheet of now and sign it."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            give_handover(tx, request, by=visit.signed_in.login)
    except KeyFaultError as error:
        return _show_handovers(visit, tell_refusal(error, visit.language))
    context.committed.set()
    return see_other(f"/keys/handovers/{request}")


@router.get("/keys/handovers/{sheet_id}")
def get_handover(visit: Visitor, sheet_id: str) -> Response:
    """Show a sheet, as it is signed and printed."""
    return _show(visit, sheet_id)


@router.post("/keys/handovers/{sheet_id}/take")
def post_taking(
    visit: Visitor, sheet_id: str, seen: Annotated[str, Form(pattern=r"^[0-9a-f]{64}$")], note: Words = ""
) -> Response:
    """Sign for a sheet that one has read."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            take_handover(tx, sheet_id, by=visit.signed_in.login, seen_hash=seen, note=note)
    except KeyFaultError as error:
        return _show(visit, sheet_id, faults=tell_refusal(error, visit.language), note=note)
    context.committed.set()
    return see_other(f"/keys/handovers/{sheet_id}")


def _tell_day(visit: Visit, sheet: KeyHandover) -> str:
    """Write when a sheet was drawn, with its year: it is printed and filed."""
    on, minute = civil_minute(sheet.drawn_at)
    return f"{visit.phrases.day(on, date.min)} {format_clock(minute).zfill(5)}"


def _show_handovers(visit: Visit, faults: FieldFaults | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        sheets = list_handovers(tx, limit=LISTED_MAX)
        current = load_sheet(tx)
        names = name_accounts(tx, {each for sheet in sheets for each in (sheet.giver, sheet.taker) if each})
    return visit.render(
        "keys/handovers.html",
        sheets=sheets,
        current=current,
        waiting=[each for each in sheets if each.taker is None],
        names=names,
        keeps=visit.may(Right.keep_keys),
        whole=True,
        faults=faults or {},
        fault="sheet" if faults else None,
        now=tx.now,
    )


def _show(visit: Visit, sheet_id: str, *, faults: FieldFaults | None = None, note: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        sheet = load_handover(tx, sheet_id)
        if sheet is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = read_sheet(sheet.content)
        copies = list_copies(tx, {*content.lost, *(each.copy_id for each in content.lines)})
        keys = list_keys(tx, {each.key_id for each in copies.values()})
        holders = name_holders(tx, {each.holder for each in content.lines if each.holder is not None})
        names = name_accounts(tx, [each for each in (sheet.giver, sheet.taker) if each])
        cabinets = list_cabinets(tx)
    return visit.render(
        "keys/handover.html",
        sheet=sheet,
        content=content,
        copies=copies,
        keys=keys,
        holders=holders,
        names=names,
        cabinets=cabinets,
        drawn_on=_tell_day(visit, sheet),
        takes=visit.may(Right.keep_keys) and sheet.taker is None and sheet.giver != visit.signed_in.login,
        own=sheet.giver == visit.signed_in.login,
        note=note,
        faults=faults or {},
        fault="sheet" if faults else None,
        now=tx.now,
    )
