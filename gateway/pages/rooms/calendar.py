"""What is free: many rooms on a day, in a week or a month."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import civil_minute
from domain.ids import ID_PATTERN
from gateway.bookings.remembered_rules import recall_every
from gateway.bookings.vacancies import load_vacancies
from gateway.pages.drawing.dates import DATE_PATTERN, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.rooms.calendar_question import (
    NAME_LENGTH_MAX,
    PEOPLE_MOST,
    PartOfDay,
    Question,
    Span,
    limit_day,
)
from gateway.pages.rooms.calendar_view import derive_calendar
from gateway.pages.rooms.looks import Looks
from gateway.pages.rooms.room_visitor import meet_room_visitor
from gateway.pages.rooms.signs import draw_signs
from store.calendar import list_calendar

router = APIRouter()

_Day = Annotated[str, Query(pattern=DATE_PATTERN)]
_Id = Annotated[str, Query(pattern=f"(^$)|({ID_PATTERN})")]
_Number = Annotated[str, Query(pattern=r"^[0-9]{0,4}$")]
_Name = Annotated[str, Query(max_length=NAME_LENGTH_MAX)]


@router.get("/rooms")
def get_rooms(
    visit: Visitor,
    *,
    on: _Day = "",
    span: Annotated[Span, Query()] = Span.week,
    facility: _Id = "",
    people: _Number = "",
    equipment: _Name = "",
    part: Annotated[PartOfDay | str, Query(max_length=9)] = "",
) -> Response:
    """Show what is free in the rooms that are asked about."""
    context = visit.pages.context
    now = context.now()
    today = civil_minute(now)[0]
    chosen = limit_day(read_date(on), today)
    kept = PartOfDay(part) if part in set(PartOfDay) else None
    question = Question(chosen, span, facility, min(int(people or 0), PEOPLE_MOST), equipment, kept)
    days = question.days
    with context.store.reading(now) as tx:
        visitor = meet_room_visitor(tx, visit)
        houses = [rules for rules in recall_every(tx).values() if visitor.sees(rules.facility.id)]
        wanted = {room.id for rules in houses for room in rules.rooms if question.wants(rules, room, today)}
        found = load_vacancies(tx, houses, days[0], len(days), only=wanted)
        holidays = {day.day_on: day.name for day in list_calendar(tx, days[0], days[-1])}
    calendar = derive_calendar(houses, found, question, Looks(visitor.as_booker(now)), today)
    phrases = visit.phrases
    standing = [rules for rules in houses if rules.facility.retired_on is None or rules.facility.retired_on > today]
    return visit.render(
        "rooms/rooms.html",
        question=question,
        calendar=calendar,
        names=[phrases.day(day) for day in days],
        signs=draw_signs(phrases),
        words={look: phrases.say(f"rooms.look_{look}") for look in calendar.looks},
        facilities=[rules.facility for rules in standing if rules.rooms],
        equipment=sorted({each.name for rules in standing for each in rules.equipment if each.retired_on is None}),
        parts=tuple(PartOfDay),
        spans=tuple(Span),
        holidays=holidays,
        today=today,
    )
