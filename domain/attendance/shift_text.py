"""A day's plan as people write it: ``08:30-17:15 break 12:00-13:00``, ``rest``, ``statutory_rest`` or ``holiday``."""

import re

from domain.attendance.shift import REST, STATUTORY_REST, DayKind, Hours, Shift, work_shift
from domain.attendance.spans import Span, merge, total
from domain.civil import MINUTES_PER_DAY, format_clock, parse_clock

CLOCK_MAX = 72 * 60
"""The latest clock minute that can be written of a day."""

_HOURS = re.compile(r"(?P<hours>[^ ]+)(?: break (?P<breaks>.+))?")
_NAMED = {"rest": REST, "statutory_rest": STATUTORY_REST, "holiday": Shift(DayKind.holiday)}


def parse_shift(text: str) -> Shift:
    """Read a day's plan; several breaks stand behind each other with commas.

    Raises:
        ValueError: the text is none; the message says what was expected.
    """
    if text in _NAMED:
        return _NAMED[text]
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError(f"expected 'HH:MM-HH:MM break HH:MM-HH:MM', rest, statutory_rest or holiday, not {text!r}")
    starts, ends = parse_clock_range(match["hours"])
    breaks = tuple(parse_clock_range(part.strip()) for part in (match["breaks"] or "").split(",") if part)
    if starts >= MINUTES_PER_DAY or ends - starts > MINUTES_PER_DAY:
        raise ValueError(f"{text!r}: hours begin on their day and last 24 hours at most")
    if any(start < starts or end > ends for start, end in breaks) or total(merge(breaks)) != total(breaks):
        raise ValueError(f"{text!r}: breaks lie inside the hours, without overlap")
    return work_shift(Hours(starts, ends, merge(breaks)))


def parse_clock_range(text: str) -> Span:
    """Read ``19:00-19:30`` as minutes of the day, from and to.

    Raises:
        ValueError: the text is none, lies past 72:00, or ends before it starts; the message says what was expected.
    """
    starts, dash, ends = text.partition("-")
    if not dash:
        raise ValueError(f"expected a clock range HH:MM-HH:MM, not {text!r}")
    span = parse_clock_minute(starts.strip()), parse_clock_minute(ends.strip())
    if span[1] <= span[0]:
        raise ValueError(f"{text!r} ends before it starts; past midnight write 24:00 and beyond")
    return span


def parse_clock_minute(text: str) -> int:
    """Read ``08:30`` or ``25:30`` as minutes of the day.

    Raises:
        ValueError: the text is no clock time up to 72:00; the message says what was expected.
    """
    minute = parse_clock(text)
    if minute > CLOCK_MAX:
        raise ValueError(f"expected a clock time up to 72:00, not {text!r}")
    return minute


def format_hours(hours: Hours) -> str:
    """Write hours as ``08:30-17:15``, without their breaks."""
    return f"{format_clock(hours.starts_minute)}-{format_clock(hours.ends_minute)}"
