"""What is wrong with a facility's booking windows, quotas and terms."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from itertools import combinations

from domain.civil import MINUTES_PER_DAY, instant
from domain.facilities.booking_rules import (
    BookingWindow,
    Deadline,
    OpensBy,
    Terms,
    derive_closes_at,
    derive_opens_at,
)
from domain.facilities.check_opening import check_room_known, check_validity
from domain.facilities.facility_fault import FacilityFault, Flaw, Thing
from domain.facilities.field_checks import check_count, check_id
from domain.facilities.quotas import Quota
from domain.validity import share_days

MONTHS_BEFORE_MAX = 36
DAYS_BEFORE_MAX = 1100
DEADLINE_DAYS_MAX = 400
MOST_MAX = 100_000
NO_SHOWS_MAX = 99
DAYS_MAX = 3660
TENTATIVE_MINUTES_MAX = 1440
LAST_DAY_OF_ALL_MONTHS = 28


def check_windows(
    windows: Sequence[BookingWindow], rooms: AbstractSet[str], user_classes: AbstractSet[str], on: date
) -> Iterator[FacilityFault]:
    """Yield everything that is wrong with the windows of a facility that has these rooms."""
    for window in windows:
        yield from _check_window(window, rooms, user_classes, on)
    for one, other in combinations(windows, 2):
        if (one.room_id, one.user_class) == (other.room_id, other.user_class) and share_days(one, other):
            yield FacilityFault(Thing.window, other.id, "valid_from", Flaw.overlaps, {"other": one.id})


def check_quotas(
    quotas: Sequence[Quota], rooms: AbstractSet[str], user_classes: AbstractSet[str]
) -> Iterator[FacilityFault]:
    """Yield everything that is wrong with the quotas of a facility that has these rooms."""
    for quota in quotas:
        yield from check_id(Thing.quota, quota.id)
        yield from check_room_known(Thing.quota, quota.id, quota.room_id, rooms)
        yield from _check_class(Thing.quota, quota.id, quota.user_class, user_classes)
        yield from check_count(Thing.quota, quota.id, "most", quota.most, (1, MOST_MAX))
        yield from check_validity(Thing.quota, quota.id, quota)
    for one, other in combinations(quotas, 2):
        same = all(getattr(one, name) == getattr(other, name) for name in ("counts", "per", "room_id", "user_class"))
        if same and share_days(one, other):
            yield FacilityFault(Thing.quota, other.id, "valid_from", Flaw.overlaps, {"other": one.id})


def check_terms(terms: Sequence[Terms]) -> Iterator[FacilityFault]:
    """Yield everything that is wrong with the terms of a facility."""
    for each in terms:
        yield from check_id(Thing.terms, each.id)
        yield from _check_deadline(Thing.terms, each.id, "cancel", each.cancel)
        limits = (
            ("no_shows_to_block", each.no_shows_to_block, (0, NO_SHOWS_MAX)),
            ("no_show_days", each.no_show_days, (1, DAYS_MAX)),
            ("block_days", each.block_days, (0, DAYS_MAX)),
            ("no_show_after_minutes", each.no_show_after_minutes, (1, MINUTES_PER_DAY)),
            ("tentative_minutes", each.tentative_minutes, (1, TENTATIVE_MINUTES_MAX)),
        )
        for field, count, bounds in limits:
            if count is not None:
                yield from check_count(Thing.terms, each.id, field, count, bounds)
        if each.no_shows_to_block and not each.block_days:
            yield FacilityFault(Thing.terms, each.id, "block_days", Flaw.no_block_days)
    for one, other in combinations(terms, 2):
        if one.valid_from == other.valid_from:
            yield FacilityFault(Thing.terms, other.id, "valid_from", Flaw.overlaps, {"other": one.id})


def _check_window(
    window: BookingWindow, rooms: AbstractSet[str], user_classes: AbstractSet[str], on: date
) -> Iterator[FacilityFault]:
    thing, id_ = Thing.window, window.id
    yield from check_id(thing, id_)
    yield from check_room_known(thing, id_, window.room_id, rooms)
    yield from _check_class(thing, id_, window.user_class, user_classes)
    yield from check_validity(thing, id_, window)
    most = DAYS_BEFORE_MAX if window.opens_by is OpensBy.days else MONTHS_BEFORE_MAX
    faults = [
        *check_count(thing, id_, "opens_before", window.opens_before, (0, most)),
        *check_count(thing, id_, "opens_day", window.opens_day, (1, LAST_DAY_OF_ALL_MONTHS)),
        *check_count(thing, id_, "opens_minute", window.opens_minute, (0, MINUTES_PER_DAY - 1)),
        *_check_deadline(thing, id_, "closes", window.closes),
    ]
    if window.desk_closes is not None:
        faults += _check_deadline(thing, id_, "desk_closes", window.desk_closes)
    yield from faults
    if not faults and not _ever_opens(window, on):
        yield FacilityFault(thing, id_, "closes", Flaw.never_opens)


def _ever_opens(window: BookingWindow, on: date) -> bool:
    year = (on + timedelta(days=number) for number in range(366))
    return any(
        derive_opens_at(window, day) < derive_closes_at(window, instant(day, MINUTES_PER_DAY - 1), at_desk=True)
        for day in year
    )


def _check_deadline(thing: Thing, id_: str, field: str, deadline: Deadline) -> Iterator[FacilityFault]:
    most = MINUTES_PER_DAY if deadline.days is not None else DEADLINE_DAYS_MAX * MINUTES_PER_DAY
    yield from check_count(thing, id_, field, deadline.minutes, (0, most))
    yield from check_count(thing, id_, field, deadline.days or 0, (0, DEADLINE_DAYS_MAX))


def _check_class(thing: Thing, id_: str, user_class: str | None, known: AbstractSet[str]) -> Iterator[FacilityFault]:
    if user_class is not None and user_class not in known:
        yield FacilityFault(thing, id_, "user_class", Flaw.unknown_class, {"name": user_class})
