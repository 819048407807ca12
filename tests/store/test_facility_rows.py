"""Facilities and their rules come back from both databases as they were kept; what is retired holds no more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.closures import LAST, ClosureKind, ClosureRule, OnHoliday
from domain.facilities.facility import Equipment, Facility, Permits, Room, SlotKind, UserClass
from domain.facilities.facility_fault import Thing
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota
from store.facilities import (
    find_owner,
    list_equipment,
    list_facilities,
    list_rooms,
    list_slots,
    list_spaces,
    list_user_classes,
    load_facility,
    save_equipment,
    save_facility,
    save_room,
    save_slot,
    save_space,
    save_user_class,
)
from store.facility_changes import insert_change, list_changes
from store.facility_duties import Duty, end_duty, holds_duty, insert_duty, list_duties, list_facilities_of
from store.facility_rules import Rule, load_rules, retire_rule, save_rule
from store.tables import account, department
from store.tx import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)
KAIKAN = Facility("kaikan", "市民館", "Civic hall", "shakai", operator="文化財団")
HALF_A = Room("hall-a", "kaikan", "ホールA", "Hall A", ("hall-a",), 150, before_minutes=30)
HALF_B = Room("hall-b", "kaikan", "ホールB", "Hall B", ("hall-b",), 150, permits=Permits.rule, area_id="lobby")
HALL = Room("hall", "kaikan", "ホール", "Hall", ("hall-a", "hall-b"), 300, retired_on=TODAY)
MORNING = SlotKind("am", "hall", "午前", "Morning", 540, 720, frozenset({0, 5, 6}), places=20, valid_from=TODAY)
DAYS = frozenset({0, 6})
RULES: list[Rule] = [
    Opening("o", DAYS, 540, 1560, months=frozenset({4, 12}), valid_from=TODAY, valid_until=TODAY),
    ClosureRule(
        "c", ClosureKind.monthly, "点検", "hall", DAYS, frozenset({1, LAST}), on_holiday=OnHoliday.next_weekday
    ),
    ClosureRule("y", ClosureKind.yearly, "年末年始", from_day=(12, 29), to_day=(1, 3)),
    SpecialDays("s", SpecialKind.opened, TODAY, TODAY, "選挙", "hall", 360, 1320),
    BookingWindow("w", OpensBy.same_day, 3, 540, Deadline(3, 1020), room_id="hall", user_class="city"),
    BookingWindow("v", OpensBy.days, 30, 540, Deadline(None, 60), 1, Deadline(0, 0)),
    Quota("q", Counts.minutes, Per.week, 240, user_class="city"),
    Terms("t", Deadline(None, 0), TODAY, 3, 365, 30, 15, contact_confirmed=False),
]


@pytest.fixture
def city(store: Store) -> Store:
    """A facility with a hall of two halves."""
    with store.transaction(NOW) as tx:
        tx.connection.execute(insert(department).values(id="shakai", name="社会教育課"))
        tx.connection.execute(insert(account).values(login="sato", password_hash="x", roles=""))
        save_user_class(tx, UserClass("city", "市内", "Residents"))
        save_facility(tx, KAIKAN)
        for half in (HALF_A, HALF_B):
            save_space(tx, half.id, "kaikan", half.name)
            save_room(tx, half)
        save_room(tx, HALL, position=1)
    return store


def test_facilities_rooms_equipment_and_slots_come_back_as_they_were(city: Store) -> None:
    piano = Equipment("piano", "kaikan", "ピアノ", "Piano", 2, "hall")
    with city.transaction(NOW) as tx:
        save_equipment(tx, piano)
        save_slot(tx, MORNING)
        save_user_class(tx, UserClass("out", "市外", "Others", 5), retired_on=TODAY)
    with city.reading(NOW) as tx:
        assert load_facility(tx, "kaikan") == KAIKAN
        assert load_facility(tx, "no") is None
        assert list_facilities(tx) == [KAIKAN] == list_facilities(tx, ["kaikan", "no"])
        assert list_facilities(tx, []) == []
        assert list_rooms(tx, facilities=["kaikan"]) == [HALL, HALF_A, HALF_B]
        assert list_rooms(tx, ids=["hall-b", "no"]) == [HALF_B]
        assert list_equipment(tx, ["kaikan"]) == [piano]
        assert list_slots(tx, ["hall"]) == [MORNING]
        assert list_spaces(tx, "kaikan") == {"hall-a": "ホールA", "hall-b": "ホールB"}
        assert [(each.user_class.id, each.retired_on) for each in list_user_classes(tx)] == [
            ("city", None),
            ("out", TODAY),
        ]


def test_keeping_again_replaces_and_leaves_the_place_in_lists(city: Store) -> None:
    smaller = Room("hall", "kaikan", "小", "Small", ("hall-b",), 20)
    with city.transaction(NOW) as tx:
        save_room(tx, smaller)
    with city.reading(NOW) as tx:
        assert list_rooms(tx, facilities=["kaikan"])[0] == smaller


def test_rules_come_back_as_they_were_and_retired_ones_do_not(city: Store) -> None:
    with city.transaction(NOW) as tx:
        for rule in RULES:
            save_rule(tx, "kaikan", rule)
            save_rule(tx, "kaikan", rule)
    with city.transaction(NOW) as tx:
        kept = load_rules(tx, ["kaikan"])["kaikan"]
        every = [*kept.opening.openings, *kept.opening.closures, *kept.opening.special_days]
        every += [*kept.windows, *kept.quotas, *kept.terms]
        assert sorted(every, key=repr) == sorted(RULES, key=repr)
        assert retire_rule(tx, Quota, "q")
        assert not retire_rule(tx, Quota, "q")
        assert load_rules(tx, ["kaikan"])["kaikan"].quotas == ()
        save_rule(tx, "kaikan", RULES[6])
        assert load_rules(tx, ["kaikan"])["kaikan"].quotas == (RULES[6],)
        assert load_rules(tx, ["other"])["other"].quotas == ()


def test_whose_a_thing_is(city: Store) -> None:
    with city.transaction(NOW) as tx:
        save_slot(tx, MORNING)
        save_rule(tx, "kaikan", RULES[0])
        found = [find_owner(tx, *asked) for asked in ((Thing.room, "hall"), (Thing.slot, "am"), (Thing.opening, "o"))]
        assert found == ["kaikan"] * 3
        assert find_owner(tx, Thing.slot, "no") is None
        assert find_owner(tx, Thing.quota, "o") is None


def test_a_duty_stands_until_it_is_ended_and_can_be_given_again(city: Store) -> None:
    with city.transaction(NOW) as tx:
        assert insert_duty(tx, "sato", "kaikan", Duty.desk, by="admin")
        assert not insert_duty(tx, "sato", "kaikan", Duty.desk, by="admin")
        assert holds_duty(tx, "sato", "kaikan", Duty.desk)
        assert not holds_duty(tx, "sato", "kaikan", Duty.decide)
        assert list_facilities_of(tx, "sato") == {"kaikan"}
        assert [(each.login, each.duty, each.given_by) for each in list_duties(tx, "kaikan")] == [
            ("sato", Duty.desk, "admin")
        ]
    with city.transaction(NOW + timedelta(days=1)) as tx:
        assert end_duty(tx, "sato", "kaikan", Duty.desk, by="admin")
        assert not end_duty(tx, "sato", "kaikan", Duty.desk, by="admin")
        assert list_facilities_of(tx, "sato", Duty.desk) == frozenset()
        assert insert_duty(tx, "sato", "kaikan", Duty.desk, by="admin")


def test_changes_are_told_the_latest_first(city: Store) -> None:
    with city.transaction(NOW) as tx:
        for number in range(3):
            before = {"capacity": number} if number else None
            insert_change(
                tx, Thing.room, "hall", facility_id="kaikan", before=before, after={"capacity": number + 1}, by="sato"
            )
        insert_change(tx, Thing.user_class, "city", facility_id=None, before=None, after={"name": "市内"}, by="sato")
        told = list_changes(tx, "kaikan", limit=2)
        assert [(each.before, each.after) for each in told] == [
            ({"capacity": 2}, {"capacity": 3}),
            ({"capacity": 1}, {"capacity": 2}),
        ]
        older = list_changes(tx, "kaikan", limit=9, before_id=told[-1].id)
        assert [(each.before, each.thing, each.changed_by, each.changed_at) for each in older] == [
            (None, Thing.room, "sato", NOW)
        ]
        assert [each.after for each in list_changes(tx, None, limit=9)] == [{"name": "市内"}]
