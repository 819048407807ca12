"""Rules are looked up while nobody changes them, and are never older than the last change."""

from dataclasses import replace

import pytest

from gateway.bookings.remembered_rules import recall_houses
from gateway.bookings.rule_book import change_rules, open_book
from store.facility_revisions import list_revisions
from store.tx import Store
from tests.domain.facilities.booking import NOW, ON
from tests.gateway.bookings.house import RULES, keep_house


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    return store


def recalled(store: Store) -> object:
    with store.transaction(NOW) as tx:
        return recall_houses(tx, ON, ON, ["half", "gym"], lock=True).rules["center"]


def enlarge(store: Store) -> None:
    with store.transaction(NOW) as tx:
        before = open_book(tx, "center")
        rooms = tuple(replace(room, capacity=room.capacity + 1) for room in before.rooms)
        change_rules(tx, before, replace(before, rooms=rooms), by="head")


def test_rules_without_a_revision_are_read_each_time(house: Store) -> None:
    assert recalled(house) == recalled(house)
    assert recalled(house) is not recalled(house)


def test_rules_are_read_once_a_revision(house: Store) -> None:
    capacities = [room.capacity for room in RULES.rooms]
    for more in (1, 2):
        enlarge(house)
        rules = recalled(house)
        assert rules is recalled(house)
        found = {room.id: room.capacity for room in rules.rooms}  # type: ignore[attr-defined]
        assert found == {room.id: size + more for room, size in zip(RULES.rooms, capacities, strict=True)}


def test_what_is_no_room_has_no_house(house: Store) -> None:
    with house.reading(NOW) as tx:
        assert list_revisions(tx, ["cellar"]) == []
        assert recall_houses(tx, ON, ON, ["cellar"]).rules == {}
