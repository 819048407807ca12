"""A month as it would be were a request in force: the same as the month that counts once it is."""

from dataclasses import replace

import pytest

from domain.attendance.divergence import DivergenceKind
from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import Direction, MonthFacts
from domain.attendance.month import derive_month
from domain.attendance.person_day import PersonDay
from domain.attendance.plan import derive_plan
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    ElsewhereRequest,
    Explanation,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    SwapRequest,
)
from domain.attendance.suppose import suppose
from domain.civil import parse_clock
from tests.domain.attendance.questions import facts, here, on, order, tap


def supposing(known: MonthFacts, request: Request) -> MonthFacts:
    return suppose(known, request, derive_plan(known))


def day_of(known: MonthFacts, number: int) -> PersonDay:
    return next(day for day in derive_month(known).days if day.on == on(number))


def overtime(number: int, starts: str, ends: str) -> OvertimeRequest:
    return OvertimeRequest(on(number), parse_clock(starts), parse_clock(ends), "決算", afterwards=True)


def test_supposed_overtime_counts_as_an_order_does() -> None:
    known = facts(taps=here(13, "08:30", "20:30"))
    ordered = replace(known, orders=(order(13, "17:15", "20:30"),))
    supposed = supposing(known, overtime(13, "17:15", "20:30"))
    assert day_of(known, 13).divergences[0].kind is DivergenceKind.unordered_stay
    assert derive_month(supposed).overtime_minutes == derive_month(ordered).overtime_minutes == 195
    assert day_of(supposed, 13).divergences == ()


def test_more_than_was_worked_shows_as_a_claim_without_presence() -> None:
    supposed = supposing(facts(taps=here(13, "08:30", "18:00")), overtime(13, "17:15", "20:30"))
    assert [each.kind for each in day_of(supposed, 13).divergences] == [DivergenceKind.over_claim]


def test_a_supposed_punch_closes_the_day() -> None:
    known = facts(taps=[tap(14, "08:27", "in")])
    supposed = supposing(known, PunchRequest(on(14), parse_clock("17:20"), Direction.clock_out, "忘れ"))
    assert (day_of(known, 14).missing != (), day_of(supposed, 14).missing) == (True, ())
    assert day_of(supposed, 14).by_hand


def test_of_leave_that_reaches_into_the_next_month_only_this_months_days_are_taken() -> None:
    supposed = supposing(facts(), LeaveRequest("annual", on(27), on(28).replace(month=12)))
    assert {each.on for each in supposed.leave} == {on(27), on(28)}


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (SwapRequest(on(15), on(19), "選挙"), "swaps"),
        (CompensatoryRequest(on(3), on(19)), "compensatory"),
        (ElsewhereRequest(on(18), ElsewhereKind.home, 510, 1035, "在宅"), "elsewhere"),
        (HoursOffRequest("2025-10", on(18), 510, 570), "leave"),
    ],
)
def test_each_kind_has_its_fact(request_: Request, name: str) -> None:
    known = facts()
    assert len(getattr(supposing(known, request_), name)) == len(getattr(known, name)) + 1


def test_an_answer_changes_nothing() -> None:
    known = facts(taps=here(13, "08:30", "20:30"))
    answer = DivergenceAnswer(on(13), DivergenceKind.unordered_stay, 1035, 1230, Explanation.private, "")
    assert supposing(known, answer) == known
