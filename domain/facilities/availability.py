"""What is free in a room on a day: the cells of the calendar that a visitor looks at.

A room with slots is looked at slot by slot, any other by the free stretches of its open hours. Free means free of other
holds with the room's own preparation and clean-up around; whether somebody may reserve is asked in ``assess_booking``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.civil import MINUTES_PER_DAY, civil_minute, minute_on
from domain.facilities.facility import Room, SlotKind
from domain.facilities.holds import Hold, list_place_resources, slot_holder, space_resource

Stretch = tuple[int, int]
"""Minutes of a day: the first is inside, the last no longer is; past midnight beyond 1440."""

_DAY = timedelta(days=1)


class Vacancy(StrEnum):
    """How much of a day or slot can still be reserved."""

    closed = "closed"  # 休館
    past = "past"
    free = "free"
    partly = "partly"
    taken = "taken"


@dataclass(frozen=True, slots=True)
class SlotCell:
    """One slot on one day; ``places_left`` of one that is shared."""

    slot: SlotKind
    vacancy: Vacancy
    places_left: int | None = None


@dataclass(frozen=True, slots=True)
class DayCell:
    """One room on one day; a room without slots tells the stretches in which something can begin and end."""

    room_id: str
    on: date
    vacancy: Vacancy
    slots: tuple[SlotCell, ...] = ()
    free: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenDay:
    """When a room is open on a day, in order, and its slots of that day; without slots it is reserved freely."""

    on: date
    windows: tuple[Stretch, ...]
    slots: tuple[SlotKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A hold as a day sees it."""

    holder: str
    stretch: Stretch


TakenByDay = Mapping[tuple[str, date], Sequence[Taken]]
"""By resource and civil day; a hold over midnight stands at each of its days, from that day's 00:00."""


def group_holds(holds: Iterable[Hold]) -> dict[tuple[str, date], list[Taken]]:
    """Give holds by resource and day, for :func:`derive_day`."""
    grouped: dict[tuple[str, date], list[Taken]] = {}
    for hold in holds:
        (on, start), (last, _) = civil_minute(hold.from_at), civil_minute(hold.until_at)
        end = start + int((hold.until_at - hold.from_at).total_seconds()) // 60
        while on <= last:
            grouped.setdefault((hold.resource, on), []).append(Taken(hold.holder, (start, end)))
            on, start, end = on + _DAY, start - MINUTES_PER_DAY, end - MINUTES_PER_DAY
    return grouped


def derive_day(room: Room, day: OpenDay, holds: TakenByDay, now: datetime) -> DayCell:
    """Say what is free in a room on a day.

    Args:
        room: the room.
        day: when it is open, and its slots.
        holds: at least those of the room's spaces and places that touch the day.
        now: what lies before it is past.
    """
    today = minute_on(now, day.on)
    if not day.windows:
        return DayCell(room.id, day.on, Vacancy.closed)
    if today >= day.windows[-1][1]:
        return DayCell(room.id, day.on, Vacancy.past)
    if day.slots:
        cells = tuple(_derive_slot(room, day, slot, holds, today) for slot in day.slots)
        return DayCell(room.id, day.on, _sum_up(cell.vacancy for cell in cells), cells)
    taken = [
        (start - room.after_minutes, end + room.before_minutes)
        for space in room.spaces
        for start, end in (one.stretch for one in _list_taken(holds, space_resource(space), day))
    ]
    whole = [(max(start, today), end) for start, end in day.windows if end > today]
    free = tuple((start, end) for start, end in cut_out(whole, taken) if end - start >= max(room.minutes_min, 1))
    if not free:
        return DayCell(room.id, day.on, Vacancy.taken)
    return DayCell(room.id, day.on, Vacancy.free if list(free) == whole else Vacancy.partly, free=free)


def cut_out(stretches: Sequence[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Give what is left of stretches, in order, when others are taken out of them."""
    left = list(stretches)
    for start, end in taken:
        parts = ((max(first, a), min(last, b)) for first, last in left for a, b in ((first, start), (end, last)))
        left = [(first, last) for first, last in parts if first < last]
    return left


def _derive_slot(room: Room, day: OpenDay, slot: SlotKind, holds: TakenByDay, today: int) -> SlotCell:
    if today >= slot.from_minute:
        return SlotCell(slot, Vacancy.past)
    shared = slot.places is not None
    own = slot_holder(slot, day.on) if shared else None
    around = (slot.from_minute - room.before_minutes, slot.to_minute + room.after_minutes)
    for space in room.spaces:
        others = [one for one in _list_taken(holds, space_resource(space), day) if one.holder != own]
        if _touches(others, around):
            return SlotCell(slot, Vacancy.taken, 0 if shared else None)
    if not shared:
        return SlotCell(slot, Vacancy.free)
    resources = list_place_resources(slot)
    within = (slot.from_minute, slot.to_minute)
    left = sum(not _touches(_list_taken(holds, resource, day), within) for resource in resources)
    whole = Vacancy.free if left == len(resources) else Vacancy.partly
    return SlotCell(slot, whole if left else Vacancy.taken, left)


def _list_taken(holds: TakenByDay, resource: str, day: OpenDay) -> Sequence[Taken]:
    """Give what is taken on a day, and what comes after midnight where the day is open longer."""
    own = holds.get((resource, day.on), ())
    if day.windows[-1][1] <= MINUTES_PER_DAY:
        return own
    later = holds.get((resource, day.on + _DAY), ())
    moved = ((one.holder, one.stretch[0] + MINUTES_PER_DAY, one.stretch[1] + MINUTES_PER_DAY) for one in later)
    return [*own, *(Taken(holder, (start, end)) for holder, start, end in moved)]


def _touches(taken: Sequence[Taken], stretch: Stretch) -> bool:
    return any(one.stretch[0] < stretch[1] and one.stretch[1] > stretch[0] for one in taken)


def _sum_up(vacancies: Iterable[Vacancy]) -> Vacancy:
    found = set(vacancies) - {Vacancy.past}
    if not found:
        return Vacancy.past
    return found.pop() if len(found) == 1 else Vacancy.partly
