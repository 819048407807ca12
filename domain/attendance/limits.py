"""Caps on overtime and the civil minute at which each was crossed (R8, R16, L2).

Caps look at real minutes, never at rounded pay hours (R13), and go by the month of the duty day. A cap over several
months adds up what each month counted by its own rules, and is judged month by month, by the rules of that month.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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
from domain.attendance.profile import Counting, InForce, Profile
from domain.attendance.spans import subtract

_STATUTORY_REST = frozenset({"statutory_rest", "statutory_rest_night"})


@dataclass(frozen=True, slots=True)
class CrossedLimit:
    """A cap was crossed on duty day ``on``; ``at`` is the axis minute at which the limit had become full."""

    rule: str
    on: date
    at: int


def count_months(entries: Iterable[Entry], profile: InForce) -> dict[Month, CountedMonth]:
    """Sort classed minutes by month of the duty day and by what counts them, each month by its own rules."""
    grouped: dict[Month, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault((entry.on.year, entry.on.month), []).append(entry)
    return {month: _count_month(own, profile.on(date(*month, 1))) for month, own in grouped.items()}


def _count_month(own: list[Entry], profile: Profile) -> CountedMonth:
    beside = _STATUTORY_REST if profile.counting is Counting.statutory else frozenset[str]()
    return CountedMonth(
        overtime=_named(own, OVERTIME_CLASSES),
        with_holidays=_named(own, OVERTIME_CLASSES | beside),
        step=tuple(entry for entry in own if counts_for_step(entry, profile)),
        notice=_named(own, OVERTIME_CLASSES | _STATUTORY_REST | {"holiday_regular"}),
    )


def with_managers_days(
    months: Mapping[Month, CountedMonth], days: Iterable[DayAssessment]
) -> dict[Month, CountedMonth]:
    """Add a manager's presence outside regular hours to the months: only the notice counts it (R16, 安衛法66の8の3).

    The notice is of the month's whole working time, so that of a month of both kinds it adds up both.
    """
    grouped: dict[Month, list[Entry]] = {}
    for day in days:
        outside = subtract(day.worked, day.regular)
        own = grouped.setdefault((day.on.year, day.on.month), [])
        own += [Entry(day.on, start, end, "manager", "R16") for start, end in outside]
    found = dict(months)
    for month, own in grouped.items():
        counted = found.get(month, CountedMonth())
        notice = sorted((*counted.notice, *own), key=lambda entry: (entry.on, entry.starts))
        found[month] = replace(counted, notice=tuple(notice))
    return found


def assess_limits(
    months: Mapping[Month, CountedMonth], profile: InForce, staff: Staff, known_from_on: date
) -> tuple[CrossedLimit, ...]:
    """Find every cap that was crossed, in order of time.

    Args:
        months: the counted minutes of every month that is known, also of earlier ones.
        profile: the caps, the step and the year's first month, by the month that is judged.
        staff: the workplaces choose the caps (L2); managers have the notice only.
        known_from_on: months that begin earlier are not wholly known and enter no average.
    """
    found: list[CrossedLimit] = []
    told: set[tuple[int, str]] = set()
    for month in sorted(months):
        own = profile.on(date(*month, 1))
        caps = [Cap("step_60h", own.step_minutes, Counted.step), *month_caps(staff, own, month)]
        if has_maximum(staff, own, month):
            average = average_cap(months, month, own, known_from_on)
            caps += [] if average is None else [average]
        found += _crossings((cap, cap.entries(months[month])) for cap in caps)
        year = year_of(month, own)
        crossed = [each for each in _year_crossings(months, month, own, staff) if (year, each.rule) not in told]
        told |= {(year, each.rule) for each in crossed}
        found += crossed
    return tuple(sorted(found, key=lambda limit: (limit.at, limit.rule)))


def _year_crossings(
    months: Mapping[Month, CountedMonth], month: Month, profile: Profile, staff: Staff
) -> Iterator[CrossedLimit]:
    # As the year stands at the end of a month, by the rules of that month: where they have become stricter than what
    # was there before the month, its first minute of overtime crosses them.
    year = year_of(month, profile)
    known = [months[each] for each in sorted(months) if each <= month and year_of(each, profile) == year]
    for cap in year_caps(staff, profile, year):
        before = sum(_total(cap.entries(counted)) for counted in known[:-1])
        entries = cap.entries(known[-1])
        if entries and before + _total(entries) > cap.room_minutes:
            yield _full(cap.rule, entries, cap.minutes - before)
    over = [counted for counted in known if _total(counted.overtime) > profile.month_cap_minutes]
    if may_exceed(staff, profile, year) and len(over) > profile.months_over_cap and over[-1] is known[-1]:
        room = profile.month_cap_minutes if len(over) == profile.months_over_cap + 1 else 0
        yield _full("months_over_45h", known[-1].overtime, room)


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
            return CrossedLimit(rule, entry.on, entry.starts + max(0, rest))
        rest -= entry.minutes
    raise ValueError(f"the entries hold fewer than {limit} minutes")


def _total(entries: Iterable[Entry]) -> int:
    return sum(entry.minutes for entry in entries)


def _previous(month: Month) -> Month:
    year, number = month
    return (year, number - 1) if number > 1 else (year - 1, 12)
