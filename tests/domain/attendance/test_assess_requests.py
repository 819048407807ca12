"""Requests against the rules they name: 振替 (L10), 代休日 (L12), 超勤代休時間 (L13), overtime (L19)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.assess_request import assess_reach, assess_request
from domain.attendance.effects import HandPunch, TakenLeave, list_effects
from domain.attendance.elsewhere import Elsewhere, ElsewhereKind
from domain.attendance.facts import Compensatory, Direction, Leave, MonthFacts, Order, Staff, Swap
from domain.attendance.hours_off import HoursOff
from domain.attendance.request_facts import RequestFacts, join_facts, list_days, list_periods
from domain.attendance.request_fault import Why
from domain.attendance.request_words import tell_fault
from domain.attendance.requests import (
    CompensatoryRequest,
    ElsewhereRequest,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    SwapRequest,
    kind_of,
)
from domain.attendance.routes import ROUTES, route_of
from domain.attendance.spans import axis_minute, total
from domain.workflow.route import StepRole
from tests.profiles import HAGI

SATURDAY, HOLIDAY = date(2025, 11, 15), date(2025, 11, 24)
MONDAY = date(2025, 11, 17)
ASKED = axis_minute(date(2025, 10, 1), 600)
TIME = MonthFacts("p1", HAGI, date(2025, 10, 1), date(2026, 1, 31), date(2025, 10, 1), holidays=frozenset({HOLIDAY}))


def facts(**time: object) -> RequestFacts:
    return RequestFacts(replace(TIME, **time), ASKED).planned()  # type: ignore[arg-type]


def found(request: Request, known: RequestFacts | None = None) -> set[tuple[str, Why]]:
    return {(fault.field, fault.why) for fault in assess_request(request, known or facts())}


@pytest.mark.parametrize(
    ("off_on", "inside"),
    [
        (date(2025, 10, 17), False),
        (date(2025, 10, 20), True),  # the first day of work from 10-18 on
        (date(2026, 1, 9), True),
        (date(2026, 1, 13), False),
    ],
)
def test_l10_the_swap_window_of_november_15(off_on: date, inside: bool) -> None:
    assert (found(SwapRequest(SATURDAY, off_on, "選挙")) == set()) is inside


def test_l10_a_swap_exchanges_a_day_off_for_a_day_of_work() -> None:
    sunday = SATURDAY + timedelta(days=1)
    assert found(SwapRequest(MONDAY, SATURDAY, "逆")) == {("worked_on", Why.not_a_day_off), ("off_on", Why.day_off)}
    assert found(SwapRequest(SATURDAY, sunday, "休日同士")) == {("off_on", Why.day_off)}
    assert found(SwapRequest(SATURDAY, MONDAY, "半日", 240)) == set()
    assert found(SwapRequest(SATURDAY, MONDAY, "半日", 465)) == {("part_minutes", Why.unit)}


def test_l10_no_more_than_24_days_of_work_on_end() -> None:
    weekends = [date(2025, 11, day) for day in (8, 9, 15, 16, 22)]
    late = [date(2025, 12, day) for day in (15, 16, 17, 18)]
    swaps = tuple(Swap(worked, off) for worked, off in zip(weekends[:4], late, strict=True))
    known = facts(swaps=swaps, holidays=frozenset())
    assert found(SwapRequest(weekends[4], date(2025, 12, 19), "災害"), known) == set()  # 11-03 to 11-22: 20 days
    swaps += (Swap(weekends[4], date(2025, 12, 19)),)
    known = facts(swaps=swaps, holidays=frozenset())
    assert found(SwapRequest(date(2025, 11, 23), date(2025, 12, 22), "災害"), known) == {
        ("worked_on", Why.too_many_days_on_end)
    }


def test_a_swap_is_fixed_before_both_days_and_takes_free_ones() -> None:
    late = replace(facts(), asked_at=axis_minute(SATURDAY, 8 * 60 + 30))
    assert found(SwapRequest(SATURDAY, MONDAY, "選挙"), late) == {("worked_on", Why.begun)}
    off_on = date(2025, 11, 18)
    leave = facts(
        leave=(Leave(off_on, "annual"),), orders=(Order(axis_minute(SATURDAY, 600), axis_minute(SATURDAY, 660)),)
    )
    assert found(SwapRequest(SATURDAY, off_on, "選挙"), leave) == {
        ("off_on", Why.overlaps_leave), ("worked_on", Why.overlaps_order),
    }  # fmt: skip
    taken = facts(swaps=(Swap(SATURDAY, off_on),))
    assert ("off_on", Why.overlaps_swap) in found(SwapRequest(date(2025, 11, 22), off_on, "選挙"), taken)


def test_l12_a_worked_holiday_is_answered_within_eight_weeks() -> None:
    assert found(CompensatoryRequest(HOLIDAY, date(2025, 11, 25))) == set()
    assert found(CompensatoryRequest(HOLIDAY, HOLIDAY + timedelta(weeks=8))) == set()
    late = HOLIDAY + timedelta(weeks=8, days=1)
    assert found(CompensatoryRequest(HOLIDAY, late)) == {("off_on", Why.outside_window)}
    assert ("worked_on", Why.not_a_holiday) in found(CompensatoryRequest(MONDAY, date(2025, 11, 25)))
    known = facts(compensatory=(Compensatory(HOLIDAY, date(2025, 11, 26)),))
    assert found(CompensatoryRequest(HOLIDAY, date(2025, 11, 25)), known) == {("worked_on", Why.overlaps_swap)}


def test_l13_hours_off_are_a_day_or_four_hours_beside_an_end() -> None:
    offer = HoursOff(480, date(2025, 11, 1), date(2025, 12, 31))
    known = replace(facts(), hours_off=offer)

    def off(starts: int, ends: int, on: date = MONDAY) -> HoursOffRequest:
        return HoursOffRequest("2025-10", on, starts, ends)

    assert found(off(510, 810), known) == set()  # 08:30–13:30 without the break is 4:00
    assert found(off(510, 1035), known) == set()
    assert found(off(540, 840), known) == {("ends_minute", Why.unit)}
    assert found(off(510, 1035, date(2026, 1, 5)), known) == {("on", Why.outside_window)}
    assert found(off(510, 1035, SATURDAY), known) == {("on", Why.day_off)}
    assert found(off(510, 1035), replace(known, hours_off_taken=240)) == {("ends_minute", Why.balance)}
    assert found(off(510, 810), facts()) == {("period", Why.nothing_raised)}


def test_l19_overtime_lies_outside_regular_hours_and_a_managers_on_days_off() -> None:
    evening, noon = OvertimeRequest(MONDAY, 1035, 1140, "決算"), OvertimeRequest(MONDAY, 720, 780, "窓口")
    holiday = OvertimeRequest(HOLIDAY, 510, 1035, "開票")
    assert (found(evening), found(holiday)) == (set(), set())
    assert found(noon) == {("starts_minute", Why.inside_regular_hours)}
    manager = facts(staff=Staff(manager=True))
    assert found(evening, manager) == {("on", Why.for_managers_no_overtime)}
    assert found(holiday, manager) == set()


def test_watch_lies_outside_regular_hours_and_nobody_is_elsewhere_twice() -> None:
    night = ElsewhereRequest(MONDAY, ElsewhereKind.night_duty, 1035, 1950, "宿直")
    assert found(night) == set()
    assert found(replace(night, ends_minute=1980)) == {("starts_minute", Why.inside_regular_hours)}
    away = facts(elsewhere=(Elsewhere(MONDAY, ElsewhereKind.trip, 600, 720),))
    home = ElsewhereRequest(MONDAY, ElsewhereKind.home, 510, 1035, "在宅")
    assert found(home, away) == {("starts_minute", Why.overlaps_request)}


def test_far_days_and_upside_down_leave_are_refused_before_any_fact_is_looked_at() -> None:
    today = date(2025, 11, 12)
    assert assess_reach(LeaveRequest("annual", date(2025, 11, 20), date(2025, 11, 19)), today)[0].why is (
        Why.ends_before_start
    )
    swap = SwapRequest(date.min, date.max, "")
    assert [fault.field for fault in assess_reach(swap, today)] == ["worked_on", "off_on"]


def test_every_kind_has_a_way_whose_steps_the_workflow_knows() -> None:
    for kind, route in ROUTES.items():
        assert route, kind
        assert [StepRole(word) for word in route]
    leave = LeaveRequest("sick", MONDAY, MONDAY)
    assert (route_of(leave), route_of(leave, {"sick": ("head", "hr")})) == (("head",), ("head", "hr"))


MINUTES = st.integers(-3000, 6000)
DAYS = st.dates(date(2025, 10, 10), date(2026, 1, 20))
ANY: st.SearchStrategy[Request] = st.one_of(
    st.builds(
        OvertimeRequest,
        DAYS,
        MINUTES,
        MINUTES,
        st.text(max_size=3),
        st.lists(st.tuples(MINUTES, MINUTES), max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(PunchRequest, DAYS, MINUTES, st.sampled_from(Direction), st.text(max_size=3)),
    st.builds(SwapRequest, DAYS, DAYS, st.text(max_size=3), st.none() | MINUTES),
    st.builds(CompensatoryRequest, DAYS, DAYS),
    st.builds(ElsewhereRequest, DAYS, st.sampled_from(ElsewhereKind), MINUTES, MINUTES, st.text(max_size=3)),
    st.builds(HoursOffRequest, st.just("2025-10"), DAYS, MINUTES, MINUTES),
)


@given(ANY, st.lists(ANY, max_size=3))
def test_any_request_has_faults_or_an_effect_of_whole_days_and_minutes(request: Request, others: list[Request]) -> None:
    known = replace(facts(), waiting=tuple(others), hours_off=HoursOff(930, date(2025, 11, 1), date(2025, 12, 31)))
    if faults := assess_request(request, known):
        assert all(" / " in tell_fault(fault) for fault in faults)
        return
    for effect in list_effects(request, known.plan):
        if isinstance(effect, Order):
            assert effect.ends > effect.starts
            assert 0 <= total(effect.breaks) < effect.ends - effect.starts
        if isinstance(effect, HandPunch):
            assert effect.direction is not Direction.none
        if isinstance(effect, TakenLeave):
            assert effect.minutes in {240, 465}
    assert set(list_days(request)) <= set(known.plan)
    assert f"{min(list_days(request)):%Y-%m}" in list_periods(request, HAGI.consecutive_days_max)
    assert kind_of(request) in ROUTES


def test_months_that_follow_each_other_are_one() -> None:
    order = Order(axis_minute(date(2025, 10, 31), 1200), axis_minute(date(2025, 11, 1), 60))
    october = replace(TIME, last_on=date(2025, 10, 31), orders=(order,))
    november = replace(TIME, first_on=date(2025, 11, 1), last_on=date(2025, 11, 30), orders=(order,))
    joined = join_facts([november, october])
    assert (joined.first_on, joined.last_on, joined.orders) == (date(2025, 10, 1), date(2025, 11, 30), (order,))
    with pytest.raises(ValueError, match="at least one month"):
        join_facts([])
