"""A person's shifts and leave as iCalendar (RFC 5545, 7986), for a calendar that asks again and again.

A day's entry keeps its UID whatever it becomes, so that a subscriber changes it instead of adding another.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDuration

from domain.attendance.facts import Leave
from domain.attendance.person_day import PersonDay
from domain.attendance.shift import DayKind
from domain.civil import instant
from domain.zones.my_number import refuse_my_numbers

TOKYO = ZoneInfo("Asia/Tokyo")
PRODUCT = "-//Sekisho//Attendance//JA"
_TEXTS = ("name", "summary", "location", "description")
REFRESH = timedelta(hours=1)
"""How often a calendar is asked to come again (RFC 7986 5.7)."""


def write_calendar(
    person_id: str,
    days: Iterable[PersonDay],
    made_at: datetime,
    *,
    leave_names: Mapping[str, str],
    title: str = "勤務",
    domain: str = "sekisho",
) -> bytes:
    """Give the calendar of these days: each planned shift, and each leave; a whole day's leave stands alone.

    Args:
        person_id: whose days they are; it stands in the UIDs alone.
        days: counted or merely planned ones.
        made_at: the instant of the facts behind them (DTSTAMP).
        leave_names: the city's names of its kinds of leave; one without a name is told by its id.
        title: what the calendar and each shift are called.
        domain: the right half of the UIDs, the city's own name.
    """
    calendar = begin_calendar(PRODUCT, title)
    for day in days:
        for key, event in _events(day, leave_names, title):
            event.add("uid", f"{key}-{day.on:%Y%m%d}-{person_id}@{domain}")
            event.add("dtstamp", made_at)
            calendar.add_component(event)
    return end_calendar(calendar)


def end_calendar(calendar: Calendar) -> bytes:
    """Give a calendar's bytes; its UIDs and times, which have long rows of digits by right, are not looked through.

    Raises:
        MyNumberError: a text holds what may be a 個人番号.
    """
    told = ((name, str(part.get(name, ""))) for part in calendar.walk() for name in _TEXTS)
    refuse_my_numbers(told, is_ours=True)
    content: bytes = calendar.to_ical()
    return content


def begin_calendar(product: str, title: str) -> Calendar:
    """Give an empty calendar with its name, its zone and how often to come again."""
    calendar = Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("x-wr-timezone", TOKYO.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add_component(_tokyo())
    return calendar


@lru_cache
def _tokyo() -> Timezone:
    return Timezone.from_tzid(TOKYO.key, last_date=date(2100, 1, 1))


def _events(day: PersonDay, names: Mapping[str, str], title: str) -> Iterator[tuple[str, Event]]:
    is_away = any(leave.starts_minute is None for leave in day.leave)
    if day.kind is DayKind.work and day.scheduled_minute is not None and not is_away:
        yield "shift", _timed(title, day.on, day.scheduled_minute)
    for number, leave in enumerate(day.leave):
        yield f"leave{number}", _leave(leave, names.get(leave.kind, leave.kind))


def _leave(leave: Leave, name: str) -> Event:
    if leave.starts_minute is not None and leave.ends_minute is not None:
        return _timed(name, leave.on, (leave.starts_minute, leave.ends_minute))
    event = Event()
    event.add("summary", name)
    event.add("dtstart", leave.on)
    event.add("dtend", leave.on + timedelta(days=1))
    return event


def _timed(summary: str, on: date, ends: tuple[int, int]) -> Event:
    event = Event()
    event.add("summary", summary)
    event.add("dtstart", instant(on, ends[0]).astimezone(TOKYO))
    event.add("dtend", instant(on, ends[1]).astimezone(TOKYO))
    return event
