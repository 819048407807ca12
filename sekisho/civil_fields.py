"""Field types of case files: civil dates, clock minutes past 24:00, minutes on the axis, lengths. Text only."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from domain.attendance import shift_text
from domain.attendance.shift import Shift
from domain.attendance.spans import Span, axis_minute
from domain.civil import civil_minute

YEARS = range(1949, 2200)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CIVIL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{1,2}:[0-9]{2})")
_OFFSET = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[-+][0-9]{2}:?[0-9]{2})"
)
_LENGTH = re.compile(r"([0-9]{1,3}):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class CivilMinute:
    """A moment as written: the day, the clock minute of it (past 1440 on the day after), and the text."""

    on: date
    minute: int
    text: str

    @property
    def axis(self) -> int:
        """Give the axis minute."""
        return axis_minute(self.on, self.minute)


def parse_date(value: Any) -> date:
    """Read ``2025-11-13``."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            on = date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no day of the calendar") from None
        if on.year in YEARS:
            return on
        raise ValueError(f"expected a year from {YEARS.start} to {YEARS.stop - 1}, not {value!r}")
    raise ValueError(f"expected a date YYYY-MM-DD, not {value!r}")


def parse_clock_minute(value: Any) -> int:
    """Read ``08:30`` or ``25:30`` as minutes of the day."""
    if not isinstance(value, str):
        raise ValueError(f"expected a clock time HH:MM in quotes, not {value!r}")  # noqa: TRY004 (pydantic wants it)
    return shift_text.parse_clock_minute(value)


def parse_length(value: Any) -> int:
    """Read ``38:45`` or ``4:00`` as minutes."""
    match = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"expected a length H:MM in quotes, not {value!r}")
    return int(match[1]) * 60 + int(match[2])


def parse_civil_minute(value: Any) -> CivilMinute:
    """Read ``2025-11-13 08:20``, also past 24:00, or the ISO 8601 form with an offset; seconds are dropped."""
    if isinstance(value, str):
        if match := _CIVIL.fullmatch(value):
            return CivilMinute(parse_date(match[1]), parse_clock_minute(match[2]), value)
        if _OFFSET.fullmatch(value):
            try:
                on, minute = civil_minute(datetime.fromisoformat(value))
            except (ValueError, OverflowError):
                raise ValueError(f"{value!r} is no moment of the calendar") from None
            return CivilMinute(parse_date(on.isoformat()), minute, value)
    raise ValueError(f"expected 'YYYY-MM-DD HH:MM' (past midnight 24:00 and beyond) or ISO 8601, not {value!r}")


def parse_clock_range(value: Any) -> Span:
    """Read ``19:00-19:30`` as minutes of the day, from and to."""
    if not isinstance(value, str):
        raise ValueError(f"expected a clock range HH:MM-HH:MM, not {value!r}")  # noqa: TRY004 (pydantic wants it)
    return shift_text.parse_clock_range(value)


def parse_shift(value: Any) -> Shift:
    """Read a day's plan, ``08:30-17:15 break 12:00-13:00`` or one of the named ones."""
    if not isinstance(value, str):
        raise ValueError(f"expected a day's plan in quotes, not {value!r}")  # noqa: TRY004 (pydantic wants it)
    return shift_text.parse_shift(value)


CivilDateField = Annotated[date, BeforeValidator(parse_date)]
ShiftField = Annotated[Shift, BeforeValidator(parse_shift)]
ClockField = Annotated[int, BeforeValidator(parse_clock_minute)]
LengthField = Annotated[int, BeforeValidator(parse_length)]
CivilMinuteField = Annotated[CivilMinute, BeforeValidator(parse_civil_minute)]
ClockRangeField = Annotated[tuple[int, int], BeforeValidator(parse_clock_range)]
