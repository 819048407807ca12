"""Bookings are found by what was asked, in pages; what waits stands by how long it waits, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.civil import instant
from domain.facilities.reservation import ReservationAct, ReservationState
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from store.booking_search import (
    Sought,
    count_no_shows,
    count_waiting,
    describe_bookings,
    list_login_names,
    list_longest_waiting,
    list_waiters,
    search_bookings,
)
from store.fee_quotes import list_newest_quotes, load_quote
from store.reservations import list_reservation_steps, list_steps_of
from store.takings import list_takings_of, list_takings_of_each
from store.tx import Store
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import DECIDER, book, citizen, keep_house
from tests.gateway.fees.hall import NOW as FEES_NOW
from tests.gateway.fees.hall import build_hall, change, pay, price

DAY = timedelta(days=1)


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    book(store, "r1", wish(), citizen(1))
    book(store, "r2", wish(780, 900, reservee_id="u2"), citizen(2), later=timedelta(hours=1))
    later = replace(wish(room_id="meeting", reservee_id="u3"), from_at=instant(ON, 540) + DAY)
    book(store, "r3", replace(later, until_at=instant(ON, 600) + DAY), citizen(3))
    return store


def find(store: Store, **given: object) -> list[str]:
    with store.reading(NOW) as tx:
        lines, many = search_bookings(tx, Sought(**given), limit=9)  # type: ignore[arg-type]
    assert many == len(lines)
    return [line.kept.reservation.id for line in lines]


def test_each_part_of_what_is_sought_has_to_hold(house: Store) -> None:
    assert find(house) == ["r1", "r2", "r3"]
    assert find(house, facility_ids=("elsewhere",)) == []
    assert find(house, facility_ids=("center",), room_id="half") == ["r1", "r2"]
    assert find(house, reservee_id="u2") == find(house, text="利用者2") == find(house, text="r2") == ["r2"]
    assert find(house, text="%") == []
    assert find(house, states=(ReservationState.permitted,)) == ["r3"]
    assert find(house, from_at=instant(ON, 720)) == ["r2", "r3"]
    assert find(house, from_at=instant(ON, 0), until_at=instant(ON, 780)) == ["r1"]


def test_a_page_says_how_many_there_are(house: Store) -> None:
    with house.reading(NOW) as tx:
        lines, many = search_bookings(tx, Sought(), limit=1, offset=1)
        unknown = describe_bookings(tx, ["r2", "none"])
    assert ([line.kept.reservation.id for line in lines], many) == (["r2"], 3)
    assert [(line.room.name, line.reservee) for line in unknown] == [("ホール半分", "利用者2")]


def test_whoever_waits_longest_stands_first_and_a_change_waits_anew(house: Store) -> None:
    with house.transaction(NOW + timedelta(hours=2)) as tx:
        change_reservation(tx, AskedChange("r1", 1, replace(wish(), party=12)), citizen(1))
    with house.reading(NOW) as tx:
        waiting = list_longest_waiting(tx, ["center"], limit=9)
        assert [(line.kept.reservation.id, at) for line, at in waiting] == [
            ("r2", NOW + timedelta(hours=1)),
            ("r1", NOW + timedelta(hours=2)),
        ]
        assert [line.kept.reservation.id for line, _ in list_longest_waiting(tx, ["center"], limit=1, offset=1)] == [
            "r1"
        ]
        assert (count_waiting(tx, ["center"]), count_waiting(tx, ["elsewhere"]), count_waiting(tx, [])) == (2, 0, 0)
        steps = list_steps_of(tx, ["r1", "r3", "none"])
        assert steps["r1"] == list_reservation_steps(tx, "r1")
        assert {id_: [each.act for each in some] for id_, some in steps.items()} == {
            "r1": [ReservationAct.apply, ReservationAct.change],
            "r3": [ReservationAct.apply, ReservationAct.permit],
        }
    with house.transaction(NOW) as tx:
        decide_reservation(tx, Decision("r2", 1, ReservationAct.permit), DECIDER)
        assert count_waiting(tx, ["center"]) == 1


def test_names_no_shows_and_those_who_wait_for_a_place(house: Store) -> None:
    with house.reading(NOW) as tx:
        assert list_login_names(tx, ["head", "self", "rule"]) == {"head": "職員"}
        assert count_no_shows(tx, ["center"], ["u1", "u2"]) == {}
        assert list_waiters(tx, ["half"]) == []


def test_the_money_of_many_is_that_of_each(store: Store) -> None:
    build_hall(store)
    with store.transaction(FEES_NOW) as tx:
        price(tx)
        change(tx, "r1")
        price(tx)  # the newest counts
        pay(tx, "a", 5_000)
        pay(tx, "b", 1_000)
    with store.reading(FEES_NOW) as tx:
        assert list_newest_quotes(tx, ["r1", "r2", "none"]) == {"r1": load_quote(tx, "r1")}
        assert list_takings_of_each(tx, ["r1", "r2"]) == {"r1": list_takings_of(tx, "r1")}
        assert (list_newest_quotes(tx, []), list_takings_of_each(tx, [])) == ({}, {})
