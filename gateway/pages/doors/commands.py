"""Asking something of doors, and watching what they answer."""

import secrets
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from contract.commands import DoorAction
from gateway.operations.access.command_doors import (
    REASONED,
    TIMED,
    CommandFault,
    CommandFaultError,
    DoorRequest,
    command_doors,
    confirm_doors,
)
from gateway.orders.doors_meant import Scope, takes_two_persons
from gateway.pages.access.rights import Right
from gateway.pages.doors.request_view import view_proposal, view_request, view_requests
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.site.places import AreaDescription, DoorDescription
from store.commands import list_commands_since, list_request
from store.proposals import list_unconfirmed, load_proposal

router = APIRouter()

LISTED = timedelta(days=7)
COMMANDS_MAX = 1000
MINUTES = (5, 15, 30, 60, 120)
"""For so long a door may be asked to stand open; 0 is until it is taken back."""

RequestId = Annotated[str, Form(pattern=r"^[0-9a-f]{16}$")]


@router.get("/commands")
def get_commands(visit: Visitor) -> Response:
    """Show what was asked of doors lately, by whom and why."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        asked = list_commands_since(tx, tx.now - LISTED, limit=COMMANDS_MAX)
        unconfirmed = list_unconfirmed(tx, tx.now - LISTED, limit=COMMANDS_MAX)
    return visit.render(
        "doors/commands.html",
        requests=view_requests(asked, context.site, tx.now),
        proposals=[view_proposal(each, context.site, tx.now) for each in unconfirmed],
        now=tx.now,
        named=visit.may(Right.names_at_doors),
    )


@router.post("/commands")
def post_command(
    visit: Visitor,
    *,
    request: RequestId,
    action: Annotated[DoorAction, Form()],
    scope: Annotated[str, Form(max_length=80)],
    minutes: Annotated[int, Form(ge=0, le=24 * 60)] = 0,
    reason: Annotated[str, Form(max_length=1000)] = "",
    name: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Ask; what then happens is watched on the request's own page."""
    context = visit.pages.context
    kind, _, place = scope.partition("/")
    if kind not in get_args(Scope):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    asked = DoorRequest(
        id=request,
        scope=kind,  # type: ignore[arg-type]
        scope_id=place,
        action=action,
        by=visit.signed_in.login,
        name=_name_of(visit, name),
        reason=" ".join(reason.split()),
        seconds=minutes * 60 or None,
    )
    try:
        with context.store.transaction(context.now()) as tx:
            command_doors(tx, context.site, asked, draw_id=lambda: secrets.token_hex(12))
    except CommandFaultError as error:
        return _show_fault(visit, asked, error.fault)
    context.committed.set()
    return see_other(f"/commands/{request}")


@router.get("/commands/{request_id}")
def get_command(visit: Visitor, request_id: str) -> Response:
    """Show who has answered and who has not; before that, what waits for a second person."""
    return _show(visit, request_id)


@router.get("/commands/{request_id}/part")
def get_command_part(visit: Visitor, request_id: str) -> Response:
    """Give the part of it that changes."""
    return _show(visit, request_id, parts="parts/")


@router.post("/commands/{request_id}/confirm")
def post_confirmation(visit: Visitor, request_id: str, name: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Confirm what a colleague asked; now it goes to the doors."""
    context, by = visit.pages.context, visit.signed_in.login
    draw_id = partial(secrets.token_hex, 12)
    try:
        with context.store.transaction(context.now()) as tx:
            found = confirm_doors(tx, context.site, request_id, by=by, name=_name_of(visit, name), draw_id=draw_id)
    except CommandFaultError as error:
        return _show(visit, request_id, fault=error.fault)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    context.committed.set()
    return see_other(f"/commands/{request_id}")


def find_place(visit: Visit, scope: str, scope_id: str) -> AreaDescription | DoorDescription | None:
    """Give the area or door that a request is meant for; None for the whole site, and for one that there is not."""
    site = visit.pages.context.site
    if scope == "area":
        return next((area for area in site.areas if area.id == scope_id), None)
    return next((door for door in site.doors if scope == "door" and door.id == scope_id), None)


def _name_of(visit: Visit, name: str) -> str:
    session = visit.signed_in
    return session.name if session.person_id else " ".join(name.split())


def _show(visit: Visit, request_id: str, *, parts: str = "", fault: CommandFault | None = None) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        commands, proposal = list_request(tx, request_id), load_proposal(tx, request_id)
    view: dict[str, Any]
    if commands:
        template, view = "command.html", {"request": view_request(commands, context.site, tx.now)}
    elif proposal:
        template, view = "proposal.html", {"proposal": view_proposal(proposal, context.site, tx.now)}
    else:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        f"doors/{parts}{template}",
        **view,
        fault=fault,
        now=tx.now,
        named=visit.may(Right.names_at_doors),
        operates=visit.may(Right.command_doors),
    )


def _show_fault(visit: Visit, asked: DoorRequest, fault: CommandFault) -> Response:
    """Show the form again with what was entered and what is wrong with it."""
    return visit.render(
        "doors/command_again.html",
        fault=fault,
        asked=asked,
        scope=f"{asked.scope}/{asked.scope_id}" if asked.scope_id else asked.scope,
        place=find_place(visit, asked.scope, asked.scope_id),
        reasoned=asked.action in REASONED or fault is CommandFault.no_reason,
        two=takes_two_persons(visit.pages.context.site, asked.action, asked.scope, asked.scope_id),
        timed=asked.action in TIMED,
    )
