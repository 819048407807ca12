"""Reports: who entered an area, which doors were held open, which cards and rights nobody uses; each also as a file."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.civil import JST
from domain.zones.export import Export
from gateway.pages.access.rights import Right
from gateway.pages.drawing.csv_file import Encoding, send_csv
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.information.let_out import let_out
from gateway.pages.records.area_reach import list_ways_in, list_ways_out
from gateway.pages.records.looks import note_look
from gateway.pages.records.report_form import DAYS_MAX, Day, Period, read_period
from gateway.site.places import DoorDescription
from store.access_reports import (
    EntryLine,
    HeldOpen,
    UnusedCard,
    UnusedGrant,
    list_entries,
    list_held_open,
    list_unused_cards,
    list_unused_grants,
)

router = APIRouter()

ROWS_MAX = 200
FILE_MAX = 100_000
HELD_MAX = 20_000
UNUSED_DAYS = (30, 90, 180, 365)

Area = Annotated[str, Query(max_length=63)]
UnusedDays = Literal["30", "90", "180", "365"]


class HeldDoor(NamedTuple):
    """How often a door was held open in a period and the longest time, which ends ``now`` while it still stands."""

    door: DoorDescription | str
    times: int
    longest: timedelta
    longest_at: datetime
    still: bool


@router.get("/reports")
def get_reports(visit: Visitor) -> Response:
    """List the reports that this visitor may open."""
    return visit.render("records/reports.html", rights=Right)


@router.get("/reports/entries")
def get_entries(visit: Visitor, area: Area = "", first: Day = "", last: Day = "") -> Response:
    """Show who entered an area in a period."""
    period, known = _read(visit, first, last), _knows(visit, area)
    lines = _load_entries(visit, area, period, ROWS_MAX + 1) if known and not period.fault else []
    if lines:
        note_look(visit, "report", None, f"entries?{period.query(area=area)}")
    return visit.render(
        "records/report_entries.html",
        status=_status(period, bad=bool(area) and not known),
        area=area,
        known=known,
        period=period,
        lines=lines[:ROWS_MAX],
        more=len(lines) > ROWS_MAX,
        rows_max=ROWS_MAX,
        days_max=DAYS_MAX,
        now=visit.pages.context.now(),
    )


@router.get("/reports/entries/file")
def get_entries_file(
    visit: Visitor, area: Area = "", first: Day = "", last: Day = "", encoding: Encoding = "utf8"
) -> Response:
    """Give the same as a file."""
    period = _read(visit, first, last)
    if period.fault or not _knows(visit, area):
        return get_entries(visit, area, first, last)
    lines = _load_entries(visit, area, period, FILE_MAX)
    note_look(visit, "report_file", None, f"entries?{period.query(area=area)}")
    rows = [
        (line.person_id, line.name, line.department, line.entered, line.left, line.refused, *_times(line))
        for line in lines
    ]
    columns = ("events.column_person_id", "reports.person", "reports.department", "reports.in", "reports.out",
               "reports.refused", "reports.first", "reports.last")  # fmt: skip
    return _send(visit, "reports.entries", columns, rows, encoding)


@router.get("/reports/held")
def get_held(visit: Visitor, first: Day = "", last: Day = "") -> Response:
    """Show which doors were held open in a period."""
    period = _read(visit, first, last)
    doors = [] if period.fault else _load_held(visit, period)
    return visit.render(
        "records/report_held.html",
        status=_status(period),
        period=period,
        doors=doors,
        days_max=DAYS_MAX,
        now=visit.pages.context.now(),
    )


@router.get("/reports/held/file")
def get_held_file(visit: Visitor, first: Day = "", last: Day = "", encoding: Encoding = "utf8") -> Response:
    """Give the same as a file; the longest time in seconds."""
    period = _read(visit, first, last)
    if period.fault:
        return get_held(visit, first, last)
    phrases = visit.phrases
    rows = [
        (
            each.door if isinstance(each.door, str) else phrases.name_of(each.door),
            each.times,
            round(each.longest.total_seconds()),
            _local(each.longest_at),
        )
        for each in _load_held(visit, period)
    ]
    columns = ("reports.door", "reports.times", "reports.longest", "reports.longest_at")
    return _send(visit, "reports.held", columns, rows, encoding)


@router.get("/reports/unused")
def get_unused(visit: Visitor, days: UnusedDays = "90") -> Response:
    """Show the cards and the rights that nobody used for some days."""
    cards, grants = _load_unused(visit, int(days), ROWS_MAX + 1)
    if cards or grants:
        note_look(visit, "report", None, f"unused?days={days}")
    return visit.render(
        "records/report_unused.html",
        days=int(days),
        choices=UNUSED_DAYS,
        cards=cards[:ROWS_MAX],
        grants=grants[:ROWS_MAX],
        more_cards=len(cards) > ROWS_MAX,
        more_grants=len(grants) > ROWS_MAX,
        rows_max=ROWS_MAX,
        levels={level.id: level.name for level in visit.pages.context.site.levels},
        now=visit.pages.context.now(),
    )


@router.get("/reports/unused/file")
def get_unused_file(visit: Visitor, days: UnusedDays = "90", encoding: Encoding = "utf8") -> Response:
    """Give the same as a file: cards, then rights."""
    cards, grants = _load_unused(visit, int(days), FILE_MAX)
    note_look(visit, "report_file", None, f"unused?days={days}")
    phrases, levels = visit.phrases, {level.id: level.name for level in visit.pages.context.site.levels}
    card, level = phrases.say("reports.card"), phrases.say("reports.level")
    rows = [(each.person_id, each.name, each.department, card, each.label, _local(each.last_at)) for each in cards]
    rows += [
        (each.person_id, each.name, each.department, level, levels.get(each.level_id, each.level_id), "")
        for each in grants
    ]
    columns = ("events.column_person_id", "reports.person", "reports.department", "events.column_kind",
               "events.column_what", "reports.last_used")  # fmt: skip
    return _send(visit, "reports.unused", columns, rows, encoding)


def _read(visit: Visit, first: str, last: str) -> Period:
    return read_period(first, last, today=_today(visit))


def _today(visit: Visit) -> date:
    return visit.pages.context.now().astimezone(JST).date()


def _knows(visit: Visit, area: str) -> bool:
    return area in {each.id for each in visit.pages.context.site.areas}


def _status(period: Period, *, bad: bool = False) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if period.fault or bad else HTTPStatus.OK


def _load_entries(visit: Visit, area: str, period: Period, limit: int) -> list[EntryLine]:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        return list_entries(
            tx,
            into=list_ways_in(context.site, area),
            out_of=list_ways_out(context.site, area),
            since=period.since,
            until=period.until,
            limit=limit,
        )


def _load_held(visit: Visit, period: Period) -> list[HeldDoor]:
    context = visit.pages.context
    now, by_door = context.now(), defaultdict[str, list[HeldOpen]](list)
    with context.store.reading(now) as tx:
        for held in list_held_open(tx, since=period.since, until=period.until, limit=HELD_MAX):
            by_door[held.door_id].append(held)
    names = {door.id: door for door in context.site.doors}
    doors = []
    for door_id, times in by_door.items():
        length, longest = max(((_length(held, now), held) for held in times), key=lambda each: each[0])
        began_at = longest.opened_at or longest.held_at
        doors.append(HeldDoor(names.get(door_id, door_id), len(times), length, began_at, longest.closed_at is None))
    return sorted(doors, key=lambda each: (-each.times, -each.longest))


def _length(held: HeldOpen, now: datetime) -> timedelta:
    return (held.closed_at or now) - (held.opened_at or held.held_at)


def _load_unused(visit: Visit, days: int, limit: int) -> tuple[list[UnusedCard], list[UnusedGrant]]:
    context = visit.pages.context
    now, grants = context.now(), list[UnusedGrant]()
    since = now - timedelta(days=days)
    with context.store.reading(now) as tx:
        cards = list_unused_cards(tx, since=since, limit=limit)
        for level in context.site.levels:
            if len(grants) < limit:
                points = tuple(context.site.points_of(level))
                grants += list_unused_grants(tx, level.id, points, since=since, limit=limit - len(grants))
    return cards, grants


def _times(line: EntryLine) -> tuple[str, str]:
    return _local(line.first_at), _local(line.last_at)


def _local(at: datetime | None) -> str:
    return at.astimezone(JST).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _send(
    visit: Visit, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]], encoding: Encoding
) -> Response:
    phrases = visit.phrases
    leaving = let_out(visit, Export.records)
    return send_csv(
        leaving, phrases.say(name), _today(visit), [phrases.say(key) for key in columns], rows, encoding=encoding
    )
