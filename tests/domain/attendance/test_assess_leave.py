"""Requests for leave held against the plan, the kind and the balance: every fault by field and word."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.assess_leave import assess_leave
from domain.attendance.facts import Leave, MonthFacts, Swap
from domain.attendance.leave_balance import Lot, Taking, settle
from domain.attendance.leave_kinds import Allowance, DayCount, LeaveKind, LeaveUnit, MonthDay, Season
from domain.attendance.leave_parts import charged_minutes, due_within, halves
from domain.attendance.leave_report import LeaveLedger, list_leave, sum_shares
from domain.attendance.leave_takings import LeaveFacts, derive_takings, taken_minutes
from domain.attendance.month import derive_month
from domain.attendance.plan import derive_plan
from domain.attendance.profile import Profile
from domain.attendance.request_fault import Why
from domain.attendance.requests import LeaveRequest
from domain.attendance.shift import Hours, work_shift
from tests.profiles import HAGI, LSA

DAY = 465
NOVEMBER = MonthFacts(
    "p1", HAGI, date(2025, 11, 1), date(2025, 11, 30), date(2025, 11, 1), holidays=frozenset({date(2025, 11, 3)})
)
WEDNESDAY = date(2025, 11, 12)
GRANT = Lot("grant", 20 * DAY, date(2025, 1, 1), date(2025, 12, 31))


def kind(name: str, allowance: Allowance, *units: LeaveUnit, **fields: object) -> LeaveKind:
    plain = LeaveKind(name, name, name, True, allowance, ("head",), frozenset(units or LeaveUnit))
    return replace(plain, **fields)  # type: ignore[arg-type]


KINDS: Mapping[str, LeaveKind] = {
    each.id: each
    for each in (
        kind("annual", Allowance.granted),
        kind("wedding", Allowance.event, LeaveUnit.day, days=5, day_count=DayCount.calendar, event_gap_days=3),
        kind("birth", Allowance.event, days=2, event_gap_days=14),
        kind(
            "summer",
            Allowance.yearly,
            LeaveUnit.day,
            days=5,
            season=Season(MonthDay(7, 1), MonthDay(9, 30)),
        ),
        kind("child", Allowance.yearly, days=5, needs_reason=True),
        kind("infant", Allowance.open, LeaveUnit.hour, unit_minutes=30, day_minutes_max=60),
        kind("half", Allowance.open, LeaveUnit.day, LeaveUnit.half),
    )
}


def facts(*takings: Taking, profile: Profile = HAGI, lots: tuple[Lot, ...] = (GRANT,)) -> LeaveFacts:
    return LeaveFacts(profile, KINDS, derive_plan(NOVEMBER), DAY, lots, takings)


def ask(
    from_on: date = WEDNESDAY, until_on: date | None = None, name: str = "annual", **fields: object
) -> LeaveRequest:
    return replace(LeaveRequest(name, from_on, until_on or from_on), **fields)  # type: ignore[arg-type]


def hours(starts: int, ends: int, name: str = "annual", **fields: object) -> LeaveRequest:
    return ask(name=name, starts_minute=starts, ends_minute=ends, **fields)


def words(request: LeaveRequest, known: LeaveFacts | None = None) -> list[tuple[str, Why]]:
    return [(fault.field, fault.why) for fault in assess_leave(request, known or facts())]


def test_a_whole_day_is_the_plan_of_that_day() -> None:
    assert words(ask()) == []
    assert [each.minutes for each in derive_takings(ask(), facts(), "a1")] == [DAY]
    short = derive_plan(replace(NOVEMBER, shifts={WEDNESDAY: work_shift(Hours(540, 885))}))
    assert taken_minutes(ask(), short[WEDNESDAY], replace(facts(), plan=short)) == 345


def test_days_off_between_take_nothing() -> None:
    request = ask(date(2025, 11, 7), date(2025, 11, 11))
    assert words(request) == []
    assert [each.id for each in derive_takings(request, facts(), "a1")] == [
        "a1/2025-11-07",
        "a1/2025-11-10",
        "a1/2025-11-11",
    ]


@pytest.mark.parametrize(("starts", "ends", "minutes"), [(510, 720, 210), (780, 1035, 255)])
def test_a_half_day_is_one_side_of_the_break(starts: int, ends: int, minutes: int) -> None:
    assert words(hours(starts, ends, "half")) == []
    assert derive_takings(hours(starts, ends), facts(), "a")[0].minutes == minutes
    assert words(hours(starts, ends + 1, "half")) == [("starts_minute", Why.not_by_the_hour)]


def test_a_day_without_a_break_is_halved_in_the_middle() -> None:
    plan = derive_plan(replace(NOVEMBER, shifts={WEDNESDAY: work_shift(Hours(540, 840))}))
    assert halves(plan[WEDNESDAY]) == ((540, 690), (690, 840))
    assert halves(plan[date(2025, 11, 15)]) is None


@pytest.mark.parametrize(
    ("starts", "ends", "minutes"),
    [
        (510, 630, 120),  # C5: 08:30–10:30
        (510, 615, 120),  # a begun hour
        (690, 810, 60),  # over the break: 11:30–12:00 and 13:00–13:30
        (510, 1020, 465),  # 7:30 would be eight hours: the day has 7:45
    ],
)
def test_l16_hours_are_rounded_up_to_the_unit_and_never_beyond_the_day(starts: int, ends: int, minutes: int) -> None:
    assert words(hours(starts, ends)) == []
    assert derive_takings(hours(starts, ends), facts(), "a")[0].minutes == minutes


def test_two_leaves_of_a_day_together_take_no_more_than_the_day() -> None:
    morning = Taking("m", "annual", WEDNESDAY, 240, 510, 810)
    rest = hours(810, 1035)
    assert words(rest, facts(morning)) == []
    assert derive_takings(rest, facts(morning), "a")[0].minutes == 225


@pytest.mark.parametrize(
    ("first", "second", "minutes"),
    [
        ((500, 691), (691, 977), 225),  # 3:01 took four hours, so 3:46 takes the rest of the day and not a minute more
        ((510, 1020), (1020, 1035), 0),  # 7:30 took the whole day
    ],
)
def test_l16_what_a_begun_hour_took_is_not_taken_again(
    first: tuple[int, int], second: tuple[int, int], minutes: int
) -> None:
    before = derive_takings(hours(*first), facts(), "a")
    assert words(hours(*second), facts(*before)) == []
    assert [one.minutes for one in derive_takings(hours(*second), facts(*before), "b")] == [minutes]


def test_l16_all_that_is_left_may_be_taken_also_a_fraction() -> None:
    little = (Lot("grant", 45, date(2025, 1, 1), date(2025, 12, 31)),)
    request = hours(510, 540)
    assert words(request, facts(lots=little)) == []
    assert derive_takings(request, facts(lots=little), "a")[0].minutes == 45
    assert words(hours(510, 556), facts(lots=little)) == [("from_on", Why.balance)]


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (ask(name="nothing"), [("kind", Why.unknown_kind)]),
        (ask(WEDNESDAY, date(2025, 11, 11)), [("until_on", Why.ends_before_start)]),
        (ask(WEDNESDAY, date(2027, 11, 11)), [("until_on", Why.too_long)]),
        (hours(600, 600), [("ends_minute", Why.ends_before_start)]),
        (ask(starts_minute=600), [("ends_minute", Why.ends_before_start)]),
        (hours(510, 600, until_on=date(2025, 11, 13)), [("until_on", Why.too_long)]),
        (ask(date(2025, 11, 15)), [("from_on", Why.day_off)]),
        (ask(date(2025, 11, 3)), [("from_on", Why.day_off)]),
        (ask(date(2025, 11, 14), date(2025, 11, 16)), [("until_on", Why.day_off)]),
        (hours(1100, 1200), [("starts_minute", Why.outside_regular_hours)]),
        (hours(720, 780), [("starts_minute", Why.outside_regular_hours)]),
        (hours(510, 570, "wedding"), [("starts_minute", Why.not_by_the_hour)]),
        (ask(name="infant"), [("starts_minute", Why.only_by_the_hour)]),
        (hours(510, 575, "infant"), [("ends_minute", Why.day_share)]),
        (ask(date(2025, 11, 10), date(2025, 11, 14), "wedding"), []),
        (ask(date(2025, 11, 7), date(2025, 11, 12), "wedding"), [("until_on", Why.too_long)]),
        (ask(date(2025, 11, 7), date(2025, 11, 10), "birth"), []),
        (ask(date(2025, 11, 7), date(2025, 11, 11), "birth"), [("until_on", Why.too_long)]),
        (ask(name="child"), [("reason", Why.no_reason)]),
        (ask(name="child", reason="子の発熱"), []),
        (ask(name="summer"), [("from_on", Why.outside_window), ("until_on", Why.outside_window)]),
        (ask(date(2025, 11, 15), name="child"), [("reason", Why.no_reason), ("from_on", Why.day_off)]),
    ],
)
def test_every_fault_is_named(request_: LeaveRequest, told: list[tuple[str, Why]]) -> None:
    assert words(request_) == told


def test_who_is_on_leave_cannot_take_leave() -> None:
    whole = Taking("x", "child", WEDNESDAY, DAY)
    part = Taking("y", "annual", WEDNESDAY, 60, 510, 570)
    assert words(ask(), facts(whole)) == [("from_on", Why.overlaps_leave)]
    assert words(hours(510, 570), facts(whole)) == [("from_on", Why.overlaps_leave)]
    assert words(hours(540, 600), facts(part)) == [("from_on", Why.overlaps_leave)]
    assert words(hours(570, 630), facts(part)) == []


def test_more_than_is_left_is_refused_with_what_is_left() -> None:
    taken = Taking("t", "annual", date(2025, 11, 4), 19 * DAY + 60)
    (fault,) = assess_leave(ask(), facts(taken))
    assert (fault.field, fault.why) == ("from_on", Why.balance)
    assert fault.values == {"on": WEDNESDAY, "asked_minutes": DAY, "left_minutes": DAY - 60}
    assert words(ask(), facts(lots=())) == [("from_on", Why.balance)]
    used = tuple(Taking(f"c{day}", "child", date(2025, 6, day), DAY) for day in range(2, 7))
    assert words(ask(name="child", reason="通院"), facts(*used, lots=())) == [("from_on", Why.balance)]
    earlier = (replace(each, on=date(2024, 6, 2)) for each in used)
    assert words(ask(name="child", reason="通院"), facts(*earlier, lots=())) == []


def test_r11_by_the_hour_only_five_days_a_year_where_the_law_says_so() -> None:
    month = replace(NOVEMBER, profile=LSA)
    plan = derive_plan(month)
    used = tuple(Taking(f"h{day}", "annual", date(2025, 6, day), 480, 510, 1035) for day in range(2, 7))
    private = replace(facts(*used, profile=LSA), plan=plan)
    assert words(hours(510, 570), private) == [("ends_minute", Why.hourly_cap)]
    assert words(ask(), private) == []
    assert words(hours(510, 720), private) == []  # a half day is none of the hours
    halves_before = tuple(replace(each, minutes=210, ends_minute=720) for each in used)
    assert words(hours(510, 570), replace(private, takings=halves_before)) == []
    assert words(hours(510, 570), facts(*used)) == []


def test_a_swapped_in_saturday_is_a_day_like_any() -> None:
    swapped = replace(NOVEMBER, swaps=(Swap(date(2025, 11, 15), date(2025, 11, 19)),))
    known = replace(facts(), plan=derive_plan(swapped))
    assert words(ask(date(2025, 11, 15)), known) == []
    assert words(ask(date(2025, 11, 19)), known) == [("from_on", Why.day_off)]


def test_leave_as_it_was_taken_counts_in_the_month() -> None:
    taken = derive_takings(hours(510, 630), facts(), "a")[0]
    month = derive_month(
        replace(NOVEMBER, leave=(Leave(taken.on, taken.kind, taken.starts_minute, taken.ends_minute),))
    )
    day = next(day for day in month.days if day.on == WEDNESDAY)
    assert day.leave == (Leave(WEDNESDAY, "annual", 510, 630),)


@given(st.integers(0, 1439), st.integers(1, 600))
def test_what_is_charged_covers_the_leave_and_stays_below_a_unit_more(starts: int, length: int) -> None:
    day = facts().plan[WEDNESDAY]
    due = due_within(day, starts, starts + length)
    charged = charged_minutes(due, 60, DAY)
    assert due <= charged <= min(due + 59, DAY)
    assert due <= min(length, DAY)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(500, 1040), st.integers(1, 540)), max_size=12))
def test_what_is_accepted_never_overdraws_and_never_overlaps(asked: list[tuple[int, int, int]]) -> None:
    lots = (Lot("grant", 3 * DAY + 20, date(2025, 1, 1), date(2025, 12, 31)),)
    standing: tuple[Taking, ...] = ()
    for number, (day, starts, length) in enumerate(asked):
        request = LeaveRequest("annual", date(2025, 11, day), date(2025, 11, day), "", starts, starts + length)
        known = facts(*standing, lots=lots)
        if assess_leave(request, known) == ():
            standing += derive_takings(request, known, str(number))
    assert settle(lots, standing).short == {}
    for one in standing:
        others = [each for each in standing if each.on == one.on]
        assert sum(each.minutes for each in others) <= DAY
        assert all(
            each is one
            or (each.ends_minute or 0) <= (one.starts_minute or 0)
            or (one.ends_minute or 0) <= (each.starts_minute or 0)
            for each in others
        )


def test_the_departments_list() -> None:
    year = (date(2025, 1, 1), date(2025, 12, 31))
    carried = Lot("carried", 12 * DAY + 180, *year, is_carried=True)
    takings = (Taking("a", "annual", WEDNESDAY, 300), Taking("b", "annual", date(2025, 12, 29), DAY))
    full = LeaveLedger("p1", DAY, *year, (GRANT, carried), takings)
    none = LeaveLedger("p2", DAY, *year)
    rows = list_leave([full, none], date(2025, 11, 30))
    first = rows[0]
    assert (first.granted, first.carried) == ((20, 0), (12, 180))
    assert (first.taken, first.left) == ((0, 300), (31, 345))
    assert (first.share_per_mille, first.overdrawn_minutes) == (32, 0)
    assert (rows[1].granted, rows[1].left, rows[1].share_per_mille) == ((0, 0), (0, 0), None)
    assert sum_shares(rows, {"p1": DAY, "p2": DAY}) == 32
    assert list_leave([full], date(2026, 6, 1))[0].taken == (1, 300)


def test_a_lot_of_the_year_before_counts_as_carried_over_as_far_as_it_is_left() -> None:
    long = Lot("long", 10 * DAY, date(2024, 1, 1), date(2025, 12, 31))
    before = Taking("t", "annual", date(2024, 5, 1), 4 * DAY)
    ledger = LeaveLedger("p1", DAY, date(2025, 1, 1), date(2025, 12, 31), (long, GRANT), (before,))
    (row,) = list_leave([ledger], date(2025, 12, 31))
    assert (row.granted, row.carried, row.taken, row.left) == ((20, 0), (6, 0), (0, 0), (26, 0))
