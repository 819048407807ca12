"""What found work is worth (R15): minutes by class and rate, the 60-hour step included."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.back_pay import BackPayLine, FoundWork, ImpossibleFindingError, found_work, propose_back_pay
from domain.attendance.classes import REGULAR
from domain.attendance.divergence import DivergenceKind
from domain.attendance.facts import MonthFacts
from domain.attendance.month import derive_month
from domain.attendance.pay import pay_hours
from domain.attendance.requests import DivergenceAnswer, Explanation
from tests.domain.attendance.questions import facts, here, on, order, tap
from tests.domain.attendance.test_month_w1 import ORDERS, SWAP, TAPS

WORKDAYS = (4, 5, 6, 7, 10, 11, 12, 13, 14, 17, 18, 19, 20, 21, 25, 26, 27, 28)


def found(day: int, starts: int, ends: int, ref: str = "f1") -> FoundWork:
    return FoundWork(on(day), starts, ends, ref)


def test_r15_fifteen_minutes_before_opening_on_every_day_of_a_month() -> None:
    known = facts(taps=[punch for day in WORKDAYS for punch in here(day, "08:15", "17:15")])
    told = propose_back_pay(known, [found(day, 8 * 60 + 15, 8 * 60 + 30) for day in WORKDAYS])
    assert told.lines == tuple(BackPayLine(on(day), "weekday_day", 125, 15) for day in WORKDAYS)
    assert told.minutes_by_rate == {125: 270}
    assert told.month.pay_hours == {"125": 5}


def test_r15_only_what_was_explained_as_work_is_found() -> None:
    def answer(explanation: Explanation, *ends: int | None) -> DivergenceAnswer:
        return DivergenceAnswer(on(11), DivergenceKind.unordered_stay, *ends, explanation, "窓口の後片付け")

    told = found_work(
        [
            answer(Explanation.work, 1035, 1065),
            answer(Explanation.private, 1080, 1100),
            answer(Explanation.work, 510, None),
        ]
    )
    assert told == (FoundWork(on(11), 1035, 1065, "2025-11-11/unordered_stay/1035-1065"),)


def test_an_unordered_stay_over_night_changes_its_rate_at_ten() -> None:
    told = propose_back_pay(facts(taps=here(13, "08:30", "23:00")), [found(13, 1035, 23 * 60)])
    assert told.minutes_by_rate == {125: 285, 150: 60}


def test_interior_doors_after_the_last_out_were_presence_too() -> None:
    # V3: the out at 17:15, the last door at 21:05.
    known = facts(taps=[*here(13, "08:30", "17:15"), tap(13, "21:05", interior=True)])
    told = propose_back_pay(known, [found(13, 1035, 21 * 60 + 5)])
    assert told.minutes_by_rate == {125: 230}
    assert [item.kind for item in told.month.days[12].divergences] == []


def test_direction_less_taps_keep_their_meaning() -> None:
    known = facts(taps=[tap(13, "08:30"), tap(13, "17:15"), tap(13, "19:00"), tap(13, "20:00")])
    told = propose_back_pay(known, [found(13, 1035, 19 * 60), found(13, 19 * 60, 20 * 60)])
    assert told.minutes_by_rate == {125: 165}


def test_an_order_that_was_kept_adds_nothing() -> None:
    known = facts(taps=here(13, "08:30", "20:30"), orders=[order(13, "17:15", "20:30")])
    assert propose_back_pay(known, [found(13, 1035, 20 * 60 + 30), found(13, 9 * 60, 11 * 60)]).lines == ()


def test_an_over_claim_that_was_work_is_paid_as_ordered() -> None:
    known = facts(taps=here(13, "08:30", "19:00"), orders=[order(13, "17:15", "20:30")])
    assert propose_back_pay(known, [found(13, 19 * 60, 20 * 60 + 30)]).minutes_by_rate == {125: 90}


def test_the_60_hour_step_moves_later_minutes_to_the_higher_rate() -> None:
    # W1 crosses 60 hours on the 24th at 20:15; an hour found on the 11th is crossed an hour earlier.
    known = facts(taps=[*TAPS, tap(11, "18:20", "out")], orders=ORDERS, swaps=SWAP)
    told = propose_back_pay(known, [found(11, 17 * 60 + 20, 18 * 60 + 20)])
    assert told.lines == (
        BackPayLine(on(11), "weekday_day", 125, 60),
        BackPayLine(on(24), "restday_day", 135, -60),
        BackPayLine(on(24), "restday_day", 150, 60),
    )
    assert told.minutes_by_rate == {125: 60, 135: -60, 150: 60}


@pytest.mark.parametrize(
    ("finding", "field"),
    [
        (found(13, 1035, 1035), "ends_minute"),
        (FoundWork(date(2025, 12, 1), 1035, 1095), "on"),
        (found(14, 1035, 1095), "on"),
    ],
)
def test_an_impossible_finding_names_its_field(finding: FoundWork, field: str) -> None:
    known = facts(taps=[*here(13, "08:30", "18:15"), tap(14, "08:30", "in")])
    with pytest.raises(ImpossibleFindingError, match=" / ") as refused:
        propose_back_pay(known, [finding])
    assert refused.value.field == field


def counted(known: MonthFacts) -> set[int]:
    """The axis minutes that count beside regular hours."""
    entries = [entry for day in derive_month(known).days for entry in day.entries if entry.name != REGULAR]
    return {minute for entry in entries for minute in range(entry.starts, entry.ends)}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WORKDAYS), st.integers(0, 500)), max_size=10, unique_by=lambda pair: pair[0]),
    st.lists(st.tuples(st.sampled_from(WORKDAYS), st.integers(1035, 1500), st.integers(1, 400)), max_size=6),
)
def test_every_found_minute_outside_presence_and_orders_is_worth_one_minute(
    stays: list[tuple[int, int]], spans: list[tuple[int, int, int]]
) -> None:
    taps, orders = [], []
    for day, stay in stays:
        ends = f"{(1035 + stay) // 60:02d}:{(1035 + stay) % 60:02d}"
        taps += here(day, "08:30", ends)
        orders += [order(day, "17:15", ends)] if stay % 2 else []
    known = facts(taps=taps, orders=orders)
    findings = [found(day, starts, starts + length) for day, starts, length in spans]
    told = propose_back_pay(known, findings)
    assert propose_back_pay(known, reversed(findings)).lines == told.lines
    minutes = {minute for finding in findings for minute in range(*finding.span)}
    assert sum(line.minutes for line in told.lines) == len(minutes - counted(known))
    assert sum(told.minutes_by_rate.values()) == sum(line.minutes for line in told.lines)


def test_the_proposal_is_rounded_as_pay_is() -> None:
    known = facts(taps=here(13, "08:30", "17:44"))
    told = propose_back_pay(known, [found(13, 1035, 1035 + 29)])
    entries = [entry for day in told.month.days for entry in day.entries]
    assert (told.minutes_by_rate, pay_hours(entries, known.profile)) == ({125: 29}, {"125": 0})
