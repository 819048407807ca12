"""Flexible hours as rosters assign them (L20): what is refused, what is a hint, and how they are written."""

from dataclasses import replace
from datetime import date

import pytest

from domain.attendance.plan import derive_plan
from domain.attendance.roster import assess_roster
from domain.attendance.roster_hints import list_hints
from domain.attendance.shift_text import format_shift, parse_shift
from tests.domain.attendance.questions import on
from tests.domain.attendance.test_flex import BY_LAW, CITY, LONG, SHORT, USUAL, flexible_facts
from tests.profiles import HAGI


@pytest.mark.parametrize("text", [USUAL, LONG, "flex 07:00-11:30"])
def test_flexible_hours_are_read_as_they_are_written(text: str) -> None:
    shift = parse_shift(text)
    assert (shift.flexible, format_shift(shift)) == (True, text)


@pytest.mark.parametrize(
    "text", ["flex rest", "flex off_duty", "flex 07:00-10:00 / 16:00-19:30", "flex flex 08:30-17:15"]
)
def test_nothing_else_is_flexible(text: str) -> None:
    with pytest.raises(ValueError, match="one part"):
        parse_shift(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (USUAL, []),
        ("flex 07:00-22:00 break 12:00-13:00", []),
        ("flex 06:59-16:00 break 12:00-13:00", ["flex_outside_band"]),
        ("flex 13:00-22:01 break 17:00-18:00", ["flex_outside_band", "flex_without_core"]),
        ("flex 10:01-19:00 break 12:00-13:00", ["flex_without_core"]),
        ("flex 08:00-14:59 break 12:00-13:00", ["flex_without_core"]),
        ("flex 10:00-15:00 break 12:00-13:01", ["flex_too_short"]),
        ("flex 08:30-17:15", ["short_break"]),
    ],
)
def test_a_day_is_assigned_within_the_band_over_the_core_and_long_enough(text: str, told: list[str]) -> None:
    assert [fault.why.value for fault in assess_roster({on(12): parse_shift(text)}, [on(12)], CITY)] == told


def test_flexible_hours_are_refused_where_they_are_not_adopted() -> None:
    (fault,) = assess_roster({on(12): parse_shift(USUAL)}, [on(12)], HAGI)
    assert (fault.why.value, fault.on) == ("flex_not_adopted", on(12))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, []),
        ({10: LONG, 11: SHORT}, ["11/9–11/15 -1:00"]),
        ({10: LONG}, ["11/9–11/15 +2:15"]),
        ({10: LONG, 11: "flex 10:00-16:30 break 12:00-13:00"}, []),
    ],
)
def test_hours_that_do_not_even_out_are_a_hint(said: dict[int, str], told: list[str]) -> None:
    week = dict.fromkeys((10, 11, 12, 13, 14), USUAL) | said
    for profile, expected in ((CITY, told), (BY_LAW, [])):
        plan = derive_plan(flexible_facts(week, profile=profile, period=(9, 15)))
        hints = [hint for hint in list_hints(plan, on(9), on(15), profile) if hint.why == "flex_uneven"]
        assert [" ".join(map(str, hint.values)) for hint in hints] == expected


def test_a_holiday_counts_with_its_hours() -> None:
    plan = derive_plan(flexible_facts(dict.fromkeys((3, 4, 5, 6, 7), USUAL), period=(2, 8)))
    assert list_hints(plan, on(2), on(8), CITY) == ()


def test_a_month_is_a_hint_only_when_it_has_more() -> None:
    monthly = replace(CITY, flex_period_weeks=0)
    said = {day: USUAL for day in range(1, 31) if date(2025, 11, day).weekday() < 5}
    assert list_hints(derive_plan(flexible_facts(said, profile=monthly)), on(1), on(30), monthly) == ()
    more = said | dict.fromkeys((10, 12, 14, 18, 20, 26), LONG)
    hints = list_hints(derive_plan(flexible_facts(more, profile=monthly)), on(1), on(30), monthly)
    assert [hint.values for hint in hints if hint.why == "flex_uneven"] == [("11/1–11/30", "+2:26")]
