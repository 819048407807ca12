"""A day's plan as people write it: hours, ``rest``, ``statutory_rest``, ``off_duty`` (非番) or ``holiday``.

Hours are ``08:30-17:15 break 12:00-13:00``; a split shift has several parts: ``07:00-10:00 / 16:00-19:30``. With
``flex`` before them they are those assigned of a day of flexible hours (フレックスタイム, L20), which has one part.
"""

import re
from dataclasses import replace
from itertools import pairwise

from domain.attendance.shift import OFF_DUTY, REST, STATUTORY_REST, DayKind, Hours, Shift, work_shift
from domain.attendance.spans import Span, Spans, intersect, merge, total
from domain.civil import MINUTES_PER_DAY, format_clock, parse_clock

CLOCK_MAX = 72 * 60
"""The latest clock minute that can be written of a day."""

_HOURS = re.compile(r"(?P<hours>[^ ]+)(?: break (?P<breaks>.+))?")
PARTS_MAX = 6
_BETWEEN_PARTS = " / "
FLEX = "flex "
"""What stands before the hours of a day of flexible hours."""
_NAMED = {"rest": REST, "statutory_rest": STATUTORY_REST, "holiday": Shift(DayKind.holiday), "off_duty": OFF_DUTY}


def parse_shift(text: str) -> Shift:
    """Read a day's plan; several breaks stand behind each other with commas.

    Raises:
        ValueError: the text is none; the message says what was expected.
    """
    if text in _NAMED:
        return _NAMED[text]
    if text.startswith(FLEX):
        return _flexible(text)
    parts = text.split(_BETWEEN_PARTS)
    if len(parts) > PARTS_MAX:
        raise ValueError(f"expected {PARTS_MAX} parts of a shift at most, not {len(parts)}")
    windows, breaks = zip(*(_parse_part(part) for part in parts), strict=True)
    starts, ends = windows[0][0], windows[-1][1]
    if any(one[1] >= other[0] for one, other in pairwise(windows)):
        raise ValueError(f"{text!r}: the parts of a shift follow each other with time between them")
    if starts >= MINUTES_PER_DAY or ends - starts > MINUTES_PER_DAY:
        raise ValueError(f"{text!r}: hours begin on their day and last 24 hours at most")
    gaps = tuple((one[1], other[0]) for one, other in pairwise(windows))
    return work_shift(Hours(starts, ends, tuple(pause for pauses in breaks for pause in pauses), gaps))


def _flexible(text: str) -> Shift:
    shift = parse_shift(text.removeprefix(FLEX))
    if shift.hours is None or shift.hours.gaps or shift.flexible:
        raise ValueError(f"{text!r}: flexible hours are one part, as 'flex HH:MM-HH:MM break HH:MM-HH:MM'")
    return replace(shift, flexible=True)


def _parse_part(text: str) -> tuple[Span, Spans]:
    match = _HOURS.fullmatch(text)
    if match is None:
        expected = "'HH:MM-HH:MM break HH:MM-HH:MM', 'flex ' and the same, rest, statutory_rest, off_duty or holiday"
        raise ValueError(f"expected {expected}, not {text!r}")
    starts, ends = parse_clock_range(match["hours"])
    breaks = tuple(parse_clock_range(part.strip()) for part in (match["breaks"] or "").split(",") if part)
    if any(start < starts or end > ends for start, end in breaks) or total(merge(breaks)) != total(breaks):
        raise ValueError(f"{text!r}: breaks lie inside the hours, without overlap")
    return (starts, ends), merge(breaks)


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
    return _range(hours.starts_minute, hours.ends_minute)


def format_shift(shift: Shift) -> str:
    """Write a day's plan so that :func:`parse_shift` gives it again (``on_holidays`` is not written).

    A holiday's own hours are not written: they are those of its weekday.
    """
    if shift.kind is DayKind.work and shift.hours is None:
        return "off_duty"
    if shift.kind is not DayKind.work or shift.hours is None:
        return shift.kind.value
    parts = _BETWEEN_PARTS.join(_part_text(part, shift.hours.breaks) for part in shift.hours.parts)
    return FLEX + parts if shift.flexible else parts


def _part_text(part: Span, breaks: Spans) -> str:
    own = ", ".join(_range(*pause) for pause in intersect((part,), breaks))
    return _range(*part) + (f" break {own}" if own else "")


def _range(starts: int, ends: int) -> str:
    return f"{format_clock(starts)}-{format_clock(ends)}"
