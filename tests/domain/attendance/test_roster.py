"""Rosters: what holds on a day, patterns that repeat, and every fault of an impossible one."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.roster import Membership, Pattern, assess_roster, derive_shifts
from domain.attendance.roster_fault import WORDS, RosterFault, RosterWhy, explain
from domain.attendance.shift import OFF_DUTY, REST, DayKind, Hours, work_shift
from domain.attendance.shift_text import format_shift, parse_shift
from tests.domain.attendance.questions import on
from tests.profiles import HAGI

DUTY = parse_shift("08:30-32:30 break 12:00-13:00, 18:00-19:00, 24:00-30:00")
FIRE = Pattern((DUTY, OFF_DUTY, REST), on(1))


def test_a_pattern_repeats_from_its_anchor_and_each_person_may_be_behind() -> None:
    assert [FIRE.on(on(day)).kind for day in (1, 2, 3, 4)] == ["work", "work", "rest", "work"]
    assert FIRE.on(on(2), offset_days=1).hours == DUTY.hours
    assert FIRE.on(on(1) - timedelta(days=3)).hours == DUTY.hours
    assert FIRE.on(on(1)).on_holidays
    assert not replace(FIRE, on_holidays=False).on(on(1)).on_holidays


def test_a_planned_day_stands_above_the_pattern_and_the_later_pattern_above_the_former() -> None:
    day_shift = parse_shift("08:30-17:15 break 12:00-13:00")
    week = Pattern((day_shift,), on(1))
    shifts = derive_shifts(
        [Membership(week, 0, on(10)), Membership(FIRE, 0, on(1), on(20))], {on(12): REST, on(30): REST}, on(5), on(25)
    )
    assert min(shifts) == on(5)
    assert max(shifts) == on(25)
    assert shifts[on(7)].hours == DUTY.hours
    assert shifts[on(12)] == REST
    assert shifts[on(13)].hours == day_shift.hours


def test_a_shift_that_reaches_into_the_next_is_refused_with_the_day_that_was_planned() -> None:
    early = parse_shift("06:00-14:00 break 10:00-10:45")
    shifts = {on(13): DUTY, on(14): early}
    assert assess_roster(shifts, [on(13)], HAGI) == (RosterFault(on(13), RosterWhy.overlaps_next_day, (150,)),)
    assert assess_roster(shifts, [on(14)], HAGI) == (RosterFault(on(14), RosterWhy.overlaps_next_day, (150,)),)
    assert assess_roster({**shifts, on(14): OFF_DUTY}, [on(13), on(14)], HAGI) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [("08:30-14:30", ()), ("08:30-14:31", (45, 0)), ("08:30-17:30 break 12:00-12:45", (60, 45))],
)
def test_breaks_are_held_against_r7(text: str, values: tuple[int, ...]) -> None:
    faults = assess_roster({on(13): parse_shift(text)}, [on(13)], HAGI)
    assert faults == ((RosterFault(on(13), RosterWhy.short_break, values),) if values else ())


def test_more_than_the_longest_run_of_days_is_told() -> None:
    shift = parse_shift("08:30-12:30")
    shifts = {on(1) + timedelta(days=each): shift for each in range(25)}
    assert assess_roster(shifts, [on(25)], HAGI) == (RosterFault(on(25), RosterWhy.too_many_days_on_end, (25, 24)),)
    assert assess_roster({**shifts, on(12): REST}, [on(25)], HAGI) == ()


def test_each_fault_has_its_words_in_both_languages() -> None:
    assert set(WORDS) == set(RosterWhy)
    for why in RosterWhy:
        text = explain(RosterFault(on(1), why, (60, 45)))
        assert " / " in text
        assert "{" not in text


@pytest.mark.parametrize(
    "text",
    ["17:15-08:30", "08:30-08:30", "08:30-32:31", "24:00-30:00", "07:00-10:00 / 09:00-12:00",
     "07:00-10:00 / 10:00-12:00",
     "08:30-17:15 break 17:00-18:00", "08:30-17:15 break 12:00-13:00, 12:30-13:30", "8時", "07:00-10:00 /16:00-19:00"],
)  # fmt: skip
def test_impossible_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|ends before|breaks lie|hours begin|parts of a shift|no clock"):
        parse_shift(text)


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=12, unique=True))
def test_what_is_written_is_read_again(minutes: list[int]) -> None:
    edges = sorted(minutes)[: len(minutes) // 2 * 2]
    parts = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    gaps = tuple((one[1], other[0]) for one, other in itertools.pairwise(parts))
    breaks = tuple((start, start + 1) for start, end in parts if end - start > 2)
    shift = work_shift(Hours(parts[0][0], parts[-1][1], breaks, gaps))
    assert parse_shift(format_shift(shift)) == shift
    assert shift.hours is not None
    assert shift.hours.net_minutes == sum(end - start for start, end in parts) - len(breaks)


@pytest.mark.parametrize("text", ["rest", "statutory_rest", "off_duty", "holiday"])
def test_days_without_hours_are_written_by_name(text: str) -> None:
    assert format_shift(parse_shift(text)) == text


@given(st.integers(-400, 400), st.integers(-50, 50), st.integers(1, 40))
def test_a_pattern_has_a_shift_for_every_day(days: int, offset: int, length: int) -> None:
    pattern = Pattern(tuple(work_shift(Hours(each, each + 60)) for each in range(length)), date(2025, 4, 1))
    here = date(2025, 4, 1) + timedelta(days=days)
    assert pattern.on(here, offset).kind is DayKind.work
    assert pattern.on(here + timedelta(days=length), offset) == pattern.on(here, offset)
    assert pattern.on(here, offset) == pattern.on(here + timedelta(days=offset), 2 * offset)
