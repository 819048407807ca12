"""Rows R9 and L2: which caps hold follows the departments that a person was in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.caps import Cap, Counted, analysis_due_on
from domain.attendance.classes import Entry
from domain.attendance.facts import Move, Staff, Workplace
from domain.attendance.limits import find_crossing
from tests.domain.attendance.questions import crossed
from tests.domain.attendance.test_national_rules import months
from tests.profiles import HAGI

DRIVEN, ORDINARY, AGREEMENT = Workplace.externally_driven, Workplace.ordinary, Workplace.under_agreement


@pytest.mark.parametrize(("minutes", "rules"), [(2700, []), (2701, ["month_45h"])])
def test_l2_an_ordinary_department(minutes: int, rules: list[str]) -> None:
    assert [rule for rule, _ in crossed(months(minutes))] == rules


def test_l2_an_externally_driven_department_has_no_45_hours_a_month() -> None:
    assert crossed(months(2701, staff=Staff(workplace=DRIVEN))) == []


def test_l2_moved_within_the_year_720_hours_and_the_months_own_caps() -> None:
    # April to June in an ordinary department, from July in an externally driven one.
    moved = Staff(workplace=ORDINARY, moves=(Move(date(2025, 7, 1), DRIVEN),))
    month = months(2701, 2000, 2000, *[4800] * 4, staff=moved)
    assert [(limit.rule, limit.on.month) for limit in month.limits if not limit.rule.startswith("step")] == [
        ("month_45h", 4)
    ]
    beyond = months(2700, 2700, 2700, *[4800] * 8, staff=moved)
    assert [(limit.rule, limit.on.month) for limit in beyond.limits if limit.rule.startswith("year")] == [
        ("year_720h", 2)
    ]


def test_l2_without_the_move_the_same_year_exceeds_360_hours() -> None:
    assert "year_360h" in dict(crossed(months(2701, 2000, 2000, *[4800] * 4)))


def test_l2_a_month_of_both_has_the_caps_of_the_driven_one() -> None:
    moved = Staff(workplace=DRIVEN, moves=(Move(date(2025, 4, 16), ORDINARY),))
    month = months(2701, 2701, staff=moved)
    assert [(limit.rule, limit.on.month) for limit in month.limits] == [("month_45h", 5)]


def test_l2_the_causes_are_analysed_within_six_months_of_the_years_end() -> None:
    assert analysis_due_on(date(2025, 11, 20), HAGI) == date(2026, 9, 30)
    assert analysis_due_on(date(2026, 3, 31), HAGI) == date(2026, 9, 30)
    assert analysis_due_on(date(2026, 4, 1), HAGI) == date(2027, 9, 30)


def test_r9_a_workplace_under_an_agreement_has_the_laws_caps() -> None:
    bound = Staff(workplace=AGREEMENT)
    assert [rule for rule, _ in crossed(months(6000, staff=bound))] == [
        "month_45h", "step_60h", "notice_80h", "month_100h",
    ]  # fmt: skip
    assert "month_100h" not in dict(crossed(months(6000)))
    year = dict(crossed(months(*[4801] * 9, staff=bound)))
    assert {"year_360h", "year_720h", "months_over_45h", "average_80h"} <= year.keys()


@pytest.mark.parametrize(
    ("first_on", "last_on", "found"),
    [
        (date(2025, 6, 1), date(2025, 6, 30), {ORDINARY}),
        (date(2025, 6, 1), date(2025, 7, 1), {ORDINARY, DRIVEN}),
        (date(2025, 7, 1), date(2025, 7, 31), {DRIVEN}),
        (date(2025, 7, 2), date(2025, 9, 30), {DRIVEN, AGREEMENT}),
        (date(2025, 10, 1), date(2026, 3, 31), {AGREEMENT}),
    ],
)
def test_departments_between_two_days(first_on: date, last_on: date, found: set[Workplace]) -> None:
    staff = Staff(moves=(Move(date(2025, 9, 1), AGREEMENT), Move(date(2025, 7, 1), DRIVEN)))
    assert staff.workplaces(first_on, last_on) == found


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 300)), max_size=12), st.integers(1, 1500), st.booleans())
def test_a_cap_is_crossed_at_the_minute_with_which_it_is_full(
    runs: list[tuple[int, int]], minutes: int, when_reached: bool
) -> None:
    entries, at = [], 0
    for gap, length in runs:
        at += gap
        entries.append(Entry(date(2025, 11, 4), at, at + length, "weekday_day", "L4"))
        at += length
    every_minute = [minute for entry in entries for minute in range(entry.starts, entry.ends)]
    crossing = find_crossing(Cap("cap", minutes, Counted.overtime, when_reached), tuple(entries))
    if len(every_minute) < minutes + (not when_reached):
        assert crossing is None
    else:
        assert crossing is not None
        assert crossing.at == every_minute[minutes - 1] + 1
