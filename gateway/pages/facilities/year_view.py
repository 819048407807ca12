"""A year of open and closed days, as a picture of twelve months and as words. Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from domain.facilities.availability import OpenDay, Stretch

_DAY = timedelta(days=1)


class OpenKind(StrEnum):
    """How a day is, beside what the house usually does."""

    open = "open"
    closed = "closed"
    otherwise = "otherwise"  # open at other hours than most days


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day: how it is, when it is open, and whether it is a day off of the city."""

    on: date
    kind: OpenKind
    windows: tuple[Stretch, ...]
    is_day_off: bool


@dataclass(frozen=True, slots=True)
class YearMonth:
    """A month with so many empty cells before its first day, Monday first; and how many days it is open."""

    first_on: date
    blank: int
    days: tuple[YearDay, ...]
    open_days: int


@dataclass(frozen=True, slots=True)
class Closed:
    """Days on which a room is closed, from one to another, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class YearView:
    """A year from April to March: its months, the usual hours, and the closed days as runs."""

    first_year: int
    months: tuple[YearMonth, ...]
    usual: tuple[Stretch, ...]
    closed: tuple[Closed, ...]
    open_days: int


def list_days(first_year: int) -> list[date]:
    """Give the days of a fiscal year (年度): from 1 April to 31 March."""
    first = date(first_year, 4, 1)
    return [first + _DAY * number for number in range((date(first_year + 1, 4, 1) - first).days)]


def view_year(first_year: int, opens: Mapping[date, OpenDay], days_off: frozenset[date]) -> YearView:
    """Give a year's picture of one room.

    Args:
        first_year: the year in whose April it begins.
        opens: the room's day by day, of every day of the year.
        days_off: the city's.
    """
    usual = _find_usual([each.windows for each in opens.values()])
    days = [_view_day(on, opens[on], usual, days_off) for on in list_days(first_year)]
    months = []
    for (year, month), some in groupby(days, key=lambda day: (day.on.year, day.on.month)):
        row = tuple(some)
        blank = monthrange(year, month)[0]
        months.append(YearMonth(date(year, month, 1), blank, row, sum(day.kind is not OpenKind.closed for day in row)))
    closed = _join_runs([day.on for day in days if day.kind is OpenKind.closed])
    return YearView(first_year, tuple(months), usual, closed, sum(month.open_days for month in months))


def _view_day(on: date, opens: OpenDay, usual: tuple[Stretch, ...], days_off: frozenset[date]) -> YearDay:
    windows = tuple(opens.windows)
    kind = OpenKind.closed if not windows else OpenKind.open if windows == usual else OpenKind.otherwise
    return YearDay(on, kind, windows, on in days_off)


def _find_usual(windows: Sequence[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    counts: dict[tuple[Stretch, ...], int] = {}
    for each in windows:
        if each:
            counts[tuple(each)] = counts.get(tuple(each), 0) + 1
    return max(counts, key=lambda each: (counts[each], each), default=())


def _join_runs(days: Sequence[date]) -> tuple[Closed, ...]:
    runs: list[Closed] = []
    for on in days:
        if runs and runs[-1].last_on + _DAY == on:
            runs[-1] = Closed(runs[-1].first_on, on)
        else:
            runs.append(Closed(on, on))
    return tuple(runs)
