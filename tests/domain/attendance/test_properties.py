"""What holds for any month: order of arrival, conservation of minutes, disjoint stretches, sums (I9, I10)."""

import itertools
import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.classes import OVERTIME_CLASSES
from domain.attendance.facts import Direction, Employment, MonthFacts, Order, Punch, Staff, Workplace
from domain.attendance.forecast import forecast_assessed, forecast_by
from domain.attendance.ledger import explain_day
from domain.attendance.month import assess_month, derive_month, sum_month
from domain.attendance.plan import derive_plan
from domain.attendance.spans import axis_minute, total
from tests.profiles import HAGI, LSA

FIRST, LAST = date(2025, 11, 1), date(2025, 11, 30)
MINUTES = st.integers(axis_minute(date(2025, 10, 25)), axis_minute(date(2025, 12, 6)))
PUNCHES = st.lists(
    st.builds(
        Punch,
        minute=MINUTES,
        direction=st.sampled_from(Direction),
        interior=st.booleans(),
        tick=st.integers(0, 59_999_999),
        ref=st.text("abc", max_size=2),
    ),
    max_size=60,
)
ORDERS = st.lists(
    st.builds(
        lambda start, length, pause: Order(start, start + length, ((start + pause, start + pause + 30),)),
        MINUTES,
        st.integers(1, 1400),
        st.integers(0, 300),
    ),
    max_size=12,
)
STAFF = st.builds(Staff, st.sampled_from(Employment), manager=st.booleans(), workplace=st.sampled_from(Workplace))


@st.composite
def day_like(draw: st.DrawFn) -> list[Punch]:
    """Punches as people make them: most days in and out, some forgotten, doors in between."""
    punches = []
    for day in draw(st.lists(st.integers(1, 30), max_size=12, unique=True)):
        origin = axis_minute(date(2025, 11, day))
        came, left = draw(st.integers(400, 700)), draw(st.integers(800, 1900))
        if draw(st.integers(0, 9)):
            punches.append(Punch(origin + came, Direction.clock_in, ref=f"{day}i"))
        if draw(st.integers(0, 9)):
            punches.append(Punch(origin + left, Direction.clock_out, ref=f"{day}o"))
        punches.append(Punch(origin + draw(st.integers(400, 1900)), Direction.none, interior=True, ref=f"{day}d"))
    return punches


@st.composite
def month_facts(draw: st.DrawFn) -> MonthFacts:
    return MonthFacts(
        person_id="p1",
        profile=draw(st.sampled_from([HAGI, LSA])),
        first_on=FIRST,
        last_on=LAST,
        known_from_on=FIRST,
        staff=draw(STAFF),
        punches=tuple(draw(st.one_of(PUNCHES, day_like()))),
        orders=tuple(draw(ORDERS)),
        holidays=frozenset({date(2025, 11, 3), date(2025, 11, 24)}),
        until=draw(st.none() | MINUTES),
    )


def shuffled(facts: MonthFacts, seed: int) -> MonthFacts:
    dice = random.Random(seed)
    punches, orders = list(facts.punches), list(facts.orders)
    dice.shuffle(punches)
    dice.shuffle(orders)
    values = {name: getattr(facts, name) for name in MonthFacts.__slots__}
    return MonthFacts(**{**values, "punches": tuple(punches + punches[:3]), "orders": tuple(orders)})


@settings(max_examples=50)
@given(month_facts(), st.integers())
def test_the_order_of_arrival_and_repeats_change_nothing(facts: MonthFacts, seed: int) -> None:
    assert derive_month(shuffled(facts, seed)) == derive_month(facts)


@settings(max_examples=50)
@given(month_facts())
def test_stretches_are_disjoint_and_in_order(facts: MonthFacts) -> None:
    month = derive_month(facts)
    stretches = [stretch for day in month.days if day.assessment for stretch in day.assessment.stretches]
    assert all(stretch.starts <= stretch.ends for stretch in stretches)
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(stretches))


@settings(max_examples=50)
@given(month_facts())
def test_minutes_are_conserved(facts: MonthFacts) -> None:
    month = derive_month(facts)
    for day in month.days:
        if day.assessment is None:
            continue
        span = sum(stretch.ends - stretch.starts for stretch in day.assessment.stretches)
        rows = explain_day(day, facts.profile)
        assert sum(row.to_minute - row.from_minute for row in rows) == span
        assert all(one.to_minute <= other.from_minute for one, other in itertools.pairwise(rows))
        assert 0 <= day.regular_minutes <= day.worked_minutes <= span
        assert day.regular_minutes + total(s for _, ordered in day.assessment.ordered for s in ordered) <= span


@settings(max_examples=50)
@given(month_facts())
def test_sums_are_sums(facts: MonthFacts) -> None:
    month = derive_month(facts)
    for day in month.days:
        assert all(minutes > 0 for minutes in day.classes.values())
        in_classes = sum(minutes for name, minutes in day.classes.items() if name in OVERTIME_CLASSES)
        assert in_classes == day.overtime_minutes
        if day.missing:
            ordered = [entry for entry in day.entries if entry.order is not None]
            assert ordered == []
    assert month.overtime_minutes == sum(day.overtime_minutes for day in month.days)
    for name, minutes in month.classes.items():
        assert minutes == sum(day.classes.get(name, 0) for day in month.days)
        assert month.after_60h.get(name, 0) <= minutes


@settings(max_examples=50)
@given(month_facts())
def test_regular_and_ordered_entries_never_overlap(facts: MonthFacts) -> None:
    entries = [entry for day in derive_month(facts).days for entry in day.entries]
    ordered = sorted(entries, key=lambda entry: entry.starts)
    assert all(one.ends <= other.starts for one, other in itertools.pairwise(ordered))


@settings(max_examples=50)
@given(month_facts())
def test_overtime_is_never_more_than_ordered(facts: MonthFacts) -> None:
    month = derive_month(facts)
    for day in month.days:
        for entry in day.entries:
            if entry.order is not None:
                assert entry.order.starts <= entry.starts
                assert entry.ends <= entry.order.ends


@given(month_facts(), st.integers(0, 200))
def test_a_plan_that_reaches_farther_changes_nothing(facts: MonthFacts, days: int) -> None:
    farther = derive_plan(replace(facts, last_on=facts.last_on + timedelta(days=days)))
    assert sum_month(assess_month(facts, farther)) == derive_month(facts)


@given(month_facts(), st.integers(0, 43_000))
def test_a_month_that_was_assessed_is_forecast_as_one_that_was_not(facts: MonthFacts, minute: int) -> None:
    now = axis_minute(FIRST) + minute
    known = replace(facts, until=now, punches=tuple(each for each in facts.punches if each.minute <= now))
    for each in (facts, known):
        assessed = assess_month(each, derive_plan(each))
        assert forecast_assessed(assessed, now) == forecast_by(each, now, each.profile.counting)
