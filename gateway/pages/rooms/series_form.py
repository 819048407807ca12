"""A series as the form says it: a recurrence rule in plain words, and what is otherwise on single days. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.series import SeriesException
from gateway.bookings.recurrence import expand_days
from gateway.pages.drawing.dates import read_date
from gateway.pages.rooms.entered import Entered, Repeat

LAST_MOST = timedelta(days=732)
"""So long after its first day a series ends."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def write_rule(repeat: Repeat, first_on: date, weekdays: Iterable[int]) -> str:
    """Give the rule of RFC 5545 that a choice of the form means; the first day's own weekday always counts."""
    named = ",".join(_DAYS[each] for each in sorted({first_on.weekday(), *weekdays}))
    nth = (first_on.day - 1) // 7 + 1
    return {
        Repeat.once: "FREQ=DAILY;COUNT=1",
        Repeat.daily: "FREQ=DAILY",
        Repeat.weekly: f"FREQ=WEEKLY;BYDAY={named}",
        Repeat.fortnightly: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={named}",
        Repeat.monthly_day: f"FREQ=MONTHLY;BYMONTHDAY={first_on.day}",
        Repeat.monthly_weekday: f"FREQ=MONTHLY;BYDAY={nth}{_DAYS[first_on.weekday()]}",
        Repeat.monthly_last: f"FREQ=MONTHLY;BYDAY=-1{_DAYS[first_on.weekday()]}",
    }[repeat]


def list_series_days(entered: Entered, first: Wish) -> tuple[date, ...]:
    """Give the days of a series.

    Raises:
        BookingFaultsError: its last day is missing or too far, or it has no such first day, too many days or none.
    """
    last_on = read_date(entered.last_on)
    if last_on is None:
        raise refuse_booking("last_on", BookingWhy.bad_cell, expected="YYYY-MM-DD")
    if not first.on <= last_on <= first.on + LAST_MOST:
        expected = f"{first.on} – {first.on + LAST_MOST}"
        raise refuse_booking("last_on", BookingWhy.bad_cell, expected=expected)
    return expand_days(write_rule(entered.repeat, first.on, entered.weekdays), first.on, last_on)


def read_exceptions(entered: Entered, days: Iterable[date]) -> tuple[SeriesException, ...]:
    """Give what the list of a series says otherwise; what it says of other days was said of another rule."""
    known = frozenset(days)
    found = {}
    for text in entered.otherwise:
        exception = _read_exception(text)
        if exception is not None and exception.on in known:
            found[exception.on] = exception
    return tuple(found.values())


def write_otherwise(on: date, room_id: str, slot_id: str | None, from_minute: int, until_minute: int) -> str:
    """Give the text by which the form says another time or room of one day."""
    return f"{on} {room_id} {slot_id or '-'} {from_minute} {until_minute}"


def _read_exception(text: str) -> SeriesException | None:
    parts = text.split(" ")
    on = read_date(parts[0]) if text else None
    if on is None:
        return None
    if parts[1:] == ["out"]:
        return SeriesException(on, left_out=True)
    room_id, slot_id, start, end = parts[1:]
    slot = None if slot_id == "-" else slot_id
    times = instant(on, int(start)), instant(on, int(end))
    return SeriesException(on, from_at=times[0], until_at=times[1], room_id=room_id, slot_id=slot)
