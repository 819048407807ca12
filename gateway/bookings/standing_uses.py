"""What reservations to come say against a change: things that they stand on, and times in which it would be closed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.civil import civil_minute, instant
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.rules import FacilityRules, derive_rooms_windows, loses_time
from domain.validity import is_in_force
from gateway.bookings.facility_rules import load_days_off
from gateway.bookings.rule_edits import Edit
from store.facility_use import StandingUse, list_uses, list_uses_of_equipment, list_uses_of_slot
from store.tx import Tx

_DAY = timedelta(days=1)


def list_faults_in_use(tx: Tx, after: FacilityRules, edits: Iterable[Edit]) -> Iterator[FacilityFault]:
    """Yield what cannot be changed or retired, for reservations to come stand on it or another room is made of it."""
    for edit in edits:
        if isinstance(edit.before, Room) and isinstance(edit.after, Room):
            yield from _check_room(tx, after, edit.before, edit.after)
        elif isinstance(edit.before, Equipment) and isinstance(edit.after, Equipment):
            yield from _check_equipment(tx, edit.before, edit.after)
        elif isinstance(edit.before, SlotKind) and isinstance(edit.after, SlotKind):
            yield from _check_slot(tx, edit.before, edit.after)
        elif isinstance(edit.before, Facility) and isinstance(edit.after, Facility):
            yield from _check_facility(tx, after, edit.after)


def list_displaced(tx: Tx, before: FacilityRules, after: FacilityRules) -> list[StandingUse]:
    """Give the reservations to come in whose time their room would be open for less than it is, by beginning."""
    uses = list_uses(tx, [room.id for room in before.rooms], tx.now)
    if not uses or before.opening == after.opening:
        return []
    days = _list_days(uses)
    days_off = load_days_off(tx, days[0], days[-1])
    standing = derive_rooms_windows(before, days, days_off)
    wanted = derive_rooms_windows(replace(before, opening=after.opening), days, days_off)
    return [use for use in uses if loses_time(use.room_id, (use.from_at, use.until_at), standing, wanted)]


def _list_days(uses: Iterable[StandingUse]) -> list[date]:
    days = set()
    for use in uses:
        on, last = civil_minute(use.from_at)[0] - _DAY, civil_minute(use.until_at)[0]
        while on <= last:
            days.add(on)
            on += _DAY
    return sorted(days)


def _check_facility(tx: Tx, rules: FacilityRules, after: Facility) -> Iterator[FacilityFault]:
    if after.retired_on is not None:
        uses = list_uses(tx, [room.id for room in rules.rooms], _from(tx, after.retired_on))
        yield from _in_use(Thing.facility, after.id, "retired_on", uses)


def _check_room(tx: Tx, rules: FacilityRules, before: Room, after: Room) -> Iterator[FacilityFault]:
    if set(before.spaces) != set(after.spaces):
        yield from _in_use(Thing.room, after.id, "spaces", list_uses(tx, [after.id], tx.now))
        for other in rules.rooms:
            if other.id != after.id and before.id in before.spaces and before.id in other.spaces:
                yield FacilityFault(Thing.room, after.id, "spaces", Flaw.part_of, {"other": other.name})
    if after.retired_on is not None and after.retired_on != before.retired_on:
        uses = list_uses(tx, [after.id], _from(tx, after.retired_on))
        yield from _in_use(Thing.room, after.id, "retired_on", uses)


def _check_equipment(tx: Tx, before: Equipment, after: Equipment) -> Iterator[FacilityFault]:
    changed = [
        field
        for field, is_less in (("units", after.units < before.units), ("room_id", after.room_id != before.room_id))
        if is_less
    ]
    if changed:
        yield from _in_use(Thing.equipment, after.id, changed[0], list_uses_of_equipment(tx, after.id, tx.now))
    if after.retired_on is not None and after.retired_on != before.retired_on:
        uses = list_uses_of_equipment(tx, after.id, _from(tx, after.retired_on))
        yield from _in_use(Thing.equipment, after.id, "retired_on", uses)


def _check_slot(tx: Tx, before: SlotKind, after: SlotKind) -> Iterator[FacilityFault]:
    uses = list_uses_of_slot(tx, after.id, tx.now)
    for field in ("room_id", "from_minute", "to_minute"):
        if getattr(before, field) != getattr(after, field):
            yield from _in_use(Thing.slot, after.id, field, uses)
    if (before.places is None) != (after.places is None) or (after.places or 0) < (before.places or 0):
        yield from _in_use(Thing.slot, after.id, "places", uses)
    meant = [(use, on) for use in uses if _is_on(before, on := civil_minute(use.from_at)[0])]
    on_others = [use for use, on in meant if on.weekday() not in after.weekdays]
    yield from _in_use(Thing.slot, after.id, "weekdays", on_others)
    yield from _in_use(Thing.slot, after.id, "valid_until", [use for use, on in meant if not is_in_force(after, on)])


def _is_on(slot: SlotKind, on: date) -> bool:
    return on.weekday() in slot.weekdays and is_in_force(slot, on)


def _from(tx: Tx, on: date) -> datetime:
    return max(tx.now, instant(on, 0))


def _in_use(thing: Thing, id_: str, field: str, uses: Sequence[StandingUse]) -> Iterator[FacilityFault]:
    if uses:
        yield FacilityFault(thing, id_, field, Flaw.in_use, {"count": len(uses)})
