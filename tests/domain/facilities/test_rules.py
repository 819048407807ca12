"""A facility's rules as a whole: open days of all its rooms, and time that other rules take away."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.civil import instant
from domain.facilities.facility import Facility, Room, SlotKind
from domain.facilities.opening import Opening, OpeningRules
from domain.facilities.rules import FacilityRules, derive_open_days, derive_rooms_windows, loses_time

MONDAY = date(2026, 11, 23)
EVERY_DAY = frozenset(range(7))
HALL = Room("hall", "f", "x", "x", ("hall",), 100)
GYM = Room("gym", "f", "x", "x", ("gym",), 100)
AM = SlotKind("am", "hall", "午前", "Morning", 540, 720, frozenset({0}))
RULES = FacilityRules(
    Facility("f", "x", "x", "d"),
    (HALL, GYM),
    slots=(AM,),
    opening=OpeningRules((Opening("o", EVERY_DAY, 540, 1320),)),
)
DAYS = [MONDAY + timedelta(days=number) for number in range(-1, 3)]


def test_open_days_of_rooms_with_slots_and_without() -> None:
    found = derive_open_days(RULES, DAYS, frozenset())
    assert found["hall", MONDAY].slots == (AM,)
    assert found["hall", MONDAY + timedelta(days=1)].windows == ()
    assert found["gym", MONDAY + timedelta(days=1)].windows == ((540, 1320),)
    assert len(found) == 8


def test_nothing_is_open_from_the_day_on_which_room_or_house_is_retired() -> None:
    room = replace(RULES, rooms=(replace(HALL, retired_on=MONDAY), GYM))
    found = derive_rooms_windows(room, DAYS, frozenset())
    assert [bool(found["hall", on]) for on in DAYS] == [True, False, False, False]
    house = replace(RULES, facility=replace(RULES.facility, retired_on=MONDAY))
    found = derive_rooms_windows(house, DAYS, frozenset(), only={"gym"})
    assert [(id_, bool(open_)) for (id_, _), open_ in found.items()] == [("gym", on < MONDAY) for on in DAYS]


@pytest.mark.parametrize(
    ("start", "end", "hours", "loses"),
    [
        (540, 720, (540, 1320), False),
        (540, 720, (600, 1320), True),
        (540, 720, (540, 719), True),
        (1260, 1320, (540, 1260), True),
        (540, 2160, (540, 1260), True),  # an exhibition over the night
        (540, 2000, (480, 1320), False),
        (600, 720, (600, 720), False),
    ],
)
def test_what_other_hours_take_away(start: int, end: int, hours: tuple[int, int], loses: bool) -> None:
    other = replace(RULES, opening=OpeningRules((Opening("o", EVERY_DAY, *hours),)))
    before, after = (derive_rooms_windows(each, DAYS, frozenset()) for each in (RULES, other))
    span = (instant(MONDAY, start), instant(MONDAY, end))
    assert loses_time("gym", span, before, after) is loses
