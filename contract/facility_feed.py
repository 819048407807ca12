"""What is taken in a facility's rooms as iCalendar (RFC 5545, 7986): times and rooms, nobody's name and no purpose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from icalendar import Calendar, Event

from contract.calendar_feed import TOKYO, begin_calendar, end_calendar

PRODUCT = "-//Sekisho//Facilities//JA"
TAKEN, TAKEN_EN = "予約済", "Booked"


@dataclass(frozen=True, slots=True)
class TakenRoom:
    """A time in which a room is taken; ``key`` is the same as long as it is the same reservation."""

    key: str
    room_id: str
    room: str
    from_at: datetime
    until_at: datetime


def write_facility_feed(facility: str, taken: Iterable[TakenRoom], made_at: datetime, *, domain: str) -> bytes:
    """Give the calendar of a facility.

    Args:
        facility: its name, the calendar's title.
        taken: what is taken, in order; a key stands in the UID as a hash alone, for it opens a page elsewhere.
        made_at: the instant of the facts behind it (DTSTAMP).
        domain: the right half of the UIDs, the city's own name.
    """
    calendar: Calendar = begin_calendar(PRODUCT, facility)
    for each in taken:
        event = Event()
        name = sha256(f"{facility}\n{each.key}\n{each.room_id}".encode()).hexdigest()[:32]
        event.add("uid", f"{name}@{domain}")
        event.add("dtstamp", made_at)
        event.add("summary", f"{TAKEN} {TAKEN_EN}")
        event.add("location", each.room)
        event.add("dtstart", each.from_at.astimezone(TOKYO))
        event.add("dtend", each.until_at.astimezone(TOKYO))
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return end_calendar(calendar)
