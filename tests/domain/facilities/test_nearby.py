"""What is told to be free instead: near, bookable, in steps, and never what was asked for."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import JST, minute_on
from domain.facilities.availability import OpenDay, derive_day
from domain.facilities.facility import Room, SlotKind
from domain.facilities.nearby import OF_EACH_MOST, FreeTime, Sought, list_nearby
from domain.facilities.taken import lay_out

ON = date(2025, 12, 2)
NOW = datetime(2025, 11, 20, 16, 30, tzinfo=JST)
EVERY_DAY = frozenset(range(7))

SMALL = Room("small", "f", "小", "Small", ("small",), 10, minutes_max=240)
LARGE = Room("large", "f", "大", "Large", ("large",), 40, step_minutes=60, minutes_min=60)
HALL = Room("hall", "f", "ホール", "Hall", ("hall",), 200)
ROOMS = {room.id: room for room in (SMALL, LARGE, HALL)}
MORNING = SlotKind("am", "hall", "午前", "Morning", 540, 720, EVERY_DAY)
COURSE = SlotKind("course", "hall", "教室", "Course", 780, 900, EVERY_DAY, places=3)


def cell(room: Room, on: date = ON, taken: tuple[tuple[int, int], ...] = (), slots: tuple[SlotKind, ...] = ()):
    held = {f"space:{room.id}": [(start, end, "x") for start, end in taken]} if taken else {}
    return derive_day(room, OpenDay(on, ((540, 1320),), slots), lay_out(on, held.items()), minute_on(NOW, on))


def test_the_nearest_time_of_each_free_stretch_comes_first() -> None:
    sought = Sought("small", ON, 600, 720)
    found = list_nearby(sought, ROOMS, [cell(SMALL, taken=((600, 720), (840, 900)))])
    assert found == (FreeTime("small", ON, 720, 840), FreeTime("small", ON, 900, 1020))


def test_other_rooms_and_days_stand_behind_and_hold_the_party() -> None:
    sought = Sought("small", ON, 600, 720, party=20)
    days = [ON + timedelta(days=number) for number in (-1, 1)]
    cells = [cell(SMALL, taken=((540, 1320),)), cell(LARGE), *(cell(SMALL, on) for on in days)]
    assert list_nearby(sought, ROOMS, cells) == (FreeTime("large", ON, 600, 720),)
    fewer = Sought("small", ON, 600, 720, party=5)
    found = list_nearby(fewer, ROOMS, cells)
    assert [(each.room_id, each.on) for each in found] == [("large", ON), *(("small", on) for on in days)]
    assert {(each.from_minute, each.until_minute) for each in found} == {(600, 720)}


def test_slots_are_told_with_the_places_that_are_left() -> None:
    sought = Sought("hall", ON, 540, 720, places=2)
    day = cell(HALL, slots=(MORNING, COURSE))
    assert list_nearby(sought, ROOMS, [day]) == (FreeTime("hall", ON, 780, 900, "course", 3),)
    assert list_nearby(Sought("hall", ON, 540, 720, places=4), ROOMS, [day]) == ()


def test_no_more_than_a_few_of_each_kind_are_told() -> None:
    taken = tuple((start, start + 30) for start in range(600, 1300, 90))
    cells = [cell(SMALL, taken=taken), *(cell(SMALL, ON + timedelta(days=number)) for number in range(1, 9))]
    found = list_nearby(Sought("small", ON, 600, 660), ROOMS, cells)
    assert len([each for each in found if each.on == ON]) == OF_EACH_MOST
    assert len([each for each in found if each.on != ON]) == OF_EACH_MOST


@pytest.mark.parametrize("room", [SMALL, LARGE])
@given(
    begins=st.integers(540, 1290),
    length=st.integers(15, 600),
    taken=st.lists(st.tuples(st.integers(540, 1300), st.integers(5, 200)), max_size=6),
)
def test_what_is_told_can_be_reserved(room: Room, begins: int, length: int, taken: list[tuple[int, int]]) -> None:
    day = cell(room, taken=tuple((start, start + minutes) for start, minutes in taken))
    for each in list_nearby(Sought(room.id, ON, begins, begins + length), ROOMS, [day]):
        assert each.from_minute % room.step_minutes == each.until_minute % room.step_minutes == 0
        assert room.minutes_min <= each.until_minute - each.from_minute <= room.minutes_max
        assert any(start <= each.from_minute and each.until_minute <= end for start, end in day.free)
        assert (each.from_minute, each.until_minute) != (begins, begins + length)
