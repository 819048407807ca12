"""Facilities, a week of a facility's rooms, a day of a room: what anybody may look at without signing in."""

from datetime import date, timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.availability import DayCell
from domain.facilities.facility import Room
from gateway.bookings.vacancies import load_vacancies
from gateway.citizens.guard import Guested
from gateway.citizens.public_houses import demand_house, demand_room, list_public_houses
from gateway.citizens.rounds import list_shown
from gateway.pages.drawing.dates import read_date

router = APIRouter()

WEEK = timedelta(days=7)
AHEAD = timedelta(days=400)
"""So far ahead one may look."""


@router.get("/")
def get_home(guest: Guested) -> Response:
    """Show the facilities, and how a room is reserved."""
    context = guest.house.context
    with context.store.reading(context.now()) as tx:
        houses = list_public_houses(tx)
        now = context.now()
        rounds = [each for each in list_shown(tx, guest.reservee, since=now) if each.is_open(now)]
    return guest.render("home.html", houses=houses, rounds=rounds)


@router.get("/facilities/{facility_id}")
def get_facility(guest: Guested, facility_id: str, on: str = "") -> Response:
    """Show what is free in each room of a facility in the week from a day on."""
    context = guest.house.context
    today = civil_minute(context.now())[0]
    first_on = _within(read_date(on), today)
    with context.store.reading(context.now()) as tx:
        rules = demand_house(tx, facility_id)
        vacancies = load_vacancies(tx, [rules], first_on, WEEK.days)
    days = [first_on + timedelta(days=number) for number in range(WEEK.days)]
    return guest.render(
        "facility.html",
        rules=rules,
        days=days,
        rows=[(room, [vacancies.cells[room.id, day] for day in days]) for room in rules.rooms],
        before=max(today, first_on - WEEK) if first_on > today else None,
        after=first_on + WEEK if first_on + WEEK <= today + AHEAD else None,
        today=today,
    )


@router.get("/rooms/{room_id}/days/{on}")
def get_room_day(guest: Guested, room_id: str, on: str) -> Response:
    """Show what is free in a room on a day, to be chosen."""
    context = guest.house.context
    today = civil_minute(context.now())[0]
    day = read_date(on)
    if day is None or _within(day, today) != day:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    with context.store.reading(context.now()) as tx:
        rules, room = demand_room(tx, room_id)
        cell = load_vacancies(tx, [rules], day, 1, only={room_id}).cells[room_id, day]
    return guest.render(
        "room_day.html",
        rules=rules,
        room=room,
        cell=cell,
        day=day,
        today=today,
        before=day - timedelta(days=1) if day > today else None,
        after=day + timedelta(days=1),
        times=list_times(room, cell),
        equipment=[each for each in rules.equipment if each.room_id in {None, room_id} and each.retired_on is None],
    )


def list_times(room: Room, cell: DayCell) -> tuple[list[int], list[int]]:
    """Give the minutes at which something may begin, and those at which it may end, in a room without slots."""
    step = max(1, room.step_minutes)
    begins: list[int] = []
    ends: list[int] = []
    for start, end in cell.free:
        first = -(-start // step) * step
        steps = list(range(first, end + 1, step))
        begins += [minute for minute in steps if minute + room.minutes_min <= end]
        ends += [minute for minute in steps if minute - room.minutes_min >= first]
    return begins, ends


def _within(day: date | None, today: date) -> date:
    return min(max(day or today, today), today + AHEAD)
