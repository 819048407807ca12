"""A roster that was changed and a stand-in that was named, on both databases: whom it concerns hears of it, once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert

from domain.attendance.roster_fault import RefusedRosterError
from domain.notices.message import Message
from gateway.operations.attendance.join_pattern import join_pattern, leave_pattern
from gateway.operations.attendance.name_stand_in import StandInFaultError, end_stand_in, name_stand_in
from gateway.operations.attendance.plan_shifts import plan_shifts
from store.calendar import CalendarDay, save_year
from store.messages import list_messages
from store.roster_check import plan_roster_days
from store.roster_news import telling_roster_changes
from store.rosters import PatternMember, PlannedShift
from store.shifts import list_shift_kinds
from store.tables import account
from store.tx import Store
from tests.gateway.attendance.test_rosters import NOW, on, put_kinds
from tests.gateway.attendance.town import HEAD, OTHER, WEDNESDAY, put_town
from tests.gateway.attendance.town import NOW as TOWN_NOW
from tests.profiles import HAGI


@pytest.fixture
def desk(store: Store) -> Store:
    """Two people, a fire crew's pattern, and the account of p2 under the login chief."""
    with store.transaction(NOW) as tx:
        put_kinds(tx)
        tx.connection.execute(insert(account).values(login="chief", person_id="p2", password_hash="", roles="head"))
    return store


def told(store: Store, person_id: str = "p1", now: datetime = NOW) -> list[Message]:
    with store.reading(now) as tx:
        return [each.message for each in reversed(list_messages(tx, person_id))]


def plan(store: Store, days: dict[date, str | None], *, who: str = "p1", by: str = "chief", minutes: int = 0) -> None:
    with store.transaction(NOW + timedelta(minutes=minutes)) as tx:
        plan_shifts(tx, who, days, by=by, profile=HAGI)


def test_an_act_is_one_message_with_its_days_and_who_did_it(desk: Store) -> None:
    plan(desk, {on(17): "休", on(15): "休", on(16): "09:00-17:45 break 12:00-13:00"})
    (one,) = told(desk)
    assert (one.kind, one.link) == ("roster_changed", "/attendance/days/2025-12-15")
    assert one.filling == {"on": "2025-12-15", "count": "3", "planner": "萩 太郎"}
    plan(desk, {on(18): "休"}, minutes=1)
    assert len(told(desk)) == 2


def test_what_changes_nothing_is_not_told(desk: Store) -> None:
    plan(desk, {on(15): "日", on(20): "休"})  # a Monday as it is anyway, and a Saturday
    assert told(desk) == []
    plan(desk, {on(15): "休"}, minutes=1)
    plan(desk, {on(15): "休"}, minutes=2)
    assert len(told(desk)) == 1
    plan(desk, {on(15): None}, minutes=3)
    assert [each.filling["on"] for each in told(desk)] == ["2025-12-15", "2025-12-15"]


def test_duty_on_a_holiday_is_told_though_its_hours_are_those_of_the_week(desk: Store) -> None:
    with desk.transaction(NOW) as tx:
        save_year(tx, 2025, [CalendarDay(on(15), "臨時の休日")])
    plan(desk, {on(15): "日"})
    assert len(told(desk)) == 1


def test_days_that_are_over_are_not_told(desk: Store) -> None:
    plan(desk, {on(8): "休", on(9): "休", on(10): "休", on(11): "休"})
    (one,) = told(desk)
    assert (one.filling["on"], one.filling["count"]) == ("2025-12-10", "2")  # today goes on
    plan(desk, {on(8): None, on(9): None}, minutes=1)
    assert len(told(desk)) == 1


def test_nobody_hears_of_what_he_planned_himself(desk: Store) -> None:
    plan(desk, {on(15): "休"}, who="p2")
    assert told(desk, "p2") == []
    plan(desk, {on(16): "休"}, who="p2", by="nobody", minutes=1)
    assert told(desk, "p2")[0].filling["planner"] == "office"


def test_what_was_refused_is_told_to_nobody(desk: Store) -> None:
    with pytest.raises(RefusedRosterError):
        plan(desk, {on(15): "休", on(16): "8時"})
    assert told(desk) == []


def test_a_pattern_is_told_when_it_begins_and_when_it_ends(desk: Store) -> None:
    with desk.transaction(NOW) as tx:
        join_pattern(tx, PatternMember("p1", "fire", 0, on(15)), by="chief", profile=HAGI)
    (joined,) = told(desk)
    assert joined.filling["on"] == "2025-12-15"
    with desk.transaction(NOW + timedelta(minutes=1)) as tx:
        assert leave_pattern(tx, "p1", on(31), by="chief", profile=HAGI)
        assert not leave_pattern(tx, "p1", on(31), by="chief", profile=HAGI)
    ended = told(desk)[1:]
    assert [each.filling["on"] for each in ended] == ["2026-01-01"]


def test_a_file_is_told_as_one(desk: Store) -> None:
    with desk.transaction(NOW) as tx:
        rest = list_shift_kinds(tx)["休"].shift
        new = [PlannedShift(who, on(day), rest, "import", "", "休") for who in ("p1", "p2") for day in (15, 16)]
        with telling_roster_changes(tx, {"p1", "p2"}, (on(15), on(16)), by="", profile=HAGI):
            plan_roster_days(tx, new)
    for who in ("p1", "p2"):
        assert [each.filling["planner"] for each in told(desk, who)] == ["file"]


def test_a_stand_in_hears_of_being_named_and_of_its_end(store: Store) -> None:
    friday = WEDNESDAY + timedelta(days=2)
    with store.transaction(TOWN_NOW) as tx:
        put_town(tx)
        named = name_stand_in(tx, HEAD, OTHER, WEDNESDAY, friday, by="head")
    with store.transaction(TOWN_NOW) as tx:
        end_stand_in(tx, named, HEAD, by="head")
    with pytest.raises(StandInFaultError), store.transaction(TOWN_NOW) as tx:
        end_stand_in(tx, named, HEAD, by="head")
    found = told(store, OTHER, TOWN_NOW)
    assert [(each.kind, each.subject, each.link) for each in found] == [
        ("stand_in_named", str(named), "/attendance/inbox"),
        ("stand_in_ended", str(named), "/attendance/inbox"),
    ]
    assert found[0].filling == {"on": "2025-11-12 – 2025-11-14", "note": "萩 太郎"}
    assert told(store, HEAD, TOWN_NOW) == []


def test_what_was_over_anyway_ends_in_silence(store: Store) -> None:
    with store.transaction(TOWN_NOW) as tx:
        put_town(tx)
        named = name_stand_in(tx, HEAD, OTHER, WEDNESDAY, WEDNESDAY, by="head")
    with store.transaction(TOWN_NOW + timedelta(days=2)) as tx:
        end_stand_in(tx, named, HEAD, by="head")
    assert [each.kind for each in told(store, OTHER, TOWN_NOW)] == ["stand_in_named"]
