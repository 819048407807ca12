"""What is wrong with the ways into rooms: by themselves, and held against what the site says of the areas behind."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import combinations

from domain.facilities.check_opening import check_room_known
from domain.facilities.entry import OPENING, EntryRule, Way, choose_entry
from domain.facilities.facility import BUFFER_MINUTES_MAX, Room
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.field_checks import check_count, check_id


def check_entries(entries: Sequence[EntryRule], rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    """Yield everything that is wrong with the ways into the rooms of a facility that has these rooms."""
    for each in entries:
        yield from check_id(Thing.entry, each.id)
        yield from check_room_known(Thing.entry, each.id, each.room_id, rooms)
        if not each.ways:
            yield FacilityFault(Thing.entry, each.id, "ways", Flaw.no_way)
        for field, minutes in (("early_minutes", each.early_minutes), ("late_minutes", each.late_minutes)):
            yield from check_count(Thing.entry, each.id, field, minutes, (0, BUFFER_MINUTES_MAX))
    for one, other in combinations(entries, 2):
        if (one.room_id, one.valid_from) == (other.room_id, other.valid_from):
            yield FacilityFault(Thing.entry, other.id, "valid_from", Flaw.overlaps, {"other": one.id})


def check_areas(
    rooms: Iterable[Room],
    entries: Sequence[EntryRule],
    levels: Mapping[str, str | None],
    on: date,
    *,
    reading: AbstractSet[str],
) -> Iterator[FacilityFault]:
    """Yield rooms whose area there is not, and ways that no door of ours keeps.

    Args:
        rooms: the facility's; retired ones are left out.
        entries: the ways into them.
        levels: the areas that the site's description has, each with the level that a booking gives, if it names one.
        on: ways are looked at from this day on.
        reading: the areas into which some door reads a code.
    """
    starts = {on, *(each.valid_from for each in entries if each.valid_from is not None and each.valid_from > on)}
    for room in rooms:
        if room.retired_on is not None and room.retired_on <= on:
            continue
        if room.area_id is not None and room.area_id not in levels:
            yield FacilityFault(Thing.room, room.id, "area_id", Flaw.unknown_area, {"name": room.area_id})
            continue
        chosen = [rule for day in starts if (rule := choose_entry(entries, room.id, day)) is not None]
        ways = {way for rule in chosen for way in rule.ways}
        if not ways & OPENING:
            continue
        if room.area_id is None:
            yield FacilityFault(Thing.room, room.id, "area_id", Flaw.no_area)
        elif levels[room.area_id] is None:
            yield FacilityFault(Thing.room, room.id, "area_id", Flaw.no_level, {"name": room.area_id})
        elif Way.code in ways and room.area_id not in reading:
            yield FacilityFault(Thing.room, room.id, "area_id", Flaw.no_code_reader, {"name": room.area_id})
