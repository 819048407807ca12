"""A room: when it is free this week, what it is like, what is laid down about it, what it costs."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.waiting import WaitingState
from gateway.bookings.vacancies import load_vacancies
from gateway.fees.pricing import find_tariff
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.drawing.fee_sentences import FeeTeller
from gateway.pages.drawing.rule_sentences import Teller
from gateway.pages.entrance.guard import Visitor
from gateway.pages.rooms.calendar_question import is_lent_with, limit_day
from gateway.pages.rooms.fee_view import tell_fees
from gateway.pages.rooms.looks import Looks
from gateway.pages.rooms.open_lots import find_open_rounds
from gateway.pages.rooms.room_visitor import find_place
from gateway.pages.rooms.rules_view import tell_rules
from gateway.pages.rooms.segments import RoomDay, derive_segments
from gateway.pages.rooms.signs import draw_signs
from store.calendar import list_calendar
from store.facilities import list_user_classes
from store.people import list_departments
from store.waiting import list_waiting_of

router = APIRouter()

WEEK = 7
_STANDING = frozenset({WaitingState.waiting, WaitingState.offered})
_Day = Annotated[str, Query(pattern=DATE_PATTERN)]


@router.get("/rooms/{room_id}")
def get_room(visit: Visitor, room_id: str, on: _Day = "") -> Response:
    """Show a room."""
    context = visit.pages.context
    now, phrases = context.now(), visit.phrases
    today = civil_minute(now)[0]
    first_on = limit_day(read_date(on), today)
    first_on -= timedelta(days=first_on.weekday())
    days = [first_on + timedelta(days=number) for number in range(WEEK)]
    with context.store.reading(now) as tx:
        place = find_place(tx, visit, room_id)
        rules, room = place.rules, place.room
        found = load_vacancies(tx, [rules], first_on, WEEK, only={room_id})
        holidays = {day.day_on: day.name for day in list_calendar(tx, days[0], days[-1])}
        classes = [each.user_class for each in list_user_classes(tx)]
        departments = {each.id: each.name for each in list_departments(tx)}
        own = place.visitor.own
        waiting = [
            each.waiting
            for each in (list_waiting_of(tx, own.id) if own is not None else ())
            if each.waiting.wish.room_id == room_id and each.waiting.state in _STANDING
        ]
        rounds = find_open_rounds(tx, rules.facility.id, room_id)
        try:
            table = find_tariff(tx, rules.facility.id, max(today, first_on)).table
        except FeeFaultsError:
            table = None
    looks = Looks(place.visitor.as_booker(now))
    equipment = [each for each in rules.equipment if is_lent_with(each, room, today)]
    week = [
        (day, derive_segments(RoomDay(rules, room, found.cells[room_id, day], found.windows[room_id, day]), looks))
        for day in days
    ]
    return visit.render(
        "rooms/room.html",
        place=place,
        week=week,
        before_on=first_on - timedelta(days=WEEK),
        after_on=first_on + timedelta(days=WEEK),
        holidays=holidays,
        equipment=equipment,
        told=tell_rules(rules, room, Teller(phrases, rules.rooms, classes, today=today, here=room_id), today),
        fees=None
        if table is None
        else tell_fees(
            table, room, equipment, FeeTeller(phrases, table, rooms=None, slots=rules.slots, classes=classes)
        ),
        shares=[
            each
            for each in rules.rooms
            if each.id != room_id and set(each.spaces) & set(room.spaces) and not each.retired_on
        ],
        department=departments.get(rules.facility.department_id, ""),
        waiting=waiting,
        rounds=rounds,
        signs=draw_signs(phrases),
        today=today,
        now=now,
    )
