"""Rows R1–R19 of the rule catalogue, as far as a period of taps and orders can say them."""

from datetime import date, timedelta

import pytest

from domain.attendance.facts import Compensatory, Leave, Staff, Swap, Workplace
from domain.attendance.month import PersonMonth
from domain.attendance.pay import round_hours
from tests.domain.attendance.questions import ask, crossed, here, order, told
from tests.profiles import HAGI, LSA

NONE: frozenset[date] = frozenset()
EIGHT = "08:00-17:00/12:00-13:00"


def spread(minutes: int, first_on: date, per_day: int = 400) -> dict[str, list[object]]:
    """So many ordered and worked minutes, up to ``per_day`` an evening, on the weekdays from ``first_on``."""
    taps, orders = [], []
    on = first_on
    start = 17 * 60 + 15
    while minutes > 0:
        if on.isoweekday() <= 5:
            part = min(per_day, minutes)
            minutes -= part
            clock = f"{(start + part) // 60:02d}:{(start + part) % 60:02d}"
            taps += here(on.isoformat(), "08:30", clock)
            orders.append(order(on.isoformat(), "17:15", clock))
        on += timedelta(days=1)
    return {"taps": taps, "orders": orders}


def first_of(month: int) -> date:
    return date(2025 + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def months(*each: int, first: int = 4, per_day: int = 400, **said: object) -> PersonMonth:
    """Overtime of so many minutes in each month from ``first`` of 2025, in evenings of ``per_day`` at most."""
    taps, orders = [], []
    for index, minutes in enumerate(each):
        part = spread(minutes, first_of(first + index), per_day)
        taps += part["taps"]
        orders += part["orders"]
    last_on = first_of(first + len(each)) - timedelta(days=1)
    year = (first_of(first).isoformat(), last_on.isoformat())
    return ask(taps=taps, orders=orders, holidays=NONE, period=year, **said)


def test_r1_statutory_day() -> None:
    month = ask(profile=LSA, taps=here(13, "08:30", "18:45"), orders=[order(13, "17:15", "18:45")])
    assert month.overtime_minutes == 75
    assert month.classes == {"weekday_day": 75, "within_statutory": 15}


def test_r2_day_excess_first_then_the_week() -> None:
    # Six days of 8:00, 9:03 on three of them: 3:09 by the day, then the week's 8:00 not counted yet.
    taps, orders = [], []
    for day in (10, 11, 12, 13, 14, 15):
        late = "18:03" if day in (10, 11, 12) else "17:00"
        taps += here(day, "08:00", late)
        orders += [order(day, "17:00", late)] if late != "17:00" else []
    month = ask(profile=LSA, taps=taps, orders=orders, shifts=dict.fromkeys((10, 11, 12, 13, 14, 15), EIGHT))
    assert [month.days[day - 1].overtime_minutes for day in (10, 11, 12, 13, 14, 15)] == [63, 63, 63, 0, 0, 480]


def test_r3_a_stretch_over_midnight_is_one_duty_until_the_next_scheduled_start() -> None:
    month = ask(taps=here(13, "08:30", "33:30"), orders=[order(13, "17:15", "32:30")])
    assert (month.days[12].overtime_minutes, month.days[12].out_minute) == (15 * 60 + 15, 32 * 60 + 30)
    assert (month.days[13].in_minute, month.days[13].regular_minutes) == (510, 60)
    assert month.days[12].classes == {"weekday_day": 285 + 210, "weekday_night": 420}


def test_r4_the_premium_of_a_statutory_holiday_starts_at_midnight() -> None:
    month = ask(profile=LSA, taps=here(15, "20:00", "27:00"), orders=[order(15, "20:00", "27:00")])
    assert month.classes == {"statutory_rest_night": 180, "within_statutory": 120, "within_statutory_night": 120}


def test_r5_rates() -> None:
    assert [LSA.rates[name] for name in ("weekday_day", "weekday_night", "statutory_rest", "statutory_rest_night")] == [
        125, 150, 135, 160,
    ]  # fmt: skip
    assert (LSA.raised_rates["weekday_day"], LSA.raised_rates["weekday_night"]) == (150, 175)
    long = ask(profile=LSA, taps=here(16, "08:00", "20:00"), orders=[order(16, "08:00", "20:00")])
    assert long.classes == {"statutory_rest": 720}, "more than 8 hours on a statutory holiday stay at 35"


def test_r6_the_step_counts_rest_days_but_no_statutory_holiday() -> None:
    # 40 hours a week are full: 5 days of 8:00, 58:00 beyond by the day; then Saturday 3:00, then Sunday 5:00.
    taps, orders = [], []
    left = 58 * 60
    for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14):
        part = min(360, left)
        left -= part
        end = f"{17 + part // 60:02d}:{part % 60:02d}"
        taps += here(day, "08:00", end)
        orders.append(order(day, "17:00", end))
    taps += [*here(15, "09:00", "12:00"), *here(16, "09:00", "14:00")]
    orders += [order(15, "09:00", "12:00"), order(16, "09:00", "14:00")]
    shifts = dict.fromkeys((3, 4, 5, 6, 7, 10, 11, 12, 13, 14), EIGHT)
    month = ask(profile=LSA, taps=taps, orders=orders, shifts=shifts, holidays=NONE)
    assert left == 0
    assert sum(month.after_60h.values()) == 60
    assert month.after_60h == {"weekday_day": 60}
    assert month.classes["statutory_rest"] == 300


@pytest.mark.parametrize(("minutes", "is_crossed"), [(2700, False), (2701, True)])
def test_r8_l2_45_hours_a_month(minutes: int, *, is_crossed: bool) -> None:
    assert ("month_45h" in dict(crossed(months(minutes)))) is is_crossed


