"""What is free in a room on a day: the cells of the calendar that a visitor looks at.

A room with slots is looked at slot by slot, any other by the free stretches of its open hours. Free means free of other
holds with the room's own preparation and clean-up around; whether somebody may reserve is asked in ``assess_booking``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.civil import MINUTES_PER_DAY, minute_on
from domain.facilities.facility import Room, SlotKind
from domain.facilities.holds import list_place_resources, slot_holder, space_resource

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


class TakenTime(NamedTuple):
    """A hold in minutes from 00:00 of a first day: what a month of a house is made of, some 25,000 of them."""

    resource: str
    holder: str
    from_minute: int
    until_minute: int


TakenByDay = Mapping[tuple[str, date], Sequence[tuple[str, int, int]]]
"""By resource and day: holder, and minutes from that day's 00:00; a hold over midnight stands at each of its days."""


def group_taken(first_on: date, taken: Iterable[TakenTime]) -> TakenByDay:
    """Give what is taken by resource and day, for :func:`derive_day`."""
    grouped: dict[tuple[str, date], list[tuple[str, int, int]]] = {}
    days: dict[int, date] = {}
    for resource, holder, start, end in taken:
        for number in range(start // MINUTES_PER_DAY, (end - 1) // MINUTES_PER_DAY + 1):
            on = days.get(number) or days.setdefault(number, first_on + timedelta(days=number))
            midnight = number * MINUTES_PER_DAY
            grouped.setdefault((resource, on), []).append((holder, start - midnight, end - midnight))
    return grouped


def derive_day(room: Room, day: OpenDay, taken: TakenByDay, now: datetime) -> DayCell:
    """Say what is free in a room on a day.

    Args:
        room: the room.
        day: when it is open, and its slots.
        taken: at least what touches the day of the room's spaces and places.
        now: what lies before it is past.
    """
    today = minute_on(now, day.on)
    if not day.windows:
        return DayCell(room.id, day.on, Vacancy.closed)
    if today >= day.windows[-1][1]:
        return DayCell(room.id, day.on, Vacancy.past)
    if day.slots:
        cells = tuple(_derive_slot(room, day, slot, taken, today) for slot in day.slots)
        return DayCell(room.id, day.on, _sum_up(cell.vacancy for cell in cells), cells)
    busy = [
        (start - room.after_minutes, end + room.before_minutes)
        for space in room.spaces
        for _, start, end in _list_taken(taken, space_resource(space), day)
    ]
    whole = [(max(start, today), end) for start, end in day.windows if end > today]
    free = tuple((start, end) for start, end in cut_out(whole, busy) if end - start >= max(room.minutes_min, 1))
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


def _derive_slot(room: Room, day: OpenDay, slot: SlotKind, taken: TakenByDay, today: int) -> SlotCell:
    if today >= slot.from_minute:
        return SlotCell(slot, Vacancy.past)
    shared = slot.places is not None
    own = slot_holder(slot, day.on) if shared else None
    around = (slot.from_minute - room.before_minutes, slot.to_minute + room.after_minutes)
    for space in room.spaces:
        others = [one for one in _list_taken(taken, space_resource(space), day) if one[0] != own]
        if _touches(others, *around):
            return SlotCell(slot, Vacancy.taken, 0 if shared else None)
    if not shared:
        return SlotCell(slot, Vacancy.free)
    resources = list_place_resources(slot)
    within = (slot.from_minute, slot.to_minute)
    left = sum(not _touches(_list_taken(taken, resource, day), *within) for resource in resources)
    whole = Vacancy.free if left == len(resources) else Vacancy.partly
    return SlotCell(slot, whole if left else Vacancy.taken, left)


def _list_taken(taken: TakenByDay, resource: str, day: OpenDay) -> Sequence[tuple[str, int, int]]:
    """Give what is taken on a day, and what comes after midnight where the day is open longer."""
    own = taken.get((resource, day.on), ())
    if day.windows[-1][1] <= MINUTES_PER_DAY:
        return own
    later = taken.get((resource, day.on + timedelta(days=1)), ())
    return [*own, *((holder, start + MINUTES_PER_DAY, end + MINUTES_PER_DAY) for holder, start, end in later)]


def _touches(taken: Sequence[tuple[str, int, int]], start: int, end: int) -> bool:
    return any(first < end and last > start for _, first, last in taken)


def _sum_up(vacancies: Iterable[Vacancy]) -> Vacancy:
    found = set(vacancies) - {Vacancy.past}
    if not found:
        return Vacancy.past
    return found.pop() if len(found) == 1 else Vacancy.partly
