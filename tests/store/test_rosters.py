"""Rosters and what else a month takes from the databases: patterns, planned days, swaps, elsewhere, judgements."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from domain.attendance.divergence import DivergenceKind
from domain.attendance.month import derive_month
from domain.attendance.shift import OFF_DUTY, REST
from domain.attendance.shift_text import parse_shift
from store.application_tables import application
from store.calendar import CalendarDay, save_year
from store.closing_tables import doubtful_tap
from store.months import load_month_facts, load_months_facts, load_year_facts
from store.orders import OvertimeOrder, insert_order
from store.roster_tables import (
    compensatory_day,
    computer_use,
    day_swap,
    elsewhere,
    manual_punch,
    punch_judgement,
)
from store.rosters import (
    PatternMember,
    PlannedShift,
    delete_planned_shifts,
    end_membership,
    list_members,
    load_shifts,
    save_member,
    save_planned_shifts,
)
from store.shifts import ShiftKind, ShiftPattern, UnknownShiftError, list_patterns, save_pattern, save_shift_kind
from store.tx import Store, Tx
from tests.profiles import HAGI
from tests.store.test_months import DECEMBER, at, month, put_people, put_tap

NOVEMBER = (date(2025, 11, 1), date(2025, 11, 30))
DUTY = parse_shift("08:30-32:30 break 12:00-13:00, 18:00-19:00, 24:00-30:00")
SHORT = parse_shift("09:00-15:45 break 12:00-13:00")


def on(day: int) -> date:
    return date(2025, 11, day)


def put_fire_brigade(tx: Tx) -> None:
    save_shift_kind(tx, ShiftKind("当", "当番", DUTY))
    save_shift_kind(tx, ShiftKind("非", "非番", OFF_DUTY))
    save_shift_kind(tx, ShiftKind("休", "週休", REST))
    save_pattern(tx, ShiftPattern("fire", "消防三部制", ("当", "非", "休"), on(1)))


def put_application(tx: Tx, person_id: str = "p1") -> str:
    tx.connection.execute(
        insert(application).values(
            id="a1", kind="punch", person_id=person_id, applicant_id=person_id, department_id="general", route="head",
            subject="", content=b"{}", content_hash="", from_on=on(13), until_on=on(13), state="approved", step=1,
            deeds=2, filed_at=tx.now, changed_at=tx.now,
        )
    )  # fmt: skip
    return "a1"


def test_a_pattern_stands_below_a_planned_day_and_above_the_week(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2", "p3")
        put_fire_brigade(tx)
        save_member(tx, PatternMember("p1", "fire", 0, on(4)))
        save_member(tx, PatternMember("p2", "fire", 1, on(1), on(10)))
        save_planned_shifts(tx, [PlannedShift("p1", on(5), SHORT, "desk", "chief")])
        shifts = load_shifts(tx, ["p1", "p2", "p3"], NOVEMBER)
        assert set(shifts) == {"p1", "p2"}
        assert min(shifts["p1"]) == on(4)
        assert [shifts["p1"][on(day)].hours for day in (4, 5, 6)] == [DUTY.hours, SHORT.hours, None]
        assert shifts["p1"][on(5)].on_holidays
        assert shifts["p2"][on(2)].hours == DUTY.hours
        assert max(shifts["p2"]) == on(10)
        assert delete_planned_shifts(tx, "p1", [on(5)]) == 1
        assert load_shifts(tx, None, NOVEMBER)["p1"][on(5)] == load_shifts(tx, ["p2"], NOVEMBER)["p2"][on(3)]


def test_a_new_membership_ends_the_one_before_it(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_fire_brigade(tx)
        save_member(tx, PatternMember("p1", "fire", 0, on(1)))
        save_member(tx, PatternMember("p1", "fire", 1, on(20)))
        save_member(tx, PatternMember("p1", "fire", 2, on(10)))
        found = [(each.offset_days, each.from_on.day, each.until_on) for each in list_members(tx, None, NOVEMBER)["p1"]]
        assert found == [(0, 1, on(9)), (2, 10, None)]
        assert end_membership(tx, "p1", on(15))
        assert not end_membership(tx, "p1", on(15))


def test_a_pattern_of_unknown_kinds_is_refused_and_names_them(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_fire_brigade(tx)
        with pytest.raises(UnknownShiftError, match="夜, 明"):
            save_pattern(tx, ShiftPattern("ward", "病棟", ("当", "夜", "明"), on(1)))
        assert list(list_patterns(tx)) == ["fire"]


def test_a_month_of_the_fire_brigade_counts_its_holidays(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_fire_brigade(tx)
        save_year(tx, 2025, [CalendarDay(on(13), "祝日")])
        save_member(tx, PatternMember("p1", "fire", 0, on(1)))
        put_tap(tx, 1, "p1", at(13, "08:20"), "in")
        put_tap(tx, 2, "p1", at(14, "08:35"), "out")
    day = month(store).days[12]
    assert (day.regular_minutes, day.divergences) == (DUTY.hours.net_minutes if DUTY.hours else 0, ())
    assert day.classes == {"holiday_regular": 13 * 60 + 30, "night_regular": 120}


def test_swaps_days_off_and_a_roster_beyond_the_month_make_one_plan(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "p2")
        save_year(tx, 2025, [CalendarDay(on(3), "文化の日")])
        far = on(15) + timedelta(weeks=7)
        save_planned_shifts(tx, [PlannedShift("p1", far, SHORT, "import", "")])
        swaps = [{"id": "s1", "worked_on": on(15), "off_on": far}, {"id": "s2", "worked_on": on(16), "off_on": on(17)}]
        for values in swaps:
            ended = tx.now if values["id"] == "s2" else None
            tx.connection.execute(insert(day_swap).values(person_id="p1", ended_at=ended, **values))
        day_off = {"id": "c1", "person_id": "p2", "worked_on": on(3), "off_on": on(10)}
        tx.connection.execute(insert(compensatory_day).values(**day_off))
        facts = load_months_facts(tx, None, "2025-11", HAGI)
    worked = derive_month(facts["p1"])
    assert [day.kind for day in worked.days[14:17]] == ["work", "rest", "work"]
    assert worked.days[14].scheduled_minute == (540, 945)
    assert derive_month(facts["p2"]).days[9].kind == "holiday"


def test_days_elsewhere_punches_by_hand_and_orders_with_breaks_are_counted(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        given = put_application(tx)
        put_tap(tx, 1, "p1", at(13, "08:20"), "in")
        by_hand = {"person_id": "p1", "direction": "out", "application_id": given}
        tx.connection.execute(insert(manual_punch).values(id="m1", punched_at=at(13, "20:30"), **by_hand))
        tx.connection.execute(
            insert(manual_punch).values(id="m2", punched_at=at(13, "22:00"), ended_at=tx.now, **by_hand)
        )
        where = {"person_id": "p1", "starts_minute": 510, "ends_minute": 1035}
        tx.connection.execute(insert(elsewhere).values(id="e1", day_on=on(12), kind="home", **where))
        pause = ((18 * 60, 18 * 60 + 30),)
        order = OvertimeOrder("o1", "p1", at(13, "17:15"), at(13, "20:30"), "決算", "head", tx.now, pause)
        insert_order(tx, order)
    days = month(store).days
    assert (days[12].overtime_minutes, days[12].by_hand, days[12].divergences) == (165, True, ())
    assert days[11].regular_minutes == 465


def test_computers_are_evidence(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_tap(tx, 1, "p1", at(13, "08:20"), "in")
        put_tap(tx, 2, "p1", at(13, "17:15"), "out")
        for clock, kind in (("08:25", "on"), ("21:05", "off")):
            used = {"person_id": "p1", "used_at": at(13, clock), "kind": kind, "host": "pc-1"}
            tx.connection.execute(insert(computer_use).values(**used))
    found = [(item.kind, item.minutes) for item in month(store).days[12].divergences]
    assert found == [(DivergenceKind.computer_after_out, 230)]


def test_a_tap_of_an_uncertain_clock_waits_for_a_judgement(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        put_tap(tx, 1, "p1", at(13, "08:20"), "in")
        put_tap(tx, 2, "p1", at(13, "17:15"), "out")
        key = {"device_id": "west-1", "epoch": 1, "seq": 2}
        tx.connection.execute(insert(doubtful_tap).values(**key, person_id="p1", tapped_at=at(13, "17:15")))
    assert [item.kind for item in month(store).days[12].divergences] == ["missing_out", "uncertain_clock"]
    with store.transaction(DECEMBER) as tx:
        said = {"counts": True, "judged_by": "hr", "judged_at": tx.now, "reason": "本人に確認"}
        tx.connection.execute(insert(punch_judgement).values(**key, **said))
    assert month(store).days[12].regular_minutes == 465
    with store.transaction(DECEMBER) as tx:
        tx.connection.execute(update(punch_judgement).values(counts=False))
    assert [item.kind for item in month(store).days[12].divergences] == ["missing_out"]


def test_a_year_is_known_from_its_first_day(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1")
        ends = at(13, "22:15")
        for seq, months_ago in enumerate((0, 31 + 30 + 31), start=1):
            back = timedelta(days=months_ago)
            put_tap(tx, 2 * seq, "p1", at(13, "08:30") - back, "in")
            put_tap(tx, 2 * seq + 1, "p1", ends - back, "out")
        year = load_year_facts(tx, ["p1"], "2025-11", HAGI)["p1"]
        one = load_month_facts(tx, "p1", "2025-11", HAGI)
    assert (year.known_from_on, year.first_on, len(year.punches)) == (date(2025, 4, 1), on(1), 4)
    assert (one.known_from_on, len(one.punches)) == (on(1), 2)
    assert derive_month(year).worked_minutes == derive_month(one).worked_minutes
