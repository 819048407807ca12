"""Closures that come again: every Monday, a month's third Tuesday, holidays, 12/29–1/3, and what a holiday moves.

National holidays come as dates among the city's days off (市の休日の表: 祝日 and 12/29–1/3).
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.validity import is_in_force

LAST = -1
"""Of ``nths``: a month's last such weekday."""

_DAY = timedelta(days=1)
_SATURDAY = 5
_YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
"""Days off of offices (地方自治法4の2) that are no national holidays; 1/1 is one."""


class ClosureKind(StrEnum):
    """On which days a rule closes."""

    weekly = "weekly"  # 毎週の曜日
    monthly = "monthly"  # 第n曜日
    national = "national"  # 国民の祝日
    days_off = "days_off"  # 祝日と年末年始の休日: the city's whole table
    yearly = "yearly"  # 毎年の期間: 12/29–1/3


class OnHoliday(StrEnum):
    """What becomes of a closing weekday that is a national holiday."""

    closed = "closed"  # 祝日でも休館
    opened = "opened"  # 祝日は開館し、代わりの休館はない
    next_weekday = "next_weekday"  # 祝日は開館し、翌平日に休館


@dataclass(frozen=True, slots=True)
class ClosureRule:
    """A rule of closing, of a room or, without ``room_id``, of the whole facility."""

    id: str
    kind: ClosureKind
    name: str
    """What visitors read: 定期休館日, 年末年始."""
    room_id: str | None = None
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; of ``weekly`` and ``monthly``."""
    nths: frozenset[int] = frozenset()
    """1 to 5, or :data:`LAST`; of ``monthly``."""
    from_day: tuple[int, int] | None = None
    """Month and day; of ``yearly``."""
    to_day: tuple[int, int] | None = None
    """Month and day, included; before ``from_day`` it lies in the next year."""
    on_holiday: OnHoliday = OnHoliday.closed
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day."""


def list_national_holidays(days_off: AbstractSet[date]) -> frozenset[date]:
    """Give the national holidays among a city's days off."""
    return frozenset(on for on in days_off if (on.month, on.day) not in _YEAR_END)


def closes_on(rule: ClosureRule, on: date, days_off: AbstractSet[date]) -> bool:
    """Tell whether a rule closes a day.

    Args:
        rule: which.
        on: the day.
        days_off: the city's days off, from two weeks before the day on: a closure may have been moved over them.
    """
    if not is_in_force(rule, on):
        return False
    if rule.kind is ClosureKind.days_off:
        return on in days_off
    if rule.kind is ClosureKind.national:
        return _is_national(on, days_off)
    if rule.kind is ClosureKind.yearly:
        return _is_within(rule, on)
    if _falls_on(rule, on):
        return rule.on_holiday is OnHoliday.closed or not _is_national(on, days_off)
    return rule.on_holiday is OnHoliday.next_weekday and _is_moved_to(rule, on, days_off)


def _is_moved_to(rule: ClosureRule, on: date, days_off: AbstractSet[date]) -> bool:
    """Tell whether a closing day fell on a holiday before this weekday, with none in between."""
    if not _is_weekday(on, days_off):
        return False
    before = on - _DAY
    while not _is_weekday(before, days_off):
        if _falls_on(rule, before) and _is_national(before, days_off):
            return True
        before -= _DAY
    return False


def _falls_on(rule: ClosureRule, on: date) -> bool:
    if on.weekday() not in rule.weekdays:
        return False
    if rule.kind is ClosureKind.weekly:
        return True
    is_last = (on + 7 * _DAY).month != on.month
    return (on.day - 1) // 7 + 1 in rule.nths or (is_last and LAST in rule.nths)


def _is_within(rule: ClosureRule, on: date) -> bool:
    if rule.from_day is None or rule.to_day is None:
        return False
    day = (on.month, on.day)
    if rule.from_day <= rule.to_day:
        return rule.from_day <= day <= rule.to_day
    return day >= rule.from_day or day <= rule.to_day


def _is_national(on: date, days_off: AbstractSet[date]) -> bool:
    return on in days_off and (on.month, on.day) not in _YEAR_END


def _is_weekday(on: date, days_off: AbstractSet[date]) -> bool:
    return on.weekday() < _SATURDAY and not _is_national(on, days_off)
