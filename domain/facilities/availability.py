"""What is free in a room on a day: the cells of the calendar that a visitor looks at.

A room with slots is looked at slot by slot, any other by the free stretches of its open hours. Free means free of other
holds with the room's own preparation and clean-up around; whether somebody may reserve is asked in ``assess_booking``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.facilities.facility import Room, SlotKind
from domain.facilities.holds import list_place_resources, slot_holder, space_resource
from domain.facilities.taken import Taken, TakenTime

Stretch = tuple[int, int]
"""Minutes of a day: the first is inside, the last no longer is; past midnight beyond 1440."""


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


def derive_day(room: Room, day: OpenDay, taken: Taken, today: int) -> DayCell:
    """Say what is free in a room on a day.

    Args:
        room: the room.
        day: when it is open, and its slots.
        taken: at least what touches the day, with the room's own times around it, of its spaces and places.
        today: which minute of the day it is now (``domain.civil.minute_on``); what lies before it is past.
    """
    if not day.windows:
        return DayCell(room.id, day.on, Vacancy.closed)
    if today >= day.windows[-1][1]:
        return DayCell(room.id, day.on, Vacancy.past)
    if day.slots:
        cells = _derive_slots(room, day, taken, today)
        return DayCell(room.id, day.on, _sum_up(cell.vacancy for cell in cells), cells)
    around = (day.windows[0][0] - room.before_minutes, day.windows[-1][1] + room.after_minutes)
    busy = [
        (start - room.after_minutes, end + room.before_minutes)
        for start, end, _ in _list_held(room, day.on, taken, around)
    ]
    whole = [(max(start, today), end) for start, end in day.windows if end > today]
    least = max(room.minutes_min, 1)
    free = tuple(each for each in cut_out(whole, busy) if each[1] - each[0] >= least)
    if not free:
        return DayCell(room.id, day.on, Vacancy.taken)
    return DayCell(room.id, day.on, Vacancy.free if list(free) == whole else Vacancy.partly, free=free)


def cut_out(stretches: Sequence[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Give what is left of stretches, in order, when others are taken out of them."""
    left, busy = [], sorted(taken)
    for first, last in stretches:
        at = first
        for start, end in busy:
            if start >= last:
                break
            if start > at:
                left.append((at, start))
            at = max(at, end)
        if at < last:
            left.append((at, last))
    return left


def _derive_slots(room: Room, day: OpenDay, taken: Taken, today: int) -> tuple[SlotCell, ...]:
    first = min(slot.from_minute for slot in day.slots) - room.before_minutes
    last = max(slot.to_minute for slot in day.slots) + room.after_minutes
    held = _list_held(room, day.on, taken, (first, last))
    return tuple(
        SlotCell(slot, Vacancy.past) if today >= slot.from_minute else _derive_slot(room, day.on, slot, held, taken)
        for slot in day.slots
    )


def _derive_slot(room: Room, on: date, slot: SlotKind, held: Iterable[TakenTime], taken: Taken) -> SlotCell:
    own = None if slot.places is None else slot_holder(slot, on)
    first, last = slot.from_minute - room.before_minutes, slot.to_minute + room.after_minutes
    for start, end, holder in held:
        if start < last and end > first and holder != own:
            return SlotCell(slot, Vacancy.taken, None if own is None else 0)
    if own is None:
        return SlotCell(slot, Vacancy.free)
    resources = list_place_resources(slot)
    left = sum(not taken.touching(resource, on, slot.from_minute, slot.to_minute) for resource in resources)
    whole = Vacancy.free if left == len(resources) else Vacancy.partly
    return SlotCell(slot, whole if left else Vacancy.taken, left)


def _list_held(room: Room, on: date, taken: Taken, around: Stretch) -> list[TakenTime]:
    return [held for space in room.spaces for held in taken.touching(space_resource(space), on, *around)]


def _sum_up(vacancies: Iterable[Vacancy]) -> Vacancy:
    found = set(vacancies) - {Vacancy.past}
    if not found:
        return Vacancy.past
    return found.pop() if len(found) == 1 else Vacancy.partly
