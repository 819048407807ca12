"""Row L13 (超勤代休時間): hours off in place of the raised part of a month's overtime, W1 included."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.hours_off import HoursOff, offer_hours_off, raised_percent, replace_raised, units_within
from tests.domain.attendance.test_month_w1 import A, B
from tests.profiles import HAGI

DAY = 465
RAISED = ("weekday_day", "weekday_night", "restday_day", "restday_night", "parttime_day", "swap_week")
MINUTES = st.dictionaries(st.sampled_from(RAISED), st.integers(0, 6000))


@pytest.mark.parametrize(
    ("name", "raised", "minutes_off"),
    [
        ("weekday_day", 31 * 60, DAY),  # 31:00 × 0.25 = 7:45
        ("weekday_day", 16 * 60, 4 * 60),  # 16:00 × 0.25 = 4:00
        ("restday_day", 20 * 60, 3 * 60),  # 20:00 × 0.15 = 3:00
        ("weekday_night", 16 * 60, 4 * 60),  # 150 → 175
        ("restday_night", 20 * 60, 3 * 60),  # 160 → 175
        ("parttime_day", 8 * 60, 4 * 60),  # 8:00 × 0.50 = 4:00
        ("holiday_regular", 20 * 60, 0),
    ],
)
def test_l13_hours_off_by_factor(name: str, raised: int, minutes_off: int) -> None:
    assert offer_hours_off("2025-11", {name: raised}, HAGI).minutes == minutes_off


def test_l13_factors_are_the_difference_of_the_rates() -> None:
    assert [raised_percent(name, HAGI) for name in RAISED] == [25, 25, 15, 15, 50, 25]


def test_l13_w1_is_worth_less_than_a_unit() -> None:
    offer = offer_hours_off("2025-11", A.after_60h, HAGI)
    assert offer == HoursOff(165, date(2025, 12, 1), date(2026, 1, 31))
    assert units_within(offer.minutes, DAY, HAGI) == ()


def test_l13_w1_in_b() -> None:
    # 101.25 + 30 + 570 × 0.15 + 18 = 234.75
    assert offer_hours_off("2025-11", B.after_60h, HAGI).minutes == 234


@pytest.mark.parametrize(
    ("period", "first_on", "last_on"),
    [
        ("2025-12", date(2026, 1, 1), date(2026, 2, 28)),
        ("2027-12", date(2028, 1, 1), date(2028, 2, 29)),
        ("2025-10", date(2025, 11, 1), date(2025, 12, 31)),
    ],
)
def test_l13_the_window_is_two_months_from_the_day_after(period: str, first_on: date, last_on: date) -> None:
    offer = offer_hours_off(period, {}, HAGI)
    assert (offer.first_on, offer.last_on) == (first_on, last_on)


@pytest.mark.parametrize(
    ("minutes", "choices"),
    [
        (239, ()),
        (240, ((0, 1),)),
        (465, ((0, 1), (1, 0))),
        (480, ((0, 2), (1, 0))),
        (705, ((0, 2), (1, 1))),
        (930, ((0, 3), (1, 1), (2, 0))),
    ],
)
def test_l13_units_of_a_day_or_four_hours(minutes: int, choices: tuple[tuple[int, int], ...]) -> None:
    assert units_within(minutes, DAY, HAGI) == choices


def test_l13_what_hours_off_replace_is_paid_at_the_rate_before_the_step() -> None:
    raised = {"weekday_day": 1200, "weekday_night": 120, "restday_day": 600}
    assert replace_raised(240, raised, ("weekday_day", "weekday_night"), HAGI) == {"weekday_day": 960}
    assert replace_raised(240, raised, ("restday_day", "weekday_day"), HAGI) == {"restday_day": 600, "weekday_day": 600}


def test_l13_more_than_the_raised_minutes_are_worth_is_refused() -> None:
    with pytest.raises(ValueError, match="more than the raised minutes are worth"):
        replace_raised(240, {"weekday_day": 959}, ("weekday_day",), HAGI)


@given(MINUTES, st.permutations(RAISED), st.integers(0, 6000))
def test_l13_the_replaced_minutes_are_worth_what_was_taken(
    raised: dict[str, int], order: list[str], taken: int
) -> None:
    worth = offer_hours_off("2025-11", raised, HAGI).minutes
    if taken > worth:
        with pytest.raises(ValueError, match="worth"):
            replace_raised(taken, raised, order, HAGI)
        return
    replaced = replace_raised(taken, raised, order, HAGI)
    percent_minutes = sum(minutes * raised_percent(name, HAGI) for name, minutes in replaced.items())
    assert 0 <= taken * 100 - percent_minutes < 100
    assert all(minutes <= raised[name] for name, minutes in replaced.items())
