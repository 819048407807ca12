"""The days of a recurrence rule straight from its definition (RFC 5545 section 3.3.10): period by period, day by day.

Slow and plain on purpose; it shares nothing with the library that the product expands by.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def list_days(rule: str, first_on: date, last_on: date) -> list[date]:
    """Give the days of a rule of whole days that begins on a day, until another one, that too."""
    parts = dict(part.split("=") for part in rule.split(";"))
    days = (day for period in _list_periods(parts, first_on, last_on) for day in _choose(parts, period, first_on))
    counted = islice((day for day in days if day >= first_on), int(parts["COUNT"]) if "COUNT" in parts else None)
    return [day for day in counted if day <= last_on]


def _list_periods(parts: dict[str, str], first_on: date, last_on: date) -> Iterator[list[date]]:
    """Yield every period that the rule's interval does not leave out, as its days."""
    interval, begins, number = int(parts.get("INTERVAL", 1)), _begin(parts, first_on), 0
    while begins <= last_on:
        ends = _begin(parts, begins + _LONGEST[parts["FREQ"]])
        if number % interval == 0:
            yield _span(begins, ends)
        begins, number = ends, number + 1


_LONGEST = {"DAILY": _DAY, "WEEKLY": 7 * _DAY, "MONTHLY": 31 * _DAY, "YEARLY": 366 * _DAY}


def _begin(parts: dict[str, str], day: date) -> date:
    match parts["FREQ"]:
        case "WEEKLY":
            return day - (day.weekday() - _WEEKDAYS.index(parts.get("WKST", "MO"))) % 7 * _DAY
        case "MONTHLY":
            return day.replace(day=1)
        case "YEARLY":
            return date(day.year, 1, 1)
    return day


def _span(begins: date, ends: date) -> list[date]:
    return [begins + number * _DAY for number in range((ends - begins).days)]


def _choose(parts: dict[str, str], period: list[date], first_on: date) -> list[date]:
    """Give the days of one period: what the rule leaves open is taken from its first day."""
    asked = parts | _derive(parts, first_on)
    days = [day for day in period if all(_holds(name, asked, day) for name in _LOOKS if name in asked)]
    if "BYSETPOS" not in parts:
        return days
    places = {number - 1 if number > 0 else len(days) + number for number in _numbers(parts["BYSETPOS"])}
    return [day for place, day in enumerate(days) if place in places]


def _derive(parts: dict[str, str], first_on: date) -> dict[str, str]:
    if parts["FREQ"] == "DAILY" or parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        return {}
    if parts["FREQ"] == "WEEKLY":
        return {"BYDAY": _WEEKDAYS[first_on.weekday()]}
    of_month = {"BYMONTHDAY": str(first_on.day)}
    return of_month if parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts else of_month | {"BYMONTH": str(first_on.month)}


def _holds(name: str, asked: dict[str, str], day: date) -> bool:
    match name:
        case "BYMONTH":
            return day.month in _numbers(asked[name])
        case "BYYEARDAY":
            return _is_numbered(day, date(day.year, 1, 1), date(day.year + 1, 1, 1), _numbers(asked[name]))
        case "BYMONTHDAY":
            return _is_numbered(day, *_month(day), _numbers(asked[name]))
    whole_year = asked["FREQ"] == "YEARLY" and "BYMONTH" not in asked
    bounds = (date(day.year, 1, 1), date(day.year + 1, 1, 1)) if whole_year else _month(day)
    return any(_is_weekday(day, text, *bounds) for text in asked[name].split(","))


_LOOKS = ("BYMONTH", "BYYEARDAY", "BYMONTHDAY", "BYDAY")


def _is_numbered(day: date, begins: date, ends: date, numbers: set[int]) -> bool:
    return (day - begins).days + 1 in numbers or (day - ends).days in numbers


def _is_weekday(day: date, text: str, begins: date, ends: date) -> bool:
    number, name = text[:-2], text[-2:]
    if _WEEKDAYS[day.weekday()] != name:
        return False
    return not number or int(number) in {(day - begins).days // 7 + 1, -(((ends - day).days - 1) // 7 + 1)}


def _month(day: date) -> tuple[date, date]:
    begins = day.replace(day=1)
    return begins, begins + monthrange(day.year, day.month)[1] * _DAY


def _numbers(text: str) -> set[int]:
    return {int(each) for each in text.split(",")}
