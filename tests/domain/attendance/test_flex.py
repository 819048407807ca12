"""Row L20, フレックスタイム: core and band, the settlement period, its shortage, excess and frame; worked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from domain.attendance.adjustment import touched_periods
from domain.attendance.facts import Compensatory, Employment, Leave, MonthFacts, Punch, Staff, Swap
from domain.attendance.flex_period import settlement_period
from domain.attendance.flex_settlement import SettlementState
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.shift_text import parse_shift
from domain.attendance.spans import axis_minute
from tests.domain.attendance.questions import HOLIDAYS, facts, here, on, order, told
from tests.profiles import HAGI, LSA

CITY = replace(HAGI, flex_adopted=True, flex_period_weeks=1, flex_period_from_on=date(2025, 11, 2))
"""One week, Sunday to Saturday: 7:00–22:00 around a core of 10:00–15:00."""
BY_LAW = replace(LSA, flex_adopted=True)
USUAL = "flex 08:30-17:15 break 12:00-13:00"
LONG = "flex 08:30-19:30 break 12:00-13:00"
SHORT = "flex 10:00-15:30 break 12:00-13:00"
WEEK = (10, 11, 12, 13, 14)


def flexible(
    said: dict[int, str] | None = None, period: tuple[int | str, int | str] = (9, 15), profile=CITY, **more: object
) -> PersonMonth:
    return derive_month(flexible_facts(said, period=period, profile=profile, **more))


def flexible_facts(said: dict[int, str] | None = None, profile=CITY, **more: object) -> MonthFacts:
    planned = said or dict.fromkeys(WEEK, USUAL)
    return replace(facts(profile=profile, **more), shifts={on(day): parse_shift(text) for day, text in planned.items()})


def days(*ends: tuple[int, str, str]) -> list[Punch]:
    return [punch for day, came, left in ends for punch in here(day, came, left)]


def settled(month: PersonMonth) -> tuple[str, int, int, int]:
    (one,) = month.settlements
    return one.state.value, one.due_minutes, one.worked_minutes, one.balance_minutes


EVEN = days(
    (10, "07:30", "16:15"),
    (11, "09:45", "19:00"),
    (12, "08:30", "17:15"),
    (13, "08:00", "17:00"),
    (14, "10:00", "18:00"),
)
"""7:45 + 8:15 + 7:45 + 8:00 + 7:00 = 38:45."""


def test_l20_hours_even_out_over_the_period_without_a_divergence() -> None:
    month = flexible(taps=EVEN)
    assert settled(month) == ("settled", 2325, 2325, 0)
    assert [day.regular_minutes for day in month.days[1:6]] == [465, 495, 465, 480, 420]
    assert (month.divergence_count, month.overtime_minutes, month.regular_minutes) == (0, 0, 2325)
    assert all(day.late_minutes == day.early_leave_minutes == 0 for day in month.days)


def test_l20_a_ledger_names_the_row() -> None:
    month = flexible(taps=EVEN)
    assert [(row.from_minute, row.to_minute, row.name, row.rule) for row in explain_day(month.days[1], CITY)] == [
        (450, 720, "regular", "L20"), (720, 780, "break", "R7"), (780, 975, "regular", "L20"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("came", "left", "late", "early_leave"),
    [("10:00", "15:00", 0, 0), ("10:01", "15:00", 1, 0), ("10:00", "14:59", 0, 1), ("13:30", "19:00", 150, 0),
     ("07:00", "11:30", 0, 150), ("15:30", "20:00", 240, 0), ("12:20", "14:00", 120, 60)],
)  # fmt: skip
def test_l20_late_and_early_go_by_the_core_alone(came: str, left: str, late: int, early_leave: int) -> None:
    day = flexible(taps=here(12, came, left)).days[3]
    assert (day.late_minutes, day.early_leave_minutes) == (late, early_leave)


@pytest.mark.parametrize(
    ("came", "left", "regular", "divergence"),
    [("07:00", "22:00", 840, []), ("06:44", "12:00", 300, [("unordered_early", 16)]), ("06:45", "12:00", 300, []),
     ("13:00", "22:16", 540, [("unordered_stay", 16)]), ("13:00", "22:15", 540, [])],
)  # fmt: skip
def test_l20_presence_is_regular_in_the_band_and_diverges_beyond(
    came: str, left: str, regular: int, divergence: list[tuple[str, int]]
) -> None:
    month = flexible(taps=here(12, came, left))
    assert (month.days[3].regular_minutes, told(month, 12)) == (regular, divergence)


@pytest.mark.parametrize(
    ("left", "balance", "divergence"),
    [("16:59", -1, [("flex_shortage", 1)]), ("17:00", 0, []), ("17:15", 15, []), ("17:16", 16, [("flex_excess", 16)])],
)
def test_l20_shortage_and_excess_are_told_on_the_last_day(
    left: str, balance: int, divergence: list[tuple[str, int]]
) -> None:
    month = flexible(taps=[*EVEN[:6], *here(13, "08:00", left), *EVEN[8:]])
    assert settled(month)[3] == balance
    assert told(month, 15) == divergence
    assert month.divergence_count == len(divergence)


def test_l20_a_city_pays_what_was_ordered_beyond_the_hours_of_the_day() -> None:
    taps = days((10, "08:30", "20:15"), (11, "08:30", "17:15"), (12, "08:30", "17:15"), (13, "08:30", "17:15"),
                (14, "08:30", "17:15"))  # fmt: skip
    month = flexible(taps=taps, orders=[order(10, "17:15", "20:15", ("18:00", "18:30"))])
    assert settled(month) == ("settled", 2325, 2325, 0)
    assert (month.classes, month.days[1].overtime_minutes) == ({"weekday_day": 150}, 150)
    assert month.divergence_count == 0
    assert [row.name for row in explain_day(month.days[1], CITY)] == [
        "regular", "break", "regular", "weekday_day", "break", "weekday_day",
    ]  # fmt: skip


def test_l20_without_an_order_the_same_stay_is_an_excess() -> None:
    taps = [*here(10, "08:30", "20:15"), *days(*((day, "08:30", "17:15") for day in WEEK[1:]))]
    month = flexible(taps=taps)
    assert (month.overtime_minutes, settled(month)[3], told(month, 15)) == (0, 180, [("flex_excess", 180)])


def test_l20_assigned_hours_of_different_length_are_due_as_assigned() -> None:
    said = {10: LONG, 11: LONG, 12: SHORT, 13: SHORT, 14: "flex 09:00-19:45 break 12:00-13:00"}
    assert 600 + 600 + 270 + 270 + 585 == 2325
    taps = days((10, "08:30", "19:30"), (11, "08:30", "19:30"), (12, "10:00", "15:30"), (13, "10:00", "15:30"),
                (14, "09:00", "19:45"))  # fmt: skip
    month = flexible(said, taps=taps)
    assert (settled(month), month.divergence_count, month.overtime_minutes) == (("settled", 2325, 2325, 0), 0, 0)
    assert [day.beyond_statutory_minutes for day in month.days] == [0] * 7


def test_l20_an_order_after_a_short_day_is_overtime_that_the_law_allows_yet() -> None:
    month = flexible({12: SHORT}, taps=here(12, "10:00", "19:30"), orders=[order(12, "15:30", "19:30")])
    assert (month.overtime_minutes, month.days[3].beyond_statutory_minutes) == (240, 30)


def test_l20_leave_fulfils_the_hours_and_takes_the_standard_day() -> None:
    leave = (Leave(on(12), "annual"), Leave(on(13), "annual", 10 * 60, 12 * 60))
    taps = days((10, "08:30", "17:15"), (11, "08:30", "17:15"), (13, "13:00", "18:45"), (14, "08:30", "17:15"))
    month = flexible(taps=taps, leave=leave)
    (one,) = month.settlements
    assert (one.leave_minutes, one.worked_minutes, one.balance_minutes) == (465 + 120, 3 * 465 + 345, 0)
    assert (month.days[4].late_minutes, month.divergence_count) == (0, 0)


def test_l20_a_holiday_is_not_due() -> None:
    said = dict.fromkeys((3, 4, 5, 6, 7), USUAL)
    taps = days(*((day, "08:30", "17:15") for day in (4, 5, 6, 7)))
    month = flexible(said, period=(2, 8), taps=taps)
    assert (settled(month), month.days[1].kind.value) == (("settled", 1860, 1860, 0), "holiday")


def test_l20_a_swapped_day_and_a_day_off_in_lieu() -> None:
    taps = days(*((day, "09:00", "17:45") for day in (10, 11, 12, 13)), (15, "07:00", "15:45"))
    month = flexible(taps=taps, swaps=(Swap(on(15), on(14)),))
    assert (settled(month), month.divergence_count) == (("settled", 2325, 2325, 0), 0)
    off = flexible(
        taps=[*days(*((day, "08:30", "17:15") for day in WEEK[:4])), *here(3, "08:30", "17:15")],
        orders=[order(3, "08:30", "17:15")],
        compensatory=(Compensatory(on(3), on(14)),),
    )
    assert settled(off) == ("settled", 1860, 1860, 0)


def test_l20_what_is_not_known_is_not_settled() -> None:
    month = flexible(taps=[*EVEN[:-1]])
    assert (settled(month)[0], told(month, 14), told(month, 15)) == ("unknown", [("missing_out", 0)], [])
    running = derive_month(replace(flexible_facts(taps=EVEN[:4], period=(9, 15)), until=axis_minute(on(12), 600)))
    assert (settled(running)[0], settled(running)[3], running.divergence_count) == ("running", 960 - 2325, 0)
    begun_before = replace(flexible_facts(taps=EVEN, period=(12, 15)), known_from_on=on(12))
    assert settled(derive_month(begun_before))[0] == "unknown"
    assert settled(derive_month(replace(begun_before, whole_from_on=on(9)))) == ("settled", 2325, 2325, 0)


def test_l20_a_day_of_which_nothing_is_known_is_a_shortage() -> None:
    month = flexible(taps=EVEN[2:])
    assert told(month, 15) == [("flex_shortage", 465)]


def test_l20_who_begins_in_the_middle_settles_what_is_left() -> None:
    month = flexible(dict.fromkeys((12, 13, 14), USUAL), taps=days(*((day, "08:30", "17:15") for day in WEEK)))
    (one,) = month.settlements
    assert (one.first_on, one.last_on, one.due_minutes, one.balance_minutes) == (on(12), on(15), 1395, 0)


def test_l20_a_part_timers_day_is_the_assigned_one() -> None:
    said = dict.fromkeys(WEEK, "flex 10:00-15:00 break 12:00-12:30")
    month = flexible(
        said,
        taps=days(*((day, "10:00", "15:00") for day in WEEK[:4])),
        leave=(Leave(on(14), "annual"),),
        staff=Staff(Employment.part_time),
    )
    assert (settled(month), month.settlements[0].leave_minutes) == (("settled", 1350, 1080, 0), 270)


def test_l20_a_managers_hours_are_not_settled() -> None:
    month = flexible(taps=EVEN[2:], staff=Staff(manager=True))
    assert (month.settlements, month.divergence_count) == ((), 0)


def test_l20_where_it_is_not_adopted_the_day_is_an_ordinary_one_and_diverges() -> None:
    month = flexible(taps=here(12, "09:00", "17:45"), profile=HAGI)
    day = month.days[3]
    assert (day.late_minutes, day.regular_minutes, month.settlements) == (30, 435, ())
    assert told(month, 12) == [("unordered_stay", 30), ("flex_not_adopted", 0)]


def test_l20_a_period_over_two_months_is_settled_where_it_ends() -> None:
    four_weeks = replace(CITY, flex_period_weeks=4, flex_period_from_on=date(2025, 10, 12))
    duty = [date.fromordinal(each) for each in range(date(2025, 10, 12).toordinal(), date(2025, 11, 9).toordinal())]
    duty = [day for day in duty if day.weekday() < 5]
    taps = [punch for day in duty for punch in here(day.isoformat(), "08:30", "17:15") if day not in HOLIDAYS]
    known = replace(
        facts(profile=four_weeks, taps=taps, period=(1, 30)),
        shifts=dict.fromkeys(duty, parse_shift(USUAL)),
        whole_from_on=date(2025, 10, 12),
    )
    (one,) = derive_month(known).settlements
    assert (one.first_on, one.last_on, one.due_minutes) == (date(2025, 10, 12), date(2025, 11, 8), 9300 - 465)
    assert (one.state, one.balance_minutes) == (SettlementState.settled, 0)
    october = derive_month(replace(known, first_on=date(2025, 10, 1), last_on=date(2025, 10, 31)))
    assert (october.settlements, october.divergence_count) == ((one,), 0)


def test_l20_a_late_fact_reaches_the_month_in_which_its_period_ends() -> None:
    four_weeks = replace(CITY, flex_period_weeks=4)
    assert touched_periods(on("2025-12-03"), four_weeks) == {"2025-11", "2025-12"}
    assert touched_periods(on(30), four_weeks) == {"2025-11", "2025-12"}
    assert touched_periods(on(12), four_weeks) == touched_periods(on(12), HAGI) == {"2025-11"}
    assert touched_periods(on(20), replace(CITY, flex_period_weeks=4, flex_period_from_on=on(16))) == {
        "2025-11",
        "2025-12",
    }


DUTY = tuple(day for day in range(1, 31) if on(day).weekday() < 5 and on(day) not in HOLIDAYS)
MONTH = dict.fromkeys((day for day in range(1, 31) if on(day).weekday() < 5), USUAL)
FRAME = 2400 * 30 // 7


def by_law(taps: list[Punch], **more: object) -> PersonMonth:
    return flexible(MONTH, period=(1, 30), profile=BY_LAW, taps=taps, **more)


def test_l20_by_law_a_long_day_is_no_overtime_within_the_frame() -> None:
    month = by_law([*here(4, "08:00", "20:00"), *days(*((day, "08:30", "17:15") for day in DUTY[1:]))])
    assert (month.overtime_minutes, month.days[3].beyond_statutory_minutes, settled(month)[3]) == (0, 0, 195)


def test_l20_by_law_overtime_is_what_was_ordered_beyond_the_frame() -> None:
    assert (FRAME, len(DUTY) * 465) == (10285, 8370)
    taps = days(*((day, "08:30", "19:15") for day in DUTY))
    orders = [order(day, "17:15", "19:15") for day in DUTY]
    month = by_law(taps, orders=orders)
    beyond = 8370 + 18 * 120 - FRAME
    assert (month.overtime_minutes, month.classes) == (
        beyond,
        {"weekday_day": beyond, "within_statutory": 2160 - beyond},
    )
    assert (beyond, month.days[27].overtime_minutes, month.days[26].overtime_minutes) == (245, 120, 120)
    assert (settled(month), month.divergence_count) == (("settled", 8370, 8370, 0), 0)
    row = explain_day(month.days[27], BY_LAW)[-1]
    assert (row.name, row.rate, row.rule) == ("weekday_day", 125, "L20")


def test_l20_by_law_an_early_order_is_overtime_when_the_period_goes_beyond() -> None:
    late_month = days(*((day, "08:30", "19:15") for day in DUTY[1:]))
    month = by_law([*here(4, "08:30", "21:15"), *late_month], orders=[order(4, "17:15", "21:15")])
    assert 8370 + 240 + 17 * 120 - FRAME == 365
    assert (month.overtime_minutes, month.days[3].overtime_minutes) == (240, 240)
    assert told(month, 30) == [("flex_excess", 2040)]


def test_l20_by_law_a_statutory_rest_day_stays_apart() -> None:
    taps = [*days(*((day, "08:30", "17:15") for day in DUTY)), *here(9, "10:00", "12:00")]
    month = by_law(taps, orders=[order(9, "10:00", "12:00")])
    assert (month.classes, settled(month)[3]) == ({"statutory_rest": 120}, 0)


@pytest.mark.parametrize(
    ("weeks", "day", "first", "last"),
    [(1, 9, 9, 15), (1, 15, 9, 15), (2, 15, 2, 15), (4, 29, 2, 29), (4, 30, 30, "2025-12-27"), (4, 1, "2025-10-05", 1),
     (0, 13, 1, 30)],
)  # fmt: skip
def test_l20_periods_follow_each_other(weeks: int, day: int, first: int, last: int | str) -> None:
    profile = replace(CITY, flex_period_weeks=weeks)
    assert settlement_period(on(day), profile) == (on(first), on(last))
