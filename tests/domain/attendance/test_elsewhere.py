"""Days without taps, watch, and computers as evidence (C7, R14, V3)."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.elsewhere import Elsewhere, ElsewhereKind
from domain.attendance.facts import ComputerUse, Order, Punch
from domain.attendance.ledger import explain_day
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.spans import total
from domain.civil import parse_clock
from tests.domain.attendance.questions import ask, at, facts, here, on, order, tap, told
from tests.profiles import HAGI


def away(day: int, kind: str, starts: str, ends: str) -> Elsewhere:
    return Elsewhere(on(day), ElsewhereKind(kind), parse_clock(starts), parse_clock(ends), ref=f"elsewhere/{day}")


def month_with(
    *items: Elsewhere,
    taps: Iterable[Punch] = (),
    orders: Iterable[Order] = (),
    used: Iterable[int] = (),
    **said: object,
) -> PersonMonth:
    uses = tuple(ComputerUse(minute) for minute in used)
    return derive_month(replace(facts(taps=taps, orders=orders, **said), elsewhere=items, computer_use=uses))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["home", "trip", "training"])
def test_declared_hours_count_within_regular_hours(kind: str) -> None:
    day = month_with(away(13, kind, "08:00", "19:00")).days[12]
    assert (day.regular_minutes, day.worked_minutes, day.overtime_minutes) == (465, 465, 0)
    assert (day.late_minutes, day.early_leave_minutes, day.divergences) == (0, 0, ())
    late = month_with(away(13, kind, "10:00", "17:15")).days[12]
    assert late.late_minutes == 90


def test_overtime_elsewhere_needs_an_order() -> None:
    day = month_with(away(13, "home", "08:30", "19:00"), orders=[order(13, "17:15", "18:15")]).days[12]
    assert day.classes == {"weekday_day": 60}
    assert day.divergences == ()


def test_a_trip_from_the_office_joins_what_the_taps_say() -> None:
    day = month_with(away(13, "trip", "13:00", "17:15"), taps=here(13, "08:25", "13:05")).days[12]
    assert (day.regular_minutes, day.late_minutes, day.early_leave_minutes) == (465, 0, 0)


def test_who_left_for_a_trip_without_a_tap_is_asked_with_the_trip_as_candidate() -> None:
    day = month_with(away(13, "trip", "13:00", "17:15"), taps=[tap(13, "08:25", "in")]).days[12]
    assert [(item.direction, item.candidate_minute) for item in day.missing] == [("out", 13 * 60)]


def test_a_day_at_home_is_not_counted_before_it_comes() -> None:
    asked = replace(facts(), elsewhere=(away(13, "home", "08:30", "17:15"),), until=at(13, "10:30"))
    assert derive_month(asked).days[12].regular_minutes == 120


def test_night_duty_is_no_overtime_unless_work_is_ordered() -> None:
    taps = [tap(13, "08:20", "in"), tap(14, "17:20", "out")]
    month = month_with(away(13, "night_duty", "17:15", "32:30"), taps=taps)
    assert (told(month, 13), told(month, 14), month.overtime_minutes) == ([], [], 0)
    assert [day.regular_minutes for day in month.days[12:14]] == [465, 465]
    assert month.days[12].worked_minutes == 465 + 10
    worked = month_with(away(13, "night_duty", "17:15", "32:30"), taps=taps, orders=[order(13, "23:00", "25:00")])
    assert worked.days[12].classes == {"weekday_night": 120}
    assert [item.kind for item in ask(taps=taps).days[12].divergences] == ["unordered_stay"]


def test_disaster_standby_is_watch_or_work_as_the_profile_says() -> None:
    items = away(13, "standby", "17:15", "22:00")
    ordered = [order(13, "17:15", "22:00")]
    assert month_with(items, taps=here(13, "08:30", "17:15"), orders=ordered).overtime_minutes == 0
    as_work = month_with(items, taps=here(13, "08:30", "17:15"), orders=ordered, standby_is_work=True)
    assert as_work.days[12].classes == {"weekday_day": 285}


def test_a_computer_in_use_after_the_out_or_before_the_in_is_told() -> None:
    taps = here(13, "08:25", "17:20")
    month = month_with(taps=taps, used=[at(13, "07:00"), at(13, "12:00"), at(13, "21:05")])
    assert told(month, 13) == [("computer_before_in", 85), ("computer_after_out", 225)]
    assert told(month_with(taps=taps, used=[at(13, "08:10"), at(13, "17:35")]), 13) == []


def test_a_computer_in_use_on_a_day_off_is_told_and_a_single_log_on_is_not() -> None:
    assert told(month_with(used=[at(15, "20:00"), at(15, "21:30")]), 15) == [("computer_after_out", 90)]
    assert told(month_with(used=[at(15, "20:00")]), 15) == []


def test_a_computer_in_use_during_a_night_on_site_is_no_divergence() -> None:
    taps = [tap(13, "08:20", "in"), tap(14, "17:20", "out")]
    assert told(month_with(away(13, "night_duty", "17:15", "32:30"), taps=taps, used=[at(14, "06:00")]), 14) == []


CLOCK = st.integers(0, 1900)
DECLARED = st.builds(
    lambda day, kind, start, length: Elsewhere(on(day), kind, start, start + length),
    st.integers(1, 30),
    st.sampled_from(ElsewhereKind),
    CLOCK,
    st.integers(1, 900),
)
STAYS = st.lists(st.tuples(st.integers(1, 29), CLOCK, st.integers(1, 900)), max_size=8)


@given(st.lists(DECLARED, max_size=6), STAYS, st.booleans())
def test_stretches_stay_disjoint_and_declarations_make_no_overtime(
    items: list[Elsewhere], stays: list[tuple[int, int, int]], standby_is_work: bool
) -> None:
    taps = [
        punch
        for day, start, length in stays
        for punch in (replace(tap(day, "0:00", "in"), minute=at(day, "0:00") + start, ref="i"),
                      replace(tap(day, "0:00", "out"), minute=at(day, "0:00") + start + length, ref="o"))
    ]  # fmt: skip
    month = month_with(*items, taps=taps, standby_is_work=standby_is_work)
    again = month_with(*reversed(items), taps=list(reversed(taps)), standby_is_work=standby_is_work)
    assert month == again
    spans = sorted(
        (each.starts, each.ends) for day in month.days if day.assessment for each in day.assessment.stretches
    )
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert month.overtime_minutes == 0
    for day in month.days:
        assert 0 <= day.regular_minutes <= day.worked_minutes
        assert day.assessment is None or day.worked_minutes <= total(
            (each.starts, each.ends) for each in day.assessment.stretches
        )


def test_the_ledger_parts_a_run_of_minutes_where_taps_follow_declared_hours() -> None:
    day = month_with(away(13, "home", "08:30", "10:00"), taps=here(13, "10:00", "17:15")).days[12]
    rows = [(row.from_minute, row.to_minute, row.name, row.taps[0]) for row in explain_day(day, HAGI)]
    assert rows == [
        (510, 600, "regular", "elsewhere/13"),
        (600, 720, "regular", "2025-11-13 10:00"),
        (720, 780, "break", "2025-11-13 10:00"),
        (780, 1035, "regular", "2025-11-13 10:00"),
    ]
