"""All facilities, and one of them: everything that is laid down about it in plain words, its year, who changed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from domain.civil import civil_minute, format_clock
from domain.facilities.availability import Stretch
from domain.facilities.check_facility import list_missing
from domain.facilities.facility_fault import Thing
from domain.facilities.facility_words import THINGS, describe_fault
from domain.facilities.rules import FacilityRules, derive_open_days
from gateway.bookings.facility_rules import load_days_off, load_facility_rules
from gateway.pages.access.rights import Right
from gateway.pages.desk_scope import read_scope
from gateway.pages.drawing.field_faults import tell_by_field
from gateway.pages.drawing.rule_sentences import Teller, Told
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.visit import Visit
from gateway.pages.facilities.thing_forms import FORMS, list_kept
from gateway.pages.facilities.year_view import OpenKind, list_days, view_year
from gateway.pages.words import Language
from store.facilities import list_facilities, list_user_classes
from store.facility_changes import FacilityChange, list_changes
from store.fees import list_fee_tables
from store.tx import Tx

router = APIRouter()

CHANGES_MOST = 50
_APRIL = 4


@dataclass(frozen=True, slots=True)
class ToldThing:
    """A row of a facility's page: the thing's id, its words, and whether it is over."""

    id: str
    told: Told
    is_over: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What stands of one thing."""

    thing: Thing
    rows: tuple[ToldThing, ...]


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change in words: which thing, its name, and by field what it was and what it became."""

    change: FacilityChange
    thing: str
    fields: tuple[tuple[str, str, str], ...]


@router.get("/facilities")
def get_facilities(visit: Visitor) -> Response:
    """List the facilities with what is missing before anybody can reserve."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    with context.store.reading(context.now()) as tx:
        scope = read_scope(tx, visit)
        rules = load_facility_rules(tx, scope.read)
        order = [each.id for each in list_facilities(tx, scope.read)]
    return visit.render(
        "facilities/houses.html",
        houses=[(rules[id_], _list_missing(visit, rules[id_], today)) for id_ in order],
        keeps=visit.may(Right.keep_facilities),
        today=today,
    )


@router.get("/facilities/{facility_id}")
def get_facility(visit: Visitor, facility_id: str) -> Response:
    """Show everything that is laid down about a facility."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    with context.store.reading(context.now()) as tx:
        rules = _load(tx, visit, facility_id)
        classes = [each.user_class for each in list_user_classes(tx)]
        tables = list_fee_tables(tx, facility_id)
    teller = Teller(visit.phrases, rules.rooms, classes, today=today)
    return visit.render(
        "facilities/house.html",
        rules=rules,
        about=teller.tell(rules.facility),
        parts=[_tell_part(rules, thing, teller, today) for thing in FORMS if thing is not Thing.facility],
        missing=_list_missing(visit, rules, today),
        tables=tables,
        keeps=visit.may(Right.keep_facilities),
    )


@router.get("/facilities/{facility_id}/year")
def get_year(
    visit: Visitor,
    facility_id: str,
    room: Annotated[str, Query(max_length=63)] = "",
    year: Annotated[int | None, Query(ge=2000, le=2200)] = None,
) -> Response:
    """Show a fiscal year of open and closed days of a room."""
    context = visit.pages.context
    today = civil_minute(context.now())[0]
    first_year = year or (today.year if today.month >= _APRIL else today.year - 1)
    days = list_days(first_year)
    with context.store.reading(context.now()) as tx:
        rules = _load(tx, visit, facility_id)
        days_off = load_days_off(tx, days[0], days[-1])
    shown = rules.room(room) or next(iter(rules.rooms), None)
    opens = derive_open_days(rules, days, days_off)
    view = view_year(first_year, {on: opens[shown.id, on] for on in days}, days_off) if shown else None
    days_of = [day for month in view.months for day in month.days] if view else []
    return visit.render(
        "facilities/year.html",
        rules=rules,
        shown=shown,
        view=view,
        others=[day for day in days_of if day.kind is OpenKind.otherwise],
        hours=_write_hours,
        first_year=first_year,
    )


@router.get("/facilities/{facility_id}/changes")
def get_changes(
    visit: Visitor, facility_id: str, before: Annotated[int | None, Query(ge=1, le=2**53)] = None
) -> Response:
    """Show who changed what, the latest first."""
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        rules = _load(tx, visit, facility_id)
        found = list_changes(tx, facility_id, limit=CHANGES_MOST + 1, before_id=before)
    shown = [_tell_change(each, visit.language) for each in found[:CHANGES_MOST]]
    more = found[CHANGES_MOST - 1].id if len(found) > CHANGES_MOST else None
    return visit.render(
        "facilities/changes.html", rules=rules, changes=shown, more=more, now=context.now(), is_first=before is None
    )


def _write_hours(windows: Iterable[Stretch]) -> str:
    return " ".join(f"{format_clock(start)}–{format_clock(end)}" for start, end in windows)


def _load(tx: Tx, visit: Visit, facility_id: str) -> FacilityRules:
    read_scope(tx, visit).demand_read(facility_id)
    rules = load_facility_rules(tx, [facility_id]).get(facility_id)
    if rules is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return rules


def _tell_part(rules: FacilityRules, thing: Thing, teller: Teller, today: date) -> Part:
    rows = [ToldThing(kept.id, teller.tell(kept), _is_over(kept, today)) for kept in list_kept(rules, thing)]
    return Part(thing, tuple(sorted(rows, key=lambda row: row.is_over)))


def _is_over(kept: Any, today: date) -> bool:
    last = getattr(kept, "valid_until", None) or getattr(kept, "last_on", None)
    retired_on = getattr(kept, "retired_on", None)
    return (last is not None and last < today) or (retired_on is not None and retired_on <= today)


def _list_missing(visit: Visit, rules: FacilityRules, today: date) -> list[str]:
    told = tell_by_field(list_missing(rules, today), describe_fault, visit.language)
    return [text for texts in told.values() for text in texts]


def _tell_change(change: FacilityChange, language: Language) -> ToldChange:
    which = 0 if language is Language.ja else 1
    before = change.before if isinstance(change.before, dict) else {}
    after = change.after if isinstance(change.after, dict) else {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    fields = [(name, _write(before.get(name)), _write(after.get(name))) for name in names]
    if not before and not after:
        fields = [("", _write(change.before), _write(change.after))]
    return ToldChange(change, THINGS[change.thing][which], tuple(fields))


def _write(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
