"""The tables of a month's report as rows of a file, headings first. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from gateway.pages.drawing.phrases import Phrases
from gateway.pages.use_reports.report_view import MonthReport

Rows = Iterator[Sequence[object]]

_ROOMS = (
    "use_reports.room",
    "use_reports.open_minutes",
    "use_reports.used_minutes",
    "use_reports.percent",
    "use_reports.uses",
    "use_reports.people",
)
_TAKINGS = (
    "takings.facility",
    "takings.counted_on",
    "takings.method",
    "takings.entries",
    "takings.came",
    "takings.went",
    "takings.net",
)


def write_rooms(report: MonthReport, phrases: Phrases) -> Rows:
    """Give each room's minutes, its share in percent, uses and people."""
    yield [phrases.say(key) for key in _ROOMS]
    for row in report.use.rows:
        share = row.use.share
        minutes = (share.open_minutes, share.used_minutes, f"{share.tenths / 10:.1f}")
        yield (phrases.name_of(row.room), *minutes, row.use.uses, row.use.people)


def write_hours(report: MonthReport, phrases: Phrases) -> Rows:
    """Give each room's share in percent, hour by hour; nothing where it is never open."""
    yield [phrases.say("use_reports.room"), *(f"{hour}:00" for hour in report.use.hours)]
    for row in report.use.rows:
        cells = ("" if cell.level is None else f"{cell.share.tenths / 10:.1f}" for cell in row.hours)
        yield (phrases.name_of(row.room), *cells)


def write_takings(report: MonthReport, phrases: Phrases) -> Rows:
    """Give each facility's day by method, in yen."""
    names = {each.id: phrases.name_of(each) for each in report.houses}
    yield [phrases.say(key) for key in _TAKINGS]
    for each in report.sums:
        where = (names[each.facility_id], each.on.isoformat(), phrases.say(f"takings.method_{each.method}"))
        yield (*where, each.entries, each.in_yen, each.out_yen, each.net_yen)


def write_ends(report: MonthReport, phrases: Phrases) -> Rows:
    """Give how each room's bookings stand."""
    yield [phrases.say("use_reports.room"), *(phrases.say(f"booking_state.{state}") for state in report.ends.states)]
    for row in report.ends.rows:
        yield (phrases.name_of(row.room), *row.counts)


WRITERS: Mapping[str, Callable[[MonthReport, Phrases], Rows]] = MappingProxyType(
    {"rooms": write_rooms, "hours": write_hours, "takings": write_takings, "ends": write_ends}
)
"""By the name that a file is asked for under."""
