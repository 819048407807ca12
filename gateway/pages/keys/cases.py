"""Re-key cases (鍵交換): every door that a lost key opens, what is done about it step by step, and who did it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.keys.custody import CustodyState
from domain.keys.key_fault import KeyFaultError
from domain.keys.rekey import OVER, RekeyAct, RekeyState, list_rekey_acts
from gateway.custody.holders import name_holders
from gateway.custody.standing import Hanging, list_hangings
from gateway.operations.keys.rekey_lock import CaseStep, advance_rekey, open_rekey
from gateway.pages.access.rights import Right
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_acts import FormId, Words
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.openings import name_openings
from store.directory import name_accounts
from store.key_history import list_last_holders
from store.key_rings import list_rings
from store.keys import list_keys
from store.rekey_cases import list_cases, list_rekey_steps, load_case

router = APIRouter()

LISTED_MAX = 100
STEPS = (
    RekeyState.opened,
    RekeyState.cylinders_changed,
    RekeyState.copies_made,
    RekeyState.old_retired,
    RekeyState.closed,
)

CopyIds = Annotated[list[Annotated[str, Form(max_length=63)]], Form(default_factory=list)]


@router.get("/keys/cases")
def get_cases(visit: Visitor) -> Response:
    """Show the cases, those that are not over first."""
    return _show_cases(visit)


@router.post("/keys/new/case")
def post_case(
    visit: Visitor, request: FormId, piece: Annotated[str, Form(max_length=63)] = "", reason: Words = ""
) -> Response:
    """Open a case about a lost copy that has none any more."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            open_rekey(tx, request, piece, by=visit.signed_in.login, reason=reason)
    except KeyFaultError as error:
        return _show_cases(visit, tell_refusal(error, visit.language), piece)
    context.committed.set()
    return see_other(f"/keys/cases/{request}")


@router.get("/keys/cases/{case_id}")
def get_case(visit: Visitor, case_id: str) -> Response:
    """Show a case."""
    return _show(visit, case_id)


@router.post("/keys/cases/{case_id}/steps")
def post_step(
    visit: Visitor, *, case_id: str, act: Annotated[RekeyAct, Form()], note: Words = "", retired: CopyIds
) -> Response:
    """Take a case one step further."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_whole()
            if load_case(tx, case_id) is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            advance_rekey(tx, CaseStep(case_id, act, visit.signed_in.login, note, frozenset(retired)))
    except KeyFaultError as error:
        return _show(visit, case_id, faults=tell_refusal(error, visit.language), about=act.value, note=note)
    context.committed.set()
    return see_other(f"/keys/cases/{case_id}")


def _show_cases(visit: Visit, faults: FieldFaults | None = None, at: str = "") -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        cases = list_cases(tx, limit=LISTED_MAX)
        every = {each.copy.id: each for each in list_hangings(tx)}
        handled = {each.copy_id for each in cases if each.state not in OVER}
        names = name_accounts(tx, {each.opened_by for each in cases})
    lost = [each for each in every.values() if each.custody.state is CustodyState.lost and each.copy.id not in handled]
    return visit.render(
        "keys/cases.html",
        cases=cases,
        every=every,
        lost=lost,
        names=names,
        registers=visit.may(Right.keep_key_register),
        whole=True,
        faults=faults or {},
        fault=at or None,
        at=at,
        now=tx.now,
    )


def _show(
    visit: Visit, case_id: str, *, faults: FieldFaults | None = None, about: str = "", note: str = ""
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        read_key_scope(tx, visit).demand_whole()
        case = load_case(tx, case_id)
        if case is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        exposure = case.exposure
        named = name_openings(tx, context.site, exposure.openings)
        hangings = {each.copy.id: each for each in list_hangings(tx, exposure.keys)}
        keys, rings = list_keys(tx, exposure.keys), list_rings(tx, exposure.rings)
        steps = list_rekey_steps(tx, case_id)
        names = name_accounts(tx, {case.opened_by, *(each.done_by for each in steps)})
        last = list_last_holders(tx, [case.copy_id]).get(case.copy_id)
        holder = name_holders(tx, [last.holder])[last.holder] if last else ""
    lost = hangings[case.copy_id]
    return visit.render(
        "keys/case.html",
        case=case,
        lost=lost,
        holder=holder,
        openings=[named[each] for each in exposure.openings],
        keys=[keys[each] for each in exposure.keys if each in keys],
        copies=[hangings[each] for each in exposure.copies if each in hangings],
        must_retire={each for each in exposure.copies if _same_key(hangings.get(each), lost)},
        rings=list(rings.values()),
        steps=steps,
        stages=STEPS,
        stands=STEPS.index(case.state) if case.state in STEPS else -1,
        acts=list_rekey_acts(case.state),
        names=names,
        registers=visit.may(Right.keep_key_register),
        whole=True,
        faults=faults or {},
        fault=about or None,
        about=about,
        note=note,
        now=tx.now,
    )


def _same_key(hanging: Hanging | None, lost: Hanging) -> bool:
    return hanging is not None and hanging.key.id == lost.key.id
