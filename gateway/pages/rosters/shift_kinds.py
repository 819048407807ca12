"""勤務区分 and 交替パターン: the shifts that rosters refer to, and the patterns that repeat them; HR keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from domain.attendance.profile import Profile
from domain.attendance.roster import CODE_MAX, NAME_MAX
from domain.attendance.roster_fault import RefusedRosterError, RosterFault, RosterWhy
from domain.attendance.shift import Shift
from domain.attendance.shift_text import FLEX, format_shift
from domain.civil import civil_minute, format_clock
from gateway.operations.attendance.keep_pattern import keep_pattern
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.pages.access.rights import Right
from gateway.pages.drawing.dates import FORM_DATE, read_date
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from gateway.pages.rosters.acts import tell_by_field
from store.shifts import ShiftPattern, list_patterns, list_shift_kinds

router = APIRouter()

Text = Annotated[str, Form(max_length=200)]
Codes = Annotated[str, Form(max_length=8000)]
Chosen = Annotated[str, Query(max_length=63)]


@dataclass(frozen=True, slots=True)
class EnteredKind:
    """What was entered into the form of a shift kind."""

    code: str = ""
    name: str = ""
    hours: str = ""
    until_on: str = ""
    flexible: bool = False


@dataclass(frozen=True, slots=True)
class FlexTerms:
    """When flexible hours may lie and when they are due, as a form says it; ``core`` is empty where there is none."""

    band: str
    core: str


@dataclass(frozen=True, slots=True)
class EnteredPattern:
    """What was entered into the form of a pattern; ``codes`` stand behind each other with blanks."""

    id: str = ""
    name: str = ""
    codes: str = ""
    anchor_on: str = ""
    on_holidays: bool = True


@router.get("/attendance/rosters/kinds")
def get_kinds(visit: Visitor, code: Chosen = "") -> Response:
    """Show the shift kinds; with a ``code`` the form holds that one."""
    with visit.pages.context.store.reading(visit.pages.context.now()) as tx:
        kind = list_shift_kinds(tx).get(code)
    if kind is None:
        return _show_kinds(visit, EnteredKind())
    until_on = kind.until_on.isoformat() if kind.until_on else ""
    hours = format_shift(replace(kind.shift, flexible=False))
    return _show_kinds(visit, EnteredKind(kind.code, kind.name, hours, until_on, kind.shift.flexible))


@router.post("/attendance/rosters/kinds")
def post_kind(
    visit: Visitor,
    *,
    code: Text = "",
    name: Text = "",
    hours: Text = "",
    until_on: FORM_DATE = "",
    flexible: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a shift kind."""
    context = visit.pages.context
    written = f"{FLEX}{hours.strip()}" if flexible else hours.strip()
    form = ShiftKindForm(code.strip(), name.strip(), written, read_date(until_on))
    try:
        with context.store.transaction(context.now()) as tx:
            keep_shift_kind(tx, form, profile=context.rules.profile_on(civil_minute(context.now())[0]))
    except RefusedRosterError as error:
        return _show_kinds(visit, EnteredKind(code, name, hours, until_on, flexible), error.faults)
    return see_other("/attendance/rosters/kinds")


@router.get("/attendance/rosters/patterns")
def get_patterns(visit: Visitor, pattern: Chosen = "") -> Response:
    """Show the patterns; with a ``pattern`` the form holds that one."""
    with visit.pages.context.store.reading(visit.pages.context.now()) as tx:
        kept = list_patterns(tx).get(pattern)
    if kept is None:
        return _show_patterns(visit, EnteredPattern(anchor_on=civil_minute(visit.pages.context.now())[0].isoformat()))
    entered = EnteredPattern(kept.id, kept.name, " ".join(kept.codes), kept.anchor_on.isoformat(), kept.on_holidays)
    return _show_patterns(visit, entered)


@router.post("/attendance/rosters/patterns")
def post_pattern(
    visit: Visitor,
    *,
    pattern: Text = "",
    name: Text = "",
    codes: Codes = "",
    anchor_on: FORM_DATE = "",
    on_holidays: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a pattern."""
    context = visit.pages.context
    begins = read_date(anchor_on)
    entered = EnteredPattern(pattern, name, codes, anchor_on, on_holidays)
    if begins is None:
        words = (date.min.isoformat(), date.max.isoformat())
        return _show_patterns(visit, entered, [RosterFault(None, RosterWhy.out_of_range, words, "anchor_on")])
    wanted = ShiftPattern(pattern.strip(), name.strip(), tuple(codes.split()), begins, on_holidays)
    try:
        with context.store.transaction(context.now()) as tx:
            keep_pattern(tx, wanted, profile=context.rules.profile_on(civil_minute(context.now())[0]))
    except RefusedRosterError as error:
        return _show_patterns(visit, entered, error.faults)
    return see_other("/attendance/rosters/patterns")


def _show_kinds(visit: Visit, entered: EnteredKind, faults: Sequence[RosterFault] = ()) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kinds = list(list_shift_kinds(tx).values())
    return visit.render(
        "rosters/shift_kinds.html",
        fault="refused" if faults else "",
        faults=tell_by_field(faults, visit.language),
        kinds=kinds,
        entered=entered,
        written=_write,
        keeps=visit.may(Right.keep_attendance),
        code_max=CODE_MAX,
        name_max=NAME_MAX,
        terms=_tell_terms(context.rules.profile_on(civil_minute(context.now())[0])),
        today=civil_minute(context.now())[0],
    )


def _show_patterns(visit: Visit, entered: EnteredPattern, faults: Sequence[RosterFault] = ()) -> Response:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        kinds, patterns = list_shift_kinds(tx), list(list_patterns(tx).values())
    return visit.render(
        "rosters/shift_patterns.html",
        fault="refused" if faults else "",
        faults=tell_by_field(faults, visit.language),
        kinds=kinds,
        patterns=patterns,
        entered=entered,
        written=_write,
        keeps=visit.may(Right.keep_attendance),
        name_max=NAME_MAX,
        today=civil_minute(context.now())[0],
    )


def _write(shift: Shift) -> str:
    return format_shift(replace(shift, flexible=False)) if shift.hours is not None else ""


def _tell_terms(profile: Profile) -> FlexTerms | None:
    if not profile.flex_adopted:
        return None
    core = profile.flex_core_starts_minute, profile.flex_core_ends_minute
    band = profile.flex_band_starts_minute, profile.flex_band_ends_minute
    return FlexTerms(_range(band), _range(core) if core[0] < core[1] else "")


def _range(ends: tuple[int, int]) -> str:
    return "–".join(map(format_clock, ends))
