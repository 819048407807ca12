"""How one gets into rooms: the ways of a day, what is wrong with them, and what a reservation promises by them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.facilities.booking import make_reservation
from domain.facilities.check_entry import check_areas, check_entries
from domain.facilities.entry import EntryRule, Way, can_be_seen, choose_entry
from domain.facilities.facility_fault import Flaw
from domain.facilities.facility_words import tell_fault
from domain.facilities.promises import PromiseKind, derive_promises
from domain.facilities.reservation import ReservationState
from tests.domain.facilities.booking import HOUSE, ON, wish

TODAY = date(2026, 11, 20)
HALL = replace(HOUSE.rooms[0], area_id="stage")
KEY, DOOR, CODE = PromiseKind.key, PromiseKind.door, PromiseKind.code


def rule(*ways: Way, id_: str = "e", **given: object) -> EntryRule:
    return replace(EntryRule(id_, frozenset(ways)), **given)  # type: ignore[arg-type]


def test_the_newest_rule_of_the_room_counts_before_that_of_the_house() -> None:
    rules = (
        rule(Way.key, id_="house"),
        rule(Way.card, id_="house-new", valid_from=ON),
        rule(Way.staff, id_="hall", room_id="hall", valid_from=TODAY),
        rule(Way.open, id_="hall-later", room_id="hall", valid_from=ON + timedelta(days=1)),
    )
    chosen = [
        (choose_entry(rules, room, on) or rule(id_="none")).id
        for room, on in (
            ("half", TODAY),
            ("half", ON),
            ("hall", TODAY - timedelta(days=1)),
            ("hall", ON),
            ("hall", date(2027, 1, 1)),
        )
    ]
    assert chosen == ["house", "house-new", "house", "hall", "hall-later"]
    assert choose_entry(rules[1:3], "half", TODAY) is None


@pytest.mark.parametrize(
    ("ways", "promised"),
    [
        ((Way.card,), [DOOR]),
        ((Way.code,), [DOOR, CODE]),
        ((Way.card, Way.key), [KEY, DOOR]),
        ((Way.key,), [KEY]),
        ((Way.staff,), []),
        ((Way.open,), []),
    ],
)
def test_each_way_promises_what_it_needs(ways: tuple[Way, ...], promised: list[PromiseKind]) -> None:
    reservation = make_reservation(wish(room_id="hall"), "r1", ReservationState.permitted)
    found = derive_promises(reservation, HALL, rule(*ways))
    assert [each.kind for each in found] == promised
    assert derive_promises(reservation, HALL, rule(*ways), opens=False) == found


def test_where_nothing_is_laid_down_the_site_says_whether_a_booking_opens_the_area() -> None:
    reservation = make_reservation(wish(room_id="hall"), "r1", ReservationState.permitted)
    assert [each.kind for each in derive_promises(reservation, HALL)] == [KEY, DOOR, CODE]
    assert [each.kind for each in derive_promises(reservation, HALL, opens=False)] == [KEY]


def test_the_door_opens_for_longer_than_the_key_goes_out() -> None:
    asked = wish(room_id="hall")
    reservation = make_reservation(asked, "r1", ReservationState.permitted)
    key, door = derive_promises(reservation, HALL, rule(Way.key, Way.card, early_minutes=10, late_minutes=5))
    assert (key.from_at, key.until_at) == (
        asked.from_at - timedelta(minutes=30),
        asked.until_at + timedelta(minutes=30),
    )
    assert (key.from_at - door.from_at, door.until_at - key.until_at) == (timedelta(minutes=10), timedelta(minutes=5))


def test_of_a_room_that_is_only_open_nothing_says_that_somebody_came() -> None:
    assert [can_be_seen(each) for each in (None, rule(Way.open), rule(Way.open, Way.key), rule(Way.staff))] == [
        True, False, True, True,
    ]  # fmt: skip


def test_everything_wrong_with_the_ways_is_named() -> None:
    rules = (
        rule(id_="empty"),
        rule(Way.key, id_="far", early_minutes=721, late_minutes=-1, room_id="nowhere"),
        rule(Way.key, id_="twice", valid_from=TODAY),
        rule(Way.card, id_="again", valid_from=TODAY),
    )
    assert [(fault.id, fault.field, fault.flaw) for fault in check_entries(rules, {"hall"})] == [
        ("empty", "ways", Flaw.no_way),
        ("far", "room_id", Flaw.unknown_room),
        ("far", "early_minutes", Flaw.out_of_range),
        ("far", "late_minutes", Flaw.out_of_range),
        ("again", "valid_from", Flaw.overlaps),
    ]
    assert list(check_entries((rule(Way.card, Way.key),), {"hall"})) == []


def test_rooms_are_held_against_the_areas_of_the_site() -> None:
    rooms = (
        HALL,
        replace(HALL, id="half", area_id=None),
        replace(HALL, id="gym", area_id="lobby"),
        replace(HALL, id="lost", area_id="nowhere"),
        replace(HALL, id="old", area_id="nowhere", retired_on=TODAY),
    )
    levels = {"stage": "booked", "lobby": None}
    later = (rule(Way.key), rule(Way.card, id_="later", valid_from=ON))
    assert [(fault.id, fault.flaw) for fault in check_areas(rooms, later, levels, TODAY, reading=levels.keys())] == [
        ("half", Flaw.no_area),
        ("gym", Flaw.no_level),
        ("lost", Flaw.unknown_area),
    ]
    assert [fault.id for fault in check_areas(rooms, (rule(Way.key),), levels, TODAY, reading=set())] == ["lost"]
    told = tell_fault(next(check_areas(rooms[3:], (), levels, TODAY, reading=set())))
    assert told.startswith("部屋 lost・区域: nowhere という区域はサイトの設定にありません")


def test_a_code_needs_a_door_that_reads_it() -> None:
    rooms, levels = (HALL,), {"stage": "booked"}
    by_code = (rule(Way.card), rule(Way.code, id_="later", valid_from=ON))
    assert list(check_areas(rooms, by_code, levels, TODAY, reading={"stage"})) == []
    assert list(check_areas(rooms, by_code[:1], levels, TODAY, reading=set())) == []
    (fault,) = check_areas(rooms, by_code, levels, TODAY, reading=set())
    assert fault.flaw is Flaw.no_code_reader
    assert "区域 stage の扉にQRコードを読むリーダーがありません" in tell_fault(fault)


def test_no_code_is_promised_as_it_comes_where_nothing_reads_it() -> None:
    reservation = make_reservation(wish(room_id="hall"), "r1", ReservationState.permitted)
    assert [each.kind for each in derive_promises(reservation, HALL, reads_codes=False)] == [KEY, DOOR]
    assert CODE in {each.kind for each in derive_promises(reservation, HALL, rule(Way.code), reads_codes=False)}
