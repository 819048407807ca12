"""還付: what is due back to whom, with the rule behind it."""

from datetime import timedelta
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.pages.desk_scope import read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.takings.account import load_refunds
from gateway.pages.takings.account_view import RefundChoice
from store.facilities import list_facilities, list_rooms
from store.reservations import Kept, list_reservations
from store.reservees import load_reservees
from store.taking_sums import list_overpaid

router = APIRouter()

LOOK_BACK = timedelta(days=120)
"""Of uses that began longer ago nothing is listed; the booking itself tells of it still."""
AT_ONCE = 60
"""So many are looked at for one page; of some the rules keep all, and those are not listed."""


class DueLine(NamedTuple):
    """A booking of which something is due back, and what for the likeliest reason."""

    kept: Kept
    house: str
    room: str
    payer: str
    choice: RefundChoice


@router.get("/takings/refunds")
def get_refunds(visit: Visitor, page: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
    """List what is due back in the visitor's facilities, the oldest use first."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        ids = list_overpaid(tx, scope.read, tx.now - LOOK_BACK, limit=AT_ONCE + 1, offset=page * AT_ONCE)
        kept = list_reservations(tx, ids[:AT_ONCE])
        rooms = {each.id: each.name for each in list_rooms(tx, ids={one.reservation.room_id for one in kept})}
        houses = {each.id: each.name for each in list_facilities(tx, {one.facility_id for one in kept})}
        who = load_reservees(tx, {one.reservation.reservee_id for one in kept})
        choices = {one.reservation.id: load_refunds(tx, one, propose=True) for one in kept}
    lines = [
        DueLine(
            one,
            houses[one.facility_id],
            rooms[one.reservation.room_id],
            who[one.reservation.reservee_id].name,
            choices[one.reservation.id][0],
        )
        for one in kept
        if choices[one.reservation.id] and choices[one.reservation.id][0].yen > 0
    ]
    return visit.render(
        "takings/refunds.html",
        lines=lines,
        total_yen=sum(each.choice.yen for each in lines),
        page=page,
        is_more=len(ids) > AT_ONCE,
        now=context.now(),
    )
