"""Registering and signing in by a code: nobody learns who is registered, few tries, tokens that change."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.facilities.reservee import Reservee, ReserveeKind
from store.reservees import insert_reservee, list_reservees_at, load_reservee
from tests.citizens.conftest import Postbox, enter, make_guest, send
from tests.pages.city import City

HANA = {
    "id": "0" * 32,
    "kind": "citizen",
    "user_class": "resident",
    "name": "萩 はな",
    "kana": "ハギ ハナ",
    "email": "Hana@Example.jp",
}


def test_who_registers_confirms_the_address_and_is_in(guest: TestClient, post: Postbox, city: City) -> None:
    answer = send(guest, "/register", **HANA, then="/book?room=hall&on=2025-12-02&slot=hall-morning")
    assert answer.headers["location"].startswith("/code?then=/book")
    assert guest.get("/bookings").headers["location"].startswith("/sign-in")
    code = post.read_code("hana@example.jp")
    answer = send(guest, "/code", code=f" {code[:3]} {code[3:]} ", then="/book?room=hall")
    assert answer.headers["location"] == "/book?room=hall"
    assert "萩 はな" in guest.get("/bookings").text
    with city.store.reading(city.clock()) as tx:
        [new] = list_reservees_at(tx, "hana@example.jp")
    assert (new.registered_by, new.confirmed_at) == ("self", city.clock())


def test_every_fault_of_a_registration_stands_beside_its_field(guest: TestClient, city: City) -> None:
    answer = send(guest, "/register", id="0" * 32, kind="group", user_class="city", kana="はぎabc?", phone="110")
    assert answer.status_code == 422
    for name in ("user_class", "name", "contact_name", "kana", "email", "phone"):
        assert f'id="{name}-fault"' in answer.text, name
    with city.store.reading(city.clock()) as tx:
        assert load_reservee(tx, "0" * 32) is None


def test_nobody_learns_whether_an_address_is_registered(guest: TestClient, door, post: Postbox) -> None:
    other = make_guest(door)
    known, unknown = send(guest, "/sign-in", email="sato@example.jp"), send(other, "/sign-in", email="no@example.jp")
    assert known.headers["location"] == unknown.headers["location"] == "/code?then=/bookings"
    pages = [send(each, "/code", code="999999") for each in (guest, other)]
    shown = [page.text.replace(page.text.split('name="csrf" value="')[1].split('"')[0], "") for page in pages]
    assert shown[0] == shown[1]
    assert [each.target for each in post.fetch()] == ["sato@example.jp"]


def test_a_code_has_few_tries_and_few_minutes(guest: TestClient, post: Postbox, city: City) -> None:
    send(guest, "/sign-in", email="sato@example.jp")
    code = post.read_code("sato@example.jp")
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert send(guest, "/code", code=wrong).status_code == 422
    assert send(guest, "/code", code=code).status_code == 422
    city.clock.advance(minutes=2)
    send(guest, "/sign-in", email="sato@example.jp")
    code = post.read_code("sato@example.jp")
    city.clock.advance(minutes=15)
    assert send(guest, "/code", code=code).status_code == 422


def test_codes_are_sent_three_times_an_hour(guest: TestClient, post: Postbox) -> None:
    answers = [send(guest, "/sign-in", email="sato@example.jp").headers["location"] for _ in range(5)]
    assert set(answers) == {"/code?then=/bookings"}
    assert len(post.fetch()) == 3


def test_one_address_of_the_network_has_to_be_patient(guest: TestClient) -> None:
    answers = [send(guest, "/sign-in", email=f"n{number}@example.jp") for number in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "60"


def test_a_session_has_another_token_once_it_is_confirmed_and_ends(
    guest: TestClient, post: Postbox, city: City
) -> None:
    send(guest, "/sign-in", email="sato@example.jp")
    before = guest.cookies["sekisho-citizens"]
    assert send(guest, "/code", code=post.read_code("sato@example.jp")).status_code == 303
    after = guest.cookies["sekisho-citizens"]
    assert before != after
    assert guest.get("/bookings").status_code == 200
    city.clock.advance(minutes=29)
    assert guest.get("/bookings").status_code == 200
    city.clock.advance(minutes=31)
    assert guest.get("/bookings").status_code == 303
    enter(guest, post)
    kept = guest.cookies["sekisho-citizens"]
    assert send(guest, "/sign-out").status_code == 303
    guest.cookies.set("sekisho-citizens", kept, domain="127.0.0.1")
    assert guest.get("/bookings").status_code == 303


def test_who_has_several_registrations_chooses_and_nobody_else_is_chosen(
    guest: TestClient, post: Postbox, city: City
) -> None:
    with city.store.transaction(city.clock() - timedelta(days=30)) as tx:
        club = Reservee("club", ReserveeKind.group, "resident", "茶道の会", tx.now, "desk", email="sato@example.jp")
        insert_reservee(tx, club)
    send(guest, "/sign-in", email="sato@example.jp")
    answer = send(guest, "/code", code=post.read_code("sato@example.jp"))
    assert answer.headers["location"] == "/who?then=/bookings"
    assert "茶道の会" in guest.get("/who").text
    assert "b-tatami" in guest.get("/bookings").text
    assert send(guest, "/who", reservee_id="choir").status_code == 404
    assert send(guest, "/who", reservee_id="club", then="/bookings").status_code == 303
    page = guest.get("/bookings").text
    assert "茶道の会" in page
    assert "b-tatami" not in page


def test_a_form_of_another_site_or_without_its_token_is_refused(guest: TestClient, post: Postbox) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    assert guest.post("/sign-in", data={"email": "sato@example.jp"}, headers=foreign).status_code == 403
    enter(guest, post)
    assert guest.post("/sign-out", data={"csrf": "no"}).status_code == 403
    assert guest.post("/bookings/b-tatami/cancelled", data={}).status_code == 403


@pytest.mark.parametrize("then", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere"])
def test_signing_in_leads_nowhere_else(guest: TestClient, post: Postbox, then: str) -> None:
    send(guest, "/sign-in", email="sato@example.jp")
    answer = send(guest, "/code", code=post.read_code("sato@example.jp"), then=then)
    assert answer.headers["location"] == "/"


def test_the_door_says_what_borders_say_and_knows_no_page_of_the_staff(guest: TestClient) -> None:
    answer = guest.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    for path in ("/people", "/doors", "/desk", "/reservees", "/live", "/password", "/docs", "/openapi.json"):
        assert guest.get(path).status_code == 404, path
    assert guest.get("/", headers={"Host": "elsewhere.example"}).status_code == 421


def test_the_language_is_remembered(guest: TestClient) -> None:
    answer = send(guest, "/language", language="en", then="/facilities/shimin-kan")
    assert answer.headers["location"] == "/facilities/shimin-kan"
    assert "What is free: Civic Hall" in guest.get("/facilities/shimin-kan").text
    assert send(guest, "/language", language="xx").status_code == 400
