"""What is taken in a facility as a calendar that other programs ask for: no name, no purpose, 予約済 alone."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from contract.facility_feed import TakenRoom, write_facility_feed
from domain.facilities.reservation import HOLDING, ReservationState
from domain.zones.export import Export
from gateway.citizens.guard import Guested
from gateway.citizens.public_houses import demand_house
from gateway.pages.information.let_out import may_flow
from store.reservations import list_reservations_in

router = APIRouter()

BEHIND, AHEAD = timedelta(days=7), timedelta(days=120)
"""So much of a facility's past and future is told."""

TOLD = HOLDING - {ReservationState.tentative} | {ReservationState.completed}


@router.get("/facilities/{facility_id}/calendar.ics")
def get_calendar(guest: Guested, facility_id: str) -> Response:
    """Answer with the calendar of a public facility."""
    context = guest.house.context
    now = context.now()
    with context.store.reading(now) as tx:
        rules = demand_house(tx, facility_id)
        if not may_flow(context, tx, Export.published):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        rooms = {room.id: room for room in rules.rooms}
        kept = list_reservations_in(tx, rooms, now - BEHIND, now + AHEAD, states=TOLD)
    taken = [
        TakenRoom(of.id, of.room_id, guest.name_of(rooms[of.room_id]), of.from_at, of.until_at)
        for of in (each.reservation for each in kept)
        if of.places is None  # of a shared slot something may still be free
    ]
    domain = urlsplit(guest.house.settings.public_url).hostname or "sekisho"
    content = write_facility_feed(rules.facility.name, taken, now, domain=domain)
    return Response(content, media_type="text/calendar; charset=utf-8")
