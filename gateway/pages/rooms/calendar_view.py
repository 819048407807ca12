"""The calendar of rooms as it is drawn: houses, their rooms, and how each day looks to a visitor. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.facilities.facility import Facility, Room
from domain.facilities.rules import FacilityRules
from gateway.bookings.vacancies import Vacancies
from gateway.pages.rooms.calendar_question import PARTS, Question
from gateway.pages.rooms.looks import Look, Looks, narrow
from gateway.pages.rooms.segments import Axis, Lane, RoomDay, Segment, choose_axis, derive_segments, lay_lanes


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """How one day looks; ``path`` is empty where nothing can be booked or waited for."""

    on: date
    look: Look
    path: str


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room: how each day looks, the pieces of the chosen day, and those as lanes of a picture."""

    room: Room
    cells: tuple[CalendarCell, ...]
    look: Look
    """Of the chosen day."""
    segments: tuple[Segment, ...]
    lanes: tuple[Lane, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseRows:
    """A facility with those of its rooms that are asked about."""

    facility: Facility
    rows: tuple[RoomRow, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is drawn: ``axis`` is that of the picture of a single day, ``looks`` are what the legend names."""

    houses: tuple[HouseRows, ...]
    axis: Axis
    looks: tuple[Look, ...]

    @property
    def rooms(self) -> int:
        """Give how many rooms there are."""
        return sum(len(house.rows) for house in self.houses)


def derive_calendar(
    houses: Iterable[FacilityRules], found: Vacancies, question: Question, looks: Looks, today: date
) -> Calendar:
    """Give the calendar that somebody asked for.

    Args:
        houses: the facilities that the visitor sees, by name.
        found: what is free on the days of the question in every room that it wants.
        question: what is asked.
        looks: how something looks to the visitor.
        today: rooms that are retired by then are left out.
    """
    days = question.days
    drawn = tuple(
        HouseRows(rules.facility, rows)
        for rules in houses
        if (
            rows := tuple(
                _derive_row(rules, room, _Seen(found, question, days, looks))
                for room in rules.rooms
                if question.wants(rules, room, today)
            )
        )
    )
    segments = [segment for house in drawn for row in house.rows for segment in row.segments]
    axis = choose_axis(segments)
    if len(days) == 1:
        drawn = tuple(
            replace(house, rows=tuple(replace(row, lanes=lay_lanes(row.segments, axis)) for row in house.rows))
            for house in drawn
        )
    seen = {cell.look for house in drawn for row in house.rows for cell in row.cells}
    seen |= {each.look for each in segments if each.look is not None}
    return Calendar(drawn, axis, tuple(look for look in Look if look in seen))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What every row is derived from."""

    found: Vacancies
    question: Question
    days: Sequence[date]
    looks: Looks


def _derive_row(rules: FacilityRules, room: Room, seen: _Seen) -> RoomRow:
    within = PARTS[seen.question.part] if seen.question.part is not None else None
    cells, days = [], {}
    for on in seen.days:
        days[on] = day = RoomDay(rules, room, seen.found.cells[room.id, on], seen.found.windows[room.id, on])
        look = seen.looks.of_cell(rules, room, day.cell, narrow(day.cell, day.windows, within))
        cells.append(CalendarCell(on, look, day.lead_on(seen.looks, look)))
    chosen = seen.question.on
    segments = derive_segments(days[chosen], seen.looks)
    return RoomRow(room, tuple(cells), cells[seen.days.index(chosen)].look, segments)
