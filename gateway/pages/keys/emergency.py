"""A key lent in an emergency from its own page: by two persons, to somebody by name, for a cause; then looked over."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from domain.civil import JST
from domain.keys.custody import Holder, HolderKind
from domain.keys.emergency import CAUSES, EmergencyCause, write_cause
from domain.keys.key import Target, TargetKind
from domain.keys.key_fault import KeyFaultError, Why, refuse
from gateway.operations.keys.lend_key import EMERGENCY_MINUTES, LoanWish, lend_key
from gateway.operations.keys.review_emergency import Review, review_emergency
from gateway.pages.access.rights import Right
from gateway.pages.desk.lend import demand_target_kept
from gateway.pages.desk.lend_view import read_target
from gateway.pages.desk.second import prove_second
from gateway.pages.drawing.field_faults import FieldFaults
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.keys.key_acts import Words, read_time
from gateway.pages.keys.key_faults import tell_refusal
from gateway.pages.keys.key_page import TIME_FORM, list_at_hand, show_key
from gateway.pages.keys.key_scope import read_key_scope
from gateway.pages.keys.key_view import load_key_view
from gateway.pages.words import Language
from store.directory import find_person
from store.key_emergencies import list_emergencies
from store.key_rings import list_rings_of
from store.keys import list_copies_of
from store.tx import Tx

router = APIRouter()

WORDS_MAX = 150
"""So much room the ledger's words leave beside the cause."""


class EmergencyForm(BaseModel):
    """Who is to have what, and why, as it was typed; ``piece`` is a copy, or ``ring:`` and a ring."""

    request: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] = "0" * 16
    piece: Annotated[str, Field(max_length=80)] = ""
    who: Annotated[str, Field(max_length=80)] = ""
    cause: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""
    due_at: Annotated[str, Field(max_length=40)] = ""
    second: Annotated[str, Field(max_length=63)] = ""
    second_password: Annotated[str, Field(max_length=1000)] = ""


@router.get("/keys/{key_id}/emergency")
def get_emergency(visit: Visitor, key_id: str) -> Response:
    """Show the form of a loan without any entitlement."""
    return _show(visit, key_id, EmergencyForm())


@router.post("/keys/{key_id}/emergency")
def post_emergency(visit: Visitor, sent: Request, key_id: str, form: Annotated[EmergencyForm, Form()]) -> Response:
    """Lend it."""
    context = visit.pages.context
    if faults := _prove(visit, sent, form):
        return _show(visit, key_id, form, faults=faults)
    try:
        with context.store.transaction(context.now()) as tx:
            read_key_scope(tx, visit).demand_kept(key_id)
            lend_key(tx, _read_wish(tx, visit, key_id, form))
    except KeyFaultError as error:
        return _show(visit, key_id, form, faults=tell_refusal(error, visit.language))
    context.committed.set()
    return see_other(f"/desk/loans/{form.request}")


@router.post("/keys/{key_id}/reviews")
def post_review(
    visit: Visitor, key_id: str, loan: Annotated[str, Form(max_length=63)] = "", reason: Words = ""
) -> Response:
    """Write down what looking a loan over has found."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            scope = read_key_scope(tx, visit)
            scope.demand_seen(key_id)
            if not scope.answers(key_id) and not (scope.whole and visit.may(Right.keep_key_register)):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            if any(key_id not in each.key_ids for each in list_emergencies(tx, [loan])):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            review_emergency(tx, Review(loan, visit.signed_in.login, reason))
    except KeyFaultError as error:
        told = tell_refusal(error, visit.language)
        return show_key(visit, key_id, faults=told, about=f"review-{loan}", kept={"reason": reason})
    context.committed.set()
    return see_other(f"/keys/{key_id}")


def _prove(visit: Visit, sent: Request, form: EmergencyForm) -> FieldFaults:
    """Check what the page itself asks for: the cause, and the second person's password."""
    say, faults = visit.phrases.say, {}
    if form.cause not in set(EmergencyCause):
        faults["cause"] = (say("keys.emergency.choose_cause"),)
    if (wrong := prove_second(visit, sent, form.second, form.second_password)) is not None:
        faults["second"] = (say(wrong),)
    return faults


def _read_wish(tx: Tx, visit: Visit, key_id: str, form: EmergencyForm) -> LoanWish:
    person_id = find_person(tx, form.who)
    if person_id is None:
        raise refuse("borrower", Why.unknown)
    if not form.reason.strip():
        raise refuse("reason", Why.no_reason)
    target = read_target(form.piece) or Target(TargetKind.key, key_id)
    if target.kind is TargetKind.ring and target.id not in list_rings_of(tx, list_copies_of(tx, [key_id])).values():
        raise refuse("copy", Why.unknown)
    demand_target_kept(tx, visit, target)
    return LoanWish(
        form.request,
        target,
        Holder(HolderKind.person, person_id),
        visit.signed_in.login,
        second_by=form.second.strip(),
        due_at=read_time(form.due_at) if form.due_at else None,
        copy_id=form.piece if target.kind is TargetKind.key else None,
        reason=write_cause(EmergencyCause(form.cause), form.reason),
        emergency=True,
    )


def _show(visit: Visit, key_id: str, form: EmergencyForm, *, faults: FieldFaults | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_key_scope(tx, visit)
        scope.demand_seen(key_id)
        scope.demand_kept(key_id)
        view = load_key_view(tx, context.site, key_id)
    if view is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    latest = (tx.now + timedelta(minutes=EMERGENCY_MINUTES)).astimezone(JST).replace(second=0, microsecond=0)
    return visit.render(
        "keys/emergency.html",
        view=view,
        cabinets=view.cabinets,
        pieces=list_at_hand(view),
        causes=[(each.value, words[visit.language is not Language.ja]) for each, words in CAUSES.items()],
        due_field=form.due_at or latest.strftime(TIME_FORM),
        latest=latest,
        form=form,
        reason_max=WORDS_MAX,
        faults=faults or {},
        fault="emergency" if faults else None,
        now=tx.now,
    )
