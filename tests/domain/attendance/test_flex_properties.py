"""What holds for any month with flexible hours (L20): conservation, order of arrival, sums, orders (I9, I10)."""

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.facts import Direction, Leave, MonthFacts, Order, Punch
from domain.attendance.flex_settlement import Settlement, SettlementState
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.spans import axis_minute, total
from tests.domain.attendance.questions import on, told
from tests.domain.attendance.test_flex import BY_LAW, CITY, LONG, SHORT, USUAL, flexible_facts

ENDS = st.tuples(st.sampled_from(range(1, 31)), st.integers(300, 800), st.integers(0, 900))
SHIFTS = st.dictionaries(
    st.integers(1, 30),
    st.sampled_from(
        [USUAL, LONG, SHORT, "flex 07:00-22:00 break 12:00-13:00", "08:30-17:15 break 12:00-13:00", "rest"]
    ),
    max_size=30,
)
ORDERED = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 1439), st.integers(1, 400)), max_size=6)


@st.composite
def some_facts(draw: st.DrawFn) -> MonthFacts:
    punches = []
    for day, came, stay in draw(st.lists(ENDS, max_size=25, unique_by=lambda each: each[0])):
        start = axis_minute(on(day), came)
        punches.append(Punch(start, Direction.clock_in, ref=f"{day}i"))
        if draw(st.integers(0, 9)):
            punches.append(Punch(start + stay, Direction.clock_out, ref=f"{day}o"))
    orders = tuple(
        Order(axis_minute(on(day), start), axis_minute(on(day), start) + length, ref=f"{day}/{start}")
        for day, start, length in draw(ORDERED)
    )
    base = draw(st.sampled_from([CITY, BY_LAW, replace(CITY, flex_period_weeks=0)]))
    leave = tuple(Leave(on(day), "annual") for day in draw(st.sets(st.integers(1, 30), max_size=3)))
    said = draw(SHIFTS) or {13: USUAL}
    return flexible_facts(said, profile=base, taps=punches, orders=orders, leave=leave)


@settings(max_examples=120)
@given(some_facts())
def test_every_minute_of_presence_stands_once_in_the_ledger(given_facts: MonthFacts) -> None:
    for day in derive_month(given_facts).days:
        if day.assessment is None:
            continue
        rows = explain_day(day, given_facts.profile)
        presence = sum(stretch.ends - stretch.starts for stretch in day.assessment.stretches)
        assert sum(row.to_minute - row.from_minute for row in rows) == presence
        ordered = [span for _, spans in day.assessment.ordered for span in spans]
        assert sum(entry.minutes for entry in day.entries) == total((*day.assessment.regular, *ordered))


@settings(max_examples=120)
@given(some_facts(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(given_facts: MonthFacts, shuffled: random.Random) -> None:
    punches, orders = list(given_facts.punches), list(given_facts.orders)
    shuffled.shuffle(punches)
    shuffled.shuffle(orders)
    assert derive_month(given_facts) == derive_month(replace(given_facts, punches=tuple(punches), orders=tuple(orders)))


@settings(max_examples=120)
@given(some_facts())
def test_a_settlement_is_the_sum_of_its_days_and_tells_what_it_finds(given_facts: MonthFacts) -> None:
    month = derive_month(given_facts)
    for one in month.settlements:
        own = [day for day in month.days if one.first_on <= day.on <= one.last_on]
        if one.first_on >= month.first_on and one.last_on <= month.last_on:
            assert one.worked_minutes == sum(day.regular_minutes for day in own)
            assert _found(month, one) == _expected(one, given_facts.profile.stay_threshold_minutes)
    assert all(earlier.last_on < later.first_on for earlier, later in pairwise(month.settlements))


@settings(max_examples=120)
@given(some_facts())
def test_overtime_is_never_more_than_was_ordered(given_facts: MonthFacts) -> None:
    for day in derive_month(given_facts).days:
        flexible_day = day.assessment is not None and day.assessment.plan.is_flexible
        if flexible_day:
            ordered = sum(total(spans) for _, spans in day.assessment.ordered)
            assert day.overtime_minutes <= ordered


def _found(month: PersonMonth, one: Settlement) -> list[tuple[str, int]]:
    return [each for each in told(month, one.last_on.isoformat()) if each[0] in {"flex_shortage", "flex_excess"}]


def _expected(one: Settlement, threshold: int) -> list[tuple[str, int]]:
    if one.state is not SettlementState.settled:
        return []
    if one.balance_minutes < 0:
        return [("flex_shortage", -one.balance_minutes)]
    return [("flex_excess", one.balance_minutes)] if one.balance_minutes > threshold else []
