"""What schedules, tables of special days and levels must hold beyond the shape of each field."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.access.policy import ALWAYS
from gateway.site.findings import FieldPath, Finding, find_undefined
from gateway.site.hours import CITY_HOLIDAYS, HOLIDAYS, parse_range
from gateway.site.recurrence import parse_recurrence

if TYPE_CHECKING:
    from gateway.site.description import Site
    from gateway.site.hours import ScheduleDescription

_BUILT_IN_DAYS = (HOLIDAYS, CITY_HOLIDAYS)


def check_special_days(site: "Site") -> Iterator[Finding]:
    """Yield what is wrong with the tables of special days."""
    for index, table in enumerate(site.special_days):
        if table.id in _BUILT_IN_DAYS:
            yield _built_in(("special_days", index, "id"), table.id)
        yield from _check_rule(("special_days", index, "rrule"), table.rrule)
        if not table.dates and table.rrule is None:
            yield Finding(
                ("special_days", index, "dates"),
                "dates か rrule で日を指定してください",
                "names no day: give dates or a rrule",
            )


def check_schedules(site: "Site") -> Iterator[Finding]:
    """Yield what is wrong with the schedules."""
    tables = [*_BUILT_IN_DAYS, *(table.id for table in site.special_days)]
    for index, schedule in enumerate(site.schedules):
        where = ("schedules", index)
        if schedule.id == ALWAYS:
            yield _built_in((*where, "id"), ALWAYS)
        if (schedule.days is None) == (schedule.rrule is None):
            yield Finding(
                (*where, "days"),
                "days か rrule のどちらか一つを指定してください",
                "give either days or a rrule",
            )
        yield from _check_rule((*where, "rrule"), schedule.rrule)
        yield from _check_range((*where, "closes"), schedule.opens_minute, schedule.closes_minute)
        yield from _check_tables(where, schedule, tables)


def _check_tables(where: FieldPath, schedule: "ScheduleDescription", tables: list[str]) -> Iterator[Finding]:
    for place, table in enumerate(schedule.closed_on):
        yield from find_undefined((*where, "except", place), table, "special_days", tables)
    for table, hours in schedule.on.items():
        yield from find_undefined((*where, "on", table), table, "special_days", tables)
        yield from _check_range((*where, "on", table), *parse_range(hours))


def _built_in(where: FieldPath, name: str) -> Finding:
    return Finding(where, f"{name!r} は組み込みです。定義せずに使ってください", "built in; name it without defining it")


def _check_rule(where: FieldPath, rule: str | None) -> Iterator[Finding]:
    try:
        if rule is not None:
            parse_recurrence(rule)
    except ValueError as error:
        japanese = "開始日のない RFC 5545 の繰り返しにしてください（例 FREQ=WEEKLY;BYDAY=MO,TU）"
        yield Finding(where, japanese, str(error))


def _check_range(where: FieldPath, opens_minute: int, closes_minute: int) -> Iterator[Finding]:
    if not opens_minute < closes_minute <= opens_minute + 24 * 60:
        yield Finding(
            where,
            "opens より後、24時間以内にしてください（翌2時は 26:00）",
            "must lie after opens, by 24 hours at most (02:00 of the next day is 26:00)",
        )


def check_levels(site: "Site") -> Iterator[Finding]:
    """Yield what is wrong with the levels."""
    points = [point.id for point in site.access_points]
    areas = [area.id for area in site.areas]
    schedules = [ALWAYS, *(schedule.id for schedule in site.schedules)]
    for index, described in enumerate(site.areas):
        if described.booked_level is not None:
            yield from _check_booked_level(site, index, described.booked_level)
    for index, level in enumerate(site.levels):
        for point, schedule in level.points.items():
            yield from find_undefined(("levels", index, "points", point), point, "access_points", points)
            yield from find_undefined(("levels", index, "points", point), schedule, "schedules", schedules)
        for area, schedule in level.areas.items():
            yield from find_undefined(("levels", index, "areas", area), area, "areas", areas)
            yield from find_undefined(("levels", index, "areas", area), schedule, "schedules", schedules)
        if not level.points and not level.areas:
            yield Finding(
                ("levels", index, "points"),
                "points か areas を1つ以上書いてください",
                "opens nothing: give points or areas",
            )


def _check_booked_level(site: "Site", index: int, level_id: str) -> Iterator[Finding]:
    """Yield what keeps a booking's level from opening the area that names it, at whatever hour was booked."""
    area = site.areas[index].id
    field = ("areas", index, "booked_level")
    level = next((each for each in site.levels if each.id == level_id), None)
    if level is None:
        yield from find_undefined(field, level_id, "levels", [each.id for each in site.levels])
        return
    opened = site.points_of(level)
    if ALWAYS not in {opened[point.id] for point in site.access_points if point.area_to == area and point.id in opened}:
        yield Finding(
            field,
            f"{level_id!r} では {area!r} にいつでもは入れません。区域への通行口を時間帯 always で含む権限にしてください"
            "（時間は予約が決めます）",
            f"{level_id!r} opens no way into {area!r} at every hour; name a level with a way into it on the schedule"
            " always (the booking says when)",
        )
