"""What waits at a desk's reader: for the borrower's card, or for the cards of two who hand a key over."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFault, KeyFaultError, Why
from domain.keys.key_words import describe_fault
from gateway.operations.keys.await_card import WaitWish, await_borrower, await_hand_over, cancel_wait
from gateway.pages.desk.day_view import derive_loans
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.directory import list_names
from store.key_rings import list_rings
from store.key_waits import KeyWait, WaitKind, WaitOutcome, load_wait
from store.keys import list_copies, list_keys
from store.loans_out import list_copies_out
from store.tx import Tx

router = APIRouter()

SHOWN = (WaitKind.lend, WaitKind.hand_over)
"""Waits for a tag belong to the key's own page."""


@router.get("/desk/waits/{wait_id}")
def get_wait(visit: Visitor, wait_id: str) -> Response:
    """Show what became of it so far."""
    return _show(visit, wait_id, "desk/wait.html")


@router.get("/desk/waits/{wait_id}/part")
def get_wait_part(visit: Visitor, wait_id: str) -> Response:
    """Give the part that changes."""
    return _show(visit, wait_id, "desk/parts/wait.html")


@router.post("/desk/waits/{wait_id}/cancel")
def post_cancellation(visit: Visitor, wait_id: str) -> Response:
    """Wait no longer."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        _demand_own(tx, visit, wait_id)
        cancel_wait(tx, wait_id)
    context.committed.set()
    return see_other(f"/desk/waits/{wait_id}")


@router.post("/desk/waits/{wait_id}/again")
def post_again(visit: Visitor, wait_id: str, request: Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]) -> Response:
    """Wait anew for the same after the time ran out, or the wrong card came."""
    context = visit.pages.context
    readers = {each.id for each in context.site.readers if each.desk}
    try:
        with context.store.transaction(context.now()) as tx:
            asked = _demand_own(tx, visit, wait_id)
            wish = WaitWish(
                request, asked.reader_id, asked.target, asked.asked_by, asked.second_by, asked.due_at,
                asked.deposit_yen, asked.reason, asked.copy_id,
            )  # fmt: skip
            (await_borrower if asked.kind is WaitKind.lend else await_hand_over)(tx, wish, readers=readers)
    except KeyFaultError as error:
        told = tell_by_field(error.faults, describe_fault, visit.language)
        return _show(visit, wait_id, "desk/wait.html", faults=tuple(line for lines in told.values() for line in lines))
    context.committed.set()
    return see_other(f"/desk/waits/{request}")


def _demand_own(tx: Tx, visit: Visit, wait_id: str) -> KeyWait:
    asked = load_wait(tx, wait_id)
    if asked is None or asked.kind not in SHOWN or asked.asked_by != visit.signed_in.login:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return asked


def _show(visit: Visit, wait_id: str, template: str, *, faults: tuple[str, ...] = ()) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = _demand_own(tx, visit, wait_id)
        name = _name_target(tx, visit, asked.target)
        copy = list_copies(tx, [asked.copy_id]).get(asked.copy_id) if asked.copy_id else None
        outcome = asked.outcome_at(tx.now)
        loans = derive_loans(list_copies_out(tx, loan_id=wait_id), tx.now) if outcome is WaitOutcome.done else ()
        giver = list_names(tx, [asked.giver_id]).get(asked.giver_id, "") if asked.giver_id else ""
    why = describe_fault(KeyFault("", Why(asked.fault)))[visit.language != "ja"] if asked.fault else ""
    return visit.render(
        template,
        asked=asked,
        name=name,
        copy=copy,
        outcome=outcome.value if outcome is not None else "waiting",
        loan=loans[0] if loans else None,
        giver=giver,
        why=why,
        faults=faults,
        fault="lend" if faults else None,
        seconds=max(0, int((asked.expires_at - tx.now).total_seconds())),
        reader=dict(list_readers(visit)).get(asked.reader_id, asked.reader_id),
        now=tx.now,
    )


def _name_target(tx: Tx, visit: Visit, target: Target) -> str:
    found = list_rings(tx, [target.id]) if target.kind is TargetKind.ring else list_keys(tx, [target.id])
    thing = found.get(target.id)
    return target.id if thing is None else visit.phrases.name_of(thing)
