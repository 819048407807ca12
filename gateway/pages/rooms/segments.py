"""A day of a room as pieces beside one another: what is free when, for the picture and for the list. Pure.

Slots that overlap (午前, 全日) cannot stand in one row: each row of pieces is a lane.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd

from domain.civil import format_clock, minute_on
from domain.facilities.availability import DayCell, Stretch, Vacancy, cut_out
from domain.facilities.facility import Room, SlotKind
from domain.facilities.rules import FacilityRules
from gateway.pages.rooms.looks import LEADS_ON, LOOK_OF, Look, Looks

HOUR = 60
LEAST_UNIT = 5
"""Minutes; no column is narrower."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a day; without a look nothing can be booked or was: the room is closed, or no slot lies there."""

    from_minute: int
    to_minute: int
    look: Look | None = None
    slot: SlotKind | None = None
    places_left: int | None = None
    path: str = ""


Lane = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """The hours that a picture of a day shows; ``unit`` minutes are one column."""

    first: int
    last: int
    unit: int

    @property
    def hours(self) -> tuple[int, ...]:
        """Give the hours that begin within, as minutes."""
        return tuple(range(self.first, self.last, HOUR))

    def columns(self, segment: Segment) -> int:
        """Give over how many columns a piece goes; none where it is shorter than one."""
        return segment.to_minute // self.unit - segment.from_minute // self.unit


@dataclass(frozen=True, slots=True)
class RoomDay:
    """A room on a day: the rules of its house, what is free, and when it is open."""

    rules: FacilityRules
    room: Room
    cell: DayCell
    windows: Sequence[Stretch]

    def lead_on(self, looks: Looks, look: Look, chosen: str = "") -> str:
        """Give the address of the form that books the room on that day; empty where nothing is to be booked."""
        if look not in LEADS_ON or not looks.booker.may_book(self.rules.facility.id):
            return ""
        return f"/rooms/{self.room.id}/book?on={self.cell.on}{chosen}"


def derive_segments(day: RoomDay, looks: Looks) -> tuple[Segment, ...]:
    """Give the pieces of a room's day, in order: its slots, or its open hours parted into free and taken."""
    cell = day.cell
    if cell.slots:
        return tuple(
            Segment(
                each.slot.from_minute,
                each.slot.to_minute,
                look := _look(day, looks, each.vacancy, each.slot.from_minute),
                each.slot,
                each.places_left,
                day.lead_on(looks, look, f"&slot={each.slot.id}"),
            )
            for each in cell.slots
        )
    now = minute_on(looks.booker.now, cell.on)
    past = [(start, min(end, now)) for start, end in day.windows if start < now]
    ahead = [(max(start, now), end) for start, end in day.windows if end > now]
    pieces = [(start, end, Vacancy.past) for start, end in past]
    pieces += [(start, end, Vacancy.free) for start, end in cell.free]
    pieces += [(start, end, Vacancy.taken) for start, end in cut_out(ahead, cell.free)]
    return tuple(_piece(day, looks, *piece) for piece in sorted(pieces))


def lay_lanes(segments: Iterable[Segment], axis: Axis) -> tuple[Lane, ...]:
    """Part pieces into rows in which none overlap, each filled up to the whole axis."""
    lanes: list[list[Segment]] = []
    for segment in segments:
        lane = next((each for each in lanes if each[-1].to_minute <= segment.from_minute), None)
        if lane is None:
            lanes.append([segment])
        else:
            lane.append(segment)
    return tuple(_fill(lane, axis) for lane in lanes or [[]])


def choose_axis(segments: Iterable[Segment]) -> Axis:
    """Give the hours around all pieces; an office day where there are none."""
    edges = {edge for each in segments for edge in (each.from_minute, each.to_minute)} or {9 * HOUR, 17 * HOUR}
    first, last = min(edges) // HOUR * HOUR, -(-max(edges) // HOUR) * HOUR
    return Axis(first, last, max(gcd(HOUR, *edges), LEAST_UNIT))


def _piece(day: RoomDay, looks: Looks, start: int, end: int, vacancy: Vacancy) -> Segment:
    look = _look(day, looks, vacancy, max(start, end - day.room.minutes_min))
    step = max(day.room.step_minutes, 1)
    begins = format_clock(-(-start // step) * step)
    return Segment(start, end, look, path=day.lead_on(looks, look, f"&from={begins}"))


def _look(day: RoomDay, looks: Looks, vacancy: Vacancy, from_minute: int) -> Look:
    if vacancy in {Vacancy.free, Vacancy.partly}:
        return looks.of_time(day.rules, day.room, day.cell.on, from_minute) or LOOK_OF[vacancy]
    return LOOK_OF[vacancy]


def _fill(lane: Sequence[Segment], axis: Axis) -> Lane:
    filled: list[Segment] = []
    at = axis.first
    for segment in lane:
        if at < segment.from_minute:
            filled.append(Segment(at, segment.from_minute))
        filled.append(segment)
        at = segment.to_minute
    if at < axis.last:
        filled.append(Segment(at, axis.last))
    return tuple(filled)
