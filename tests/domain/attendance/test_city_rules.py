"""Rows L1–L23 of the rule catalogue: what an ordinance decides, as fields of the profile."""

from datetime import date

import pytest

from domain.attendance.facts import Compensatory, Staff, Swap
from domain.attendance.plan import ImpossiblePlanError
from tests.domain.attendance.questions import ask, here, on, order, tap, told
from tests.profiles import HAGI, LSA

SATURDAY, SUNDAY = 15, 16


def test_l1_the_common_day_is_465_minutes() -> None:
    assert ask(taps=here(13, "08:30", "17:15")).regular_minutes == 465
    assert {shift.hours.net_minutes for shift in HAGI.week if shift.hours} == {465}


def test_l3_both_ways_of_counting_stand_side_by_side() -> None:
    said = {"taps": here(13, "08:30", "20:30"), "orders": [order(13, "17:15", "20:30")]}
    city = ask(**said)
    assert (city.overtime_minutes, city.days[12].beyond_statutory_minutes) == (195, 180)
    assert ask(**said, profile=LSA).overtime_minutes == 180


def test_l4_out_of_hours_on_a_holiday_is_paid_like_a_rest_day() -> None:
    month = ask(taps=here(24, "17:15", "22:00"), orders=[order(24, "17:15", "22:00")])
    assert month.classes == {"restday_day": 285}
    assert month.pay_hours == {"135": 5}


def test_l6_sunday_in_the_60_hours_or_not() -> None:
    taps, orders = [], []
    for day in (4, 5, 6, 7, 10, 11, 12, 13, 14):
        taps += here(day, "08:30", "24:00")
        orders.append(order(day, "17:15", "24:00"))
    taps += here(SUNDAY, "09:00", "12:00")
    orders.append(order(SUNDAY, "09:00", "12:00"))
    with_sunday = ask(taps=taps, orders=orders)
    without = ask(taps=taps, orders=orders, sunday_in_60h=False)
    assert "restday_day" in with_sunday.after_60h
    assert "restday_day" not in without.after_60h


def test_l7_regular_hours_on_a_holiday() -> None:
    month = ask(taps=here(24, "08:25", "17:15"), orders=[order(24, "08:30", "17:15")])
    assert month.classes == {"holiday_regular": 465}
    assert (month.overtime_minutes, month.days[23].regular_minutes) == (0, 0)
    assert month.pay_hours == {"holiday_regular": 8}


def test_l7_a_holiday_on_a_rest_day_stays_a_rest_day() -> None:
    month = ask(taps=here(23, "08:25", "17:15"), orders=[order(23, "08:30", "17:15")])
    assert month.classes == {"restday_day": 525}
    assert month.days[22].kind == "rest"


def test_l8_regular_hours_at_night() -> None:
    month = ask(taps=here(13, "15:55", "24:30"), shifts={13: "16:00-24:30"})
    assert month.classes == {"night_regular": 150}
    assert month.pay_hours == {"night_regular": 3}


@pytest.mark.parametrize(("off_on", "is_inside"), [
    ("2025-10-17", False), ("2025-10-20", True), ("2026-01-09", True), ("2026-01-12", False),
])  # fmt: skip
def test_l10_four_weeks_before_to_eight_weeks_after(off_on: str, *, is_inside: bool) -> None:
    swap = Swap(on(SATURDAY), date.fromisoformat(off_on))
    month = ask(taps=here(SATURDAY, "08:25", "17:15"), swaps=(swap,))
    assert told(month, SATURDAY) == ([] if is_inside else [("swap_out_of_window", 0)])


def test_l11_a_week_with_a_holiday_has_room_for_the_swap() -> None:
    # Monday the 3rd is a holiday: 31:00 and the swapped Saturday make 38:45.
    month = ask(taps=here(8, "08:25", "17:15"), swaps=(Swap(on(8), on(19)),))
    assert month.classes == {}
    assert month.regular_minutes == 465


def test_l11_swap_minutes_need_presence() -> None:
    assert ask(swaps=(Swap(on(SATURDAY), on(19)),)).classes == {}


def test_l12_a_compensatory_day_leaves_no_holiday_pay() -> None:
    said = {"taps": here(3, "08:25", "17:15"), "orders": [order(3, "08:30", "17:15")]}
    assert ask(**said).classes == {"holiday_regular": 465}
    month = ask(**said, compensatory=(Compensatory(on(3), on(10)),))
    assert month.classes == {}
    assert month.days[9].kind == "holiday"
    late = ask(**said, compensatory=(Compensatory(on(3), date(2025, 12, 30)),))
    assert told(late, 3) == [("swap_out_of_window", 0)]


