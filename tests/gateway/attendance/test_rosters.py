"""Rosters at the desk: kinds, patterns, days; what is impossible is refused and named; taps are judged once by HR."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import insert

from domain.attendance.adjustment import Cause
from domain.attendance.closing import MonthStanding, MonthState
from domain.attendance.month_fault import MonthWhy, RefusedMonthError
from domain.attendance.roster_fault import RefusedRosterError, RosterWhy
from domain.civil import instant
from domain.workflow.route import Organisation
from gateway.operations.attendance.join_pattern import join_pattern, leave_pattern
from gateway.operations.attendance.judge_punch import judge_punch
from gateway.operations.attendance.keep_pattern import keep_pattern
from gateway.operations.attendance.keep_shift_kind import ShiftKindForm, keep_shift_kind
from gateway.operations.attendance.plan_shifts import plan_shifts
from store.changed_days import ChangedDay, claim_changed_days
from store.closing_tables import doubtful_tap
from store.closings import claim_standings, save_standings
from store.people import list_persons, upsert_persons
from store.rosters import PatternMember, load_shifts
from store.shifts import ShiftPattern
from store.tx import Store, Tx
from tests.profiles import HAGI
from tests.store.test_months import put_people

NOW = instant(date(2025, 12, 10), 600)
DECEMBER = (date(2025, 12, 1), date(2025, 12, 31))
HR = Organisation(hr=frozenset({"hr-1", "p1"}))


def on(day: int, month: int = 12) -> date:
    return date(2025, month, day)


def put_kinds(tx: Tx) -> None:
    put_people(tx, "p1", "p2")
    for code, hours in (
        ("当", "08:30-32:30 break 12:00-13:00, 18:00-19:00, 24:00-30:00"),
        ("非", "off_duty"),
        ("休", "rest"),
        ("日", "08:30-17:15 break 12:00-13:00"),
    ):
        keep_shift_kind(tx, ShiftKindForm(code, code, hours), profile=HAGI)
    keep_pattern(tx, ShiftPattern("fire", "三部制", ("当", "非", "休"), on(1)), profile=HAGI)


def faults(refused: pytest.ExceptionInfo[RefusedRosterError]) -> list[tuple[object, str]]:
    return [(fault.on or fault.field, fault.why.value) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("form", "told"),
    [(ShiftKindForm("", " 日勤", "8時"), [("code", "bad_text"), ("name", "bad_text"), ("hours", "unreadable")]),
     (ShiftKindForm("a b", "日勤", "08:30-17:30"), [("code", "bad_text"), ("hours", "short_break")]),
     (ShiftKindForm("日", "日勤", "09:00-17:45 break 12:00-13:00"), [("hours", "in_use")])],
)  # fmt: skip
def test_every_fault_of_a_shift_kind_is_named(store: Store, form: ShiftKindForm, told: list[tuple[str, str]]) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        keep_pattern(tx, ShiftPattern("week", "平日", ("日",) * 5 + ("休",) * 2, on(1)), profile=HAGI)
        with pytest.raises(RefusedRosterError) as refused:
            keep_shift_kind(tx, form, profile=HAGI)
        assert faults(refused) == told


def test_a_pattern_that_nobody_could_work_is_refused(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        keep_shift_kind(tx, ShiftKindForm("早", "早出", "06:00-14:45 break 10:00-11:00"), profile=HAGI)
        for codes, why in (
            (("当", "早", "休"), "overlaps_next_day"),
            (("日",), "too_many_days_on_end"),
            ((), "out_of_range"),
            (("無",), "no_such_kind"),
        ):
            with pytest.raises(RefusedRosterError) as refused:
                keep_pattern(tx, ShiftPattern("new", "新", codes, on(1)), profile=HAGI)
            assert [told for _, told in faults(refused)] == [why]


def test_a_pattern_in_use_keeps_its_days(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        keep_pattern(tx, ShiftPattern("fire", "三部制", ("当", "非", "休"), on(2)), profile=HAGI)
        join_pattern(tx, PatternMember("p1", "fire", 0, on(15)), by="chief", profile=HAGI)
        with pytest.raises(RefusedRosterError) as refused:
            keep_pattern(tx, ShiftPattern("fire", "三部制", ("当", "非", "休"), on(3)), profile=HAGI)
        assert faults(refused) == [("codes", "in_use")]
        keep_pattern(tx, ShiftPattern("fire", "消防", ("当", "非", "休"), on(2)), profile=HAGI)


def test_joining_and_leaving_change_the_days_from_then_on(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        join_pattern(tx, PatternMember("p1", "fire", 0, on(28, 11)), by="chief", profile=HAGI)
        assert {each.day_on for each in claim_changed_days(tx, 9)} >= {on(28, 11), on(30, 11)}
        assert leave_pattern(tx, "p1", on(12), by="chief", profile=HAGI)
        assert max(load_shifts(tx, ["p1"], DECEMBER)["p1"]) == on(12)
        assert not leave_pattern(tx, "p1", on(12), by="chief", profile=HAGI)
        for member, why in (
            (PatternMember("p1", "none", 0, on(15)), RosterWhy.no_such_pattern),
            (PatternMember("p1", "fire", 0, date(2023, 1, 1)), RosterWhy.out_of_range),
            (PatternMember("p1", "fire", 0, on(15), on(14)), RosterWhy.out_of_range),
            (PatternMember("nobody", "fire", 0, on(15)), RosterWhy.not_employed),
        ):
            with pytest.raises(RefusedRosterError) as refused:
                join_pattern(tx, member, by="chief", profile=HAGI)
            assert {fault.why for fault in refused.value.faults} == {why}


def test_a_closed_month_is_left_alone(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        claim_standings(tx, "2025-11", ["p1"])
        save_standings(tx, [MonthStanding("p1", "2025-11", MonthState.closed)])
        for act in (
            lambda: plan_shifts(tx, "p1", {on(28, 11): "日"}, by="chief", profile=HAGI),
            lambda: plan_shifts(tx, "p1", {on(28, 11): None}, by="chief", profile=HAGI),
            lambda: join_pattern(tx, PatternMember("p1", "fire", 0, on(28, 11)), by="chief", profile=HAGI),
            lambda: leave_pattern(tx, "p1", on(27, 11), by="chief", profile=HAGI),
        ):
            with pytest.raises(RefusedRosterError) as refused:
                act()
            assert {fault.why for fault in refused.value.faults} == {RosterWhy.month_closed}


def test_days_are_planned_all_or_none_and_taken_away_again(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        join_pattern(tx, PatternMember("p1", "fire", 0, on(15)), by="chief", profile=HAGI)
        plan_shifts(tx, "p1", {on(16): "休", on(17): "当", on(18): "非"}, by="chief", profile=HAGI)
        with pytest.raises(RefusedRosterError) as refused:
            plan_shifts(tx, "p1", {on(18): "08:00-12:00", on(19): "17:15-08:30", on(20): "日"}, by="x", profile=HAGI)
        assert faults(refused) == [(on(18), "overlaps_next_day"), (on(19), "unreadable")]
        assert load_shifts(tx, ["p1"], DECEMBER)["p1"][on(18)].hours is None
        plan_shifts(tx, "p1", {on(16): None, on(17): None, on(18): None}, by="chief", profile=HAGI)
        shifts = load_shifts(tx, ["p1"], DECEMBER)["p1"]
        assert [bool(shifts[on(day)].hours) for day in (16, 17, 18)] == [True, False, False]


def test_taking_a_day_away_is_checked_too(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        plan_shifts(tx, "p1", {on(16): "当", on(17): "非"}, by="chief", profile=HAGI)
        plan_shifts(tx, "p1", {on(18): "07:00-11:00"}, by="chief", profile=HAGI)
        plan_shifts(tx, "p1", {on(17): None}, by="chief", profile=HAGI)
        plan_shifts(tx, "p1", {on(17): "非"}, by="chief", profile=HAGI)
        with pytest.raises(RefusedRosterError) as refused:
            plan_shifts(tx, "p1", {on(17): "08:15-12:00"}, by="chief", profile=HAGI)
        assert faults(refused) == [(on(17), "overlaps_next_day")]
        with pytest.raises(RefusedRosterError) as refused:
            plan_shifts(tx, "p1", {}, by="chief", profile=HAGI)
        assert faults(refused) == [("days", "out_of_range")]


def test_days_outside_the_employment_are_refused(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        upsert_persons(tx, [replace(each, left_on=on(20)) for each in list_persons(tx)])
        plan_shifts(tx, "p1", {on(20): "日"}, by="chief", profile=HAGI)
        with pytest.raises(RefusedRosterError) as refused:
            plan_shifts(tx, "p1", {on(22): "日"}, by="chief", profile=HAGI)
        assert faults(refused) == [(on(22), "not_employed")]


def put_doubtful(tx: Tx, tapped_at: datetime = NOW) -> tuple[str, int, int]:
    tx.connection.execute(
        insert(doubtful_tap).values(device_id="west-1", epoch=1, seq=5, person_id="p1", tapped_at=tapped_at)
    )
    return ("west-1", 1, 5)


def test_a_tap_is_judged_once_by_another_of_hr_and_with_a_reason(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        key = put_doubtful(tx)

        def judge(**said: object) -> None:
            given = {"counts": True, "reason": "本人に確認", "by": "hr-1", "login": "hr", "organisation": HR}
            judge_punch(tx, said.pop("key", key), **(given | said))  # type: ignore[arg-type]

        for said, whys in (
            ({"key": ("west-1", 1, 6)}, [MonthWhy.unknown]),
            ({"by": "p2", "reason": " "}, [MonthWhy.no_reason, MonthWhy.not_yours]),
            ({"by": "p1"}, [MonthWhy.own_month]),
        ):
            with pytest.raises(RefusedMonthError) as refused:
                judge(**said)
            assert [fault.why for fault in refused.value.faults] == whys
        judge()
        assert [(each.day_on, each.cause.value) for each in claim_changed_days(tx, 9)] == [(on(10), "judged")]
        with pytest.raises(RefusedMonthError) as refused:
            judge(counts=False)
        assert [fault.why for fault in refused.value.faults] == [MonthWhy.not_now]


def test_days_of_a_month_that_is_over_are_counted_again_after_planning_or_taking_away(store: Store) -> None:
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        plan_shifts(tx, "p1", {on(20, 11): "日", on(21, 11): "休", on(20): "日"}, by="aoki", profile=HAGI)
        assert claim_changed_days(tx, 9) == [
            ChangedDay("p1", on(20, 11), Cause.roster),
            ChangedDay("p1", on(21, 11), Cause.roster),
        ]
        plan_shifts(tx, "p1", {on(21, 11): None}, by="aoki", profile=HAGI)
        assert claim_changed_days(tx, 9) == [ChangedDay("p1", on(21, 11), Cause.roster)]
