"""The live door board."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import Response

from gateway.pages.access import Right
from gateway.pages.board_view import BOARD_KINDS, Board, derive_board
from gateway.pages.guard import Visitor
from gateway.pages.visit import Visit
from store.alarms import list_open_alarms
from store.board import list_board_records
from store.devices import list_device_statuses
from store.policies import load_published_policy

router = APIRouter()

Shape = Literal["tiles", "list"]
Live = Literal["on", "off"]


@router.get("/doors")
def get_doors(visit: Visitor, shape: Shape = "tiles", live: Live = "on") -> Response:
    """Show the board."""
    return _show(visit, "doors.html", shape, live)


@router.get("/doors/part")
def get_doors_part(visit: Visitor, shape: Shape = "tiles", live: Live = "on") -> Response:
    """Give the part of the board that changes."""
    return _show(visit, "parts/board.html", shape, live)


def load_board(visit: Visit) -> Board:
    """Give the board as it stands."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        records = list_board_records(tx, kinds=BOARD_KINDS)
        statuses = list_device_statuses(tx)
        published = load_published_policy(tx)
        alarms = list_open_alarms(tx)
    return derive_board(context.site, records, statuses, alarms, policy_version=published.version if published else 0)


def _show(visit: Visit, template: str, shape: Shape, live: Live) -> Response:
    return visit.render(
        template,
        board=load_board(visit),
        shape=shape,
        live=live == "on",
        now=visit.pages.context.now(),
        named=visit.may(Right.names_at_doors),
    )
