"""The days of a series by a recurrence rule (RFC 5545 section 3.8.5.3) that begins with the first reservation.

The library expands. What it reads otherwise than the standard is refused here (weeks by their number in the year,
positions in a week), so is what the standard leaves open (the month of ``FREQ=YEARLY;BYMONTHDAY=29``), and what would
fall out of a series unseen: a first reservation that the rule itself does not have. A room's times are its
reservation's own, so rules below a day (HOURLY, BYHOUR …) are refused too.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from types import MappingProxyType

from dateutil.rrule import rrulestr

from domain.civil import JST
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.series import OCCURRENCES_MAX

TEXT_MAX = 500
"""Characters; a longer rule is none."""

_CYCLE_YEARS = 400
"""The calendar repeats itself, weekdays too. In its last cycle the library's search for what never comes ends soon."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(_WEEKDAYS)})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


def expand_recurrence(
    rule: str,
    starts_at: datetime,
    last_on: date,
    *,
    left_out: Collection[date] = (),
    most: int = OCCURRENCES_MAX,
) -> tuple[datetime, ...]:
    """Give when a series begins each time, in order, in the time zone of ``starts_at``.

    Args:
        rule: ``FREQ=WEEKLY;BYDAY=TU;COUNT=10``, with or without ``RRULE:`` before it.
        starts_at: the beginning of the first one, aware; wall-clock times stay as they are over the years.
        last_on: no later day is looked at, whatever the rule says.
        left_out: days without one (EXDATE); they count where the rule counts.
        most: so many are expanded, those left out among them.

    Raises:
        BookingFaultsError: it is no rule, the first one is none of it, or there are more than ``most``.
    """
    text = rule.strip().upper().removeprefix("RRULE:")
    try:
        parts = _parse(text)
    except ValueError:
        raise refuse_booking("occurrences", BookingWhy.bad_recurrence) from None
    found = list(islice(_expand(parts, starts_at, last_on), most + 1))
    if len(found) > most:
        raise refuse_booking("occurrences", BookingWhy.too_many_occurrences, most=most)
    if starts_at not in found[:1] and starts_at.date() not in left_out:
        raise refuse_booking("occurrences", BookingWhy.no_such_occurrence, on=starts_at.date())
    return tuple(at for at in found if at.date() not in left_out)


def expand_days(rule: str, first_on: date, last_on: date, *, left_out: Collection[date] = ()) -> tuple[date, ...]:
    """Give the days of a series in Japan; arguments and errors are those of :func:`expand_recurrence`."""
    starts_at = datetime(first_on.year, first_on.month, first_on.day, tzinfo=JST)
    return tuple(at.date() for at in expand_recurrence(rule, starts_at, last_on, left_out=left_out))


def _expand(parts: Mapping[str, str], starts_at: datetime, last_on: date) -> Iterator[datetime]:
    until = _read_until(parts["UNTIL"], starts_at) if "UNTIL" in parts else None
    shift = (9998 - max(last_on, starts_at.date()).year) // _CYCLE_YEARS * _CYCLE_YEARS
    begins = starts_at.replace(tzinfo=None, year=starts_at.year + shift)
    text = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    for shifted in rrulestr(text, dtstart=begins):
        at = shifted.replace(year=shifted.year - shift)
        if at.date() > last_on or (until is not None and at > until):
            return
        yield at.replace(tzinfo=starts_at.tzinfo)


def _read_until(text: str, starts_at: datetime) -> datetime:
    """Give the last instant at which one may begin, on the wall clock of the first; of a day, its end."""
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise ValueError(text)
    if match[2] is None:
        return datetime.strptime(match[1], "%Y%m%d") + timedelta(days=1, microseconds=-1)  # noqa: DTZ007 (wall clock)
    at = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 (wall clock)
    return at.replace(tzinfo=UTC).astimezone(starts_at.tzinfo).replace(tzinfo=None) if match[3] else at


def _parse(text: str) -> dict[str, str]:
    """Read a rule's parts.

    Raises:
        ValueError: it is none of the standard's, or one below a day.
    """
    if len(text) > TEXT_MAX:
        raise ValueError(len(text))
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name in parts or name not in _CHECKS or not _CHECKS[name](value):
            raise ValueError(part)
        parts[name] = value
    base = parts.get("FREQ")
    if base is None or ("COUNT" in parts and "UNTIL" in parts):
        raise ValueError(text)
    numbered = any(day[0] not in "MTWFS" for day in parts.get("BYDAY", "MO").split(","))
    if numbered and base not in {"MONTHLY", "YEARLY"}:
        raise ValueError(text)
    for name, bases in _ONLY_WITH.items():
        if name in parts and base not in bases:
            raise ValueError(text)
    if base == "YEARLY" and "BYMONTHDAY" in parts and "BYMONTH" not in parts:
        raise ValueError(text)
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise ValueError(text)
    return parts


def _numbers(most: int, *, signed: bool = True) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        texts = value.split(",")
        return all(
            _NUMBER.fullmatch(text) and 0 < abs(int(text)) <= most and (signed or int(text) > 0) for text in texts
        )

    return check


def _is_until(value: str) -> bool:
    match = _UNTIL.fullmatch(value)
    if match is None:
        return False
    datetime.strptime(match[1] + (match[2] or "000000"), "%Y%m%d%H%M%S")  # noqa: DTZ007 (whether it is a time)
    return True


_CHECKS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "FREQ": lambda value: value in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"},
        "COUNT": lambda value: re.fullmatch(r"[1-9][0-9]{0,3}", value) is not None,
        "INTERVAL": lambda value: re.fullmatch(r"[1-9][0-9]{0,2}", value) is not None,
        "UNTIL": _is_until,
        "WKST": lambda value: value in _WEEKDAYS,
        "BYDAY": lambda value: all(
            (match := _DAY.fullmatch(text)) and (match[1] is None or 0 < abs(int(match[1])) <= 53)
            for text in value.split(",")
        ),
        "BYMONTH": _numbers(12, signed=False),
        "BYMONTHDAY": _numbers(31),
        "BYYEARDAY": _numbers(366),
        "BYSETPOS": _numbers(366),
    }
)

_ONLY_WITH: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "BYYEARDAY": frozenset({"YEARLY"}),
        "BYMONTHDAY": frozenset({"DAILY", "MONTHLY", "YEARLY"}),
        "BYSETPOS": frozenset({"DAILY", "MONTHLY", "YEARLY"}),
    }
)
"""What the standard forbids beside other frequencies (RFC 5545 section 3.3.10); of positions in a week the library
takes the first week from the first reservation on for a whole one."""
