"""From a schedule as a site describes it to windows between instants.

Pure: the same description and the same special days give the same windows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from domain.access.policy import Schedule
from domain.civil import instant
from domain.ids import ScheduleId
from gateway.site.description import ScheduleDescription, Site

HOLIDAYS = "holidays"
"""The name of the table that the centre's calendar fills: the city's days off (市の休日)."""

Opening = tuple[date, int, int]
"""A civil day, and the minutes from its 00:00 JST at which it opens and no longer is open."""

SpecialDays = Mapping[str, Collection[date]]
"""Dates by the name of their table."""


def special_days_of(site: Site, holidays: Collection[date]) -> SpecialDays:  # noqa: ARG001 (its own tables follow)
    """Give the site's tables of special days, ``holidays`` of the calendar among them."""
    return {HOLIDAYS: holidays}


def expand_schedule(schedule: ScheduleDescription, special_days: SpecialDays, *, first_on: date, days: int) -> Schedule:
    """Expand a schedule into windows; those that touch or overlap (24:00 to 00:00) become one.

    Args:
        schedule: the description, in civil time of Japan.
        special_days: the tables that it may name (:func:`special_days_of`).
        first_on: the first day whose openings are expanded (and the evening before, if it reaches into it).
        days: how many days are expanded.
    """
    held = _days_held(schedule, special_days[HOLIDAYS], first_on - timedelta(days=1), days + 1)
    openings = ((on, schedule.opens_minute, schedule.closes_minute) for on in held)
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


def _days_held(schedule: ScheduleDescription, holidays: Collection[date], first_on: date, days: int) -> Iterator[date]:
    weekdays = {day.number for day in schedule.days}
    for offset in range(days):
        on = first_on + timedelta(days=offset)
        if on.weekday() in weekdays and not (schedule.except_holidays and on in holidays):
            yield on
