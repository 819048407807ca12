"""When a cap will be crossed: by the orders given so far, to the minute, and at the present pace, to the day.

The orders are counted by the same function as the month itself: whoever is planned or ordered to be there is taken to
be there from now on. The pace is what was counted on the days of work before today, spread evenly over them and carried
on. Both ways of counting stand side by side (L3): outside the ordinance's 7:45, and beyond the law's 8:00.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.attendance.caps import Cap, CountedMonth, Month, has_maximum, month_caps, year_bounds, year_caps, year_of
from domain.attendance.classes import Entry
from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import MonthFacts
from domain.attendance.limits import average_cap, find_crossing
from domain.attendance.month import AssessedMonth, assess_month, count_assessed
from domain.attendance.plan import Plan, derive_plan
from domain.attendance.presumed import presume_presence
from domain.attendance.profile import Counting
from domain.attendance.shift import DayKind


@dataclass(frozen=True, slots=True)
class CapForecast:
    """One cap: what was counted up to now, what it will be by the orders, and when the cap is crossed.

    ``counted_minutes`` are those between an in and an out; a stay that goes on is in ``expected_minutes`` alone.
    ``crossed_at`` is the axis minute by the orders given so far (it may have passed), ``pace_on`` the day at the
    present pace; None where it is not crossed within the month or year of the cap.
    """

    rule: str
    limit_minutes: int
    counted_minutes: int
    expected_minutes: int
    crossed_at: int | None
    pace_on: date | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The caps of the month in progress and of its year, by one way of counting."""

    counting: Counting
    caps: tuple[CapForecast, ...]


def forecast_caps(facts: MonthFacts, now: int) -> tuple[Forecast, Forecast]:
    """Forecast the month that ``facts`` are about, first by the ordinance's way of counting, then by the law's.

    Args:
        facts: the month with every order known; earlier months of the year, where given, count for the year's caps.
        now: the axis minute; punches after it are left out.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    plan = _plan_ahead(facts)
    return _forecast(facts, now, Counting.ordinance, plan), _forecast(facts, now, Counting.statutory, plan)


def forecast_by(facts: MonthFacts, now: int, counting: Counting) -> Forecast:
    """Forecast as :func:`forecast_caps` does, by one way of counting, in half the time.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    return _forecast(facts, now, counting, _plan_ahead(facts))


def forecast_assessed(assessed: AssessedMonth, now: int) -> Forecast:
    """Forecast a month that was assessed already, by its rules' own way of counting.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    facts = assessed.facts
    plan = assessed.planned if _end(facts) == facts.last_on else _plan_ahead(facts)
    return _forecast(facts, now, facts.profile.counting, plan, assessed)


def _forecast(
    facts: MonthFacts, now: int, counting: Counting, plan: Plan, assessed: AssessedMonth | None = None
) -> Forecast:
    based = _counted_by(facts, counting)
    until_now = replace(based, punches=tuple(each for each in facts.punches if each.minute <= now), until=now)
    is_known = assessed is not None and assessed.facts == until_now
    so_far = count_assessed(assessed if assessed is not None and is_known else assess_month(until_now, plan))
    expected = count_assessed(assess_month(presume_presence(based, now, plan), plan))
    today = duty_on(facts.rules, now)
    workdays = [on for on, day in sorted(plan.items()) if day.kind is DayKind.work]
    caps = []
    for cap, horizon in _caps(based, expected):
        counted, coming = (_entries(cap, months, horizon) for months in (so_far, expected))
        due = [on for on in workdays if horizon.first_on <= on <= horizon.last_on]
        crossing = find_crossing(cap, coming)
        caps.append(
            CapForecast(
                rule=cap.rule,
                limit_minutes=cap.minutes,
                counted_minutes=_total(counted),
                expected_minutes=_total(coming),
                crossed_at=None if crossing is None else crossing.at,
                pace_on=_pace_on(cap, counted, due, today),
            )
        )
    return Forecast(counting, tuple(caps))


def _plan_ahead(facts: MonthFacts) -> Plan:
    return derive_plan(replace(facts, last_on=_end(facts)))


def _end(facts: MonthFacts) -> date:
    # The caps of a year that is known from its first day on look ahead to its last one.
    first_on, last_on = year_bounds(year_of((facts.first_on.year, facts.first_on.month), facts.profile), facts.profile)
    return max(facts.last_on, last_on) if facts.known_from_on <= first_on else facts.last_on


def _counted_by(facts: MonthFacts, counting: Counting) -> MonthFacts:
    if counting is facts.profile.counting:  # the city's own way: earlier months count by their own rules
        return facts
    former = tuple(each._replace(profile=replace(each.profile, counting=counting)) for each in facts.former_profiles)
    return replace(facts, profile=replace(facts.profile, counting=counting), former_profiles=former)


@dataclass(frozen=True, slots=True)
class _Horizon:
    """The days over which a cap counts, and its months."""

    first_on: date
    last_on: date
    months: tuple[Month, ...]


def _caps(facts: MonthFacts, months: Mapping[Month, CountedMonth]) -> list[tuple[Cap, _Horizon]]:
    # A year that is not known from its first day on cannot be forecast; its caps are left out.
    profile, staff = facts.profile, facts.staff
    month = (facts.first_on.year, facts.first_on.month)
    own = _Horizon(facts.first_on, facts.last_on, (month,))
    caps = [(cap, own) for cap in month_caps(staff, profile, month)]
    average = average_cap(months, month, profile, facts.known_from_on) if has_maximum(staff, profile, month) else None
    if average is not None:
        caps.append((average, own))
    year = year_of(month, profile)
    first_on, last_on = year_bounds(year, profile)
    if facts.known_from_on <= first_on:
        whole = _Horizon(first_on, last_on, tuple(sorted(each for each in months if year_of(each, profile) == year)))
        caps += [(cap, whole) for cap in year_caps(staff, profile, year)]
    return caps


def _entries(cap: Cap, months: Mapping[Month, CountedMonth], horizon: _Horizon) -> tuple[Entry, ...]:
    return tuple(entry for month in horizon.months if month in months for entry in cap.entries(months[month]))


def _pace_on(cap: Cap, counted: tuple[Entry, ...], workdays: list[date], today: date) -> date | None:
    passed = find_crossing(cap, counted)
    if passed is not None:
        return passed.on
    before = _total(entry for entry in counted if entry.on < today)
    gone = sum(1 for on in workdays if on < today)
    if before == 0 or gone == 0:
        return None
    needed = (cap.room_minutes - before) * gone // before  # whole days of work that still stay within the cap
    coming = [on for on in workdays if on >= today]
    return coming[needed] if needed < len(coming) else None


def _total(entries: Iterable[Entry]) -> int:
    return sum(entry.minutes for entry in entries)
