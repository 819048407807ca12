"""A series that was booked: what stands of it, and on which days it could not be had."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute
from gateway.pages.drawing.dates import read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.rooms.room_visitor import find_place
from store.fee_quotes import load_quote
from store.reservations import list_series

router = APIRouter()

_Days = Annotated[str, Query(pattern=r"^([0-9]{8}(,[0-9]{8}){0,99})?$")]


@router.get("/rooms/{room_id}/series/{series_id}")
def get_series(visit: Visitor, room_id: str, series_id: str, refused: _Days = "") -> Response:
    """Show a series to whoever booked it or serves its house; ``refused`` are days that could not be had."""
    context = visit.pages.context
    now = context.now()
    with context.store.reading(now) as tx:
        place = find_place(tx, visit, room_id, books=True)
        own = place.visitor.own
        standing = list_series(tx, series_id)
        if not standing or not all(
            kept.made_by == visit.signed_in.login
            or place.visitor.serves(kept.facility_id)
            or (own is not None and kept.reservation.reservee_id == own.id)
            for kept in standing
        ):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        prices = {kept.reservation.id: load_quote(tx, kept.reservation.id) for kept in standing}
    days = [read_date(f"{text[:4]}-{text[4:6]}-{text[6:]}") for text in refused.split(",") if text]
    return visit.render(
        "rooms/series.html",
        place=place,
        rooms={room.id: room for room in place.rules.rooms},
        standing=[kept.reservation for kept in standing],
        dates={kept.reservation.id: civil_minute(kept.reservation.from_at)[0] for kept in standing},
        yen={id_: quote.quote.total_yen for id_, quote in prices.items() if quote is not None},
        refused=[day for day in days if day is not None],
        today=civil_minute(now)[0],
    )
