"""When caps will be crossed: by the orders to the minute, at the present pace to the day; both ways of counting."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.facts import Leave, MonthFacts, Order, Staff, Swap, Workplace
from domain.attendance.forecast import CapForecast, forecast_caps
from domain.attendance.month import derive_month
from domain.attendance.plan import derive_plan
from domain.attendance.presumed import presume_presence
from domain.attendance.profile import Counting
from tests.domain.attendance.questions import at, crossed, facts, here, on, order, tap
from tests.domain.attendance.test_month_w1 import ORDERS, SWAP, TAPS
from tests.domain.attendance.test_properties import month_facts


def w1_until(day: int, clock: str, *, ordered_through: int) -> tuple[MonthFacts, int]:
    """W1 as known then: the taps up to that minute, the orders up to the evening of ``ordered_through``."""
    now = at(day, clock)
    orders = tuple(each for each in ORDERS if each.starts < at(ordered_through, "24:00"))
    return facts(taps=[each for each in TAPS if each.minute <= now], orders=orders, swaps=SWAP), now


def cap(facts: MonthFacts, now: int, rule: str, counting: Counting = Counting.ordinance) -> CapForecast:
    forecast = next(each for each in forecast_caps(facts, now) if each.counting is counting)
    return next(each for each in forecast.caps if each.rule == rule)


@pytest.mark.parametrize(("day", "clock"), [(18, "12:00"), (20, "09:00"), (20, "18:00")])
def test_w1_the_45_hours_are_known_to_the_minute_on_the_day_the_order_is_given(day: int, clock: str) -> None:
    known, now = w1_until(day, clock, ordered_through=20)
    assert cap(known, now, "month_45h").crossed_at == at(20, "19:00")


def test_w1_before_the_order_is_given_nothing_is_crossed_by_orders() -> None:
    known, now = w1_until(18, "12:00", ordered_through=18)
    told = cap(known, now, "month_45h")
    assert (told.counted_minutes, told.expected_minutes, told.crossed_at) == (2310, 2595, None)


def test_both_ways_of_counting_stand_side_by_side() -> None:
    # 17:15–20:30 on one day: 195 beyond 7:45, 180 beyond 8:00.
    known = facts(taps=[tap(13, "08:30", "in")], orders=[order(13, "17:15", "20:30")])
    city, law = forecast_caps(known, at(13, "12:00"))
    assert (city.counting, law.counting) == (Counting.ordinance, Counting.statutory)
    expected = [next(each for each in base.caps if each.rule == "month_45h").expected_minutes for base in (city, law)]
    assert expected == [195, 180]


def test_the_pace_of_the_days_gone_names_the_day() -> None:
    # Nine days of work, 4–14 November, at 4:30 each: 40:30. The tenth day, the 17th, fills 45 hours, the next exceeds.
    days = (4, 5, 6, 7, 10, 11, 12, 13, 14)
    taps = [punch for day in days for punch in here(day, "08:30", "21:45")]
    orders = [order(day, "17:15", "21:45") for day in days]
    told = cap(facts(taps=taps, orders=orders), at(16, "12:00"), "month_45h")
    assert (told.counted_minutes, told.crossed_at, told.pace_on) == (2430, None, on(18))


def test_a_slow_pace_crosses_nothing() -> None:
    told = cap(facts(taps=here(4, "08:30", "18:15"), orders=[order(4, "17:15", "18:15")]), at(10, "08:00"), "month_45h")
    assert (told.counted_minutes, told.crossed_at, told.pace_on) == (60, None, None)


def test_what_has_been_crossed_stays_told() -> None:
    known, now = w1_until(25, "12:00", ordered_through=24)
    told = cap(known, now, "month_45h")
    assert (told.crossed_at, told.pace_on) == (at(20, "19:00"), on(20))


def test_an_externally_driven_department_has_other_caps() -> None:
    known, now = w1_until(18, "12:00", ordered_through=20)
    driven = replace(known, staff=Staff(workplace=Workplace.externally_driven))
    assert [each.rule for each in forecast_caps(driven, now)[0].caps] == ["notice_80h", "month_100h"]


def test_the_average_leaves_so_much_room_to_the_month() -> None:
    taps, orders = [], []
    for when in (date(2025, 10, day) for day in range(1, 32)):
        if when.isoweekday() <= 5:  # 23 days × 5:00 = 115 hours; an average of 80 leaves 45
            taps += here(when.isoformat(), "08:30", "22:15")
            orders.append(order(when.isoformat(), "17:15", "22:15"))
    known = facts(taps=taps, orders=orders, staff=Staff(workplace=Workplace.externally_driven))
    told = cap(replace(known, known_from_on=date(2025, 10, 1)), at(4, "08:00"), "average_80h")
    assert (told.limit_minutes, told.crossed_at) == (45 * 60, None)


def test_the_years_caps_need_a_year_that_is_known_from_its_first_day() -> None:
    known, now = w1_until(18, "12:00", ordered_through=20)
    assert not any(each.rule == "year_360h" for each in forecast_caps(known, now)[0].caps)
    told = cap(replace(known, known_from_on=date(2025, 4, 1)), now, "year_360h")
    assert (told.counted_minutes, told.limit_minutes, told.pace_on) == (2310, 21_600, None)


def test_whole_days_of_leave_are_no_presence() -> None:
    known = facts(orders=[order(13, "17:15", "18:15")], leave=(Leave(on(13), "annual"),))
    presumed = presume_presence(known, at(13, "07:00"), derive_plan(known))
    assert [punch.minute for punch in presumed.punches][:2] == [at(13, "17:15"), at(13, "18:15")]


def test_whoever_is_in_without_anything_due_leaves_at_once() -> None:
    known = facts(taps=[tap(13, "08:30", "in")])
    presumed = presume_presence(known, at(13, "19:00"), derive_plan(known))
    month = derive_month(presumed)
    assert (month.days[12].out_minute, month.days[12].missing) == (19 * 60, ())


def test_an_overnight_duty_that_goes_on_past_the_date_change_is_one_duty() -> None:
    known = facts(taps=[tap(15, "20:00", "in")], orders=[order(15, "20:00", "32:00")])
    assert cap(known, at(16, "06:00"), "month_45h").expected_minutes == 12 * 60


@settings(max_examples=40, deadline=None)
@given(month_facts())
def test_when_the_month_is_over_the_forecast_is_the_month(known: MonthFacts) -> None:
    over = replace(known, until=None)
    now = max([at(30, "24:00") + 9 * 1440, *(order.ends for order in known.orders)])
    city = forecast_caps(over, now)[0 if known.profile.counting is Counting.ordinance else 1]
    told = {each.rule: each.crossed_at for each in city.caps if each.crossed_at is not None}
    expected = {limit.rule: limit.at for limit in derive_month(over).limits if limit.rule != "step_60h"}
    assert told == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(1, 300)), max_size=12), st.integers(1, 29))
def test_one_order_more_never_lets_a_cap_be_crossed_later(evenings: list[tuple[int, int]], today: int) -> None:
    workdays = [day for day in range(1, 31) if on(day).isoweekday() <= 5 and day not in {3, 24}]
    orders = [
        Order(at(workdays[index % len(workdays)], "17:15"), at(workdays[index % len(workdays)], "17:15") + length)
        for index, length in evenings
    ]
    now = at(today, "07:00")
    minutes = []
    for count in range(len(orders) + 1):
        told = cap(facts(orders=orders[:count]), now, "month_45h")
        minutes.append(told.expected_minutes)
        assert told.crossed_at is None or told.expected_minutes > 2700
    assert minutes == sorted(minutes)


def test_a_swap_across_weeks_is_followed() -> None:
    known = facts(swaps=(Swap(on(15), on(19)),), orders=[order(15, "17:15", "19:15")])
    assert cap(known, at(13, "08:00"), "month_45h").expected_minutes == 120


def test_w1_in_the_end_is_what_was_forecast() -> None:
    known, now = w1_until(20, "18:00", ordered_through=30)
    lived = derive_month(presume_presence(known, now, derive_plan(known)))
    assert [limit for limit in crossed(lived) if limit[0] == "month_45h"] == [("month_45h", "20 19:00")]
