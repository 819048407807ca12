"""Clearances, trainings, terminals and waivers, on both databases."""

from dataclasses import replace
from datetime import timedelta

from domain.zones.training import Attendance, Training
from store.people import Department, Person, upsert_departments, upsert_persons
from store.rule_waivers import end_waiver, insert_waiver, list_waivers
from store.terminals import (
    EndedFor,
    KeptTerminal,
    end_terminal,
    find_terminal_by_mac,
    list_terminals,
    load_terminal,
    save_terminals,
)
from store.tier_clearances import (
    Clearance,
    end_clearance,
    insert_clearance,
    list_clearances,
    list_standing_clearances,
    list_unfounded_clearances,
    load_clearance,
)
from store.trainings import (
    DrillFailure,
    list_attendances,
    list_drills,
    list_open_drills,
    list_trainings,
    save_attendances,
    save_drill_failures,
    save_drill_made_good,
    save_made_good,
    save_trainings,
)
from store.tx import Store, Tx
from tests.domain.zones.cases import LGWAN, NOW, TODAY, waiver

HOUR = timedelta(hours=1)
SECURITY = Training("security", "情報セキュリティ研修", "Security", 12)


def add_people(tx: Tx) -> None:
    upsert_departments(tx, [Department("d", "税務課")])
    upsert_persons(tx, [Person(each, each, "", "d", "full_time") for each in ("s1", "s2")])


def test_a_clearance_ends_once_and_stays_to_be_read(store: Store) -> None:
    given = Clearance("c-1", "s1", LGWAN, TODAY, None, "税務", "ueda", "aoki", NOW)
    with store.transaction(NOW) as tx:
        add_people(tx)
        assert insert_clearance(tx, given)
        assert not insert_clearance(tx, replace(given, tier_id="mynum"))
    with store.transaction(NOW + HOUR) as tx:
        assert end_clearance(tx, "c-1", by="ueda", reason="異動")
        assert not end_clearance(tx, "c-1", by="aoki")
        over = replace(given, ended_at=NOW + HOUR, ended_by="ueda", end_reason="異動")
        assert list_clearances(tx, ["s1", "s2"]) == {"s1": [over]}
        assert load_clearance(tx, "c-1") == over
        assert load_clearance(tx, "c-2") is None
        assert list_standing_clearances(tx, TODAY) == []


def test_a_clearance_outlives_no_move_and_no_service(store: Store) -> None:
    tied = Clearance("c-1", "s1", LGWAN, TODAY, None, "税務", "ueda", "aoki", NOW, department_id="d")
    free = replace(tied, id="c-2", department_id="")
    over = replace(tied, id="c-3", valid_until=TODAY - timedelta(days=1))
    with store.transaction(NOW) as tx:
        add_people(tx)
        for each in (tied, free, over):
            insert_clearance(tx, each)
        assert list_standing_clearances(tx, TODAY) == [tied, free]
        assert list_unfounded_clearances(tx, TODAY) == []
        upsert_departments(tx, [Department("e", "市民課")])
        upsert_persons(tx, [Person("s1", "s1", "", "e", "full_time")])
        assert list_unfounded_clearances(tx, TODAY) == [(tied, False)]
        upsert_persons(tx, [Person("s1", "s1", "", "e", "full_time", left_on=TODAY)])
        assert list_unfounded_clearances(tx, TODAY) == [(tied, False)]
        assert list_unfounded_clearances(tx, TODAY + timedelta(days=1)) == [(tied, True), (free, True)]


def test_attendances_and_drills_are_entered_again_without_harm(store: Store) -> None:
    done = Attendance("s1", "security", TODAY, passed=False)
    with store.transaction(NOW) as tx:
        add_people(tx)
        save_trainings(tx, [SECURITY])
        save_trainings(tx, [replace(SECURITY, months=6)])
        assert list_trainings(tx) == [replace(SECURITY, months=6)]
        save_attendances(tx, [done, replace(done, passed=True)], by="ueda")
        save_attendances(tx, [replace(done, passed=True)], by="ueda")
        assert list_attendances(tx, ["s1", "s2"]) == {"s1": [replace(done, passed=True)]}
        save_drill_failures(tx, ["s1", "s2"], TODAY, by="ueda")
        assert save_made_good(tx, "s1", TODAY) == 1
        save_drill_failures(tx, ["s1", "s2"], TODAY, by="ueda")
        assert list_open_drills(tx, ["s1", "s2"]) == {"s2"}
        assert list_drills(tx, ["s1", "s2"]) == [DrillFailure("s1", TODAY, TODAY), DrillFailure("s2", TODAY)]
        save_drill_made_good(tx, DrillFailure("s2", TODAY, TODAY))
        save_drill_made_good(tx, DrillFailure("s1", TODAY, TODAY + timedelta(days=1)))
        assert list_drills(tx, ["s1", "s2"]) == [DrillFailure(each, TODAY, TODAY) for each in ("s1", "s2")]


def test_a_terminal_is_found_by_name_and_by_address(store: Store) -> None:
    desk = KeptTerminal("t-1", "窓口端末", LGWAN, "desk", NOW, certificate_until=NOW + HOUR, kept_by="ueda")
    printer = KeptTerminal("p-1", "複合機", LGWAN, "printer", NOW, mac="020000000001", kept_by="ueda")
    with store.transaction(NOW) as tx:
        save_terminals(tx, [desk, printer])
        save_terminals(tx, [replace(desk, name="受付端末")])
        assert list_terminals(tx) == [printer, replace(desk, name="受付端末")]
        assert find_terminal_by_mac(tx, "020000000001") == printer
        assert find_terminal_by_mac(tx, "020000000002") is None
    with store.transaction(NOW + HOUR) as tx:
        assert end_terminal(tx, "t-1", ended_for=EndedFor.lost, by="aoki")
        assert not end_terminal(tx, "t-1")
        gone = replace(desk, name="受付端末", issued_until=NOW + HOUR, ended_for=EndedFor.lost, ended_by="aoki")
        assert load_terminal(tx, "t-1") == gone
        save_terminals(tx, [gone])
        assert load_terminal(tx, "t-1") == gone


def test_a_waiver_is_over_when_it_is_ended(store: Store) -> None:
    given = waiver("hours", "trained")
    with store.transaction(NOW) as tx:
        add_people(tx)
        assert insert_waiver(tx, given)
        assert not insert_waiver(tx, given)
        assert list_waivers(tx, ["s1"], since=NOW) == {"s1": [given]}
        assert end_waiver(tx, "w-1")
        assert not end_waiver(tx, "w-1")
        assert list_waivers(tx, ["s1"], since=NOW) == {}
