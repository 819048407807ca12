"""The rules of facilities as they stand, with the city's days off: one value, few questions however many rooms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.facilities.availability import OpenDay
from domain.facilities.facility import Room
from domain.facilities.rules import FacilityRules, derive_open_days
from store.calendar import list_calendar
from store.facilities import list_equipment, list_facilities, list_rooms, list_slots
from store.facility_rules import load_rules
from store.tx import Tx

LOOK_BACK = timedelta(days=31)
"""So far before a day holidays are looked at: a closure may have been moved over them."""


@dataclass(frozen=True, slots=True)
class Houses:
    """Facilities with everything laid down about them, and the days off of the days that were asked for."""

    rules: Mapping[str, FacilityRules]
    """By facility."""
    days_off: frozenset[date]

    def rules_of(self, room_id: str) -> FacilityRules | None:
        """Give the rules of a room's facility; None where there is no such room."""
        return next((rules for rules in self.rules.values() if rules.room(room_id) is not None), None)

    def list_rooms(self) -> list[Room]:
        """Give all rooms, by facility and in the order of lists."""
        return [room for rules in self.rules.values() for room in rules.rooms]

    def open_days(self, days: Sequence[date]) -> dict[tuple[str, date], OpenDay]:
        """Give when every room is open, with its slots, by room and day; of the days that were asked for."""
        found: dict[tuple[str, date], OpenDay] = {}
        for rules in self.rules.values():
            found |= derive_open_days(rules, days, self.days_off)
        return found


def load_houses(
    tx: Tx,
    first_on: date,
    last_on: date,
    *,
    facilities: Collection[str] | None = None,
    rooms: Collection[str] | None = None,
) -> Houses:
    """Give facilities of some ids, or those of some rooms (whole, with their other rooms), or all; retired ones too.

    Args:
        tx: the transaction.
        first_on: the first day of which days off are needed.
        last_on: the last one.
        facilities: ids; unknown ones are left out.
        rooms: ids; unknown ones are left out.
    """
    wanted = facilities
    if rooms is not None:
        wanted = {room.facility_id for room in list_rooms(tx, ids=rooms)}
    return Houses(load_facility_rules(tx, wanted), load_days_off(tx, first_on, last_on))


def load_facility_rules(tx: Tx, facilities: Collection[str] | None = None) -> dict[str, FacilityRules]:
    """Give everything laid down about facilities of some ids, or all, by id; in twelve questions."""
    houses = {each.id: each for each in list_facilities(tx, facilities)}
    rooms, equipment = list_rooms(tx, facilities=houses), list_equipment(tx, houses)
    slots, laid_down = list_slots(tx, [room.id for room in rooms]), load_rules(tx, houses)
    house_of = {room.id: room.facility_id for room in rooms}
    return {
        id_: FacilityRules(
            facility,
            tuple(room for room in rooms if room.facility_id == id_),
            tuple(each for each in equipment if each.facility_id == id_),
            tuple(slot for slot in slots if house_of[slot.room_id] == id_),
            laid_down[id_].opening,
            laid_down[id_].windows,
            laid_down[id_].quotas,
            laid_down[id_].terms,
            laid_down[id_].entries,
        )
        for id_, facility in houses.items()
    }


def load_days_off(tx: Tx, first_on: date, last_on: date) -> frozenset[date]:
    """Give the city's days off from a month before the first day on until the last one."""
    return frozenset(day.day_on for day in list_calendar(tx, first_on - LOOK_BACK, last_on))
