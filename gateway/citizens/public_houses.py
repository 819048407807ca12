"""What citizens may know of facilities: public ones that are open to them, with their rooms."""

from dataclasses import replace
from datetime import date
from http import HTTPStatus

from fastapi import HTTPException

from domain.civil import civil_minute
from domain.facilities.facility import Room
from domain.facilities.rules import FacilityRules
from gateway.bookings.remembered_rules import recall_every
from store.tx import Tx


def list_public_houses(tx: Tx) -> list[FacilityRules]:
    """Give the facilities that citizens may reserve in, with the rooms that are still reserved."""
    today = civil_minute(tx.now)[0]
    found = []
    for rules in recall_every(tx).values():
        rooms = tuple(room for room in rules.rooms if not _is_over(room.retired_on, today))
        if rules.facility.is_public and not _is_over(rules.facility.retired_on, today) and rooms:
            found.append(replace(rules, rooms=rooms))
    return found


def demand_house(tx: Tx, facility_id: str) -> FacilityRules:
    """Give a public facility.

    Raises:
        HTTPException: 404 where there is none of that id, or none that citizens may know of.
    """
    for rules in list_public_houses(tx):
        if rules.facility.id == facility_id:
            return rules
    raise HTTPException(HTTPStatus.NOT_FOUND)


def demand_room(tx: Tx, room_id: str) -> tuple[FacilityRules, Room]:
    """Give a room with its public facility.

    Raises:
        HTTPException: 404 as :func:`demand_house`.
    """
    for rules in list_public_houses(tx):
        room = rules.room(room_id)
        if room is not None:
            return rules, room
    raise HTTPException(HTTPStatus.NOT_FOUND)


def _is_over(retired_on: date | None, today: date) -> bool:
    return retired_on is not None and retired_on <= today
