"""From a schedule as a site describes it to windows between instants.

Pure: the same description and the same special days give the same windows.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from domain.access.policy import Schedule
from domain.civil import instant
from domain.ids import ScheduleId
from gateway.site.description import Site
from gateway.site.hours import CITY_HOLIDAYS, HOLIDAYS, ScheduleDescription, parse_range
from gateway.site.recurrence import Recurrence, parse_recurrence

Opening = tuple[date, int, int]
"""A civil day, and the minutes from its 00:00 JST at which it opens and no longer is open."""

SpecialDays = Mapping[str, Container[date]]
"""Days by the name of their table."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class _CityHolidays:
    holidays: Container[date]

    def __contains__(self, on: object) -> bool:
        return isinstance(on, date) and (on.weekday() >= _SATURDAY or on in self.holidays)


@dataclass(frozen=True, slots=True)
class _Listed:
    dates: frozenset[date]
    rule: Recurrence | None

    def __contains__(self, on: object) -> bool:
        return isinstance(on, date) and (
            on in self.dates or (self.rule is not None and on in _days_of_year(self.rule, on.year))
        )


@lru_cache(maxsize=256)
def _days_of_year(rule: Recurrence, year: int) -> frozenset[date]:
    return frozenset(rule.days_between(date(year, 1, 1), date(year, 12, 31)))


def special_days_of(site: Site, holidays: Collection[date]) -> SpecialDays:
    """Give a site's tables of special days and the two built-in ones; ``holidays`` are those of the calendar."""
    tables = {
        table.id: _Listed(frozenset(table.dates), parse_recurrence(table.rrule) if table.rrule else None)
        for table in site.special_days
    }
    return {HOLIDAYS: holidays, CITY_HOLIDAYS: _CityHolidays(holidays), **tables}


def expand_schedule(schedule: ScheduleDescription, special_days: SpecialDays, *, first_on: date, days: int) -> Schedule:
    """Expand a schedule into windows; those that touch or overlap (24:00 to 00:00) become one.

    Args:
        schedule: the description, in civil time of Japan.
        special_days: the tables that it may name (:func:`special_days_of`).
        first_on: the first day whose openings are expanded (and the evening before, if it reaches into it).
        days: how many days are expanded.
    """
    openings = _openings(schedule, special_days, first_on - timedelta(days=1), first_on + timedelta(days=days - 1))
    return join_openings(ScheduleId(schedule.id), openings)


def join_openings(schedule: ScheduleId, openings: Iterable[Opening]) -> Schedule:
    """Give the windows of openings in order of their beginning; those that touch or overlap become one."""
    opens_at: list[datetime] = []
    closes_at: list[datetime] = []
    for on, opens_minute, closes_minute in openings:
        opens, closes = instant(on, opens_minute), instant(on, closes_minute)
        if closes_at and opens <= closes_at[-1]:
            closes_at[-1] = max(closes, closes_at[-1])
        else:
            opens_at.append(opens)
            closes_at.append(closes)
    return Schedule(schedule, tuple(opens_at), tuple(closes_at))


def _openings(
    schedule: ScheduleDescription, special_days: SpecialDays, first_on: date, last_on: date
) -> Iterator[Opening]:
    """Yield the opening of each day that has one: its table's hours, else the schedule's own if the day is held."""
    held = frozenset(_days_held(schedule, first_on, last_on))
    closed = [special_days[table] for table in schedule.closed_on]
    if schedule.except_holidays:
        closed.append(special_days[HOLIDAYS])
    others = [(special_days[table], parse_range(hours)) for table, hours in schedule.on.items()]
    on = first_on
    while on <= last_on:
        hours = next((hours for table, hours in others if on in table), None)
        if hours is not None:
            yield on, *hours
        elif on in held and not any(on in table for table in closed):
            yield on, schedule.opens_minute, schedule.closes_minute
        on += timedelta(days=1)


def _days_held(schedule: ScheduleDescription, first_on: date, last_on: date) -> Iterator[date]:
    if schedule.rrule is not None:
        rule = parse_recurrence(schedule.rrule)
        yield from rule.days_between(first_on, last_on, opens_minute=schedule.opens_minute)
        return
    weekdays = {day.number for day in schedule.days or ()}
    for offset in range((last_on - first_on).days + 1):
        if (on := first_on + timedelta(days=offset)).weekday() in weekdays:
            yield on
