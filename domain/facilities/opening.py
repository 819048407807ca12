"""When the rooms of a facility are open on a day: weekly hours, closures, and single days that are otherwise."""

from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.facilities.availability import OpenDay, Stretch, cut_out
from domain.facilities.closures import ClosureRule, closes_on
from domain.facilities.facility import Room, SlotKind
from domain.validity import is_in_force

WINDOW_ENDS_MAX = 2880
"""A day's hours end by the end of the next one; they belong to the day on which they begin."""

_WHOLE = (0, WINDOW_ENDS_MAX)


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of some weekdays; several of one day may lie one after another.

    Without ``room_id`` they are the facility's; those of a room narrow them, wherever some are in force and in season.
    """

    id: str
    weekdays: frozenset[int]
    """0 is Monday."""
    from_minute: int
    to_minute: int
    room_id: str | None = None
    months: frozenset[int] = frozenset()
    """1 to 12: the hours of a season. Empty means all."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""


class SpecialKind(StrEnum):
    """What is special about days."""

    closed = "closed"  # 臨時休館
    opened = "opened"  # 臨時開館: lifts the rules of closing


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days from ``first_on`` to ``last_on`` that are otherwise, of a room or, without ``room_id``, of the facility.

    Closed from one minute to another, or all day. Opened at these hours, or without minutes at those of the weekday.
    """

    id: str
    kind: SpecialKind
    first_on: date
    last_on: date
    reason: str
    """What visitors read: 選挙の投票所のため."""
    room_id: str | None = None
    from_minute: int | None = None
    to_minute: int | None = None

    @property
    def stretch(self) -> Stretch | None:
        """From when to when; None is all day, or the hours of the weekday."""
        return None if self.from_minute is None or self.to_minute is None else (self.from_minute, self.to_minute)


@dataclass(frozen=True, slots=True)
class OpeningRules:
    """Everything that says when a facility and its rooms are open."""

    openings: tuple[Opening, ...] = ()
    closures: tuple[ClosureRule, ...] = ()
    special_days: tuple[SpecialDays, ...] = ()


_NO_RULES = OpeningRules()


@dataclass(frozen=True, slots=True)
class _Level:
    """The rules of one room, or of the facility as such, on one day."""

    hours: list[Stretch] | None  # None: none in force, so that a room narrows nothing
    is_closed: bool
    is_opened: bool
    opened: list[Stretch]
    closed: list[Stretch]


_NOTHING = _Level(hours=None, is_closed=False, is_opened=False, opened=[], closed=[])


def derive_windows(
    rules: OpeningRules,
    rooms: Sequence[Room],
    days: Iterable[date],
    days_off: AbstractSet[date],
    *,
    only: Container[str] | None = None,
) -> dict[tuple[str, date], tuple[Stretch, ...]]:
    """Give when the rooms of a facility are open, by room and day; in order, and none where they are closed.

    A closed time wins over everything; hours of a special opening win over weekly hours, and a room's over its house's.
    Where a room is closed, so is every room that shares a space with it.

    Args:
        rules: the facility's.
        rooms: all of its rooms.
        days: which days.
        days_off: the city's, from two weeks before the first day on (``domain.facilities.closures``).
        only: the ids of rooms that are asked about; None: all.
    """
    house = OpeningRules(
        tuple(each for each in rules.openings if each.room_id is None),
        tuple(each for each in rules.closures if each.room_id is None),
        tuple(each for each in rules.special_days if each.room_id is None),
    )
    asked = [room for room in rooms if only is None or room.id in only]
    rules_of = _split_by_room(rules, asked, {room.id: frozenset(room.spaces) for room in rooms})
    windows = {}
    for on in days:
        level = _read_level(house, on, days_off)
        as_house = _derive_room(level, _NOTHING)
        for room_id, own in rules_of.items():
            is_own = own != _NO_RULES
            windows[room_id, on] = _derive_room(level, _read_level(own, on, days_off)) if is_own else as_house
    return windows


def derive_open_day(on: date, windows: Sequence[Stretch], slots: Iterable[SlotKind]) -> OpenDay:
    """Give a room's day: its open windows and every slot that lies in one of them.

    A room that has slots in force is reserved by them alone, so a day of which no slot is, is a closed one.

    Args:
        on: the day.
        windows: when the room is open (:func:`derive_windows`).
        slots: all kinds of slots of the room.
    """
    in_force = [slot for slot in slots if is_in_force(slot, on)]
    if not in_force:
        return OpenDay(on, tuple(windows))
    weekday = on.weekday()
    offered = [slot for slot in in_force if weekday in slot.weekdays and lies_in(slot, windows)]
    if not offered:
        return OpenDay(on, ())
    return OpenDay(on, tuple(windows), tuple(sorted(offered, key=lambda slot: (slot.from_minute, slot.to_minute))))


def _derive_room(house: _Level, room: _Level) -> tuple[Stretch, ...]:
    if room.opened:
        windows = room.opened
    else:
        room_closed = room.is_closed and not room.is_opened
        if room_closed or (house.is_closed and not (house.is_opened or room.is_opened)):
            return ()
        windows = house.opened or house.hours or []
        if room.hours is not None:
            windows = [(max(a, c), min(b, d)) for a, b in windows for c, d in room.hours if max(a, c) < min(b, d)]
    return tuple(cut_out(_join(windows), [*house.closed, *room.closed]))


def _split_by_room(
    rules: OpeningRules, rooms: Iterable[Room], spaces: Mapping[str, frozenset[str]]
) -> dict[str, OpeningRules]:
    def reaches(closed_id: str | None, room: Room) -> bool:
        shared = spaces.get(closed_id or "", frozenset())
        return closed_id == room.id or not shared.isdisjoint(room.spaces)

    return {
        room.id: OpeningRules(
            tuple(each for each in rules.openings if each.room_id == room.id),
            tuple(each for each in rules.closures if reaches(each.room_id, room)),
            tuple(
                each
                for each in rules.special_days
                if each.room_id == room.id or (each.kind is SpecialKind.closed and reaches(each.room_id, room))
            ),
        )
        for room in rooms
    }


def _read_level(own: OpeningRules, on: date, days_off: AbstractSet[date]) -> _Level:
    openings = [each for each in own.openings if _is_of_season(each, on) and is_in_force(each, on)]
    hours = [(each.from_minute, each.to_minute) for each in openings if on.weekday() in each.weekdays]
    special = [each for each in own.special_days if each.first_on <= on <= each.last_on]
    opened = [each for each in special if each.kind is SpecialKind.opened]
    return _Level(
        hours=hours if openings else None,
        is_closed=any(closes_on(each, on, days_off) for each in own.closures),
        is_opened=bool(opened),
        opened=[each.stretch for each in opened if each.stretch is not None],
        closed=[each.stretch or _WHOLE for each in special if each.kind is SpecialKind.closed],
    )


def _is_of_season(opening: Opening, on: date) -> bool:
    return not opening.months or on.month in opening.months


def _join(windows: Iterable[Stretch]) -> list[Stretch]:
    """Give windows in order, those that touch as one."""
    joined: list[Stretch] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def lies_in(slot: SlotKind, windows: Iterable[Stretch]) -> bool:
    """Tell whether a slot lies in one of the windows."""
    return any(start <= slot.from_minute and slot.to_minute <= end for start, end in windows)
