"""Counts of cabinets (棚卸し): begun, scanned into by label, number, tag or hand, ended with every difference named."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from contract.key_labels import encode_key_label
from domain.keys.count import DifferenceKind, KeyCount
from domain.keys.custody import CustodyState
from domain.keys.key import Cabinet
from domain.keys.key_fault import KeyFaultError
from gateway.custody.holders import name_holders
from gateway.custody.standing import list_hangings
from gateway.operations.keys.count_keys import TAG_LENGTH_MAX, close_count, open_count, preview_count, scan_key
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_acts import FormId, Words
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_scope import KeyScope, read_key_scope
from store.directory import name_accounts
from store.key_counts import (
    count_differences,
    list_counts,
    list_counts_of,
    list_differences,
    list_open_counts,
    list_scans,
    load_count,
)
from store.keys import list_cabinets
from store.tx import Tx

router = APIRouter()

LISTED_MAX = 50


@router.get("/keys/counts")
def get_counts(visit: Visitor) -> Response:
    """Show every cabinet with its last count, and the counts of late."""
    return _show_counts(visit)


@router.post("/keys/new/count")
def post_count(visit: Visitor, request: FormId, cabinet: Annotated[str, Form(max_length=63)] = "") -> Response:
    """Begin to count a cabinet."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _demand_countable(tx, visit, cabinet)
            open_count(tx, request, cabinet, by=visit.signed_in.login)
    except KeyFaultError as error:
        return _show_counts(visit, tell_refusal(error, visit.language), cabinet)
    context.committed.set()
    return see_other(f"/keys/counts/{request}")


@router.get("/keys/counts/{count_id}")
def get_count(visit: Visitor, count_id: str) -> Response:
    """Show a count: what was seen and what is missing so far, or what it ended with."""
    return _show(visit, "keys/count.html", count_id)


@router.get("/keys/counts/{count_id}/part")
def get_count_part(visit: Visitor, count_id: str) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "keys/parts/count.html", count_id)


@router.post("/keys/counts/{count_id}/scans")
def post_scan(visit: Visitor, count_id: str, text: Words = "") -> Response:
    """Take down what was scanned or ticked."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _load(tx, visit, count_id)
            scan_key(tx, count_id, text, by=visit.signed_in.login)
    except KeyFaultError as error:
        return _show(visit, "keys/count.html", count_id, faults=tell_refusal(error, visit.language), text=text)
    context.committed.set()
    return see_other(f"/keys/counts/{count_id}")


@router.post("/keys/counts/{count_id}/close")
def post_close(visit: Visitor, count_id: str) -> Response:
    """End a count."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            _load(tx, visit, count_id)
            close_count(tx, count_id, by=visit.signed_in.login)
    except KeyFaultError as error:
        return _show(visit, "keys/count.html", count_id, faults=tell_refusal(error, visit.language))
    context.committed.set()
    return see_other(f"/keys/counts/{count_id}")


def list_countable(tx: Tx, scope: KeyScope) -> dict[str, Cabinet]:
    """Give the cabinets that somebody may count: all of whose keys one hands out; whoever sees all sees all counts."""
    cabinets = list_cabinets(tx)
    if scope.whole:
        return cabinets
    keys: dict[str, set[str]] = {}
    for each in list_hangings(tx):
        places = [each.copy.home, *([each.custody.place] if each.custody.place else [])]
        if each.custody.state is not CustodyState.retired:
            for place in places:
                keys.setdefault(place.cabinet_id, set()).add(each.key.id)
    return {id_: each for id_, each in cabinets.items() if id_ in keys and all(map(scope.keeps, keys[id_]))}


def _demand_countable(tx: Tx, visit: Visit, cabinet_id: str) -> None:
    scope = read_key_scope(tx, visit)
    if not scope.whole and cabinet_id not in list_countable(tx, scope):
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _load(tx: Tx, visit: Visit, count_id: str) -> KeyCount:
    count = load_count(tx, count_id)
    if count is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    _demand_countable(tx, visit, count.cabinet_id)
    return count


def _show_counts(visit: Visit, faults: FieldFaults | None = None, at: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_key_scope(tx, visit)
        cabinets = list_countable(tx, scope)
        open_ = {each.cabinet_id: each for each in list_open_counts(tx, cabinets)}
        last = list_counts_of(tx, cabinets)
        counts = [each for each in list_counts(tx, limit=LISTED_MAX) if each.cabinet_id in cabinets]
        differences = count_differences(tx, {each.id for each in (*counts, *last.values())})
        names = name_accounts(tx, {each for count in counts for each in (count.opened_by, count.closed_by) if each})
    return visit.render(
        "keys/counts.html",
        cabinets=cabinets,
        open_counts=open_,
        last=last,
        counts=counts,
        differences=differences,
        names=names,
        keeps=visit.may(Right.keep_keys),
        whole=scope.whole,
        faults=faults or {},
        fault=at or None,
        at=at,
        now=tx.now,
    )


def _show(visit: Visit, template: str, count_id: str, *, faults: FieldFaults | None = None, text: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        count = _load(tx, visit, count_id)
        counted = preview_count(tx, count_id) if count.closed_at is None else None
        differences = counted.differences if counted else list_differences(tx, count_id)
        scans = list_scans(tx, count_id)
        every = {each.copy.id: each for each in list_hangings(tx)}
        holders = name_holders(tx, {each.holder for each in differences if each.holder is not None})
        names = name_accounts(tx, [each for each in (count.opened_by, count.closed_by) if each])
        cabinets = list_cabinets(tx)
    awaited = [every[each.copy_id] for each in differences if each.kind is DifferenceKind.missing]
    return visit.render(
        template,
        count=count,
        cabinet=cabinets[count.cabinet_id],
        cabinets=cabinets,
        seen=[every[each] for each in counted.seen] if counted else [],
        awaited=awaited,
        differences=[each for each in differences if counted is None or each.kind is not DifferenceKind.missing],
        labels={each.copy.id: encode_key_label(each.copy.id) for each in awaited},
        scanned=len({each.copy_id for each in scans if each.copy_id}),
        latest=every.get(scans[-1].copy_id or "") if scans else None,
        latest_tag=scans[-1].tag if scans else "",
        every=every,
        holders=holders,
        names=names,
        keeps=visit.may(Right.keep_keys),
        text_max=TAG_LENGTH_MAX,
        text=text,
        faults=faults or {},
        fault="count" if faults else None,
        now=tx.now,
    )
