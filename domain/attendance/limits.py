"""Caps on overtime and the civil minute at which each was crossed (R8, R16, L2).

Caps look at real minutes, never at rounded pay hours (R13), and go by the month of the duty day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.caps import (
    Cap,
    Counted,
    CountedMonth,
    Month,
    has_maximum,
    may_exceed,
    month_caps,
    year_caps,
    year_of,
)
from domain.attendance.classes import OVERTIME_CLASSES, Entry, counts_for_step
from domain.attendance.day import DayAssessment
from domain.attendance.facts import Staff
from domain.attendance.profile import Counting, Profile
from domain.attendance.spans import subtract

_STATUTORY_REST = frozenset({"statutory_rest", "statutory_rest_night"})


@dataclass(frozen=True, slots=True)
class CrossedLimit:
    """A cap was crossed on duty day ``on``; ``at`` is the axis minute at which the limit had become full."""

    rule: str
    on: date
    at: int


def count_months(entries: Iterable[Entry], profile: Profile) -> dict[Month, CountedMonth]:
    """Sort classed minutes by month of the duty day and by what counts them."""
    grouped: dict[Month, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault((entry.on.year, entry.on.month), []).append(entry)
    beside = _STATUTORY_REST if profile.counting is Counting.statutory else frozenset[str]()
    return {
        month: CountedMonth(
            overtime=_named(own, OVERTIME_CLASSES),
            with_holidays=_named(own, OVERTIME_CLASSES | beside),
            step=tuple(entry for entry in own if counts_for_step(entry, profile)),
            notice=_named(own, OVERTIME_CLASSES | _STATUTORY_REST | {"holiday_regular"}),
        )
        for month, own in grouped.items()
    }


def count_managers_months(days: Iterable[DayAssessment]) -> dict[Month, CountedMonth]:
    """Sort a manager's presence outside regular hours by month: only the notice counts it (R16, 安衛法66-8-3)."""
    grouped: dict[Month, tuple[Entry, ...]] = {}
    for day in days:
        month = (day.on.year, day.on.month)
        outside = subtract(day.worked, day.regular)
        own = tuple(Entry(day.on, start, end, "manager", "R16") for start, end in outside)
        grouped[month] = (*grouped.get(month, ()), *own)
    return {month: CountedMonth(notice=own) for month, own in grouped.items()}


def assess_limits(
    months: Mapping[Month, CountedMonth], profile: Profile, staff: Staff, known_from_on: date
) -> tuple[CrossedLimit, ...]:
    """Find every cap that was crossed, in order of time.

    Args:
        months: the counted minutes of every month that is known, also of earlier ones.
        profile: the counting, the caps, the step and the year's first month.
        staff: the workplaces choose the caps (L2); managers have the notice only.
        known_from_on: months that begin earlier are not wholly known and enter no average.
    """
    found: list[CrossedLimit] = []
    for month in sorted(months):
        caps = [Cap("step_60h", profile.step_minutes, Counted.step), *month_caps(staff, profile, month)]
        if has_maximum(staff, profile, month):
            average = average_cap(months, month, profile, known_from_on)
            caps += [] if average is None else [average]
        found += _crossings((cap, cap.entries(months[month])) for cap in caps)
    for year in sorted({year_of(month, profile) for month in months}):
        found += _year_crossings(
            [months[month] for month in sorted(months) if year_of(month, profile) == year], year, profile, staff
        )
    return tuple(sorted(found, key=lambda limit: (limit.at, limit.rule)))


def _year_crossings(months: list[CountedMonth], year: int, profile: Profile, staff: Staff) -> list[CrossedLimit]:
    found: list[CrossedLimit] = []
    caps = year_caps(staff, profile, year)
    found += _crossings((cap, tuple(entry for counted in months for entry in cap.entries(counted))) for cap in caps)
    over = [counted for counted in months if _total(counted.overtime) > profile.month_cap_minutes]
    if may_exceed(staff, profile, year) and len(over) > profile.months_over_cap:
        over_one = over[profile.months_over_cap].overtime
        found.append(_full("months_over_45h", over_one, profile.month_cap_minutes))
    return found


def average_cap(
    months: Mapping[Month, CountedMonth], month: Month, profile: Profile, known_from_on: date
) -> Cap | None:
    """Give the room that earlier months leave to this one under the average of 2 to 6; None without a known one."""
    room = None
    earlier = 0
    before = month
    for length in range(2, 7):
        before = _previous(before)
        if date(*before, 1) < known_from_on:
            break
        earlier += _total(months[before].with_holidays) if before in months else 0
        left = max(1, length * profile.average_cap_minutes - earlier)
        room = left if room is None else min(room, left)
    return None if room is None else Cap("average_80h", room, Counted.with_holidays)


def find_crossing(cap: Cap, entries: tuple[Entry, ...]) -> CrossedLimit | None:
    """Give where the entries, in order of time, cross the cap; None where they do not."""
    return _full(cap.rule, entries, cap.minutes) if _total(entries) > cap.room_minutes else None


def _named(entries: Iterable[Entry], names: frozenset[str]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.name in names)


def _crossings(capped: Iterable[tuple[Cap, tuple[Entry, ...]]]) -> list[CrossedLimit]:
    crossings = (find_crossing(cap, entries) for cap, entries in capped)
    return [crossing for crossing in crossings if crossing is not None]


def _full(rule: str, entries: tuple[Entry, ...], limit: int) -> CrossedLimit:
    rest = limit
    for entry in entries:
        if entry.minutes >= rest:
            return CrossedLimit(rule, entry.on, entry.starts + rest)
        rest -= entry.minutes
    raise ValueError(f"the entries hold fewer than {limit} minutes")


def _total(entries: Iterable[Entry]) -> int:
    return sum(entry.minutes for entry in entries)


def _previous(month: Month) -> Month:
    year, number = month
    return (year, number - 1) if number > 1 else (year - 1, 12)
