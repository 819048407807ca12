"""The live door board, and one door by itself."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from gateway.pages.access.rights import Right
from gateway.pages.doors.alarm_view import list_alarms
from gateway.pages.doors.board_view import Board, BoardFacts, derive_board
from gateway.pages.doors.request_view import RequestView, view_requests
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import view_tap
from gateway.pages.records.taps import begin_of_day
from store.alarms import list_acknowledged_alarms, list_open_alarms
from store.board import list_last_taps, list_tap_lines
from store.commands import list_commands_since
from store.devices import list_device_statuses
from store.door_states import list_door_facts, list_reader_facts
from store.editions import load_newest_version
from store.tx import Tx

router = APIRouter()

Shape = Literal["tiles", "list"]
Live = Literal["on", "off"]

ACKNOWLEDGED_SHOWN = timedelta(hours=24)
ACKNOWLEDGED_MAX = 20
REQUESTS_SHOWN = timedelta(minutes=2)
"""For so long what was asked of doors stands on the board, after it was answered too."""

COMMANDS_MAX = 500
TAPS_MAX = 10


@router.get("/doors")
def get_doors(visit: Visitor, shape: Shape = "tiles", live: Live = "on") -> Response:
    """Show the board."""
    return _show(visit, "doors/doors.html", shape, live)


@router.get("/doors/part")
def get_doors_part(visit: Visitor, shape: Shape = "tiles", live: Live = "on") -> Response:
    """Give the part of the board that changes."""
    return _show(visit, "doors/parts/board.html", shape, live)


@router.get("/doors/{door_id}/view")
def get_door(visit: Visitor, door_id: str) -> Response:
    """Show one door, what may be asked of it, its last taps and what was asked lately."""
    return _show_door(visit, "doors/door.html", door_id)


@router.get("/doors/{door_id}/view/part")
def get_door_part(visit: Visitor, door_id: str) -> Response:
    """Give the part of it that changes."""
    return _show_door(visit, "doors/parts/door_view.html", door_id)


def load_board(visit: Visit) -> Board:
    """Give the board as it stands."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        return _read_board(visit, tx)


def _read_board(visit: Visit, tx: Tx) -> Board:
    facts = BoardFacts(
        list_door_facts(tx),
        list_reader_facts(tx),
        list_last_taps(tx),
        list_device_statuses(tx),
        load_newest_version(tx),
    )
    seen = list_acknowledged_alarms(tx, tx.now - ACKNOWLEDGED_SHOWN, limit=ACKNOWLEDGED_MAX)
    alarms = list_alarms(list_open_alarms(tx), seen, sees_secret=visit.may(Right.duress))
    return derive_board(visit.pages.context.site, facts, alarms)


def _read_requests(visit: Visit, tx: Tx, since: datetime) -> list[RequestView]:
    return view_requests(list_commands_since(tx, since, limit=COMMANDS_MAX), visit.pages.context.site, tx.now)


def _show(visit: Visit, template: str, shape: Shape, live: Live) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        board, requests = _read_board(visit, tx), _read_requests(visit, tx, tx.now - REQUESTS_SHOWN)
    return visit.render(
        template, board=board, requests=requests, shape=shape, live=live == "on", **_common(visit, tx.now)
    )


def _show_door(visit: Visit, template: str, door_id: str) -> Response:
    context = visit.pages.context
    if door_id not in {door.id for door in context.site.doors}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    points = [point.id for point in context.site.access_points if point.door == door_id]
    with context.store.reading(context.now()) as tx:
        since = begin_of_day(tx.now)
        view = _read_board(visit, tx).door(door_id)
        asked = _read_requests(visit, tx, since)
        lines = list_tap_lines(tx, since=since, until=since + timedelta(days=1), access_points=points, limit=TAPS_MAX)
    about = [request for request in asked if any(answer.door.id == door_id for answer in request.answers)]
    return visit.render(
        template,
        view=view,
        requests=about[:TAPS_MAX],
        taps=[view_tap(line, context.site) for line in lines],
        everybody=True,
        **_common(visit, tx.now),
    )


def _common(visit: Visit, now: datetime) -> dict[str, Any]:
    """Give what every template with doors on it asks for; each form gets a number of its own."""
    return {
        "now": now,
        "named": visit.may(Right.names_at_doors),
        "operates": visit.may(Right.command_doors),
        "acknowledges": visit.may(Right.acknowledge_alarms),
        "sees_duress": visit.may(Right.duress),
    }
