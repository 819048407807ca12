"""Everything that is wrong with a facility's definition, at once; what only is missing yet is told apart.

One thing's fields are checked where the thing is; here what hangs on several: ids, rooms that are named, slots beside
each other and inside the hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from itertools import chain, pairwise

from domain.facilities.check_booking_rules import check_quotas, check_terms, check_windows
from domain.facilities.check_entry import check_entries
from domain.facilities.check_opening import check_opening, check_span, check_validity
from domain.facilities.facility import BUFFER_MINUTES_MAX, RESERVATION_MINUTES_MAX, Equipment, Facility, Room, SlotKind
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.field_checks import (
    NAME_LENGTH_MAX,
    check_count,
    check_id,
    check_names,
    check_text,
    check_weekdays,
)
from domain.facilities.opening import OpeningRules, derive_windows, lies_in
from domain.facilities.rules import FacilityRules
from domain.validity import Dated, is_in_force, share_days

CAPACITY_MAX = 99_999
UNITS_MAX = 9_999
PLACES_MAX = 500
"""Each place of a slot is a resource of its own; a race with more is no slot."""

STEP_MINUTES_MAX = 1440


def check_facility(rules: FacilityRules, user_classes: AbstractSet[str], on: date) -> tuple[FacilityFault, ...]:
    """Give everything that is wrong.

    Args:
        rules: the whole facility.
        user_classes: the ids of those that there are.
        on: hours are looked at from this day on.
    """
    facility = rules.facility
    rooms = {room.id for room in rules.rooms}
    return tuple(
        chain(
            check_id(Thing.facility, facility.id),
            check_names(Thing.facility, facility.id, facility.name, facility.name_en),
            _check_operator(facility),
            *(_check_ids(thing, ids) for thing, ids in _list_ids(rules)),
            chain.from_iterable(check_room(room) for room in rules.rooms),
            chain.from_iterable(check_equipment(each, rooms) for each in rules.equipment),
            chain.from_iterable(_check_slot(slot, rooms) for slot in rules.slots),
            *(_check_slots_of(room, rules.slots_of(room.id)) for room in rules.rooms),
            check_opening(rules.opening, rooms),
            _check_hours_of_slots(rules, on),
            check_windows(rules.windows, rooms, user_classes, on),
            check_quotas(rules.quotas, rooms, user_classes),
            check_terms(rules.terms),
            check_entries(rules.entries, rooms),
        )
    )


def list_missing(rules: FacilityRules, on: date) -> tuple[FacilityFault, ...]:
    """Give what is still to be laid down before anything can be reserved; nothing of it is wrong."""
    facility = rules.facility.id
    house = [each for each in rules.opening.openings if each.room_id is None]
    windows = [each for each in rules.windows if each.valid_until is None or each.valid_until >= on]
    everywhere = any(each.room_id is None for each in windows)
    missing = []
    if not house:
        missing.append(FacilityFault(Thing.facility, facility, "from_minute", Flaw.no_hours))
    if not rules.terms:
        missing.append(FacilityFault(Thing.facility, facility, "cancel", Flaw.no_terms))
    missing += [
        FacilityFault(Thing.room, room.id, "opens_before", Flaw.no_window)
        for room in rules.rooms
        if room.retired_on is None and not everywhere and not any(each.room_id == room.id for each in windows)
    ]
    return tuple(missing)


def check_room(room: Room) -> Iterator[FacilityFault]:
    """Yield what is wrong with one room by itself."""
    yield from check_id(Thing.room, room.id)
    yield from check_names(Thing.room, room.id, room.name, room.name_en)
    limits = (
        ("capacity", room.capacity, (1, CAPACITY_MAX)),
        ("step_minutes", room.step_minutes, (1, STEP_MINUTES_MAX)),
        ("minutes_min", room.minutes_min, (1, RESERVATION_MINUTES_MAX)),
        ("minutes_max", room.minutes_max, (1, RESERVATION_MINUTES_MAX)),
        ("before_minutes", room.before_minutes, (0, BUFFER_MINUTES_MAX)),
        ("after_minutes", room.after_minutes, (0, BUFFER_MINUTES_MAX)),
    )
    for field, count, bounds in limits:
        yield from check_count(Thing.room, room.id, field, count, bounds)
    if room.minutes_min > room.minutes_max:
        yield FacilityFault(Thing.room, room.id, "minutes_max", Flaw.not_below, {"other": room.minutes_min - 1})
    for field, minutes in (("minutes_min", room.minutes_min), ("minutes_max", room.minutes_max)):
        if room.step_minutes > 0 and minutes % room.step_minutes:
            yield FacilityFault(Thing.room, room.id, field, Flaw.no_multiple, {"step": room.step_minutes})
    if not room.spaces:
        yield FacilityFault(Thing.room, room.id, "spaces", Flaw.no_spaces)


def check_equipment(equipment: Equipment, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    """Yield what is wrong with equipment of a facility that has these rooms."""
    yield from check_id(Thing.equipment, equipment.id)
    yield from check_names(Thing.equipment, equipment.id, equipment.name, equipment.name_en)
    yield from check_count(Thing.equipment, equipment.id, "units", equipment.units, (1, UNITS_MAX))
    if equipment.room_id is not None and equipment.room_id not in rooms:
        yield FacilityFault(Thing.equipment, equipment.id, "room_id", Flaw.unknown_room, {"name": equipment.room_id})


def _check_slot(slot: SlotKind, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    yield from check_id(Thing.slot, slot.id)
    yield from check_names(Thing.slot, slot.id, slot.name, slot.name_en)
    yield from check_span(Thing.slot, slot.id, slot.from_minute, slot.to_minute)
    yield from check_weekdays(Thing.slot, slot.id, slot.weekdays)
    if slot.room_id not in rooms:
        yield FacilityFault(Thing.slot, slot.id, "room_id", Flaw.unknown_room, {"name": slot.room_id})
    if slot.places is not None:
        yield from check_count(Thing.slot, slot.id, "places", slot.places, (1, PLACES_MAX))
    yield from check_validity(Thing.slot, slot.id, slot)


def _check_slots_of(room: Room, slots: Sequence[SlotKind]) -> Iterator[FacilityFault]:
    """Yield slots that stand twice, and neighbours that preparation and clean-up make impossible to book both.

    Slots that overlap are meant to exclude each other: 午前, 全日.
    """
    ordered = sorted(slots, key=lambda slot: (slot.from_minute, slot.to_minute, slot.id))
    buffer = room.before_minutes + room.after_minutes
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if not (one.weekdays & other.weekdays and share_days(one, other)):
                continue
            gap = other.from_minute - one.to_minute
            same = (one.from_minute, one.to_minute) == (other.from_minute, other.to_minute)
            if same and (one.places is None) == (other.places is None):
                yield FacilityFault(Thing.slot, other.id, "from_minute", Flaw.same_slot, {"other": one.name})
            elif 0 <= gap < buffer:
                values = {"other": one.name, "gap": gap, "buffer": buffer}
                yield FacilityFault(Thing.slot, other.id, "from_minute", Flaw.buffers_collide, values)


def _check_hours_of_slots(rules: FacilityRules, on: date) -> Iterator[FacilityFault]:
    """Yield slots that lie outside the hours whatever the season, with the weekdays on which they do."""
    hours = OpeningRules(rules.opening.openings)
    if not any(each.room_id is None for each in hours.openings):
        return
    days = _list_days_of_each_regime(hours, rules.slots, on)
    windows = derive_windows(hours, rules.rooms, days, frozenset())
    for slot in rules.slots:
        meant = [day for day in days if is_in_force(slot, day) and day.weekday() in slot.weekdays]
        fitting = {day.weekday() for day in meant if lies_in(slot, windows.get((slot.room_id, day), ()))}
        if outside := {day.weekday() for day in meant} - fitting:
            values = {"weekdays": frozenset(outside)}
            yield FacilityFault(Thing.slot, slot.id, "from_minute", Flaw.outside_hours, values)


def _list_days_of_each_regime(hours: OpeningRules, slots: Iterable[SlotKind], on: date) -> list[date]:
    """Give a week from each day on which other hours or slots begin to hold, and of each month where months differ."""
    starts = {on}
    dated: list[Dated] = [*hours.openings, *slots]
    for each in dated:
        starts |= {each.valid_from} if each.valid_from is not None and each.valid_from > on else set()
        starts |= {each.valid_until + timedelta(days=1)} if each.valid_until is not None else set()
    if any(opening.months for opening in hours.openings):
        starts |= {(on.replace(day=1) + timedelta(days=31 * number)).replace(day=1) for number in range(1, 13)}
    return sorted({start + timedelta(days=number) for start in starts if start >= on for number in range(7)})


def _check_operator(facility: Facility) -> Iterator[FacilityFault]:
    if facility.operator:
        yield from check_text(Thing.facility, facility.id, "operator", facility.operator, NAME_LENGTH_MAX)


def _list_ids(rules: FacilityRules) -> Iterator[tuple[Thing, list[str]]]:
    yield Thing.room, [each.id for each in rules.rooms]
    yield Thing.equipment, [each.id for each in rules.equipment]
    yield Thing.slot, [each.id for each in rules.slots]
    yield Thing.opening, [each.id for each in rules.opening.openings]
    yield Thing.closure, [each.id for each in rules.opening.closures]
    yield Thing.special_days, [each.id for each in rules.opening.special_days]
    yield Thing.window, [each.id for each in rules.windows]
    yield Thing.quota, [each.id for each in rules.quotas]
    yield Thing.terms, [each.id for each in rules.terms]
    yield Thing.entry, [each.id for each in rules.entries]


def _check_ids(thing: Thing, ids: Iterable[str]) -> Iterator[FacilityFault]:
    for one, other in pairwise(sorted(ids)):
        if one == other:
            yield FacilityFault(thing, one, "id", Flaw.id_taken)
