"""How a day or a time in a room looks to one visitor: free or taken, and whether that one can book it yet. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from domain.civil import instant
from domain.facilities.availability import DayCell, Stretch, Vacancy
from domain.facilities.booking_rules import (
    BookingWindow,
    choose_terms,
    choose_window,
    derive_closes_at,
    derive_opens_at,
)
from domain.facilities.facility import Room
from domain.facilities.rules import FacilityRules

_OPEN = frozenset({Vacancy.free, Vacancy.partly})


class Look(StrEnum):
    """What a visitor sees of a day or a time."""

    free = "free"
    partly = "partly"
    taken = "taken"
    early = "early"  # 受付前: free, but booking opens later
    late = "late"  # 受付終了
    unoffered = "unoffered"  # not to this class at all, or nothing is laid down yet
    closed = "closed"
    past = "past"


SHOWN = tuple(Look)
"""In the order of the legend."""

LOOK_OF = MappingProxyType({vacancy: Look(vacancy.value) for vacancy in Vacancy})
"""How a time looks that the visitor may book as far as it is free."""

BOOKABLE = frozenset({Look.free, Look.partly})
LEADS_ON = frozenset(Look) - {Look.closed, Look.past}
"""What leads to the form: also what is taken, for one may wait for it."""


@dataclass(frozen=True, slots=True)
class Booker:
    """As whom somebody looks: the class that one books in, if any; counters of ``desks`` book for every class."""

    user_class: str | None
    now: datetime
    desks: frozenset[str] = frozenset()

    def may_book(self, facility_id: str) -> bool:
        """Tell whether this one books anything in a house."""
        return self.user_class is not None or facility_id in self.desks


@dataclass(slots=True)
class Looks:
    """Tells how cells look to somebody; remembers what the windows of a house say of a day."""

    booker: Booker
    _windows: dict[tuple[str, str, date], BookingWindow | None] = field(default_factory=dict)
    _states: dict[tuple[str, str, date, int], Look | None] = field(default_factory=dict)

    def of_cell(self, rules: FacilityRules, room: Room, cell: DayCell, vacancy: Vacancy) -> Look:
        """Say how a day looks of which so much is free (:func:`narrow`)."""
        if vacancy not in _OPEN:
            return LOOK_OF[vacancy]
        return self.of_time(rules, room, cell.on, _last_start(room, cell)) or LOOK_OF[vacancy]

    def of_time(self, rules: FacilityRules, room: Room, on: date, from_minute: int) -> Look | None:
        """Say why a time that is free cannot be booked; None where it can."""
        house = rules.facility.id
        if not rules.windows or choose_terms(rules.terms, on) is None:
            return Look.unoffered
        if self.booker.user_class is None or house in self.booker.desks:
            return None
        own = room.id if any(each.room_id == room.id for each in rules.windows) else ""
        key = (house, own, on, from_minute)
        if key not in self._states:
            self._states[key] = self._judge(rules, room.id, own, on, from_minute)
        return self._states[key]

    def opens_at(self, rules: FacilityRules, room: Room, on: date) -> datetime | None:
        """Give when booking opens for a day; None where it never does for this class."""
        window = choose_window(rules.windows, room.id, self.booker.user_class or "", on)
        return None if window is None else derive_opens_at(window, on)

    def _judge(self, rules: FacilityRules, room_id: str, own: str, on: date, from_minute: int) -> Look | None:
        key = (rules.facility.id, own, on)
        if key not in self._windows:
            self._windows[key] = choose_window(rules.windows, room_id, self.booker.user_class or "", on)
        window = self._windows[key]
        if window is None:
            return Look.unoffered
        if self.booker.now < derive_opens_at(window, on):
            return Look.early
        return Look.late if self.booker.now >= derive_closes_at(window, instant(on, from_minute)) else None


def narrow(cell: DayCell, windows: Sequence[Stretch], within: Stretch | None) -> Vacancy:
    """Say how much of a day, or of a part of it, can still be reserved; ``windows`` are when the room is open."""
    if within is None or cell.vacancy not in _OPEN:
        return cell.vacancy
    first, last = within
    if cell.slots:
        found = {each.vacancy for each in cell.slots if each.slot.from_minute < last and each.slot.to_minute > first}
        found -= {Vacancy.past}
        if not found:
            return Vacancy.closed
        return found.pop() if len(found) == 1 else Vacancy.partly
    opened = [(max(start, first), min(end, last)) for start, end in windows if start < last and end > first]
    free = [(max(start, first), min(end, last)) for start, end in cell.free if start < last and end > first]
    if not opened:
        return Vacancy.closed
    if not free:
        return Vacancy.taken
    return Vacancy.free if free == opened else Vacancy.partly


def _last_start(room: Room, cell: DayCell) -> int:
    """Give the minute of the last time that can be had on a day."""
    if cell.slots:
        return max(each.slot.from_minute for each in cell.slots if each.vacancy in _OPEN)
    return max(end - room.minutes_min for _, end in cell.free)
