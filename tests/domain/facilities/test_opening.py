"""When rooms are open: hours, closures that a holiday moves, and single days that are otherwise."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.availability import Stretch
from domain.facilities.closures import LAST, ClosureKind, ClosureRule, OnHoliday, closes_on, list_national_holidays
from domain.facilities.facility import Room, SlotKind
from domain.facilities.opening import (
    Opening,
    OpeningRules,
    SpecialDays,
    SpecialKind,
    derive_open_day,
    derive_windows,
)

DAYS_OFF = frozenset(
    {
        *(date(2026, 5, day) for day in (3, 4, 5, 6)),
        *(date(2026, 9, day) for day in (21, 22, 23)),
        *(date(2026, 12, day) for day in (29, 30, 31)),
        *(date(2027, 1, day) for day in (1, 2, 3, 11)),
        *(date(2023, 12, day) for day in (29, 30, 31)),
        *(date(2024, 1, day) for day in (1, 2, 3)),
    }
)
MONDAY = ClosureRule(
    "mon", ClosureKind.weekly, "定期休館日", weekdays=frozenset({0}), on_holiday=OnHoliday.next_weekday
)
YEAR_END = ClosureRule("end", ClosureKind.yearly, "年末年始", from_day=(12, 29), to_day=(1, 3))
EVERY_DAY = frozenset(range(7))
HOUSE = Opening("house", EVERY_DAY, 540, 1320)
TUESDAY = date(2026, 11, 24)
ROOMS = [
    Room("hall", "f", "x", "x", ("hall-a", "hall-b"), 100),
    Room("hall-a", "f", "x", "x", ("hall-a",), 50),
    Room("other", "f", "x", "x", ("other",), 50),
]


def windows(rules: OpeningRules, on: date, room_id: str = "hall") -> tuple[Stretch, ...]:
    return derive_windows(rules, ROOMS, [on], DAYS_OFF)[room_id, on]


@pytest.mark.parametrize(
    ("on", "closed"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),
        (date(2026, 5, 4), False),  # Monday, みどりの日: open
        (date(2026, 5, 5), False),  # こどもの日
        (date(2026, 5, 6), False),  # 振替休日
        (date(2026, 5, 7), True),  # the weekday after them
        (date(2026, 5, 8), False),
        (date(2026, 9, 21), False),
        (date(2026, 9, 24), True),
        (date(2027, 1, 11), False),  # 成人の日
        (date(2027, 1, 12), True),
        (date(2023, 12, 25), True),
        (date(2024, 1, 1), False),  # a holiday; that it is closed is the year end's to say
        (date(2024, 1, 2), True),
        (date(2024, 1, 4), False),
    ],
)
def test_monday_is_closed_and_a_holiday_moves_it_to_the_next_weekday(on: date, closed: bool) -> None:
    days_off = DAYS_OFF - {date(2026, 11, 23)}
    assert closes_on(MONDAY, on, days_off) is closed


def test_a_holiday_may_lift_a_closure_or_leave_it() -> None:
    stays = ClosureRule("a", ClosureKind.weekly, "x", weekdays=frozenset({0}))
    lifted = ClosureRule("b", ClosureKind.weekly, "x", weekdays=frozenset({0}), on_holiday=OnHoliday.opened)
    green = date(2026, 5, 4)
    assert closes_on(stays, green, DAYS_OFF)
    assert not closes_on(lifted, green, DAYS_OFF)
    assert not closes_on(lifted, date(2026, 5, 7), DAYS_OFF)


@pytest.mark.parametrize(
    ("nths", "closed"),
    [({1}, [3]), ({2, 4}, [10, 24]), ({LAST}, [24]), ({4, LAST}, [24]), ({5}, [])],
)
def test_the_nth_weekday_of_a_month(nths: set[int], closed: list[int]) -> None:
    rule = ClosureRule("a", ClosureKind.monthly, "x", weekdays=frozenset({1}), nths=frozenset(nths))
    assert [day for day in range(1, 31) if closes_on(rule, date(2026, 11, day), frozenset())] == closed


def test_a_span_of_every_year_may_go_over_its_end() -> None:
    days = [date(2026, 12, 27) + timedelta(days=number) for number in range(10)]
    assert [day.day for day in days if closes_on(YEAR_END, day, frozenset())] == [29, 30, 31, 1, 2, 3]


def test_holidays_close_as_the_nations_or_as_the_citys_whole_table() -> None:
    national = ClosureRule("a", ClosureKind.national, "祝日")
    table = ClosureRule("b", ClosureKind.days_off, "市の休日")
    year_end, new_year = date(2026, 12, 29), date(2027, 1, 1)
    assert (closes_on(national, year_end, DAYS_OFF), closes_on(table, year_end, DAYS_OFF)) == (False, True)
    assert (closes_on(national, new_year, DAYS_OFF), closes_on(table, new_year, DAYS_OFF)) == (True, True)
    assert date(2027, 1, 2) not in list_national_holidays(DAYS_OFF)
    assert date(2027, 1, 1) in list_national_holidays(DAYS_OFF)


def test_rules_hold_on_their_days_of_force_alone() -> None:
    until = ClosureRule("a", ClosureKind.weekly, "x", weekdays=frozenset({1}), valid_until=TUESDAY)
    assert closes_on(until, TUESDAY, DAYS_OFF)
    assert not closes_on(until, TUESDAY + timedelta(days=7), DAYS_OFF)


def test_hours_that_touch_are_one_window_and_a_break_parts_them() -> None:
    touching = OpeningRules((Opening("a", EVERY_DAY, 540, 720), Opening("b", EVERY_DAY, 720, 1320)))
    parted = OpeningRules((Opening("a", EVERY_DAY, 540, 720), Opening("b", EVERY_DAY, 780, 1320)))
    assert windows(touching, TUESDAY) == ((540, 1320),)
    assert windows(parted, TUESDAY) == ((540, 720), (780, 1320))


def test_a_room_narrows_its_house_and_never_widens_it() -> None:
    rules = OpeningRules((HOUSE, Opening("own", frozenset({1, 2}), 480, 1020, room_id="hall")))
    assert windows(rules, TUESDAY) == ((540, 1020),)
    assert windows(rules, TUESDAY + timedelta(days=2)) == ()
    assert windows(rules, TUESDAY, "other") == ((540, 1320),)


def test_hours_of_a_season() -> None:
    summer = Opening("s", EVERY_DAY, 540, 1260, months=frozenset({7, 8}))
    winter = Opening("w", EVERY_DAY, 540, 1020, months=frozenset({1, 2, 11, 12}))
    rules = OpeningRules((summer, winter))
    assert windows(rules, date(2026, 7, 1)) == ((540, 1260),)
    assert windows(rules, TUESDAY) == ((540, 1020),)
    assert windows(rules, date(2026, 10, 1)) == ()


def test_a_rooms_hours_of_a_season_narrow_nothing_in_the_others() -> None:
    rules = OpeningRules((HOUSE, Opening("s", frozenset({1}), 600, 1020, room_id="hall", months=frozenset({7, 8}))))
    assert windows(rules, date(2026, 7, 7)) == ((600, 1020),)
    assert windows(rules, date(2026, 7, 8)) == ()
    assert windows(rules, TUESDAY) == ((540, 1320),)


def special(kind: SpecialKind, room_id: str | None = None, times: Stretch | None = None) -> SpecialDays:
    start, end = times or (None, None)
    return SpecialDays("x", kind, TUESDAY, TUESDAY, "選挙", room_id, start, end)


def test_a_special_opening_lifts_closures_and_brings_its_own_hours() -> None:
    closed = ClosureRule("tue", ClosureKind.weekly, "x", weekdays=frozenset({1}))
    base = OpeningRules((HOUSE,), (closed,))
    assert windows(base, TUESDAY) == ()
    opened = OpeningRules((HOUSE,), (closed,), (special(SpecialKind.opened),))
    assert windows(opened, TUESDAY) == ((540, 1320),)
    early = OpeningRules((HOUSE,), (closed,), (special(SpecialKind.opened, times=(360, 1380)),))
    assert windows(early, TUESDAY) == ((360, 1380),)
    polling = OpeningRules((HOUSE,), (closed,), (special(SpecialKind.opened, "hall", (360, 1380)),))
    assert windows(polling, TUESDAY) == ((360, 1380),)
    assert windows(polling, TUESDAY, "other") == ()


def test_a_house_that_opens_specially_leaves_a_rooms_own_closure() -> None:
    own = ClosureRule("own", ClosureKind.weekly, "設備点検", room_id="hall", weekdays=frozenset({1}))
    rules = OpeningRules((HOUSE,), (own,), (special(SpecialKind.opened),))
    assert windows(rules, TUESDAY) == ()
    assert windows(rules, TUESDAY, "other") == ((540, 1320),)


def test_a_closed_time_wins_over_everything() -> None:
    afternoon = special(SpecialKind.closed, times=(780, 1020))
    assert windows(OpeningRules((HOUSE,), (), (afternoon,)), TUESDAY) == ((540, 780), (1020, 1320))
    all_day = special(SpecialKind.closed, "hall")
    assert windows(OpeningRules((HOUSE,), (), (all_day, special(SpecialKind.opened))), TUESDAY) == ()


@pytest.mark.parametrize("room_id", ["hall", "hall-a"])
def test_where_a_room_is_closed_so_is_what_shares_its_space(room_id: str) -> None:
    works = special(SpecialKind.closed, room_id)
    every_tuesday = ClosureRule("c", ClosureKind.weekly, "x", room_id=room_id, weekdays=frozenset({1}))
    for rules in (OpeningRules((HOUSE,), (), (works,)), OpeningRules((HOUSE,), (every_tuesday,))):
        found = {room.id: windows(rules, TUESDAY, room.id) for room in ROOMS}
        assert found == {"hall": (), "hall-a": (), "other": ((540, 1320),)}


def slot(id_: str, start: int, end: int, **more: object) -> SlotKind:
    return SlotKind(id_, "hall", id_, id_, start, end, more.pop("weekdays", EVERY_DAY), **more)  # type: ignore[arg-type]


def test_the_slots_of_a_day_are_those_that_lie_in_its_windows() -> None:
    kinds = (slot("night", 1080, 1320), slot("whole", 540, 1320), slot("am", 540, 720))
    assert [each.id for each in derive_open_day(TUESDAY, ((540, 1320),), kinds).slots] == ["am", "whole", "night"]
    assert [each.id for each in derive_open_day(TUESDAY, ((540, 1020),), kinds).slots] == ["am"]


def test_a_room_of_slots_is_closed_where_none_of_them_is() -> None:
    kinds = (slot("sunday", 540, 720, weekdays=frozenset({6})),)
    assert derive_open_day(TUESDAY, ((540, 1320),), kinds).windows == ()
    over = (slot("old", 540, 720, valid_until=date(2026, 3, 31)),)
    assert derive_open_day(TUESDAY, ((540, 1320),), over).windows == ((540, 1320),)


stretches = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(lambda pair: (pair[0], pair[0] + pair[1]))
rooms = st.sampled_from([None, "hall"])
openings = st.builds(
    lambda times, room, days: Opening("o", frozenset(days), *times, room_id=room),
    stretches,
    rooms,
    st.sets(st.integers(0, 6)),
)
specials = st.builds(
    lambda kind, room, times: SpecialDays("s", kind, TUESDAY, TUESDAY, "x", room, *(times or (None, None))),
    st.sampled_from(SpecialKind),
    rooms,
    st.none() | stretches,
)
closures = st.builds(
    lambda room, days: ClosureRule("c", ClosureKind.weekly, "x", room, frozenset(days)),
    rooms,
    st.sets(st.integers(0, 6)),
)


@given(
    st.lists(openings, max_size=5).map(tuple),
    st.lists(closures, max_size=2).map(tuple),
    st.lists(specials, max_size=3).map(tuple),
)
def test_windows_are_in_order_apart_and_never_in_a_closed_time(
    hours: tuple[Opening, ...], closed: tuple[ClosureRule, ...], days: tuple[SpecialDays, ...]
) -> None:
    found = windows(OpeningRules(hours, closed, days), TUESDAY)
    assert all(start < end for start, end in found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    for each in days:
        if each.kind is SpecialKind.closed:
            start, end = each.stretch or (0, 2880)
            assert all(b <= start or a >= end for a, b in found)
