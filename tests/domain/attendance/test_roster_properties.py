"""What holds for any roster, days elsewhere and evidence: order, conservation, disjoint stretches (I8–I10)."""

import itertools
import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.elsewhere import Elsewhere, ElsewhereKind
from domain.attendance.facts import ComputerUse, MonthFacts, Punch
from domain.attendance.ledger import explain_day
from domain.attendance.month import derive_month
from domain.attendance.shift import OFF_DUTY, REST, DayKind
from domain.attendance.shift_text import parse_shift
from domain.attendance.spans import total
from tests.domain.attendance.test_properties import FIRST, MINUTES, month_facts

DAYS = st.integers(1, 30).map(lambda day: FIRST.replace(day=day))
SHIFTS = st.sampled_from(
    [
        REST,
        OFF_DUTY,
        *(
            replace(parse_shift(text), on_holidays=True)
            for text in (
                "08:30-17:15 break 12:00-13:00",
                "07:00-10:00 / 16:00-19:30",
                "06:30-09:00 / 11:00-13:00 / 17:00-20:00",
                "08:30-32:30 break 12:00-13:00, 24:00-30:00",
                "22:00-31:00 break 26:00-27:00",
                "04:00-12:45 break 08:00-09:00",
            )
        ),
    ]
)
AWAY = st.builds(
    lambda on, kind, start, length: Elsewhere(on, kind, start, start + length),
    DAYS,
    st.sampled_from(ElsewhereKind),
    st.integers(0, 1900),
    st.integers(1, 1000),
)
USES = st.lists(st.builds(ComputerUse, MINUTES), max_size=10)


@st.composite
def rostered(draw: st.DrawFn) -> MonthFacts:
    """A month with a roster, hours elsewhere and computers."""
    facts = draw(month_facts())
    return replace(
        facts,
        profile=replace(facts.profile, standby_is_work=draw(st.booleans())),
        shifts=draw(st.dictionaries(DAYS, SHIFTS, max_size=20)),
        elsewhere=tuple(draw(st.lists(AWAY, max_size=5))),
        computer_use=tuple(draw(USES)),
    )


@settings(max_examples=50)
@given(rostered(), st.integers())
def test_the_order_of_arrival_changes_nothing(facts: MonthFacts, seed: int) -> None:
    dice = random.Random(seed)
    mixed = {
        name: tuple(dice.sample(list(getattr(facts, name)), len(getattr(facts, name))))
        for name in ("punches", "orders", "elsewhere", "computer_use")
    }
    assert derive_month(replace(facts, **mixed)) == derive_month(facts)


@settings(max_examples=50)
@given(rostered())
def test_stretches_are_disjoint_and_minutes_are_conserved(facts: MonthFacts) -> None:
    month = derive_month(facts)
    stretches = sorted(
        (each.starts, each.ends) for day in month.days if day.assessment for each in day.assessment.stretches
    )
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(stretches))
    for day in month.days:
        if day.assessment is None:
            continue
        span = sum(each.ends - each.starts for each in day.assessment.stretches)
        rows = explain_day(day, facts.profile)
        assert sum(row.to_minute - row.from_minute for row in rows) == span
        assert 0 <= day.regular_minutes <= day.worked_minutes <= span
        assert day.regular_minutes + total(s for _, ordered in day.assessment.ordered for s in ordered) <= span


@settings(max_examples=50)
@given(rostered())
def test_lost_minutes_are_due_minutes(facts: MonthFacts) -> None:
    for day in derive_month(facts).days:
        assert day.late_minutes >= 0
        assert day.early_leave_minutes >= 0
        due = 0 if day.assessment is None or day.kind is not DayKind.work else total(day.assessment.plan.duty)
        if not day.missing:
            assert day.late_minutes + day.early_leave_minutes + day.regular_minutes <= due


@settings(max_examples=50)
@given(rostered(), st.lists(MINUTES, max_size=5))
def test_what_is_doubtful_or_mere_evidence_counts_no_minute(facts: MonthFacts, doubtful: list[int]) -> None:
    more = tuple(Punch(minute, punch.direction, ref="doubt", doubtful=True)
                 for minute, punch in zip(doubtful, facts.punches, strict=False))  # fmt: skip
    counted = derive_month(facts)
    with_evidence = derive_month(replace(facts, punches=facts.punches + more))
    without_computers = derive_month(replace(facts, computer_use=()))
    for other in (with_evidence, without_computers):
        assert (other.classes, other.worked_minutes, other.regular_minutes, other.pay_hours) == (
            counted.classes,
            counted.worked_minutes,
            counted.regular_minutes,
            counted.pay_hours,
        )
