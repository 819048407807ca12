"""The day of a form: its slots or its times to choose among, how the days around it look, and what can be added."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.civil import MINUTES_PER_DAY, civil_minute, format_clock
from domain.facilities.facility import Equipment
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.fee_table import Charge, FeeTable, Rate
from domain.validity import is_in_force
from gateway.bookings.vacancies import load_vacancies
from gateway.fees.pricing import find_tariff
from gateway.pages.drawing.dates import read_date
from gateway.pages.rooms.calendar_question import is_lent_with, limit_day
from gateway.pages.rooms.looks import Look, Looks, narrow
from gateway.pages.rooms.room_visitor import Place
from gateway.pages.rooms.segments import RoomDay, Segment, derive_segments
from store.calendar import list_calendar
from store.tx import Tx

STEP_LEAST = 15
"""Rooms that begin at finer steps are given times by hand, not from a list."""


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """A time of a list; what is not free can be chosen too, for one may wait for it."""

    text: str
    is_free: bool


@dataclass(frozen=True, slots=True)
class StripDay:
    """A day of the strip above the times."""

    on: date
    look: Look


@dataclass(frozen=True, slots=True)
class DayChoice:
    """What there is to choose of a day. Without ``starts`` a room that has no slots is given times by hand."""

    on: date
    segments: tuple[Segment, ...]
    has_slots: bool
    shares: bool
    """A slot of the day has places."""
    strip: tuple[StripDay, ...]
    holiday: str
    starts: tuple[TimeChoice, ...] = ()
    ends: tuple[TimeChoice, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    table: FeeTable | None = None
    options: tuple[Rate, ...] = ()
    lasts_days: bool = False
    """A use may go on over midnight, so that its last day is asked for."""


def load_day_choice(tx: Tx, place: Place, asked: str) -> DayChoice:
    """Give the day of a form; today where it names none that there is."""
    today, room = civil_minute(tx.now)[0], place.room
    on = limit_day(read_date(asked), today)
    first_on = on - timedelta(days=on.weekday())
    found = load_vacancies(tx, [place.rules], first_on, 7, only={room.id})
    looks = Looks(place.visitor.as_booker(tx.now))
    days = [first_on + timedelta(days=number) for number in range(7)]
    of_day = {
        each: RoomDay(place.rules, room, found.cells[room.id, each], found.windows[room.id, each]) for each in days
    }
    strip = tuple(
        StripDay(each, looks.of_cell(place.rules, room, day.cell, narrow(day.cell, day.windows, None)))
        for each, day in of_day.items()
    )
    slots = [slot for slot in place.slots if is_in_force(slot, on)]
    table = _find_table(tx, place, on)
    return DayChoice(
        on=on,
        segments=derive_segments(of_day[on], looks),
        has_slots=bool(slots),
        shares=any(slot.places is not None for slot in slots),
        strip=strip,
        holiday=next((day.name for day in list_calendar(tx, on, on)), ""),
        starts=() if slots else _list_starts(of_day[on]),
        ends=() if slots else _list_ends(of_day[on]),
        equipment=tuple(each for each in place.rules.equipment if is_lent_with(each, room, on)),
        table=table,
        options=() if table is None else _list_options(place, table, on),
        lasts_days=room.minutes_max > MINUTES_PER_DAY,
    )


def _list_starts(day: RoomDay) -> tuple[TimeChoice, ...]:
    free = day.cell.free
    return tuple(
        TimeChoice(format_clock(minute), any(start <= minute < end for start, end in free))
        for minute in _list_steps(day)
        if any(start <= minute < end for start, end in day.windows)
    )


def _list_ends(day: RoomDay) -> tuple[TimeChoice, ...]:
    free = day.cell.free
    return tuple(
        TimeChoice(format_clock(minute), any(start < minute <= end for start, end in free))
        for minute in _list_steps(day)
        if any(start < minute <= end for start, end in day.windows)
    )


def _list_steps(day: RoomDay) -> range:
    step = day.room.step_minutes
    if step < STEP_LEAST or not day.windows:
        return range(0)
    return range(-(-day.windows[0][0] // step) * step, day.windows[-1][1] + 1, step)


def _find_table(tx: Tx, place: Place, on: date) -> FeeTable | None:
    try:
        return find_tariff(tx, place.rules.facility.id, on).table
    except FeeFaultsError:
        return None


def _list_options(place: Place, table: FeeTable, on: date) -> tuple[Rate, ...]:
    """Give what can be asked for beside the room, each once: heating, lights."""
    found: dict[str, Rate] = {}
    for rate in table.rates:
        if rate.charge is not Charge.option or rate.always:
            continue
        in_room = not rate.scope.rooms or place.room.id in rate.scope.rooms
        if in_room and (not rate.scope.months or on.month in rate.scope.months):
            found.setdefault(rate.subject, rate)
    return tuple(found.values())
