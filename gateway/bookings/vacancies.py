"""What is free in many rooms on many days: rules that are remembered, one question about what is taken, cells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import minute_on
from domain.facilities.availability import DayCell, Stretch, derive_day
from domain.facilities.facility import Room, SlotKind
from domain.facilities.holds import list_place_resources, space_resource
from domain.facilities.opening import derive_open_day
from domain.facilities.rules import FacilityRules, derive_rooms_windows
from domain.facilities.taken import lay_out
from gateway.bookings.facility_rules import load_days_off
from store.availability import list_taken
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Vacancies:
    """By room and day: what is free, and when the room is open."""

    cells: Mapping[tuple[str, date], DayCell]
    windows: Mapping[tuple[str, date], tuple[Stretch, ...]]


def load_vacancies(
    tx: Tx, houses: Sequence[FacilityRules], first_on: date, days: int, *, only: Collection[str] | None = None
) -> Vacancies:
    """Give what is free in rooms on so many days from a first one.

    Args:
        tx: the transaction; ``tx.now`` is what lies behind.
        houses: the rules of facilities, whole (``gateway.bookings.remembered_rules``).
        first_on: the first day.
        days: how many.
        only: the ids of rooms that are asked about; None: all.
    """
    asked = [room for rules in houses for room in rules.rooms if only is None or room.id in only]
    spans = [first_on + timedelta(days=number) for number in range(days)]
    slots: dict[str, list[SlotKind]] = {}
    for rules in houses:
        for slot in rules.slots:
            slots.setdefault(slot.room_id, []).append(slot)
    # A day that goes on past midnight, or needs time around it, is held against what its neighbours have.
    before_on = first_on - timedelta(days=1)
    taken = lay_out(before_on, list_taken(tx, _list_resources(asked, slots), before_on, days + 2))
    days_off = load_days_off(tx, first_on, spans[-1])
    ids = frozenset(room.id for room in asked)
    windows: dict[tuple[str, date], tuple[Stretch, ...]] = {}
    for rules in houses:
        windows |= derive_rooms_windows(rules, spans, days_off, only=ids)
    now = {on: minute_on(tx.now, on) for on in spans}
    cells = {
        (room.id, on): derive_day(
            room, derive_open_day(on, windows[room.id, on], slots.get(room.id, ())), taken, now[on]
        )
        for room in asked
        for on in spans
    }
    return Vacancies(cells, windows)


def _list_resources(rooms: Collection[Room], slots: Mapping[str, Sequence[SlotKind]]) -> set[str]:
    spaces = {space_resource(space) for room in rooms for space in room.spaces}
    return spaces | {place for room in rooms for slot in slots.get(room.id, ()) for place in list_place_resources(slot)}
