"""Offices that nobody has by a role: to permit a facility's bookings, to answer for a key; and what they open."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.civil import civil_minute
from domain.keys.key import Custodian, CustodianRole
from gateway.operations.facilities.give_duty import end_duty, give_duty
from gateway.operations.identity.roles import Role
from store.facility_duties import Duty
from store.key_rings import end_custodian, save_custodian
from store.tx import Tx
from tests.pages.city import City
from tests.pages.conftest import send
from tests.pages.houses import HALL_KEY, HOUSE, LIBRARY, SUNDAY, build_houses

SignIn = Callable[[Role], TestClient]


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def act(city: City, does: Callable[[Tx], object]) -> None:
    with city.store.transaction(city.clock()) as tx:
        does(tx)


def test_a_head_with_the_duty_to_permit_permits_in_that_house_alone(city: City, sign_in_as: SignIn) -> None:
    head = sign_in_as(Role.head)
    assert head.get(f"/bookings/inbox/{SUNDAY}").status_code == 403
    act(city, lambda tx: give_duty(tx, "aoki", LIBRARY, Duty.decide, by="root"))
    assert head.get(f"/bookings/inbox/{SUNDAY}").status_code == 404
    act(city, lambda tx: give_duty(tx, "aoki", HOUSE, Duty.decide, by="root"))
    assert "青木合唱団" in head.get(f"/bookings/inbox/{SUNDAY}").text
    assert "/bookings/inbox" in head.get("/bookings").text
    assert head.get("/keys").status_code == 403  # what the duty does not bring
    assert send(head, "/bookings/inbox", chosen=f"1 {SUNDAY}") == 303
    for house in (HOUSE, LIBRARY):
        act(city, lambda tx, house=house: end_duty(tx, "aoki", house, Duty.decide, by="root"))
    assert head.get(f"/bookings/inbox/{SUNDAY}").status_code == 403


def test_who_answers_for_a_key_looks_at_that_one_and_hands_nothing_out(city: City, sign_in_as: SignIn) -> None:
    employee = sign_in_as(Role.employee)
    assert employee.get(f"/keys/{HALL_KEY}").status_code == 403
    mine = Custodian(CustodianRole.room, "s0002", civil_minute(city.clock())[0], HALL_KEY)
    act(city, lambda tx: save_custodian(tx, mine))
    page = employee.get(f"/keys/{HALL_KEY}").text
    assert "大ホール" in page
    wall = employee.get("/keys").text
    assert "HALL-0" in wall
    assert "GYM-0" not in wall
    assert employee.get("/keys/gym-key").status_code == 404
    for text in (page, wall, employee.get("/keys/overdue").text):
        for way in ("/desk", "/keys/labels", "/keys/counts", "/keys/cases", "/keys/register", "/keys/overdue/file"):
            assert f'href="{way}' not in text, way
    assert send(employee, f"/keys/{HALL_KEY}/lost", request="0" * 16, piece="hall-0", reason="x") == 403
    act(city, lambda tx: end_custodian(tx, mine, civil_minute(city.clock())[0]))
    assert employee.get(f"/keys/{HALL_KEY}").status_code == 200  # the last day counts
    city.clock.advance(hours=8)
    assert sign_in_as(Role.employee).get(f"/keys/{HALL_KEY}").status_code == 403


def test_who_answers_for_every_key_sees_the_wall_and_none_of_the_desks_pages(city: City, sign_in_as: SignIn) -> None:
    act(city, lambda tx: save_custodian(tx, Custodian(CustodianRole.building, "s0002", civil_minute(tx.now)[0])))
    employee = sign_in_as(Role.employee)
    wall = employee.get("/keys").text
    assert "HALL-0" in wall
    assert "GYM-0" in wall
    for way in ("/keys/cases", "/keys/handovers", "/keys/counts", "/keys/register"):
        assert f'href="{way}' not in wall
        assert employee.get(way).status_code == 403
