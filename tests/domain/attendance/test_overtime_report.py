"""How much of each cap is used: the same minutes as the count that finds crossings, against the same limits."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.caps import month_caps
from domain.attendance.facts import Direction, MonthFacts, Order, Punch, Staff, Workplace
from domain.attendance.month import count_facts, derive_month
from domain.attendance.overtime_report import MonthSums, sum_overtime, use_caps
from domain.attendance.spans import axis_minute
from tests.profiles import HAGI, LSA

NOVEMBER = (2025, 11)
HOUR = 60


def _sums(overtime: int) -> MonthSums:
    return MonthSums(overtime, overtime, overtime)


def _lived(profile, evenings: list[int]) -> MonthFacts:
    punches, orders = [], []
    for number, minutes in enumerate(evenings):
        on = date(2025, 11, 1 + number)
        starts, ends = axis_minute(on, 17 * 60 + 15), axis_minute(on, 17 * 60 + 15 + minutes)
        punches += [Punch(axis_minute(on, 500), Direction.clock_in), Punch(ends, Direction.clock_out)]
        orders.append(Order(starts, ends))
    return MonthFacts(
        "p1", profile, date(2025, 11, 1), date(2025, 11, 30), date(2025, 11, 1),
        punches=tuple(punches), orders=tuple(orders), holidays=frozenset({date(2025, 11, 3)}),
    )  # fmt: skip


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20), st.sampled_from([HAGI, LSA]), st.booleans())
def test_the_sums_are_those_that_caps_count(evenings: list[int], profile, manager: bool) -> None:
    facts = replace(_lived(profile, evenings), staff=Staff(manager=manager))
    sums = sum_overtime(derive_month(facts), facts.staff)
    counted = count_facts(facts)[NOVEMBER]
    uses = {use.rule: use.used_minutes for use in use_caps({NOVEMBER: sums}, NOVEMBER, facts.staff, profile)}
    for cap in month_caps(facts.staff, profile, NOVEMBER):
        assert uses[cap.rule] == sum(entry.minutes for entry in cap.entries(counted)), cap.rule


def test_an_ordinary_person_has_the_caps_of_month_and_year_the_fullest_first() -> None:
    sums = {(2025, month): _sums(40 * HOUR) for month in range(4, 12)} | {(2025, 3): _sums(90 * HOUR)}
    uses = use_caps(sums, NOVEMBER, Staff(), HAGI)
    assert [(use.rule, use.used_minutes // HOUR, use.percent) for use in uses] == [
        ("month_45h", 40, 88),
        ("year_360h", 320, 88),  # March belongs to the year before
        ("notice_80h", 40, 50),
    ]


def test_driven_work_has_the_average_of_two_to_six_months_and_must_stay_below_a_hundred() -> None:
    driven = Staff(workplace=Workplace.externally_driven)
    sums = {(2025, 9): _sums(70 * HOUR), (2025, 10): _sums(85 * HOUR), NOVEMBER: _sums(100 * HOUR)}
    uses = {use.rule: use for use in use_caps(sums, NOVEMBER, driven, HAGI)}
    assert uses.keys() == {"notice_80h", "month_100h", "average_80h", "year_720h"}
    assert uses["month_100h"].is_crossed
    assert uses["average_80h"].used_minutes == 92 * HOUR + 30  # October and November
    assert uses["average_80h"].is_crossed
    assert not uses["year_720h"].is_crossed


def test_a_manager_has_the_notice_alone_by_presence() -> None:
    (use,) = use_caps({NOVEMBER: MonthSums(0, 0, 81 * HOUR)}, NOVEMBER, Staff(manager=True), HAGI)
    assert (use.rule, use.used_minutes, use.is_crossed) == ("notice_80h", 81 * HOUR, True)


def test_nobody_who_was_not_counted_has_used_anything() -> None:
    assert {use.used_minutes for use in use_caps({}, NOVEMBER, Staff(), HAGI)} == {0}
