"""What is free in many rooms at once, what a wish would cost, and staff who reserve: on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.civil import civil_minute
from domain.facilities.availability import Vacancy
from domain.facilities.booking import wish_of
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.reservee import ReserveeKind
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy
from gateway.bookings.remembered_rules import recall_every, recall_rules
from gateway.bookings.vacancies import load_vacancies
from gateway.fees.pricing import Wanted, find_tariff
from gateway.fees.wish_price import quote_wish
from gateway.operations.facilities.price_reservation import price_reservation
from gateway.operations.facilities.register_staff import StaffEntry, register_staff
from store.facilities import list_slots
from store.reservations import load_reservation
from store.reservees import load_reservee_of_person
from store.tx import Store
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import book, citizen, keep_house
from tests.gateway.fees import hall
from tests.gateway.fees.hall import build_hall

ENTRY = StaffEntry("p9", "江口 花子", "エグチ ハナコ", "resident")


def test_a_month_of_a_house_says_what_is_free(store: Store) -> None:
    keep_house(store)
    book(store, "b1", wish(540, 720), citizen(1))
    with store.reading(NOW) as tx:
        houses = recall_every(tx)
        assert houses == recall_rules(tx, ["hall"])
        cells = load_vacancies(tx, list(houses.values()), ON - timedelta(days=1), 31).cells
    assert {room for room, _ in cells} == {room.id for room in houses["center"].rooms}
    assert len(cells) == 31 * len(houses["center"].rooms)
    assert cells["half", ON].free == ((720, 1320),)
    assert cells["half", ON].vacancy is Vacancy.partly
    assert cells["hall", ON].free == ((750, 1320),)  # its own preparation comes after what the half has
    assert cells["half", ON + timedelta(days=1)].vacancy is Vacancy.free
    assert cells["old", ON].vacancy is Vacancy.closed


def test_only_the_rooms_asked_for_are_looked_at(store: Store) -> None:
    keep_house(store)
    with store.reading(NOW) as tx:
        cells = load_vacancies(tx, list(recall_every(tx).values()), ON, 2, only={"gym"}).cells
    assert [(room, on) for room, on in cells] == [("gym", ON), ("gym", ON + timedelta(days=1))]
    assert [each.places_left for each in cells["gym", ON].slots] == [3]


def test_staff_are_registered_once_and_in_a_class_that_there_is(store: Store) -> None:
    keep_house(store)
    with store.transaction(NOW) as tx:
        first = register_staff(tx, ENTRY, by="head")
        again = register_staff(tx, ENTRY, by="head")
    assert first == again
    assert (first.id, first.kind, first.user_class) == ("staff-p9", ReserveeKind.staff, "resident")
    with store.reading(NOW) as tx:
        assert load_reservee_of_person(tx, "p9") == first
    with store.transaction(NOW) as tx, pytest.raises(ReserveeFaultsError) as refused:
        register_staff(tx, StaffEntry("p8", "職員", "ショクイン", "nobody"), by="desk")
    assert [fault.why for fault in refused.value.faults] == [ReserveeWhy.unknown_class]


def test_a_wish_costs_what_its_reservation_will(store: Store) -> None:
    build_hall(store)
    wanted = Wanted("general", (("air", 60),))
    with store.transaction(hall.NOW) as tx:
        kept = load_reservation(tx, "r1")
        assert kept is not None
        slot = next(each for each in list_slots(tx, ["hall"]) if each.id == "am")
        on = civil_minute(kept.reservation.from_at)[0]
        ahead = quote_wish(wish_of(kept.reservation), slot, find_tariff(tx, "shimin", on), wanted, is_holiday=False)
        assert price_reservation(tx, "r1", wanted, by="desk").quote == ahead
        unknown = replace(wish_of(kept.reservation), user_class="nobody")
        with pytest.raises(FeeFaultsError):
            quote_wish(unknown, slot, find_tariff(tx, "shimin", on), wanted, is_holiday=False)
