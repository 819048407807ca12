"""A facility is built up thing by thing; what is wrong or in use is refused whole; every change says who and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from domain.civil import instant
from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy, Terms
from domain.facilities.closures import ClosureKind, ClosureRule
from domain.facilities.facility import Equipment, Facility, Room, SlotKind, UserClass
from domain.facilities.facility_fault import Flaw, Thing
from domain.facilities.opening import Opening, SpecialDays, SpecialKind
from domain.facilities.quotas import Counts, Per, Quota
from gateway.bookings.facility_rules import load_facility_rules, load_houses
from gateway.bookings.rule_book import RefusedRulesError, UsesStandError
from gateway.operations.facilities.close_days import close_days
from gateway.operations.facilities.give_duty import end_duty, give_duty
from gateway.operations.facilities.keep_equipment import keep_equipment
from gateway.operations.facilities.keep_facility import keep_facility
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.keep_rule import keep_rule, retire_rule
from gateway.operations.facilities.keep_slot_kind import keep_slot_kind
from gateway.operations.facilities.keep_user_class import keep_user_class
from gateway.operations.facilities.order_rooms import order_rooms
from store.calendar import CalendarDay, save_year
from store.facility_changes import list_changes
from store.facility_duties import Duty, holds_duty
from store.reservation_tables import reservation, reservation_unit, reservee
from store.tables import account, department
from store.tx import Store, Tx

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TUESDAY = date(2026, 12, 1)
EVERY_DAY = frozenset(range(7))
KAIKAN = Facility("kaikan", "市民館", "Civic hall", "shakai")
HALF_A = Room("hall-a", "kaikan", "ホールA", "Hall A", (), 150)
HALF_B = Room("hall-b", "kaikan", "ホールB", "Hall B", (), 150)
HALL = Room("hall", "kaikan", "ホール", "Hall", (), 300)
PIANO = Equipment("piano", "kaikan", "ピアノ", "Piano", 2)
HOURS = Opening("hours", EVERY_DAY, 540, 1320)
AM = SlotKind("am", "hall", "午前", "Morning", 540, 720, EVERY_DAY)
WINDOW = BookingWindow("w", OpensBy.month_day, 2, 540, Deadline(3, 1020))
Refuses = Callable[[Callable[[Tx], object]], list[tuple[str, str, Flaw]]]


WRONG: list[tuple[Callable[[Tx], object], tuple[str, str]]] = [
    (
        lambda tx: keep_facility(tx, replace(KAIKAN, department_id="no"), by="s"),
        ("department_id", "unknown_department"),
    ),
    (lambda tx: keep_room(tx, replace(HALF_A, facility_id="no"), by="s"), ("facility_id", "unknown_facility")),
    (lambda tx: keep_room(tx, replace(HALF_A, capacity=0), by="s"), ("capacity", "out_of_range")),
    (lambda tx: keep_room(tx, HALL, made_of=["hall-a", "attic"], by="s"), ("spaces", "unknown_room")),
    (lambda tx: keep_room(tx, HALL, made_of=["hall"], by="s"), ("spaces", "unknown_room")),
    (lambda tx: keep_room(tx, HALF_A, made_of=["hall-b"], by="s"), ("spaces", "part_of")),
    (lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, id="am2"), by="s"), ("from_minute", "same_slot")),
    (
        lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, from_minute=480), by="s"),
        ("from_minute", "outside_hours"),
    ),
    (lambda tx: keep_equipment(tx, replace(PIANO, room_id="attic"), by="s"), ("room_id", "unknown_room")),
    (lambda tx: keep_rule(tx, "kaikan", replace(HOURS, id="again"), by="s"), ("from_minute", "overlaps")),
    (lambda tx: keep_rule(tx, "kaikan", replace(WINDOW, user_class="no"), by="s"), ("user_class", "unknown_class")),
    (lambda tx: retire_rule(tx, "no", Opening, "hours", by="s"), ("facility_id", "unknown_facility")),
    (lambda tx: keep_user_class(tx, UserClass("X", "市内", "Residents"), by="s"), ("id", "bad_id")),
    (lambda tx: give_duty(tx, "gone", "kaikan", Duty.desk, by="s"), ("login", "unknown_login")),
    (lambda tx: give_duty(tx, "sato", "no", Duty.desk, by="s"), ("facility_id", "unknown_facility")),
]


@pytest.fixture
def city(store: Store) -> Store:
    """A civic hall with a hall of two halves, its morning, a piano and hours."""
    with store.transaction(NOW) as tx:
        tx.connection.execute(insert(department).values(id="shakai", name="社会教育課"))
        tx.connection.execute(insert(account).values(login="sato", password_hash="x", roles=""))
        tx.connection.execute(insert(account).values(login="gone", password_hash="x", roles="", disabled_at=NOW))
        save_year(tx, 2026, [CalendarDay(TODAY, "勤労感謝の日")])
        keep_user_class(tx, UserClass("city", "市内", "Residents"), by="sato")
        keep_facility(tx, KAIKAN, by="sato")
        keep_room(tx, HALF_A, by="sato")
        keep_room(tx, HALF_B, by="sato")
        keep_room(tx, HALL, made_of=["hall-a", "hall-b"], by="sato")
        keep_rule(tx, "kaikan", HOURS, by="sato")
        keep_slot_kind(tx, "kaikan", AM, by="sato")
        keep_equipment(tx, PIANO, by="sato")
    return store


@pytest.fixture
def refuses(city: Store) -> Refuses:
    """Do something that is refused; give the faults, having looked that nothing at all was changed."""

    def try_it(act: Callable[[Tx], object]) -> list[tuple[str, str, Flaw]]:
        with city.reading(NOW) as tx:
            before = load_facility_rules(tx), list_changes(tx, "kaikan", limit=99)
        with pytest.raises(RefusedRulesError) as refused, city.transaction(NOW) as tx:
            act(tx)
        with city.reading(NOW) as tx:
            assert (load_facility_rules(tx), list_changes(tx, "kaikan", limit=99)) == before
        assert all(" / " in line for line in str(refused.value).splitlines())
        return [(fault.id, fault.field, fault.flaw) for fault in refused.value.faults]

    return try_it


def book(tx: Tx, room_id: str, on: date, minutes: tuple[int, int], *, slot: str | None = None, piano: int = 0) -> str:
    """Let a reservation stand, as it was booked."""
    id_ = f"{room_id}-{on}-{minutes[0]}"
    texts = ("name", "kana", "contact_name", "email", "phone", "registered_by", "blocked_reason")
    who = dict.fromkeys(texts, "") | {"kind": "citizen", "user_class": "city", "registered_at": NOW}
    tx.connection.execute(insert(reservee).values(id=f"u-{id_}", **who))
    times = {"from_at": instant(on, minutes[0]), "until_at": instant(on, minutes[1])}
    what = {"party": 9, "purpose": "", "state": "permitted", "version": 1, "made_by": "self", "made_at": NOW}
    ids = {"id": id_, "room_id": room_id, "reservee_id": f"u-{id_}", "user_class": "city", "slot_id": slot}
    tx.connection.execute(insert(reservation).values(**ids, **times, **what))
    if piano:
        tx.connection.execute(insert(reservation_unit).values(reservation_id=id_, equipment_id="piano", units=piano))
    return id_


def test_what_was_kept_stands_as_one_value(city: Store) -> None:
    with city.reading(NOW) as tx:
        rules = load_facility_rules(tx, ["kaikan", "no"])["kaikan"]
        assert [(room.id, room.spaces) for room in rules.rooms] == [
            ("hall-a", ("hall-a",)),
            ("hall-b", ("hall-b",)),
            ("hall", ("hall-a", "hall-b")),
        ]
        assert (rules.slots, rules.equipment, rules.opening.openings) == ((AM,), (PIANO,), (HOURS,))
        houses = load_houses(tx, TUESDAY, TUESDAY, rooms=["hall-a", "no"])
        assert houses.days_off == {TODAY}
        assert houses.open_days([TUESDAY])["hall", TUESDAY].slots == (AM,)
        assert houses.open_days([TUESDAY])["hall-a", TUESDAY].windows == ((540, 1320),)
        assert load_houses(tx, TUESDAY, TUESDAY).list_rooms() == list(rules.rooms)
        assert load_houses(tx, TUESDAY, TUESDAY, facilities=[]).rules == {}


def test_every_change_says_who_and_what_and_the_same_again_is_none(city: Store) -> None:
    later = NOW + timedelta(days=1)
    with city.transaction(later) as tx:
        keep_room(tx, replace(HALF_A, capacity=100), by="tanaka")
        keep_room(tx, replace(HALF_A, capacity=100), by="tanaka")
        keep_facility(tx, KAIKAN, by="tanaka")
        told = list_changes(tx, "kaikan", limit=99)
    assert len(told) == 8
    assert (told[0].thing, told[0].changed_by, told[0].changed_at) == (Thing.room, "tanaka", later)
    assert (told[0].before["capacity"], told[0].after["capacity"]) == (150, 100)
    assert told[0].after["spaces"] == ["hall-a"]
    with city.reading(NOW) as tx:
        assert [each.after["name"] for each in list_changes(tx, None, limit=9)] == ["市内"]


def test_what_is_wrong_is_refused_whole(refuses: Refuses) -> None:
    for act, found in WRONG:
        assert [(field, flaw.value) for _, field, flaw in refuses(act)] == [found]


def test_an_id_of_another_facility_is_taken(city: Store, refuses: Refuses) -> None:
    with city.transaction(NOW) as tx:
        keep_facility(tx, replace(KAIKAN, id="gym"), by="sato")
        keep_rule(tx, "gym", replace(WINDOW, id="mine"), by="sato")
    assert refuses(lambda tx: keep_room(tx, replace(HALF_A, facility_id="gym"), by="s"))[0][2] is Flaw.id_taken
    assert refuses(lambda tx: keep_rule(tx, "kaikan", replace(WINDOW, id="mine"), by="s"))[0][2] is Flaw.id_taken


def test_a_fault_that_time_brought_keeps_nobody_from_changing_something_else(city: Store) -> None:
    with city.transaction(NOW) as tx:
        keep_rule(tx, "kaikan", replace(HOURS, valid_until=date(2027, 3, 31)), by="sato")
    with city.transaction(NOW + timedelta(days=365)) as tx:
        keep_room(tx, replace(HALF_A, capacity=99), by="sato")
        keep_rule(tx, "kaikan", Quota("q", Counts.reservations, Per.month, 4), by="sato")


def test_what_reservations_stand_on_is_not_changed_under_them(city: Store, refuses: Refuses) -> None:
    with city.transaction(NOW) as tx:
        book(tx, "hall", TUESDAY, (540, 720), slot="am", piano=2)
        book(tx, "hall-b", TODAY - timedelta(days=1), (540, 720))
    fields: dict[str, Callable[[Tx], object]] = {
        "spaces": lambda tx: keep_room(tx, HALL, made_of=["hall-b"], by="s"),
        "retired_on": lambda tx: keep_room(tx, replace(HALL, retired_on=TUESDAY), made_of=["hall-a", "hall-b"], by="s"),
        "units": lambda tx: keep_equipment(tx, replace(PIANO, units=1), by="s"),
        "from_minute": lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, from_minute=600), by="s"),
        "places": lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, places=9), by="s"),
        "weekdays": lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, weekdays=frozenset({0})), by="s"),
        "valid_until": lambda tx: keep_slot_kind(tx, "kaikan", replace(AM, valid_until=TODAY), by="s"),
    }
    for field, act in fields.items():
        assert [each[1:] for each in refuses(act)] == [(field, Flaw.in_use)], field
    assert refuses(lambda tx: keep_facility(tx, replace(KAIKAN, retired_on=TODAY), by="s")) == [
        ("kaikan", "retired_on", Flaw.in_use)
    ]
    with city.transaction(NOW) as tx:
        keep_room(tx, replace(HALL, retired_on=date(2026, 12, 2)), made_of=["hall-a", "hall-b"], by="s")
        keep_room(tx, replace(HALF_B, retired_on=TODAY), by="s")
        keep_slot_kind(tx, "kaikan", replace(AM, valid_until=TUESDAY), by="s")
        keep_equipment(tx, replace(PIANO, retired_on=date(2026, 12, 2)), by="s")


def test_closing_days_lists_whom_it_meets_and_closes_only_knowingly(city: Store) -> None:
    with city.transaction(NOW) as tx:
        met = book(tx, "hall", TUESDAY, (540, 720))
        book(tx, "hall", TUESDAY, (1020, 1200))
        book(tx, "hall", TUESDAY + timedelta(days=1), (540, 720))
    works = SpecialDays("works", SpecialKind.closed, TUESDAY, TUESDAY, "工事", "hall-a", 480, 1020)
    with pytest.raises(UsesStandError) as refused, city.transaction(NOW) as tx:
        close_days(tx, "kaikan", works, by="sato")
    assert [use.reservation_id for use in refused.value.uses] == [met]
    with city.transaction(NOW) as tx:
        assert load_facility_rules(tx)["kaikan"].opening.special_days == ()
        assert [use.reservation_id for use in close_days(tx, "kaikan", works, by="sato", even_so=True)] == [met]
    with city.transaction(NOW) as tx:
        assert load_houses(tx, TUESDAY, TUESDAY).open_days([TUESDAY])["hall-a", TUESDAY].windows == ((1020, 1320),)
        assert close_days(tx, "kaikan", replace(works, reason="電気工事"), by="sato") == ()
        assert retire_rule(tx, "kaikan", SpecialDays, "works", by="sato")
        assert not retire_rule(tx, "kaikan", SpecialDays, "works", by="sato")


def test_other_hours_and_closures_meet_reservations_as_well(city: Store) -> None:
    with city.transaction(NOW) as tx:
        book(tx, "hall", TUESDAY, (1020, 1300))
    shorter = replace(HOURS, to_minute=1260)
    tuesdays = ClosureRule("tue", ClosureKind.weekly, "定期休館日", weekdays=frozenset({1}))
    for rule in (shorter, tuesdays):
        with pytest.raises(UsesStandError, match="1 件"), city.transaction(NOW) as tx:
            keep_rule(tx, "kaikan", rule, by="sato")
    with city.transaction(NOW) as tx:
        keep_rule(tx, "kaikan", tuesdays, by="sato", even_so=True)
        keep_rule(tx, "kaikan", shorter, by="sato")


def test_rooms_stand_in_the_order_that_is_said(city: Store) -> None:
    with city.transaction(NOW) as tx:
        order_rooms(tx, "kaikan", ["hall", "attic", "hall-b"], by="tanaka")
        order_rooms(tx, "kaikan", ["hall"], by="sato")
        told = list_changes(tx, "kaikan", limit=1)[0]
        assert (told.thing, told.changed_by) == (Thing.room_order, "tanaka")
        assert (told.before, told.after) == (["hall-a", "hall-b", "hall"], ["hall", "hall-b", "hall-a"])
        keep_room(tx, replace(HALF_A, capacity=9), by="sato")
    with city.reading(NOW) as tx:
        assert [room.id for room in load_facility_rules(tx)["kaikan"].rooms] == ["hall", "hall-b", "hall-a"]


def test_terms_and_duties(city: Store) -> None:
    with city.transaction(NOW) as tx:
        keep_rule(tx, "kaikan", Terms("t", Deadline(7, 1020)), by="sato")
        give_duty(tx, "sato", "kaikan", Duty.keys, by="admin")
        give_duty(tx, "sato", "kaikan", Duty.keys, by="admin")
        assert holds_duty(tx, "sato", "kaikan", Duty.keys)
        assert end_duty(tx, "sato", "kaikan", Duty.keys, by="admin")
        assert not end_duty(tx, "sato", "kaikan", Duty.keys, by="admin")
        assert [each.thing for each in list_changes(tx, "kaikan", limit=3)] == [Thing.duty, Thing.duty, Thing.terms]
