"""Adjustments: version and differences add up to the count of now; two persons; what a changed day can reach."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.adjustment import (
    ACTS,
    AdjustmentAct,
    AdjustmentState,
    Counted,
    Decision,
    add_difference,
    count_days,
    find_difference,
    step_adjustment,
    touched_periods,
)
from domain.attendance.counted_month import sum_month
from domain.attendance.facts import MonthFacts
from domain.attendance.month import derive_month
from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from domain.attendance.plan import ImpossiblePlanError
from tests.domain.attendance.test_properties import month_facts
from tests.profiles import HAGI

NOW = datetime(2025, 12, 3, tzinfo=UTC)
AMOUNTS = st.dictionaries(st.sampled_from(["class.weekday_day", "hours.125", "days.worked"]), st.integers(1, 900))
DAYS = st.dictionaries(st.dates(date(2025, 11, 1), date(2025, 11, 30)), AMOUNTS.filter(bool), max_size=6)
COUNTS = st.builds(Counted, AMOUNTS, DAYS)


@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_version_and_adjustments_are_the_count(counts: list[Counted]) -> None:
    stands = counts[0]
    for counted in counts:
        difference = find_difference(stands, counted)
        assert (difference is None) is (stands == counted)
        if difference is not None:
            stands = add_difference(stands, difference)
        assert stands == counted


@given(month_facts(), month_facts())
def test_so_it_is_of_real_months(one: MonthFacts, other: MonthFacts) -> None:
    def count(facts: MonthFacts) -> Counted:
        month = derive_month(facts)
        return Counted(sum_month(month, "2025-11", 0, HAGI).amounts, count_days(month))

    try:
        before, after = count(one), count(other)
    except ImpossiblePlanError:
        return
    difference = find_difference(before, after)
    assert (before if difference is None else add_difference(before, difference)) == after


@given(
    st.lists(
        st.tuples(st.sampled_from(AdjustmentAct), st.sampled_from(["p1", "hr1", "hr2"]), st.sampled_from(["", "遅延"])),
        max_size=12,
    )
)
def test_two_persons_agree_and_neither_is_the_person(tries: list[tuple[AdjustmentAct, str, str]]) -> None:
    decision = Decision("p1")
    for act, by, reason in tries:
        before = decision
        try:
            decision = step_adjustment(decision, act, by=by, reason=reason, now=NOW)
        except RefusedMonthError:
            assert decision is before
            continue
        assert ACTS[before.state, act] is decision.state
        assert by != "p1"
        if decision.state is AdjustmentState.agreed:
            assert (decision.agreed_by, decision.agreed_at) == (by, NOW)
            assert decision.proposed_by not in {by, None}
        else:
            assert decision.reason == "遅延"


def test_faults_are_told_together() -> None:
    with pytest.raises(RefusedMonthError) as refused:
        step_adjustment(Decision("p1"), AdjustmentAct.propose, by="p1", reason=" ", now=NOW)
    assert [fault.why for fault in refused.value.faults] == [MonthWhy.own_month, MonthWhy.no_reason]


@given(st.dates(date(2020, 1, 8), date(2030, 12, 1)))
def test_a_day_touches_its_week_and_the_duty_it_ends(on: date) -> None:
    touched = touched_periods(on)
    sunday = on - timedelta(days=on.isoweekday() % 7)
    around = [sunday + timedelta(days=number) for number in range(7)] + [on - timedelta(days=2)]
    assert {day.isoformat()[:7] for day in around} <= touched
    assert 1 <= len(touched) <= 2
