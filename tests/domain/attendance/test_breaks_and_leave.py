"""Rows R7, R10, R11, R17 and L16: breaks that are due, leave as minutes, and how long records are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.breaks import ShortBreak, assess_breaks, break_due
from domain.attendance.leave_minutes import (
    LeaveAmount,
    carry_over,
    five_days_left,
    hourly_cap_minutes,
    may_take,
    to_amount,
    to_minutes,
)
from domain.attendance.profile import BreakStep
from domain.attendance.shift import Hours
from tests.profiles import HAGI, LSA

DAY = 465


@pytest.mark.parametrize(("work", "due"), [(0, 0), (360, 0), (361, 45), (480, 45), (481, 60), (1440, 60)])
def test_r7_breaks_that_are_due(work: int, due: int) -> None:
    assert break_due(work, HAGI) == due


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (HAGI.week[0].hours, None),
        (Hours(510, 870), None),
        (Hours(510, 871), ShortBreak(45, 0)),
        (Hours(510, 1050, ((720, 765),)), ShortBreak(60, 45)),
        (Hours(510, 1035, ((720, 765),)), None),
        (Hours(510, 1050, ((720, 750), (900, 930))), None),
    ],
)
def test_r7_a_check_of_shifts(hours: Hours, told: ShortBreak | None) -> None:
    assert assess_breaks(hours, HAGI) == told


def test_r7_the_steps_are_the_profiles() -> None:
    assert HAGI.break_steps == (BreakStep(360, 45), BreakStep(480, 60))


@given(st.integers(0, 1440), st.integers(0, 1440))
def test_r7_longer_work_never_asks_for_less(one: int, other: int) -> None:
    assert break_due(min(one, other), HAGI) <= break_due(max(one, other), HAGI)


def test_r10_the_five_days_are_no_duty_towards_local_staff() -> None:
    assert five_days_left(0, 20 * DAY, DAY, HAGI) == 0
    assert five_days_left(0, 20 * DAY, DAY, LSA) == 5 * DAY
    assert five_days_left(2 * DAY, 20 * DAY, DAY, LSA) == 3 * DAY
    assert five_days_left(6 * DAY, 20 * DAY, DAY, LSA) == 0
    assert five_days_left(0, 10 * DAY - 1, DAY, LSA) == 0


def test_r11_leave_by_the_hour_is_capped_in_the_private_sector_alone() -> None:
    assert hourly_cap_minutes(DAY, LSA) == 40 * 60
    assert hourly_cap_minutes(480, LSA) == 40 * 60
    assert hourly_cap_minutes(DAY, HAGI) is None


def test_r17_records_are_kept_for_five_years() -> None:
    assert (HAGI.retention_years, LSA.retention_years) == (5, 5)


def test_l16_leave_is_minutes() -> None:
    left = to_minutes(LeaveAmount(12, 3 * 60), DAY) - 5 * 60
    assert to_amount(left, DAY) == LeaveAmount(11, 5 * 60 + 45)


def test_l16_carrying_over_keeps_the_minutes_up_to_20_days() -> None:
    left = to_minutes(LeaveAmount(11, 345), DAY)
    assert to_amount(carry_over(left, DAY, 20), DAY) == LeaveAmount(11, 345)
    assert to_amount(carry_over(to_minutes(LeaveAmount(20, 1), DAY), DAY, 20), DAY) == LeaveAmount(20, 0)
    assert carry_over(-30, DAY, 20) == 0


@pytest.mark.parametrize(
    ("minutes", "left", "is_allowed"),
    [(60, 465, True), (90, 465, False), (45, 45, True), (45, 46, False), (0, 465, False), (525, 465, False)],
)
def test_l16_whole_hours_or_all_that_is_left(minutes: int, left: int, *, is_allowed: bool) -> None:
    assert may_take(minutes, left, 60) is is_allowed


@given(st.integers(0, 100_000), st.integers(1, 600))
def test_l16_showing_a_balance_loses_no_minute(minutes: int, day_minutes: int) -> None:
    amount = to_amount(minutes, day_minutes)
    assert to_minutes(amount, day_minutes) == minutes
    assert 0 <= amount.minutes < day_minutes


@pytest.mark.parametrize(("minutes", "day_minutes"), [(-1, 465), (465, 0)])
def test_l16_an_impossible_balance_is_refused(minutes: int, day_minutes: int) -> None:
    with pytest.raises(ValueError, match="expected a balance of 0 or more"):
        to_amount(minutes, day_minutes)
