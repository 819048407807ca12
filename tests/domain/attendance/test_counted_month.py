"""A counted month as pay takes it, on the reference's month W1."""

from domain.attendance.counted_month import sum_month, sum_rates
from domain.attendance.pay import round_hours
from tests.domain.attendance.test_month_w1 import A, B
from tests.profiles import HAGI


def test_minutes_by_rate_are_those_that_the_hours_are_rounded_from() -> None:
    month = sum_month(A, "2025-11", 1, HAGI)
    assert month.rate_minutes == {
        "125": 2760, "135": 480, "150": 870, "175": 240, "holiday_regular": 255, "swap_week": 465,
    }  # fmt: skip
    for counted in (A, B):
        rates = sum_rates(counted.classes, counted.after_60h, HAGI)
        hours = {key: round_hours(minutes, HAGI) for key, minutes in rates.items()}
        assert {key: value for key, value in hours.items() if value} == {
            key: value for key, value in counted.pay_hours.items() if value
        }


def test_days_of_work_rest_and_holiday() -> None:
    month = sum_month(A, "2025-11", 1, HAGI)
    assert (month.days["worked"], month.days["worked_rest"], month.days["worked_holiday"]) == (20, 1, 1)


def test_the_split_at_the_statutory_hours_keeps_the_sum() -> None:
    month = sum_month(A, "2025-11", 1, HAGI)
    weekday = month.classes["weekday_day"] + month.classes["weekday_night"]
    assert month.weekday_within_minutes + month.weekday_beyond_minutes == weekday
    assert 0 < month.weekday_within_minutes < month.weekday_beyond_minutes


def test_an_open_month_tells_what_is_unresolved() -> None:
    assert sum_month(A, "2025-11", 0, HAGI).counts == {"divergences": 0, "missing_punches": 0}
