"""One loan at the desk: who has what until when; taken back by hand, or handed over to somebody else."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

from domain.keys.custody import HolderKind
from domain.keys.key_fault import KeyFaultError
from domain.keys.key_words import describe_fault
from gateway.custody.targets import find_target
from gateway.operations.keys.await_card import WaitWish, await_hand_over
from gateway.operations.keys.return_key import BroughtBack, return_key
from gateway.pages.desk.day_view import Loan, derive_loans
from gateway.pages.desk.loan_form import read_deposit
from gateway.pages.desk.second import prove_second
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_scope import KeyScope, read_key_scope
from store.desk_days import load_desk_booking
from store.key_custody import KeyDeed, list_custodies_of_loan, list_deed_copies, load_deed
from store.keys import list_cabinets, list_copies, list_keys
from store.loans_out import list_copies_out
from store.reservees import load_reservee
from store.tx import Tx

router = APIRouter()

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
_NONE: FieldFaults = {}


@router.get("/desk/loans/{loan_id}")
def get_loan(visit: Visitor, loan_id: str) -> Response:
    """Show a loan."""
    return _show(visit, loan_id)


@router.post("/desk/loans/{loan_id}/return")
def post_return(
    visit: Visitor,
    *,
    loan_id: str,
    request: FormId,
    deposit_yen: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Take back everything of it that is out."""
    context = visit.pages.context
    yen, wrong = read_deposit(visit, deposit_yen)
    kept = {"deposit_yen": deposit_yen, "reason": reason}
    if wrong:
        return _show(visit, loan_id, faults=wrong, kept=kept)
    try:
        with context.store.transaction(context.now()) as tx:
            _, scope = _demand_loan(tx, visit, loan_id)
            copies = _demand_kept(tx, scope, loan_id)
            out = frozenset(list_custodies_of_loan(tx, loan_id)) or copies
            return_key(tx, BroughtBack(request, out, visit.signed_in.login, reason=reason, deposit_yen=yen))
    except KeyFaultError as error:
        told = tell_by_field(error.faults, describe_fault, visit.language)
        return _show(visit, loan_id, faults=told, kept=kept)
    context.committed.set()
    return see_other("/desk")


@router.post("/desk/loans/{loan_id}/hand-over")
def post_hand_over(
    visit: Visitor,
    sent: Request,
    *,
    loan_id: str,
    request: FormId,
    reader: Annotated[str, Form(max_length=63)] = "",
    second: Annotated[str, Form(max_length=100)] = "",
    second_password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Wait for the cards of both: of whoever has it, then of whoever takes it over."""
    context = visit.pages.context
    if second or second_password:
        wrong = prove_second(visit, sent, second, second_password)
        if wrong is not None:
            return _show(visit, loan_id, faults={"second": [visit.phrases.say(wrong)]}, kept={"second": second})
    readers, login = {each.id for each in context.site.readers if each.desk}, visit.signed_in.login
    try:
        with context.store.transaction(context.now()) as tx:
            _, scope = _demand_loan(tx, visit, loan_id)
            _demand_kept(tx, scope, loan_id)
            held = list_custodies_of_loan(tx, loan_id)
            if not held:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            target = find_target(tx, loan_id)
            await_hand_over(tx, WaitWish(request, reader, target, login, second.strip()), readers=readers)
    except KeyFaultError as error:
        return _show(visit, loan_id, faults=tell_by_field(error.faults, describe_fault, visit.language))
    context.committed.set()
    return see_other(f"/desk/waits/{request}")


def _demand_loan(tx: Tx, visit: Visit, loan_id: str) -> tuple[KeyDeed, KeyScope]:
    lent, scope = load_deed(tx, loan_id), read_key_scope(tx, visit)
    keys = {each.key_id for each in list_copies(tx, list_deed_copies(tx, loan_id)).values()} if lent else set()
    if lent is None or lent.deed.loan_id != loan_id or not keys:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    for key_id in keys:
        scope.demand_seen(key_id)
    return lent, scope


def _demand_kept(tx: Tx, scope: KeyScope, loan_id: str) -> frozenset[str]:
    copies = list_copies(tx, list_deed_copies(tx, loan_id))
    for each in copies.values():
        scope.demand_kept(each.key_id)
    return frozenset(copies)


def _show(
    visit: Visit, loan_id: str, *, faults: FieldFaults = _NONE, kept: Mapping[str, str] | None = None
) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        lent, scope = _demand_loan(tx, visit, loan_id)
        out: Sequence[Loan] = derive_loans(list_copies_out(tx, loan_id=loan_id), tx.now)
        copies = list_copies(tx, list_deed_copies(tx, loan_id))
        keys = list_keys(tx, {each.key_id for each in copies.values()})
        booked = out[0].reservation_id if out else None
        booking = load_desk_booking(tx, booked) if booked is not None else None
        cabinets = list_cabinets(tx)
        reservee = load_reservee(tx, out[0].holder.id) if out and out[0].holder.kind is HolderKind.reservee else None
    return visit.render(
        "desk/loan.html",
        lent=lent,
        loan=out[0] if out else None,
        copies=list(copies.values()),
        keys=keys,
        cabinets=cabinets,
        booking=booking,
        phone=reservee.phone if reservee is not None else "",
        keeps=all(scope.keeps(each.key_id) for each in copies.values()),
        two_person=any(each.two_person for each in keys.values()),
        readers=list_readers(visit, at_desks=True),
        kept=kept or {},
        faults=faults,
        fault="return" if faults else None,
        now=tx.now,
    )
