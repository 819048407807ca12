"""What is still free near a time that is not: other times of the day, other rooms, other days. Never a promise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.facilities.availability import DayCell, Vacancy
from domain.facilities.facility import Room

OF_EACH_MOST = 3
"""So many of the own day, of other rooms, and of other days are told."""

_BOOKABLE = frozenset({Vacancy.free, Vacancy.partly})


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time in a room in which something can be reserved; minutes of the day, past midnight beyond 1440."""

    room_id: str
    on: date
    from_minute: int
    until_minute: int
    slot_id: str | None = None
    places_left: int | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looked for: a time in a room, for so many people, and so many places of a shared slot."""

    room_id: str
    on: date
    from_minute: int
    until_minute: int
    party: int = 1
    places: int = 1


def list_nearby(sought: Sought, rooms: Mapping[str, Room], cells: Iterable[DayCell]) -> tuple[FreeTime, ...]:
    """Give what is free instead: of the same room and day, then other rooms that day, then the room on other days.

    Args:
        sought: what is not free; it is none of the answers.
        rooms: by id, at least those of the cells; a room that holds fewer people is left out.
        cells: what is free in rooms on days (``domain.facilities.availability``).
    """
    own: list[FreeTime] = []
    elsewhere: list[FreeTime] = []
    later: list[FreeTime] = []
    for cell in cells:
        if rooms[cell.room_id].capacity < sought.party:
            continue
        times = [each for each in list_times(sought, rooms[cell.room_id], cell) if not _is_same(each, sought)]
        nearest = sorted(times, key=lambda each: _distance(each, sought))
        if (cell.room_id, cell.on) == (sought.room_id, sought.on):
            own += nearest
        elif cell.on == sought.on:
            elsewhere += nearest[:1]
        elif cell.room_id == sought.room_id:
            later += nearest[:1]
    elsewhere.sort(key=lambda each: (_distance(each, sought), rooms[each.room_id].capacity, each.room_id))
    later.sort(key=lambda each: (_distance(each, sought), abs((each.on - sought.on).days), each.on))
    return (*own[:OF_EACH_MOST], *elsewhere[:OF_EACH_MOST], *later[:OF_EACH_MOST])


def list_times(sought: Sought, room: Room, cell: DayCell) -> Iterator[FreeTime]:
    """Yield the slots of a day that can be had, or in each free stretch the nearest time of the same length."""
    for each in cell.slots:
        if each.vacancy in _BOOKABLE and (each.places_left is None or each.places_left >= sought.places):
            slot = each.slot
            yield FreeTime(cell.room_id, cell.on, slot.from_minute, slot.to_minute, slot.id, each.places_left)
    step = max(room.step_minutes, 1)
    length = max(sought.until_minute - sought.from_minute, room.minutes_min)
    length = min(-(-length // step) * step, room.minutes_max // step * step)
    for start, end in cell.free:
        first, last = -(-start // step) * step, (end - length) // step * step
        if first <= last:
            begins = min(max(sought.from_minute // step * step, first), last)
            yield FreeTime(cell.room_id, cell.on, begins, begins + length)


def _distance(time: FreeTime, sought: Sought) -> int:
    return abs(time.from_minute - sought.from_minute) + abs(time.until_minute - sought.until_minute)


def _is_same(time: FreeTime, sought: Sought) -> bool:
    return (time.room_id, time.on, time.from_minute, time.until_minute) == (
        sought.room_id,
        sought.on,
        sought.from_minute,
        sought.until_minute,
    )
