"""What the calendar says is free is free, minute by minute; a slot's places are counted; nights and buffers too."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.civil import instant, minute_on
from domain.facilities.availability import DayCell, OpenDay, Vacancy, cut_out, derive_day
from domain.facilities.facility import Room, SlotKind
from domain.facilities.taken import Taken, TakenTime, lay_out

ON = date(2026, 12, 1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ROOM = Room("r", "f", "会議室", "Meeting room", ("a", "b"), 20)
MORNING = SlotKind("am", "r", "午前", "Morning", 540, 720, frozenset(range(7)))
COURSE = SlotKind("gym", "r", "体育", "Gym", 540, 720, frozenset(range(7)), places=2)
OPEN = ((540, 1320),)


Hold = tuple[str, TakenTime]


def hold(start: int, end: int, resource: str = "space:a", holder: str = "reservation:x") -> Hold:
    return resource, (start, end, holder)


def lay(*holds: Hold, on: date = ON) -> Taken:
    of: dict[str, list[TakenTime]] = {}
    for resource, time in holds:
        of.setdefault(resource, []).append(time)
    return lay_out(on, of.items())


def look(*holds: Hold, room: Room = ROOM, day: OpenDay | None = None, now: datetime = LONG_AGO) -> DayCell:
    day = day or OpenDay(ON, OPEN)
    return derive_day(room, day, lay(*holds), minute_on(now, day.on))


def test_a_closed_a_free_a_partly_and_a_taken_day() -> None:
    assert look(day=OpenDay(ON, ())).vacancy is Vacancy.closed
    assert look() == DayCell("r", ON, Vacancy.free, free=OPEN)
    assert look(hold(600, 660)) == DayCell("r", ON, Vacancy.partly, free=((540, 600), (660, 1320)))
    assert look(hold(540, 1320)).vacancy is Vacancy.taken
    assert look(now=instant(ON, 1320)).vacancy is Vacancy.past


def test_what_is_over_is_not_free_and_too_short_a_rest_is_none() -> None:
    assert look(now=instant(ON, 1290)).free == ((1290, 1320),)
    assert look(now=instant(ON, 1291)).vacancy is Vacancy.taken


def test_the_rooms_own_buffers_keep_off_its_neighbours() -> None:
    buffered = Room("r", "f", "会議室", "Meeting room", ("a",), 20, before_minutes=15, after_minutes=30)
    assert look(hold(600, 660), room=buffered).free == ((540, 570), (675, 1320))


def test_a_hold_over_midnight_counts_on_both_days() -> None:
    party = hold(1260, 1440 + 600)
    assert look(party).free == ((540, 1260),)
    assert look(party, day=OpenDay(ON + timedelta(days=1), OPEN)).free == ((600, 1320),)


def test_a_day_that_is_open_after_midnight_sees_what_is_taken_there() -> None:
    night = OpenDay(ON, ((1080, 1560),))
    assert look(hold(1500, 1530), day=night).free == ((1080, 1500), (1530, 1560))


def test_time_around_a_use_is_kept_beyond_midnight_too() -> None:
    room = Room("r", "f", "会議室", "Meeting room", ("a",), 20, before_minutes=60, after_minutes=30)
    whole = OpenDay(ON, ((0, 1440),))
    assert look(hold(1450, 1500), hold(-90, -20), room=room, day=whole).free == ((40, 1420),)
    evening = SlotKind("late", "r", "夜間", "Night", 1200, 1440, frozenset(range(7)))
    day = OpenDay(ON, ((0, 1440),), (evening,))
    assert look(hold(1450, 1500), room=room, day=day).slots[0].vacancy is Vacancy.taken


def test_a_slot_for_one_is_free_or_taken() -> None:
    day = OpenDay(ON, OPEN, (MORNING,))
    assert look(day=day).slots[0].vacancy is Vacancy.free
    assert look(hold(719, 800, "space:b"), day=day).slots[0].vacancy is Vacancy.taken
    assert look(day=day, now=instant(ON, 540)).slots[0].vacancy is Vacancy.past


def test_places_of_a_shared_slot_are_counted_and_another_holder_takes_them_all() -> None:
    day, own = OpenDay(ON, OPEN, (COURSE,)), f"slot:gym:{ON}"
    shared = [hold(540, 720, "space:a", own), hold(540, 720, "space:b", own)]
    one, two = (hold(540, 720, f"place:gym:{number}") for number in (1, 2))
    assert look(day=day).slots[0].places_left == 2
    assert (look(*shared, one, day=day).slots[0].vacancy, look(*shared, one, day=day).vacancy) == (Vacancy.partly,) * 2
    assert look(*shared, one, two, day=day).slots[0].places_left == 0
    assert look(hold(600, 660, "space:b"), day=day).slots[0].vacancy is Vacancy.taken


times = st.tuples(st.integers(-3000, 3000), st.integers(1, 2000)).map(lambda one: (one[0], one[0] + one[1], "x"))


@given(st.lists(times, min_size=1, max_size=9), st.integers(-2, 2), st.integers(-100, 1500), st.integers(1, 1500))
def test_a_day_finds_all_that_touches_it(taken: list[TakenTime], days: int, first: int, length: int) -> None:
    on, shift = ON + timedelta(days=days), days * 1440
    found = lay_out(ON, [("space:a", taken)]).touching("space:a", on, first, first + length)
    assert sorted(found) == sorted(
        (start - shift, end - shift, holder)
        for start, end, holder in taken
        if start - shift < first + length and end - shift > first
    )


stretches = st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(stretches, max_size=6), st.lists(stretches, max_size=8))
def test_cutting_out_is_the_difference_of_minutes(whole: list[tuple[int, int]], taken: list[tuple[int, int]]) -> None:
    minutes = {minute for start, end in whole for minute in range(start, end)}
    gone = {minute for start, end in taken for minute in range(start, end)}
    left = cut_out(whole, taken)
    assert {minute for start, end in left for minute in range(start, end)} == minutes - gone
    assert all(start < end for start, end in left)


@given(st.lists(st.tuples(stretches, st.sampled_from(["space:a", "space:b", "space:c"])), max_size=8))
def test_free_is_what_no_space_of_the_room_has_taken(taken: list[tuple[tuple[int, int], str]]) -> None:
    day = OpenDay(ON, ((0, 300),))
    cell = derive_day(
        Room("r", "f", "", "", ("a", "b"), 1, minutes_min=1),
        day,
        lay(*(hold(start, end, resource, f"reservation:{start}") for (start, end), resource in taken)),
        minute_on(LONG_AGO, ON),
    )
    busy = {minute for (start, end), resource in taken if resource != "space:c" for minute in range(start, end)}
    assert {minute for start, end in cell.free for minute in range(start, end)} == set(range(300)) - busy
