"""What doors say of bookings: whoever was let in by a booking's card or code uses it, also if a box tells so late.

Read from the log again and again and not while it grows: a record that comes late counts as one that came in time, and
no tap ever waits for a booking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.facilities.facility import BUFFER_MINUTES_MAX, Room
from domain.facilities.promises import PromiseKind
from domain.facilities.reservation import Reservation, ReservationState
from domain.facilities.rules import FacilityRules
from gateway.bookings.consequences import derive_consequences
from gateway.bookings.remembered_rules import recall_rules
from store.party_passes import party_id
from store.presence import Presence, list_presences_of
from store.records import find_first_entry
from store.reservations import Kept, list_promising
from store.reservees import load_reservees
from store.site_areas import SiteArea, list_site_areas
from store.tx import Tx

STAY = "stay"
"""Stands for a device where somebody was in the room before, and stayed."""

EARLIER = timedelta(hours=1)
"""Whoever was let into the room's area so shortly before the door would have opened, and is there, has come."""

_AHEAD = 2 * timedelta(minutes=BUFFER_MINUTES_MAX)
_WAITING = frozenset({ReservationState.permitted, ReservationState.no_show})


class DoorUse(NamedTuple):
    """A booking that a door says is used: by which device, and from when on as far as the log tells."""

    reservation_id: str
    device_id: str
    entered_at: datetime


class _Opened(NamedTuple):
    """What a booking opens, or would have opened: an area, from when until when, to whom."""

    area: SiteArea
    from_at: datetime
    until_at: datetime
    person_id: str


def find_door_uses(tx: Tx) -> list[DoorUse]:
    """Give the bookings of the last day that nobody has begun and of which a door says that somebody came, by id."""
    known = list_promising(tx, _WAITING | {ReservationState.in_use}, tx.now + _AHEAD)
    waiting = [each for each in known if each.reservation.state in _WAITING]
    if not waiting:
        return []
    areas, persons = list_site_areas(tx), _find_persons(tx, waiting)
    rules = recall_rules(tx, {each.reservation.room_id for each in waiting})
    inside = list_presences_of(tx, set(persons.values()))
    used = [each.reservation for each in known if each.reservation.state is ReservationState.in_use]
    found = []
    for kept in waiting:
        standing = kept.reservation
        room = rules[kept.facility_id].room(standing.room_id)
        if room is None or tx.now < standing.from_at - timedelta(minutes=room.before_minutes):
            continue
        opened = _find_opened(standing, room, rules[kept.facility_id], areas, persons[standing.id])
        if opened is None:
            continue
        entry = find_first_entry(tx, opened.person_id, opened.area.points, opened.from_at, opened.until_at)
        if entry is not None:
            found.append(DoorUse(standing.id, entry[1], entry[0]))
        elif standing.from_at <= tx.now < standing.until_at and (
            _stays(standing, room, used) or _is_there(opened, inside.get(opened.person_id))
        ):
            found.append(DoorUse(standing.id, STAY, standing.from_at))
    return sorted(found)


def _find_persons(tx: Tx, waiting: Iterable[Kept]) -> Mapping[str, str]:
    of = {each.reservation.id: each.reservation.reservee_id for each in waiting}
    staff = {id_: reservee.person_id for id_, reservee in load_reservees(tx, set(of.values())).items()}
    return {id_: staff.get(reservee_id) or party_id(id_) for id_, reservee_id in of.items()}


def _find_opened(
    standing: Reservation, room: Room, rules: FacilityRules, areas: Mapping[str, SiteArea], person_id: str
) -> _Opened | None:
    if room.area_id is None or room.area_id not in areas:
        return None
    permitted = replace(standing, state=ReservationState.permitted)
    for promise in derive_consequences(permitted, room, rules, areas):
        if promise.kind is PromiseKind.door:
            return _Opened(areas[promise.subject], promise.from_at, promise.until_at, person_id)
    return None


def _is_there(opened: _Opened, presence: Presence | None) -> bool:
    if presence is None or presence.area_id != opened.area.id:
        return False
    return opened.from_at - EARLIER <= presence.since_at < opened.until_at


def _stays(standing: Reservation, room: Room, used: Iterable[Reservation]) -> bool:
    """Tell whether the same reservee uses the room until this booking begins."""
    buffers = timedelta(minutes=room.before_minutes + room.after_minutes)
    return any(
        (each.room_id, each.reservee_id) == (standing.room_id, standing.reservee_id)
        and standing.from_at - buffers <= each.until_at <= standing.from_at
        for each in used
    )
