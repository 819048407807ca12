"""The days of a recurrence rule (RFC 5545 section 3.3.10) that begins nowhere: a schedule has no first day.

What a rule leaves to its DTSTART it must say itself here; what only counts from a DTSTART is refused. The
library expands; the grammar is checked here, because it reads more than the standard allows and says less.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType

from dateutil.rrule import rrulestr

from domain.civil import JST, instant

TEXT_MAX = 500
"""Characters; a longer rule is none."""

CYCLE_YEARS = 400
"""The calendar repeats itself, weekdays too, after so many years."""

_BASES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_FROM_START = ("COUNT", "DTSTART", "RDATE", "EXDATE", "EXRULE")
_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was read; ``until`` is the last day, or the last instant at which an occurrence may begin."""

    rule: str
    until: date | datetime | None = None

    def days_between(self, first_on: date, last_on: date, *, opens_minute: int = 0) -> Iterator[date]:
        """Give the days from first_on to last_on, both included, in order.

        Args:
            first_on: the first day asked for.
            last_on: the last day asked for.
            opens_minute: when on its day an occurrence begins, minutes from 00:00 JST; an instant in UNTIL bounds it.
        """
        if last_on < first_on:
            return
        # Asked in the last cycle of the calendar, the library's search for a day that never comes ends soon.
        shift = (9998 - last_on.year) // CYCLE_YEARS * CYCLE_YEARS
        rule = rrulestr(self.rule, dtstart=datetime(first_on.year - 1 + shift, 1, 1))  # noqa: DTZ001 (days alone)
        found = rule.between(_midnight(first_on, shift), _midnight(last_on, shift), inc=True)
        for at in found:
            on = date(at.year - shift, at.month, at.day)
            if not self._is_until(on, opens_minute):
                return
            yield on

    def _is_until(self, on: date, opens_minute: int) -> bool:
        if isinstance(self.until, datetime):
            return instant(on, opens_minute) <= self.until
        return self.until is None or on <= self.until


def _midnight(on: date, shift: int) -> datetime:
    return datetime(on.year + shift, on.month, on.day)  # noqa: DTZ001 (days alone)


def parse_recurrence(text: str) -> Recurrence:
    """Read ``FREQ=WEEKLY;BYDAY=MO,TU``.

    Raises:
        ValueError: it is no rule of RFC 5545, or one that needs a first day; the sentence says what was expected.
    """
    if len(text) > TEXT_MAX:
        raise ValueError(f"expected at most {TEXT_MAX} characters, not {len(text)}")
    parts = _split(text.upper())
    base = parts.get("FREQ")
    if base not in _BASES:
        raise ValueError(f"expected FREQ= one of {', '.join(_BASES)}")
    for name, value in parts.items():
        _require_part(name, value)
    _require_together(base, parts)
    until = _parse_until(parts["UNTIL"]) if "UNTIL" in parts else None
    if "BYDAY" in parts:
        parts["BYDAY"] = _number_weekdays(base, parts)
    return Recurrence(";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL"), until)


def _split(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, sign, value = part.partition("=")
        if not sign or not value:
            raise ValueError(f"expected NAME=VALUE parts with ';' between them (RFC 5545), not {part!r}")
        if name in parts:
            raise ValueError(f"{name} is said twice")
        parts[name] = value
    return parts


def _require_part(name: str, value: str) -> None:
    if name in _FROM_START:
        raise ValueError(f"{name} counts from a first day, which a schedule does not have; leave it out")
    if name in _CLOCK:
        raise ValueError(f"{name} does not fit days; the hours are the schedule's own fields")
    if name not in _CHECKS:
        raise ValueError(f"expected a part of an RFC 5545 rule, not {name!r}")
    _CHECKS[name](name, value)


def _one_of(*allowed: str) -> Callable[[str, str], None]:
    def check(name: str, value: str) -> None:
        if value not in allowed:
            raise ValueError(f"{name}: expected one of {', '.join(allowed)}, not {value!r}")

    return check


def _numbers(most: int, *, negative: bool = True) -> Callable[[str, str], None]:
    least = -most if negative else 1

    def check(name: str, value: str) -> None:
        for text in value.split(","):
            if not _NUMBER.fullmatch(text) or int(text) == 0 or not least <= int(text) <= most:
                raise ValueError(f"{name}: expected numbers from {least} to {most} without 0, not {text!r}")

    return check


def _require_interval(name: str, value: str) -> None:
    if not value.isascii() or not value.isdigit() or int(value[:9]) != 1:
        raise ValueError(f"{name} above 1 counts from a first day, which a schedule does not have; expected 1")


def _require_weekdays(name: str, value: str) -> None:
    for text in value.split(","):
        match = _BYDAY.fullmatch(text)
        if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 53):
            raise ValueError(f"{name}: expected weekdays such as MO, 1MO or -1FR, not {text!r}")


