"""Asking something of doors, and watching what they answer."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, get_args

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import Response

from contract.commands import DoorAction
from gateway.operations.access.command_doors import (
    REASONED,
    TIMED,
    CommandFault,
    CommandFaultError,
    DoorRequest,
    Scope,
    command_doors,
)
from gateway.pages.access import Right
from gateway.pages.doors.request_view import view_request, view_requests
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.site.places import AreaDescription, DoorDescription
from store.commands import list_commands_since, list_request

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
    views = view_requests(asked, context.site, tx.now)
    return visit.render("doors/commands.html", requests=views, now=tx.now, named=visit.may(Right.names_at_doors))


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
    session, context = visit.signed_in, visit.pages.context
    kind, _, place = scope.partition("/")
    if kind not in get_args(Scope):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    asked = DoorRequest(
        id=request,
        scope=kind,  # type: ignore[arg-type]
        scope_id=place,
        action=action,
        by=session.login,
        name=session.name if session.person_id else " ".join(name.split()),
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
    """Show who has answered and who has not."""
    return _show(visit, "doors/command.html", request_id)


@router.get("/commands/{request_id}/part")
def get_command_part(visit: Visitor, request_id: str) -> Response:
    """Give the part of it that changes."""
    return _show(visit, "doors/parts/command.html", request_id)


def find_place(visit: Visit, scope: str, scope_id: str) -> AreaDescription | DoorDescription | None:
    """Give the area or door that a request is meant for; None for the whole site, and for one that there is not."""
    site = visit.pages.context.site
    if scope == "area":
        return next((area for area in site.areas if area.id == scope_id), None)
    return next((door for door in site.doors if scope == "door" and door.id == scope_id), None)


def _show(visit: Visit, template: str, request_id: str) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        commands = list_request(tx, request_id)
    if not commands:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return visit.render(
        template,
        request=view_request(commands, context.site, tx.now),
        now=tx.now,
        named=visit.may(Right.names_at_doors),
        operates=visit.may(Right.command_doors),
        draw_id=lambda: secrets.token_hex(8),
    )


def _show_fault(visit: Visit, asked: DoorRequest, fault: CommandFault) -> Response:
    """Show the form again with what was entered and what is wrong with it."""
    return visit.render(
        "doors/command_again.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fault=fault,
        asked=asked,
        scope=f"{asked.scope}/{asked.scope_id}" if asked.scope_id else asked.scope,
        place=find_place(visit, asked.scope, asked.scope_id),
        reasoned=asked.action in REASONED,
        timed=asked.action in TIMED,
        draw_id=lambda: secrets.token_hex(8),
    )