@pytest.mark.parametrize(("minutes", "is_crossed"), [(5999, False), (6000, True)])
def test_r8_less_than_100_hours(minutes: int, *, is_crossed: bool) -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    assert ("month_100h" in dict(crossed(months(minutes, staff=driven)))) is is_crossed


def test_r8_average_of_two_months() -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    month = months(75 * 60, 85 * 60, 80 * 60, 80 * 60, staff=driven)
    averages = [limit for limit in month.limits if limit.rule == "average_80h"]
    assert [limit.on.month for limit in averages] == [6, 7]
    assert [rule for rule, _ in crossed(months(75 * 60, 85 * 60, 75 * 60, staff=driven))].count("average_80h") == 0


def test_r8_average_of_three_months() -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    month = months(99 * 60, 60 * 60, 82 * 60, staff=driven)
    assert [limit.on.month for limit in month.limits if limit.rule == "average_80h"] == [6]


def test_r8_more_than_45_hours_in_seven_months() -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    over = months(*[2701] * 7, staff=driven)
    assert [limit.on.month for limit in over.limits if limit.rule == "months_over_45h"] == [10]
    assert "months_over_45h" not in dict(crossed(months(*[2701] * 6, staff=driven)))


def test_r8_l2_360_and_720_hours_a_year() -> None:
    assert "year_360h" in dict(crossed(months(*[2700] * 8, 1)))
    assert "year_360h" not in dict(crossed(months(*[2700] * 8)))
    driven = Staff(workplace=Workplace.externally_driven)
    assert "year_720h" in dict(crossed(months(*[4801] * 9, staff=driven)))
    assert "year_720h" not in dict(crossed(months(*[4800] * 9, staff=driven)))


def test_r9_a_city_office_is_not_bound_by_the_agreements_hundred_hours() -> None:
    assert "month_100h" not in dict(crossed(months(6000)))
    assert "month_100h" in dict(crossed(months(6500, profile=LSA)))


@pytest.mark.parametrize(("minutes", "hours"), [(209, 3), (211, 4), (159, 3), (29, 0), (30, 1), (0, 0)])
def test_r12_l14_rounding_of_a_months_total(minutes: int, hours: int) -> None:
    assert round_hours(minutes, HAGI) == hours


def test_r13_rounding_is_for_pay_alone() -> None:
    month = months(40 * 60 + 40, 40 * 60 + 20, 39 * 60 + 40, per_day=240)
    assert month.pay_hours == {"125": 121}
    assert month.overtime_shown == "120.40"


def test_r14_unordered_minutes_are_worked_but_not_paid() -> None:
    month = ask(taps=here(13, "08:00", "19:00"))
    assert (month.days[12].worked_minutes, month.overtime_minutes) == (600, 0)
    assert told(month, 13) == [("unordered_early", 30), ("unordered_stay", 105)]


@pytest.mark.parametrize(("minutes", "is_told"), [(4800, False), (4801, True)])
def test_r16_notice_beyond_80_hours(minutes: int, *, is_told: bool) -> None:
    assert ("notice_80h" in dict(crossed(months(minutes)))) is is_told


@pytest.mark.parametrize(("extra", "is_told"), [(0, False), (1, True)])
def test_r16_managers_too_by_what_they_were_present(extra: int, *, is_told: bool) -> None:
    said = spread(4800 + extra, date(2025, 11, 4))
    month = ask(taps=said["taps"], holidays=NONE, staff=Staff(manager=True))
    assert (month.overtime_minutes, month.classes, month.pay_hours) == (0, {}, {})
    assert crossed(month)[:1] == ([("notice_80h", crossed(month)[0][1])] if is_told else [])


def test_r18_eleven_hours_between_duties() -> None:
    month = ask(taps=[*here(12, "08:30", "24:00"), *here(13, "08:30", "17:15")], orders=[order(12, "17:15", "24:00")])
    assert [(short.on.day, short.minutes) for short in month.intervals] == [(13, 510)]
    eleven = ask(taps=[*here(12, "08:30", "21:30"), *here(13, "08:30", "17:15")], orders=[order(12, "17:15", "21:30")])
    assert eleven.intervals == ()


def test_r18_a_flagged_stay_counts_as_duty_a_few_minutes_do_not() -> None:
    stay = ask(taps=[*here(12, "08:30", "24:00"), *here(13, "08:20", "17:15")])
    assert [short.minutes for short in stay.intervals] == [510]


def test_r19_a_swap_beforehand_pays_the_week_a_compensatory_day_keeps_the_premium() -> None:
    days = dict.fromkeys((10, 11, 12, 13, 14, 19), EIGHT)
    taps = [punch for day in (9, 10, 11, 12, 13, 14) for punch in here(day, "08:00", "17:00")]
    swapped = ask(profile=LSA, taps=taps, shifts=days, swaps=(Swap(date(2025, 11, 9), date(2025, 11, 19)),))
    assert swapped.classes == {"weekday_day": 480}
    later = ask(
        profile=LSA,
        taps=taps,
        shifts=days,
        orders=[order(9, "08:00", "17:00", ("12:00", "13:00"))],
        compensatory=(Compensatory(date(2025, 11, 9), date(2025, 11, 19)),),
    )
    assert later.classes == {"statutory_rest": 480}


def test_leave_of_a_whole_day_is_neither_late_nor_missing() -> None:
    month = ask(leave=(Leave(date(2025, 11, 13), "annual"),))
    assert (month.days[12].late_minutes, month.days[12].missing, month.days[12].has_facts) == (0, (), False)
