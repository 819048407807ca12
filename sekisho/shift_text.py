"""A day's plan as case files write it."""

import re
from typing import Any

from domain.attendance.shift import REST, STATUTORY_REST, DayKind, Hours, Shift, work_shift
from domain.attendance.spans import merge, total
from domain.civil import MINUTES_PER_DAY
from sekisho.civil_fields import parse_clock_range

_HOURS = re.compile(r"(?P<hours>[^ ]+)(?: break (?P<breaks>.+))?")
_NAMED = {"rest": REST, "statutory_rest": STATUTORY_REST, "holiday": Shift(DayKind.holiday)}


def parse_shift(value: Any) -> Shift:
    """Read ``08:30-17:15 break 12:00-13:00``, ``rest``, ``statutory_rest`` or ``holiday``.

    Raises:
        ValueError: the text is none of these; the message says what was expected.
    """
    if isinstance(value, str):
        if value in _NAMED:
            return _NAMED[value]
        if match := _HOURS.fullmatch(value):
            starts, ends = parse_clock_range(match["hours"])
            breaks = tuple(parse_clock_range(part.strip()) for part in (match["breaks"] or "").split(",") if part)
            if starts >= MINUTES_PER_DAY or ends - starts > MINUTES_PER_DAY:
                raise ValueError(f"{value!r}: hours begin on their day and last 24 hours at most")
            if any(start < starts or end > ends for start, end in breaks) or total(merge(breaks)) != total(breaks):
                raise ValueError(f"{value!r}: breaks lie inside the hours, without overlap")
            return work_shift(Hours(starts, ends, merge(breaks)))
    raise ValueError(f"expected 'HH:MM-HH:MM break HH:MM-HH:MM', rest, statutory_rest or holiday, not {value!r}")
