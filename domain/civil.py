"""Civil time of a Japanese office: JST, duty days, clock minutes past 24:00, the H.MM notation, eras.

Instants are aware UTC datetimes and end in ``_at``; civil dates end in ``_on``; minutes are integers.
Japan has had no daylight saving time since 1951, so a fixed offset is exact for every record we hold.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")
MINUTES_PER_DAY = 1440

_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
)


def civil_minute(at: datetime) -> tuple[date, int]:
    """Give the JST date and the minute of that day (0–1439) in which the instant lies; seconds are dropped."""
    local = at.astimezone(JST)
    return local.date(), local.hour * 60 + local.minute


def duty_day(at: datetime, *, date_change_minutes: int) -> date:
    """Give the duty day of an instant: before the date-change minute it still belongs to the day before (R3, L22)."""
    return (at.astimezone(JST) - timedelta(minutes=date_change_minutes)).date()


def minute_on(at: datetime, on: date) -> int:
    """Give the instant as minutes from 00:00 of ``on``; 1560 is 26:00, that is 02:00 of the day after."""
    day, minute = civil_minute(at)
    return (day - on).days * MINUTES_PER_DAY + minute


def instant(on: date, minute: int) -> datetime:
    """Give the instant of a minute counted from 00:00 of ``on``; the reverse of :func:`minute_on`."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=JST)
    return midnight + timedelta(minutes=minute)


def month_end(on: date, *, months: int = 0) -> date:
    """Give the last day of the month that comes so many months after that of ``on``."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def parse_clock(text: str) -> int:
    """Read ``8:30``, ``08:30`` or ``25:30`` as minutes.

    Raises:
        ValueError: the text is no clock time; the message says what was expected.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no clock time; expected HH:MM, past midnight 24:00 and beyond")
    return int(match[1]) * 60 + int(match[2])


def format_clock(minutes: int) -> str:
    """Write minutes as ``08:30``; past midnight as ``26:00``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def format_h_mm(minutes: int) -> str:
    """Write a length in the city's sexagesimal notation: 195 minutes are ``3.15`` (three hours fifteen)."""
    sign = "-" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{sign}{hours}.{rest:02d}"


def format_era(on: date) -> str:
    """Write a date with its era, ``令和8年11月22日``; the first year of an era is 元年.

    Raises:
        ValueError: the date lies before 昭和 (1926-12-25).
    """
    for begins_on, name in _ERAS:
        if on >= begins_on:
            year = on.year - begins_on.year + 1
            return f"{name}{'元' if year == 1 else year}年{on.month}月{on.day}日"
    raise ValueError(f"{on} lies before 昭和; no record of Sekisho does")
