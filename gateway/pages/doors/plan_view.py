"""How doors stand on a floor plan: a shape, a word and a colour each, never a colour alone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.pages.doors.board_view import Board, DoorView
from store.floor_plans import FloorPlan, Marker

WIDTH = 1000
"""Units across the picture as it is drawn; its height follows."""

EDGE = 150
"""So near an edge a door's words lead away from it."""


@dataclass(frozen=True, slots=True)
class MarkedDoor:
    """A door on the picture: ``shape`` is trouble, unknown, open or shut; ``anchor`` where its words begin."""

    view: DoorView
    marker: Marker
    x: int
    y: int
    shape: str
    anchor: str


def height_of(plan: FloorPlan) -> int:
    """Give the picture's height in units of WIDTH."""
    return max(1, round(WIDTH * plan.height / plan.width))


def mark_doors(board: Board, plan: FloorPlan, markers: Iterable[Marker]) -> tuple[MarkedDoor, ...]:
    """Give the doors on a plan, those in trouble first; a marker of a door that is gone is left out."""
    placed = {marker.door_id: marker for marker in markers}
    height = height_of(plan)
    return tuple(_mark(view, placed[view.door.id], height) for view in board.doors if view.door.id in placed)


def _mark(view: DoorView, marker: Marker, height: int) -> MarkedDoor:
    x, y = round(marker.x * WIDTH / 10000), round(marker.y * height / 10000)
    anchor = "start" if x < EDGE else "end" if x > WIDTH - EDGE else "middle"
    return MarkedDoor(view, marker, x, y, _shape(view), anchor)


def _shape(view: DoorView) -> str:
    if view.troubles:
        return "trouble"
    if view.mode == "unknown":
        return "unknown"
    return "open" if view.contact == "opened" or view.mode in ("unlocked", "accessed", "locked_open") else "shut"
