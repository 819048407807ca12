"""Rows L5, L9, L14, L15 and L17: what an hour is worth, hours per rate, and days as daily pay counts them."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.day_count import count_work_days
from domain.attendance.facts import Employment, Staff
from domain.attendance.hourly_pay import hourly_pay_yen, rated_pay_yen, round_half_up
from domain.attendance.pay import round_hours
from tests.domain.attendance.questions import ask, here, order, tap
from tests.domain.attendance.test_month_w1 import A
from tests.profiles import HAGI

PART_TIME = Staff(Employment.part_time)


def test_l5_beyond_60_hours_125_and_135_become_150_and_the_night_175() -> None:
    raised = {name: (HAGI.rates[name], HAGI.raised_rates[name]) for name in A.after_60h}
    assert raised == {
        "weekday_day": (125, 150),
        "weekday_night": (150, 175),
        "restday_day": (135, 150),
        "restday_night": (160, 175),
    }
    # W1: 405 at 150 and 105 at 150 beside 360 of the plain night; 120 and 120 at 175.
    assert (A.pay_hours["150"], A.pay_hours["175"]) == (round_hours(405 + 105 + 360, HAGI), round_hours(240, HAGI))


def test_l9_part_time_up_to_a_full_day_at_100_and_at_night_at_125() -> None:
    said = {"staff": PART_TIME, "shifts": {13: "09:00-15:45/12:00-13:00"}}
    month = ask(**said, taps=here(13, "08:55", "18:45"), orders=[order(13, "15:45", "18:45")])
    assert (month.classes, month.pay_hours) == ({"parttime_day": 120, "weekday_day": 60}, {"100": 2, "125": 1})
    evening = ask(
        staff=PART_TIME,
        shifts={13: "15:00-21:45/18:00-19:00"},
        taps=here(13, "15:00", "24:45"),
        orders=[order(13, "21:45", "24:45")],
    )
    assert evening.classes == {"parttime_day": 15, "parttime_night": 105, "weekday_night": 60}


def test_l9_a_city_may_count_a_full_week_instead() -> None:
    by_week = replace(HAGI, part_time_week_minutes=38 * 60 + 45)
    hours = dict.fromkeys((10, 11, 12, 13, 14), "09:00-15:45/12:00-13:00")  # 28:45, so 10:00 at the plain rate
    said = {"staff": PART_TIME, "shifts": hours, "profile": by_week}
    long_days = [tap for day in (10, 11, 12) for tap in here(day, "08:55", "20:00")]
    month = ask(**said, taps=long_days, orders=[order(day, "15:45", "20:00") for day in (10, 11, 12)])
    assert month.classes == {"parttime_day": 600, "weekday_day": 165}


def test_l14_a_months_total_per_rate() -> None:
    assert round_hours(14 * 60 + 30, HAGI) == 15
    assert A.pay_hours["150"] == 15


def test_l15_the_hourly_pay() -> None:
    assert hourly_pay_yen(300_000, 18, HAGI) == 1919  # ÷ 1875.5 h = 1,919.488


@given(st.integers(0, 2_000_000), st.integers(0, 30))
def test_l15_to_the_yen_as_decimals_say(monthly: int, holidays: int) -> None:
    hours = Decimal("38.75") * 52 - Decimal("7.75") * holidays
    exact = (Decimal(monthly) * 12 / hours).quantize(Decimal(1), ROUND_HALF_UP)
    assert hourly_pay_yen(monthly, holidays, HAGI) == exact


@pytest.mark.parametrize(("numerator", "denominator", "yen"), [(1, 2, 1), (149, 100, 1), (150, 100, 2), (0, 7, 0)])
def test_l15_a_half_yen_goes_up(numerator: int, denominator: int, yen: int) -> None:
    assert round_half_up(numerator, denominator) == yen


def test_l15_hours_at_a_rate() -> None:
    assert rated_pay_yen(1919, 125, 46) == 2399 * 46  # 2,398.75


@pytest.mark.parametrize(("monthly", "holidays"), [(-1, 18), (300_000, -1), (300_000, 400)])
def test_l15_impossible_figures_are_refused(monthly: int, holidays: int) -> None:
    with pytest.raises(ValueError, match="expected a salary"):
        hourly_pay_yen(monthly, holidays, HAGI)


def test_l17_one_duty_over_midnight_is_one_day() -> None:
    month = ask(staff=PART_TIME, taps=here(13, "22:00", "31:00"), shifts={13: "22:00-31:00/26:00-27:00", 14: "rest"})
    assert count_work_days(month.days) == 1
    assert month.regular_minutes == 480


def test_l17_presence_without_work_is_no_day() -> None:
    month = ask(
        staff=PART_TIME, taps=[*here(15, "10:00", "12:00"), *here(13, "08:30", "17:15"), tap(14, "08:30", "in")]
    )
    assert count_work_days(month.days) == 1


def test_the_year_follows_the_profiles_week() -> None:
    shorter = replace(HAGI, week=HAGI.week[:4] + HAGI.week[5:] + HAGI.week[5:6])
    assert hourly_pay_yen(300_000, 0, shorter) == round_half_up(300_000 * 12 * 60, 4 * 465 * 52)
