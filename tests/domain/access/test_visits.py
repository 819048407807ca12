"""The life of a visit: its table, the clock's part in it, who may decide, and the day's numbers."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.visit_count import count_day
from domain.access.visits import (
    AHEAD_MAX,
    EARLY_MAX,
    STANDING,
    STEPS,
    VISIT_MAX,
    Approval,
    VisitAct,
    VisitFault,
    VisitFaultError,
    VisitState,
    VisitTimes,
    demand_approval,
    judge_decider,
    judge_extension,
    judge_times,
    list_acts,
    state_at,
    step_visit,
)
from domain.civil import instant, parse_clock

ON = date(2025, 11, 20)
S, A = VisitState, VisitAct


def at(clock: str) -> datetime:
    return instant(ON, parse_clock(clock))


def visit(standing: VisitState, **known: datetime) -> VisitTimes:
    return VisitTimes(standing, at("10:00"), at("12:00"), **known)


TABLE = """
              approve   refuse   cancel     receive  give_pass  extend     leave
announced     -         -        cancelled  arrived  -          announced  -
awaiting      approved  refused  cancelled  -        -          awaiting   -
approved      -         refused  cancelled  arrived  -          approved   -
arrived       -         -        -          -        arrived    arrived    left
left          -         -        -          -        -          -          -
cancelled     -         -        -          -        -          -          -
refused       -         -        -          -        -          -          -
"""
LATE = """
              approve   refuse   cancel     receive  give_pass  extend     leave
announced     -         -        -          -        -          announced  -
awaiting      -         -        -          -        -          awaiting   -
approved      -         -        -          -        -          approved   -
arrived       -         -        -          -        -          arrived    left
left          -         -        -          -        -          -          -
cancelled     -         -        -          -        -          -          -
refused       -         -        -          -        -          -          -
"""


def cells(table: str) -> list[tuple[VisitState, VisitAct, str]]:
    head, *lines = (line.split() for line in table.strip().splitlines())
    return [(S(name), A(act), cell) for name, *row in lines for act, cell in zip(head, row, strict=True)]


@pytest.mark.parametrize(("table", "clock"), [(TABLE, "11:00"), (LATE, "12:00")], ids=["in time", "late"])
def test_every_cell(table: str, clock: str) -> None:
    rows = cells(table)
    assert {(state, act) for state, act, _ in rows} == set(itertools.product(STANDING, A))
    for state, act, cell in rows:
        if cell != "-":
            assert step_visit(visit(state), act, at(clock)) == cell, (state, act)
            assert act in list_acts(visit(state), at(clock))
            continue
        assert act not in list_acts(visit(state), at(clock))
        with pytest.raises(VisitFaultError) as caught:
            step_visit(visit(state), act, at(clock))
        assert caught.value.fault is VisitFault.wrong_state


def test_the_clock_alone_makes_late() -> None:
    assert state_at(S.arrived, at("12:00"), at("11:59")) is S.arrived
    assert state_at(S.arrived, at("12:00"), at("12:00")) is S.overdue
    assert state_at(S.approved, at("12:00"), at("12:00")) is S.no_show
    assert {state_at(state, at("12:00"), at("23:00")) for state in (S.left, S.cancelled, S.refused)} == {
        S.left, S.cancelled, S.refused,
    }  # fmt: skip


def test_nobody_is_received_long_before_the_time() -> None:
    early = at("10:00") - EARLY_MAX
    assert step_visit(visit(S.announced), A.receive, early) is S.arrived
    with pytest.raises(VisitFaultError, match="too_early"):
        step_visit(visit(S.announced), A.receive, early - timedelta(seconds=1))
    assert A.receive not in list_acts(visit(S.announced), early - timedelta(seconds=1))


def test_times_of_a_new_visit() -> None:
    now = at("9:00")
    assert judge_times(at("10:00"), at("12:00"), now) is None
    assert judge_times(at("8:00"), at("12:00"), now) is None  # the visitor stands at the desk already
    assert judge_times(at("10:00"), at("10:00"), now) is VisitFault.ends_too_early
    assert judge_times(at("7:00"), at("9:00"), now) is VisitFault.ends_too_early
    assert judge_times(now, now + VISIT_MAX, now) is None
    assert judge_times(now, now + VISIT_MAX + timedelta(minutes=1), now) is VisitFault.lasts_too_long
    far = now + AHEAD_MAX + timedelta(minutes=1)
    assert judge_times(far, far + timedelta(hours=1), now) is VisitFault.too_far_ahead


def test_a_later_end_lies_today() -> None:
    known = visit(S.arrived)
    assert judge_extension(known, at("13:00"), at("11:00")) is None
    assert judge_extension(known, at("24:00"), at("11:00")) is None
    assert judge_extension(known, at("12:00"), at("11:00")) is VisitFault.ends_too_early
    assert judge_extension(known, at("12:30"), at("12:30")) is VisitFault.ends_too_early
    assert judge_extension(known, at("24:01"), at("11:00")) is VisitFault.lasts_too_long
    assert judge_extension(known, at("26:00"), at("25:00")) is None  # it has become the next day at the desk


def test_who_may_decide() -> None:
    assert demand_approval([]) is Approval.none
    assert demand_approval([Approval.facility, Approval.head, Approval.none]) is Approval.facility

    def judge(approval: Approval, *, head: bool = False, facility: bool = False, who: str = "c") -> VisitFault | None:
        return judge_decider(approval, decider=who, involved=("a", "b"), is_head=head, is_facility=facility)

    assert judge(Approval.head, head=True) is None
    assert judge(Approval.head, facility=True) is None
    assert judge(Approval.head) is VisitFault.not_yours
    assert judge(Approval.facility, head=True) is VisitFault.not_yours
    assert judge(Approval.facility, facility=True) is None
    assert judge(Approval.facility, facility=True, who="a") is VisitFault.own_visit


def test_the_numbers_of_a_day() -> None:
    visits = [
        visit(S.left, arrived_at=at("10:00"), left_at=at("11:00")),
        visit(S.left, arrived_at=at("10:30"), left_at=at("11:30")),
        visit(S.arrived, arrived_at=at("11:00")),
        visit(S.announced),
        visit(S.cancelled),
        VisitTimes(S.arrived, at("10:00"), at("18:00"), at("12:30")),
        VisitTimes(S.arrived, at("10:00") - timedelta(days=1), at("18:00"), at("10:00") - timedelta(days=1)),
    ]
    count = count_day(visits, at("0:00"), at("24:00"), at("13:00"))
    assert (count.expected, count.arrived, count.left, count.no_show) == (6, 4, 2, 1)
    assert (count.inside, count.overdue, count.most_at_once) == (3, 1, 3)


INSTANTS = st.integers(0, 3 * 1440).map(lambda minute: datetime(2025, 11, 19, tzinfo=UTC) + timedelta(minutes=minute))


@given(st.sampled_from(sorted(STANDING)), INSTANTS, INSTANTS, INSTANTS)
def test_acts_lead_to_standing_states_and_only_listed_ones_are_done(
    standing: VisitState, begins_at: datetime, ends_at: datetime, now: datetime
) -> None:
    known = VisitTimes(standing, begins_at, ends_at)
    for act in A:
        try:
            after = step_visit(known, act, now)
        except VisitFaultError:
            assert act not in list_acts(known, now)
            continue
        assert act in list_acts(known, now)
        assert after in STANDING
    assert {after for after in STEPS.values() if after is not None} <= STANDING