@pytest.mark.parametrize(("left", "duty"), [("15:00", "base"), ("15:01", "over_6h")])
def test_l18_a_managers_special_duty(left: str, duty: str) -> None:
    month = ask(taps=here(SATURDAY, "09:00", left), staff=Staff(manager=True))
    day = month.days[SATURDAY - 1]
    assert (day.special_duty, day.classes, day.divergences) == (duty, {}, ())
    assert day.worked_minutes == (360 if duty == "base" else 361)


def test_l18_a_managers_workday_has_no_special_duty() -> None:
    assert ask(taps=here(13, "08:30", "21:00"), staff=Staff(manager=True)).days[12].special_duty is None


def test_l19_no_order_no_overtime() -> None:
    assert ask(taps=here(13, "08:30", "21:00")).overtime_minutes == 0


def test_l20_a_shifted_day_measures_by_its_own_hours() -> None:
    said = {"shifts": {13: "07:30-16:15/12:00-13:00"}, "taps": here(13, "07:25", "17:15")}
    assert ask(**said, orders=[order(13, "16:15", "17:15")]).classes == {"weekday_day": 60}
    assert told(ask(**said), 13) == [("unordered_stay", 60)]


def test_l21_an_early_order_counts() -> None:
    month = ask(taps=here(13, "07:25", "17:15"), orders=[order(13, "07:30", "08:30")])
    assert (month.classes, told(month, 13)) == ({"weekday_day": 60}, [])


def test_l22_the_date_change_binds_direction_less_taps() -> None:
    before = ask(taps=[tap(13, "08:20"), tap(14, "04:59")])
    assert (before.days[12].out_minute, before.days[12].missing) == (24 * 60 + 299, ())
    after = ask(taps=[tap(13, "08:20"), tap(14, "05:00")])
    assert [punch.direction for punch in after.days[12].missing] == ["out"]
    assert ask(taps=[tap(13, "08:20"), tap(14, "05:00")], date_change_minutes=301).days[12].missing == ()


def test_l23_the_year_starts_where_the_city_says() -> None:
    taps, orders = [], []
    for month in (1, 2, 3, 4, 5, 6, 7, 8, 9):
        for day in range(1, 29):
            when = date(2025, month, day)
            if when.isoweekday() <= 5:
                taps += here(when.isoformat(), "08:30", "19:45")
                orders.append(order(when.isoformat(), "17:15", "19:45"))
    said = {"taps": taps, "orders": orders, "holidays": frozenset[date](), "period": ("2025-01-01", "2025-09-30")}
    assert "year_360h" in [limit.rule for limit in ask(**said, year_start=1).limits]
    assert "year_360h" not in [limit.rule for limit in ask(**said, year_start=4).limits]


def test_an_order_inside_regular_hours_is_impossible() -> None:
    month = ask(taps=here(13, "08:30", "17:15"), orders=[order(13, "09:00", "17:00")])
    assert told(month, 13) == [("impossible_order", 480)]


def test_overlapping_orders_count_a_minute_once() -> None:
    month = ask(taps=here(13, "08:30", "20:00"), orders=[order(13, "17:15", "19:00"), order(13, "18:00", "20:00")])
    assert month.overtime_minutes == 165


@pytest.mark.parametrize(
    ("swaps", "compensatory", "path"),
    [
        ((Swap(on(13), on(19)),), (), ("swaps", 0, "worked_on")),
        ((Swap(on(SATURDAY), on(22)),), (), ("swaps", 0, "off_on")),
        ((Swap(on(SATURDAY), on(19)), Swap(on(SATURDAY), on(20))), (), ("swaps", 1, "worked_on")),
        ((), (Compensatory(on(13), on(14)),), ("compensatory", 0, "worked_on")),
        ((), (Compensatory(on(3), on(22)),), ("compensatory", 0, "off_on")),
    ],
)
def test_a_swap_that_no_plan_can_follow_names_its_field(
    swaps: tuple[Swap, ...], compensatory: tuple[Compensatory, ...], path: tuple[str | int, ...]
) -> None:
    with pytest.raises(ImpossiblePlanError) as refused:
        ask(swaps=swaps, compensatory=compensatory)
    assert refused.value.path == path
