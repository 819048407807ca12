"""A tap that was no work: what may be taken out of the count, and what the day is without it."""

from dataclasses import replace

import pytest

from domain.attendance.assess_request import assess_request
from domain.attendance.effects import WrongTap, list_effects
from domain.attendance.facts import MANUAL, Direction, MonthFacts, Punch
from domain.attendance.month import derive_month
from domain.attendance.plan import derive_plan
from domain.attendance.request_facts import RequestFacts, list_days
from domain.attendance.request_fault import Why
from domain.attendance.request_span import wants_same
from domain.attendance.requests import PunchRequest, RequestKind, WrongTapRequest, kind_of, subject_of
from domain.attendance.routes import route_of
from domain.attendance.suppose import suppose
from domain.civil import parse_clock
from tests.domain.attendance.questions import at, facts, here, on, tap, told

UMBRELLA = tuple(replace(each, ref=f"west-1/1/{number}") for number, each in enumerate(here(15, "13:00", "13:04"), 3))
WORK = tuple(replace(each, ref=f"west-1/1/{number}") for number, each in enumerate(here(13, "08:20", "17:15"), 1))


def known(*more: Punch, closed: frozenset[str] = frozenset()) -> RequestFacts:
    return RequestFacts(facts(taps=(*WORK, *UMBRELLA, *more)), at(20, "9:00"), closed=closed).planned()


def wrong(punch: Punch, day: int = 15, reason: str = "傘を取りに来た") -> WrongTapRequest:
    return WrongTapRequest(on(day), punch.minute - at(day, "0:00"), punch.ref, reason)


def found(request: WrongTapRequest, given: RequestFacts | None = None) -> set[tuple[str, Why]]:
    return {(fault.field, fault.why) for fault in assess_request(request, given or known())}


def test_a_tap_of_the_day_may_be_taken_out_with_a_reason() -> None:
    assert found(wrong(UMBRELLA[0])) == set()
    assert found(wrong(UMBRELLA[0], reason=" ")) == {("reason", Why.no_reason)}
    assert found(wrong(UMBRELLA[0], reason="傘" * 201)) == {("reason", Why.too_long)}


@pytest.mark.parametrize(
    "punch",
    [
        tap(15, "13:00", "in"),  # no record bears that name
        replace(UMBRELLA[0], minute=UMBRELLA[0].minute + 1),  # at another minute
        replace(WORK[0], minute=at(15, "8:20")),  # a tap of another day
    ],
    ids=["unknown", "other minute", "other day"],
)
def test_only_a_tap_of_that_day_and_minute(punch: Punch) -> None:
    assert found(wrong(punch)) == {("tap", Why.no_such_tap)}


@pytest.mark.parametrize(
    "punch",
    [
        Punch(at(15, "14:00"), Direction.clock_in, ref=f"{MANUAL}a1/0"),  # its application is cancelled instead
        Punch(at(15, "14:00"), Direction.none, interior=True, ref="west-1/1/9"),
        Punch(at(15, "14:00"), Direction.clock_in, doubtful=True, ref="west-1/1/9"),  # HR judges it
    ],
    ids=["by hand", "inside", "doubtful"],
)
def test_what_is_no_tap_of_working_time_cannot_be_wrong(punch: Punch) -> None:
    assert found(wrong(punch), known(punch)) == {("tap", Why.no_such_tap)}


def test_a_tap_after_midnight_belongs_to_the_day_before() -> None:
    late = Punch(at(16, "1:30"), Direction.clock_in, ref="west-1/1/9")
    assert found(wrong(late), known(late)) == set()
    assert found(wrong(late, 16), known(late)) == {("tap", Why.no_such_tap)}


def test_a_closed_month_takes_it_and_no_punch_by_hand() -> None:
    closed = known(closed=frozenset({"2025-11"}))
    assert found(wrong(UMBRELLA[0]), closed) == set()
    by_hand = PunchRequest(on(13), parse_clock("18:00"), Direction.clock_out, "忘れ")
    assert {fault.why for fault in assess_request(by_hand, closed)} == {Why.month_closed}


def test_two_requests_of_one_tap_want_the_same() -> None:
    assert wants_same(wrong(UMBRELLA[0]), wrong(UMBRELLA[0], reason="別の理由"))
    assert not wants_same(wrong(UMBRELLA[0]), wrong(UMBRELLA[1]))
    waiting = replace(known(), waiting=(wrong(UMBRELLA[0]),))
    assert found(wrong(UMBRELLA[0]), waiting) == {("on", Why.overlaps_request)}


def test_it_goes_to_the_head_and_names_its_tap() -> None:
    asked = wrong(UMBRELLA[0])
    assert (kind_of(asked), route_of(asked)) == (RequestKind.wrong_tap, ("head",))
    assert (subject_of(asked), list_days(asked)) == ("west-1/1/3", (on(15),))
    assert list_effects(asked, {}) == (WrongTap(on(15), 780, "west-1/1/3"),)


def test_without_its_wrong_taps_the_day_is_as_if_nobody_had_come() -> None:
    month: MonthFacts = facts(taps=(*WORK, *UMBRELLA))
    assert derive_month(month).days[14].in_minute == 780
    one = suppose(month, wrong(UMBRELLA[0]), derive_plan(month))
    assert told(derive_month(one), 15) == [("missing_in", 0)]
    both = derive_month(suppose(one, wrong(UMBRELLA[1]), derive_plan(one)))
    assert both == derive_month(facts(taps=WORK))
