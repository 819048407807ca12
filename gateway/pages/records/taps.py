"""Today's taps: everybody's for those who look after the doors, one's own for everyone else."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import JST
from gateway.pages.access.rights import Right
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.records.tap_view import TapView, view_tap
from store.board import list_tap_lines

router = APIRouter()

TAPS_MAX = 200
"""Lines a page shows; older ones of the day are there by filtering."""

Result = Literal["all", "granted", "refused"]
Live = Literal["on", "off"]


@router.get("/taps")
def get_taps(
    visit: Visitor, door: Annotated[str, Query(max_length=63)] = "", result: Result = "all", live: Live = "on"
) -> Response:
    """Show today's taps."""
    return _show(visit, "records/taps.html", door, result, live)


@router.get("/taps/part")
def get_taps_part(
    visit: Visitor, door: Annotated[str, Query(max_length=63)] = "", result: Result = "all", live: Live = "on"
) -> Response:
    """Give the table alone."""
    return _show(visit, "records/parts/taps.html", door, result, live)


def begin_of_day(at: datetime) -> datetime:
    """Give 00:00 JST of the instant's day."""
    return at.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)


def _show(visit: Visit, template: str, door: str, result: Result, live: Live) -> Response:
    now = visit.pages.context.now()
    if door not in {item.id for item in visit.pages.context.site.doors}:
        door = ""
    everybody = visit.may(Right.all_taps)
    taps = _load(visit, now, door, result, everybody=everybody)
    return visit.render(
        template,
        taps=taps[:TAPS_MAX],
        more=len(taps) > TAPS_MAX,
        taps_max=TAPS_MAX,
        door=door,
        result=result,
        live=live == "on",
        now=now,
        today=now.astimezone(JST).date(),
        everybody=everybody,
        named=visit.may(Right.names_at_doors) or not everybody,
        sees_duress=visit.may(Right.duress),
    )


def _load(visit: Visit, now: datetime, door: str, result: Result, *, everybody: bool) -> list[TapView]:
    context = visit.pages.context
    points = [point.id for point in context.site.access_points if point.door == door] if door else None
    person_id = None if everybody else visit.signed_in.person_id
    if person_id == "":
        return []  # an account of no person has no taps of its own
    since = begin_of_day(now)
    with context.store.reading(now) as tx:
        lines = list_tap_lines(
            tx,
            since=since,
            until=since + timedelta(days=1),
            access_points=points,
            granted=None if result == "all" else result == "granted",
            person_id=person_id,
            limit=TAPS_MAX + 1,
        )
    return [view_tap(line, context.site) for line in lines]
