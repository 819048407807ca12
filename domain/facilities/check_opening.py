"""What is wrong with a facility's hours, closures and special days."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from itertools import combinations

from domain.civil import MINUTES_PER_DAY, format_clock
from domain.facilities.closures import LAST, ClosureKind, ClosureRule
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.field_checks import (
    NAME_LENGTH_MAX,
    REASON_LENGTH_MAX,
    check_count,
    check_id,
    check_text,
    check_weekdays,
)
from domain.facilities.opening import WINDOW_ENDS_MAX, Opening, OpeningRules, SpecialDays
from domain.validity import Dated, share_days

SPECIAL_DAYS_MAX = 3 * 366
"""So long a room may be closed at one go: building works."""

_LEAP_YEAR = 2024
_EVERY_MONTH = frozenset(range(1, 13))
_WEEKDAY_KINDS = frozenset({ClosureKind.weekly, ClosureKind.monthly})


def check_opening(rules: OpeningRules, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    """Yield everything that is wrong with the hours of a facility that has these rooms."""
    for opening in rules.openings:
        yield from _check_hours(opening, rooms)
    yield from _check_double_hours(rules.openings)
    for closure in rules.closures:
        yield from _check_closure(closure, rooms)
    for special in rules.special_days:
        yield from check_special_days(special, rooms)


def check_span(thing: Thing, id_: str, from_minute: int, to_minute: int) -> Iterator[FacilityFault]:
    """Yield what is wrong with a stretch of a day: it begins before 24:00, and ends later, by 24 hours at most."""
    yield from check_count(thing, id_, "from_minute", from_minute, (0, MINUTES_PER_DAY - 1))
    if to_minute <= from_minute:
        yield FacilityFault(thing, id_, "to_minute", Flaw.not_below, {"other": format_clock(max(from_minute, 0))})
    elif to_minute > min(WINDOW_ENDS_MAX, from_minute + MINUTES_PER_DAY):
        values = {"least": format_clock(from_minute + 1), "most": format_clock(from_minute + MINUTES_PER_DAY)}
        yield FacilityFault(thing, id_, "to_minute", Flaw.out_of_range, values)


def check_validity(thing: Thing, id_: str, rule: Dated) -> Iterator[FacilityFault]:
    """Yield a fault where days of force end before they begin."""
    if rule.valid_from is not None and rule.valid_until is not None and rule.valid_until < rule.valid_from:
        before = rule.valid_from - timedelta(days=1)
        yield FacilityFault(thing, id_, "valid_until", Flaw.not_below, {"other": before})


def check_room_known(thing: Thing, id_: str, room_id: str | None, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    """Yield a fault where a rule names a room that the facility has not."""
    if room_id is not None and room_id not in rooms:
        yield FacilityFault(thing, id_, "room_id", Flaw.unknown_room, {"name": room_id})


def check_special_days(special: SpecialDays, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    """Yield what is wrong with days that are to be otherwise."""
    thing, id_ = Thing.special_days, special.id
    yield from check_id(thing, id_)
    yield from check_room_known(thing, id_, special.room_id, rooms)
    yield from check_text(thing, id_, "reason", special.reason, REASON_LENGTH_MAX)
    if special.last_on < special.first_on:
        before = special.first_on - timedelta(days=1)
        yield FacilityFault(thing, id_, "last_on", Flaw.not_below, {"other": before})
    elif (special.last_on - special.first_on).days >= SPECIAL_DAYS_MAX:
        most = special.first_on + timedelta(days=SPECIAL_DAYS_MAX - 1)
        yield FacilityFault(thing, id_, "last_on", Flaw.out_of_range, {"least": special.first_on, "most": most})
    if (special.from_minute is None) != (special.to_minute is None):
        field = "from_minute" if special.from_minute is None else "to_minute"
        yield FacilityFault(thing, id_, field, Flaw.half_a_time)
    if special.stretch is not None:
        yield from check_span(thing, id_, *special.stretch)


def _check_hours(opening: Opening, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    thing, id_ = Thing.opening, opening.id
    yield from check_id(thing, id_)
    yield from check_room_known(thing, id_, opening.room_id, rooms)
    yield from check_weekdays(thing, id_, opening.weekdays)
    yield from check_span(thing, id_, opening.from_minute, opening.to_minute)
    yield from check_validity(thing, id_, opening)
    if not opening.months <= _EVERY_MONTH:
        yield FacilityFault(thing, id_, "months", Flaw.no_month)


def _check_double_hours(openings: Sequence[Opening]) -> Iterator[FacilityFault]:
    for one, other in combinations(openings, 2):
        months = (one.months or _EVERY_MONTH) & (other.months or _EVERY_MONTH)
        same_days = one.room_id == other.room_id and one.weekdays & other.weekdays and months
        overlap = one.from_minute < other.to_minute and other.from_minute < one.to_minute
        if same_days and overlap and share_days(one, other):
            hours = f"{format_clock(one.from_minute)}-{format_clock(one.to_minute)}"
            yield FacilityFault(Thing.opening, other.id, "from_minute", Flaw.overlaps, {"other": hours})


def _check_closure(closure: ClosureRule, rooms: AbstractSet[str]) -> Iterator[FacilityFault]:
    thing, id_ = Thing.closure, closure.id
    yield from check_id(thing, id_)
    yield from check_room_known(thing, id_, closure.room_id, rooms)
    yield from check_text(thing, id_, "name", closure.name, NAME_LENGTH_MAX)
    yield from check_validity(thing, id_, closure)
    if closure.kind in _WEEKDAY_KINDS:
        yield from check_weekdays(thing, id_, closure.weekdays)
    if closure.kind is ClosureKind.monthly and not (closure.nths and closure.nths <= {LAST, 1, 2, 3, 4, 5}):
        yield FacilityFault(thing, id_, "nths", Flaw.no_nth)
    if closure.kind is ClosureKind.yearly:
        for field, day in (("from_day", closure.from_day), ("to_day", closure.to_day)):
            if day is None or not _is_day(*day):
                yield FacilityFault(thing, id_, field, Flaw.no_such_day)


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= len(_EVERY_MONTH) and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]