_CHECKS: Mapping[str, Callable[[str, str], None]] = MappingProxyType(
    {
        "FREQ": _one_of(*_BASES),
        "UNTIL": lambda _, value: _require_until(value),
        "INTERVAL": _require_interval,
        "WKST": _one_of(*_WEEKDAYS),
        "BYMONTH": _numbers(12, negative=False),
        "BYWEEKNO": _numbers(53),
        "BYYEARDAY": _numbers(366),
        "BYMONTHDAY": _numbers(31),
        "BYDAY": _require_weekdays,
        "BYSETPOS": _numbers(366),
    }
)


def _require_together(base: str, parts: Mapping[str, str]) -> None:
    """Refuse what the standard forbids beside FREQ, and what it would take from DTSTART."""
    if "BYWEEKNO" in parts and base != "YEARLY":
        raise ValueError("BYWEEKNO goes with FREQ=YEARLY alone")
    if "BYYEARDAY" in parts and base != "YEARLY":
        raise ValueError("BYYEARDAY goes with FREQ=YEARLY alone")
    if "BYMONTHDAY" in parts and base == "WEEKLY":
        raise ValueError("BYMONTHDAY does not go with FREQ=WEEKLY")
    numbered = any(day[0] not in "MTWFS" for day in parts.get("BYDAY", "MO").split(","))
    if numbered and (base in {"DAILY", "WEEKLY"} or "BYWEEKNO" in parts):
        raise ValueError("BYDAY: numbered weekdays go with FREQ=MONTHLY or YEARLY alone, without BYWEEKNO")
    if "BYSETPOS" in parts and not any(name in parts for name in _CHECKS if name[:2] == "BY" and name != "BYSETPOS"):
        raise ValueError("BYSETPOS picks from another BY part; add one")
    wanted = {"DAILY": (), "WEEKLY": ("BYDAY",), "MONTHLY": ("BYDAY", "BYMONTHDAY")}.get(
        base, ("BYDAY", "BYMONTHDAY", "BYYEARDAY")
    )
    if wanted and not any(name in parts for name in wanted):
        raise ValueError(f"FREQ={base} does not say on which days: add {' or '.join(wanted)}")


def _require_until(value: str) -> None:
    _parse_until(value)


def _parse_until(text: str) -> date | datetime:
    match = _UNTIL.fullmatch(text)
    try:
        if match is not None and match[2] is None:
            return datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007 (a day)
        if match is not None:
            zone = UTC if match[3] else JST
            return datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        pass
    raise ValueError(f"UNTIL: expected YYYYMMDD, YYYYMMDDTHHMMSS or YYYYMMDDTHHMMSSZ, not {text!r}")


def _number_weekdays(base: str, parts: Mapping[str, str]) -> str:
    """Write ``MO,1TU`` as ``1MO,…,5MO,1TU``: the library takes plain beside numbered weekdays for a restriction."""
    days = parts["BYDAY"].split(",")
    if all(day in _WEEKDAYS for day in days) or not any(day in _WEEKDAYS for day in days):
        return parts["BYDAY"]
    most = 5 if base == "MONTHLY" or "BYMONTH" in parts else 53
    written = [f"{n}{day}" for day in days if day in _WEEKDAYS for n in range(1, most + 1)]
    return ",".join([*written, *(day for day in days if day not in _WEEKDAYS)])
