"""What people do about visits: decide, call off, let last, let go; and the way to the cards that are lent."""

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.responses import Response

from domain.access.visits import VisitFaultError
from domain.ids import ID_PATTERN, TOKEN_PATTERN
from gateway.operations.access.decide_visit import cancel_visit, decide_visit
from gateway.operations.access.end_visit import end_visit, extend_visit
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.visitors.visit_form import read_time
from gateway.pages.visitors.visits import actor_of, show_visit
from gateway.people.visit_code import CODE_ID_BYTES, make_code_pass
from store.visitor_cards import POOL, ensure_pool

router = APIRouter()

FormId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]
Text = Annotated[str, Form(max_length=1000)]
LevelIds = Annotated[list[Annotated[str, Form(pattern=ID_PATTERN)]], Form(default_factory=list)]
CardToken = Annotated[str, Form(pattern=f"(^$)|({TOKEN_PATTERN})")]
Handed = Literal["card", "next", "code", "escort"]
"""How a visitor gets in: a card by its number, the next card held to a reader, a code, or behind the host alone."""


@router.post("/visits/cards/pool")
def post_pool(visit: Visitor) -> Response:
    """Lead to the cards for visitors; the first time they are given a place."""
    context = visit.pages.context
    with context.store.transaction(context.now()) as tx:
        ensure_pool(tx)
    return see_other(f"/cards/{POOL}")


@router.post("/visits/{visit_id}/decide")
def post_decision(
    visit: Visitor, visit_id: str, decision: Annotated[Literal["approve", "refuse"], Form()], reason: Text = ""
) -> Response:
    """Approve or refuse."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            decide_visit(tx, visit_id, approve=decision == "approve", actor=actor_of(visit), reason=reason)
    except VisitFaultError as error:
        return show_visit(visit, visit_id, fault=error.fault)
    return _lead_back(visit, visit_id)


@router.post("/visits/{visit_id}/cancel")
def post_cancellation(visit: Visitor, visit_id: str, reason: Text = "") -> Response:
    """Call it off."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            cancel_visit(tx, visit_id, actor=actor_of(visit), reason=reason)
    except VisitFaultError as error:
        return show_visit(visit, visit_id, fault=error.fault)
    return _lead_back(visit, visit_id)


@router.post("/visits/{visit_id}/extend")
def post_extension(visit: Visitor, visit_id: str, valid_until: Text = "") -> Response:
    """Move its end."""
    context = visit.pages.context
    code = make_code_pass(context, secrets.token_bytes(CODE_ID_BYTES))
    try:
        with context.store.transaction(context.now()) as tx:
            extend_visit(tx, visit_id, read_time(valid_until), actor=actor_of(visit), new_code=code)
    except VisitFaultError as error:
        return show_visit(visit, visit_id, fault=error.fault)
    return _lead_back(visit, visit_id)


@router.post("/visits/{visit_id}/leave")
def post_departure(
    visit: Visitor,
    visit_id: str,
    *,
    lost: Annotated[bool, Form()] = False,
    then: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Let the visitor go."""
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            end_visit(tx, visit_id, by=visit.signed_in.login, card_lost=lost)
    except VisitFaultError as error:
        return show_visit(visit, visit_id, fault=error.fault)
    context.committed.set()
    return see_other(then or f"/visits/{visit_id}")


def _lead_back(visit: Visit, visit_id: str) -> Response:
    visit.pages.context.committed.set()
    return see_other(f"/visits/{visit_id}")
