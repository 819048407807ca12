"""Everything that is laid down about a facility, as one value: what there is, when it is open, who may book how."""

from collections.abc import Container, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.civil import civil_minute, minute_on
from domain.facilities.availability import OpenDay, Stretch
from domain.facilities.booking_rules import BookingWindow, Terms
from domain.facilities.entry import EntryRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind
from domain.facilities.opening import OpeningRules, derive_open_day, derive_windows
from domain.facilities.quotas import Quota


@dataclass(frozen=True, slots=True)
class FacilityRules:
    """A facility with its rooms and rules; ids are unique within a kind, rooms stand in the order of lists."""

    facility: Facility
    rooms: tuple[Room, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    slots: tuple[SlotKind, ...] = ()
    opening: OpeningRules = field(default_factory=OpeningRules)
    windows: tuple[BookingWindow, ...] = ()
    quotas: tuple[Quota, ...] = ()
    terms: tuple[Terms, ...] = ()
    entries: tuple[EntryRule, ...] = ()

    def room(self, room_id: str) -> Room | None:
        """Give a room; None where there is none of that id."""
        return next((each for each in self.rooms if each.id == room_id), None)

    def slots_of(self, room_id: str) -> tuple[SlotKind, ...]:
        """Give all kinds of slots of a room."""
        return tuple(each for each in self.slots if each.room_id == room_id)


def derive_rooms_windows(
    rules: FacilityRules,
    days: Sequence[date],
    days_off: AbstractSet[date],
    *,
    only: Container[str] | None = None,
) -> dict[tuple[str, date], tuple[Stretch, ...]]:
    """Give when each room is open, by room and day; none from the day on which it or its facility is retired.

    Args:
        rules: of the facility.
        days: which days.
        days_off: the city's, from two weeks before the first day on.
        only: the ids of rooms that are asked about; None: all.
    """
    windows = derive_windows(rules.opening, rules.rooms, days, days_off, only=only)
    ends = {room.id: min(room.retired_on or date.max, rules.facility.retired_on or date.max) for room in rules.rooms}
    return {(id_, on): () if on >= ends[id_] else found for (id_, on), found in windows.items()}


def derive_open_days(
    rules: FacilityRules, days: Sequence[date], days_off: AbstractSet[date]
) -> dict[tuple[str, date], OpenDay]:
    """Give each room's days with windows and slots, by room and day; arguments as :func:`derive_rooms_windows`."""
    slots: dict[str, list[SlotKind]] = {}
    for slot in rules.slots:
        slots.setdefault(slot.room_id, []).append(slot)
    windows = derive_rooms_windows(rules, days, days_off)
    return {(id_, on): derive_open_day(on, found, slots.get(id_, ())) for (id_, on), found in windows.items()}


def loses_time(
    room_id: str,
    span: tuple[datetime, datetime],
    before: dict[tuple[str, date], tuple[Stretch, ...]],
    after: dict[tuple[str, date], tuple[Stretch, ...]],
) -> bool:
    """Tell whether a room is open for less of a span of time by other rules than it was.

    Args:
        room_id: which room.
        span: from an instant up to another one.
        before: windows of the room on the days of the span and the day before (:func:`derive_rooms_windows`).
        after: the same by the other rules.
    """
    return _count_minutes(room_id, span, after) < _count_minutes(room_id, span, before)


def _count_minutes(
    room_id: str, span: tuple[datetime, datetime], windows: dict[tuple[str, date], tuple[Stretch, ...]]
) -> int:
    total, last = 0, civil_minute(span[1])[0]
    on = civil_minute(span[0])[0] - timedelta(days=1)
    while on <= last:
        start, end = minute_on(span[0], on), minute_on(span[1], on)
        total += sum(max(0, min(end, b) - max(start, a)) for a, b in windows.get((room_id, on), ()))
        on += timedelta(days=1)
    return total
