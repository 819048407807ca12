"""Lending at the desk: what is offered is looked at, then the borrower's card, code or signature completes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request
from starlette.responses import Response

from domain.civil import civil_minute
from domain.keys.custody import Holder, HolderKind
from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why, refuse
from domain.keys.key_words import describe_fault
from gateway.operations.keys.await_card import WaitWish, await_borrower
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.pages.desk.lend_view import Offer, load_offer, load_offers, read_target, round_due, write_target
from gateway.pages.desk.loan_form import LoanForm, read_deposit
from gateway.pages.desk.second import prove_second
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import FieldFaults, tell_by_field
from gateway.pages.drawing.reader_names import list_readers
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_scope import read_key_scope
from store.desk_days import DeskBooking, load_desk_booking
from store.key_rings import list_rings
from store.keys import list_copies, list_keys
from store.tx import Tx

router = APIRouter()

_NONE: FieldFaults = {}
_EVIDENCE = {"code": "予約のQRコード / the booking's code", "paper": "紙に署名 No. {} / signed on paper no. {}"}
"""What a loan without a card rests on, as its deed says it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be lent: for a booking, or a key or ring by itself."""

    booking: DeskBooking | None
    offers: tuple[Offer, ...]
    chosen: Offer | None


@router.get("/desk/lend")
def get_lend(
    visit: Visitor,
    booking: Annotated[str, Query(max_length=64)] = "",
    target: Annotated[str, Query(max_length=80)] = "",
    code: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """Show what can be lent, and how."""
    return show_lend(visit, LoanForm(request="0" * 16, booking=booking, target=target, shown="1" if code else ""))


@router.post("/desk/loans")
def post_loan(visit: Visitor, request: Request, form: Annotated[LoanForm, Form()]) -> Response:
    """Lend at once to whoever showed a code or signed, or let the loan wait for a card."""
    context = visit.pages.context
    deposit_yen, wrong = read_deposit(visit, form.deposit_yen)
    if faults := {**wrong, **_prove(visit, request, form)}:
        return show_lend(visit, form, faults=faults)
    try:
        with context.store.transaction(context.now()) as tx:
            asked = _ask(tx, visit, form)
            way = _lend(tx, visit, form, asked, deposit_yen)
    except KeyFaultError as error:
        return show_lend(visit, form, faults=tell_by_field(error.faults, describe_fault, visit.language))
    context.committed.set()
    return see_other(way)


def show_lend(visit: Visit, form: LoanForm, *, faults: FieldFaults = _NONE) -> Response:
    """Show what can be lent; with ``faults`` of what was sent."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = _ask(tx, visit, form)
        others = _list_lendable(tx, visit) if asked.booking is None else []
    due = asked.chosen.due if asked.chosen is not None else None
    return visit.render(
        "desk/lend.html",
        booking=asked.booking,
        on=civil_minute(asked.booking.from_at)[0] if asked.booking is not None else None,
        offers=asked.offers,
        chosen=asked.chosen,
        others=others,
        write_target=write_target,
        describe=lambda fault: describe_fault(fault)[visit.language != "ja"],
        due_field=form.due_at or (round_due(due.at) if due is not None else ""),
        form=form,
        readers=list_readers(visit, at_desks=True),
        faults=faults,
        fault="lend" if faults else None,
        now=tx.now,
    )


def _ask(tx: Tx, visit: Visit, form: LoanForm) -> _Asked:
    wanted = read_target(form.target)
    if form.booking:
        booking = load_desk_booking(tx, form.booking)
        if booking is None or booking.facility_id not in read_scope(tx, visit).keys:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        offers = load_offers(tx, booking)
        chosen = next((each for each in offers if wanted in (None, each.target)), None)
        return _Asked(booking, offers, chosen)
    if wanted is None:
        return _Asked(None, (), None)
    demand_target_kept(tx, visit, wanted)
    offer = load_offer(tx, wanted)
    return _Asked(None, (offer,), offer)


def demand_target_kept(tx: Tx, visit: Visit, target: Target) -> None:
    """Let a visitor lend only what is wholly of the keys that one hands out.

    Raises:
        HTTPException: 404.
    """
    scope = read_key_scope(tx, visit)
    if target.kind is TargetKind.key:
        keys = set(list_keys(tx, [target.id]))
    else:
        ring = list_rings(tx, [target.id]).get(target.id)
        keys = (
            {each.key_id for each in list_copies(tx, ring.list_copies(tx.now)).values()} if ring is not None else set()
        )
    if not keys:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    for key_id in keys:
        scope.demand_kept(key_id)


def _list_lendable(tx: Tx, visit: Visit) -> list[tuple[str, str, str]]:
    """Give what may be lent without a booking: the value of a choice and its names."""
    scope = read_key_scope(tx, visit)
    keys = [each for each in list_keys(tx).values() if each.retired_on is None and scope.keeps(each.id)]
    found = [(write_target(Target(TargetKind.key, each.id)), each.name, each.name_en) for each in keys]
    if scope.kept is None:
        rings = list_rings(tx).values()
        found += [(write_target(Target(TargetKind.ring, each.id)), each.name, each.name_en) for each in rings]
    return sorted(found, key=lambda each: each[1])


def _prove(visit: Visit, request: Request, form: LoanForm) -> FieldFaults:
    """Check what the page itself asks for: the paper's number, a signature, the second person's password."""
    wrong: dict[str, Sequence[str]] = {}

    def say(name: str, key: str) -> None:
        wrong[name] = (visit.phrases.say(key),)

    if form.how == "paper" and not form.paper.strip():
        say("paper", "desk.fault_field.paper")
    if form.how == "signature" and not form.signature:
        say("signature", "desk.fault_field.signature")
    if form.second or form.second_password:
        key = prove_second(visit, request, form.second, form.second_password)
        if key is not None:
            say("second", key)
    return wrong


def _lend(tx: Tx, visit: Visit, form: LoanForm, asked: _Asked, deposit_yen: int) -> str:
    """Do it; gives where the page goes on."""
    if asked.chosen is None:
        raise refuse("entitlement", Why.not_permitted)
    target = asked.chosen.target
    login, due_at, copy_id = visit.signed_in.login, form.read_due(), form.copy_id or None
    second = form.second.strip()
    if form.how == "card":
        wish = WaitWish(form.request, form.reader, target, login, second, due_at, deposit_yen, copy_id=copy_id)
        await_borrower(tx, wish, readers={each.id for each in visit.pages.context.site.readers if each.desk})
        return f"/desk/waits/{form.request}"
    if asked.booking is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    signature = form.read_signature() if form.how == "signature" else None
    lend_key(
        tx,
        LoanWish(
            form.request,
            target,
            _find_holder(asked.booking, signed=signature is not None),
            login,
            second_by=second,
            due_at=due_at,
            copy_id=copy_id if target.kind is TargetKind.key else None,
            deposit_yen=deposit_yen,
            reason=_EVIDENCE.get(form.how, "").format(form.paper.strip(), form.paper.strip()),
            signature=signature,
        ),
    )
    return f"/desk/loans/{form.request}"


def _find_holder(booking: DeskBooking, *, signed: bool) -> Holder:
    """Give who has the key then: the member of staff whose booking it is, or the reservee, as everybody who signs."""
    if booking.person_id is not None and not signed:
        return Holder(HolderKind.person, booking.person_id)
    return Holder(HolderKind.reservee, booking.reservee_id)
