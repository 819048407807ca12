"""抽選 and キャンセル待ち without a browser: opened, entered, drawn by hand or clock, replayed; offers answered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.lottery import Round, hash_seed
from gateway.bookings.draw_file import find_differences, read_draw_file
from gateway.draw_clock import DrawClock
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.enter_round import AskedEntry, enter_round
from gateway.operations.facilities.offer_place import offer_place
from gateway.operations.facilities.open_round import open_round
from gateway.operations.facilities.wait_for_place import wait_for_place
from gateway.operations.identity.roles import Role
from store.lotteries import load_round
from store.waiting import list_open_offers
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import CHOIR, COUNTER, SATO, SUNDAY, TODAY, build_houses, citizen
from tests.pages.test_bookings import send

SignIn = Callable[[Role], TestClient]
ID = "0123456789abcdef"
FORM = {
    "id": ID, "facility_id": "shimin-kan", "name": "1月の大ホール", "name_en": "Great Hall in January",
    "enter_from_at": "2025-11-20T16:00", "enter_until_at": "2025-11-27T17:00", "choices_most": "3", "wins_most": "1",
    "first_chances": "2", "first_days": "365", "slots": ["hall-evening"],
    "first_on": "2026-01-10", "last_on": "2026-01-13",
}  # fmt: skip
END = instant(TODAY + timedelta(days=7), 1020)


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def load(city: City) -> Round:
    with city.store.reading(city.clock()) as tx:
        found = load_round(tx, ID)
    assert found is not None
    return found


def enter(city: City, reservee_id: str, *lots: str) -> None:
    asked = AskedEntry(f"e-{reservee_id}", ID, reservee_id, "resident", 30, "練習", lots)
    with city.store.transaction(city.clock()) as tx:
        enter_round(tx, asked, citizen(reservee_id))


def test_a_round_is_opened_from_slots_and_days_once(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.facility_admin)
    assert "hall-evening" in client.get("/bookings/rounds/new").text
    assert send(client, "/bookings/rounds", **FORM) == 303
    assert send(client, "/bookings/rounds", **FORM) == 303
    opened = load(city)
    # Closed on Monday, the 12th.
    assert [lot.id for lot in opened.lots] == [f"202601{day}-hall-evening" for day in (10, 11, 13)]
    page = client.get(f"/bookings/rounds/{ID}").text
    for said in ("1月の大ホール", "受付中", opened.seed_hash, "大ホール 全面", "まだ申込みはありません"):
        assert said in page, said
    assert "1月の大ホール" in sign_in_as(Role.employee).get("/bookings/rounds").text


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": ""}, "name", "1〜80 字"),
        ({"enter_until_at": "2025-11-20T16:00"}, "enter_until_at", "今より後"),
        ({"enter_until_at": "きのう"}, "enter_until_at", "今より後"),
        ({"enter_from_at": "あした"}, "enter_until_at", "今より後"),
        ({"choices_most": "99"}, "choices_most", "1〜20"),
        ({"wins_most": "多い"}, "wins_most", "1〜20"),
        ({"slots": []}, "lots", "1〜500"),
        ({"last_on": "2027-01-10"}, "lots", "1〜100"),
        ({"first_on": "2025-11-21", "last_on": "2025-11-22"}, "lots", "1 時間以上後"),
        ({"slots": ["hall-evening", "hall-later"]}, "lots", "重なっています"),
    ],
)
def test_what_is_wrong_with_a_round_stands_beside_its_field(
    sign_in_as: SignIn, changes: dict[str, object], field: str, said: str
) -> None:
    client = sign_in_as(Role.facility_admin)
    answer = client.post("/bookings/rounds", data={"csrf": csrf_of(client)} | FORM | changes)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert said in answer.text
    assert "Great Hall in January" in answer.text  # what was typed stays


def test_entries_are_seen_by_those_who_serve_and_drawn_when_it_is_time(sign_in_as: SignIn, city: City) -> None:
    send(sign_in_as(Role.facility_admin), "/bookings/rounds", **FORM)
    enter(city, CHOIR, "20260111-hall-evening", "20260110-hall-evening")
    enter(city, SATO, "20260111-hall-evening", "20260113-hall-evening")
    desk = sign_in_as(Role.facility_desk).get(f"/bookings/rounds/{ID}").text
    assert "申込み（2件）" in desk
    assert "青木合唱団" in desk
    assert "青木合唱団" not in sign_in_as(Role.employee).get(f"/bookings/rounds/{ID}").text
    assert send(sign_in_as(Role.facility_admin), f"/bookings/rounds/{ID}/draw") == 422  # entering goes on
    city.clock.at = END
    client = sign_in_as(Role.facility_admin)
    assert "まもなく自動で抽選します" in client.get(f"/bookings/rounds/{ID}").text
    assert send(client, f"/bookings/rounds/{ID}/draw", seed="another") == 422
    assert send(client, f"/bookings/rounds/{ID}/draw") == 303
    assert DrawClock(city.store, city.clock, city.context.settings.names_key_file, committed=lambda: None).look() == 0
    page = client.get(f"/bookings/rounds/{ID}").text
    for said in ("抽選済み", "当選（2件）", "申請済み", "結果が一致しました", load(city).seed):
        assert said in page, said
    told = read_draw_file(client.get(f"/bookings/rounds/{ID}/result").content)
    assert find_differences(told) == []
    assert "青木" not in sign_in_as(Role.employee).get(f"/bookings/rounds/{ID}").text
    assert send(client, f"/bookings/rounds/{ID}/draw") == 303  # twice is once


def test_a_win_that_could_not_be_booked_says_why(sign_in_as: SignIn, city: City) -> None:
    send(sign_in_as(Role.facility_admin), "/bookings/rounds", **FORM | {"enter_until_at": "2025-11-27T17:00"})
    enter(city, CHOIR, "20260111-hall-evening")
    taken = (instant(load(city).lots[1].from_at.date(), 1080), instant(load(city).lots[1].from_at.date(), 1320))
    with city.store.transaction(city.clock()) as tx:
        wish = Wish("hall", *taken, SATO, "resident", 20, "講演会", slot_id="hall-evening")
        book_room(tx, AskedBooking("b-other", wish), COUNTER)
    city.clock.at = END
    client = sign_in_as(Role.facility_admin)
    assert send(client, f"/bookings/rounds/{ID}/draw") == 303
    page = client.get(f"/bookings/rounds/{ID}").text
    assert "予約できず" in page
    assert "2026-01-11 18:00–22:00 は予約済みです" in page


def test_a_seed_that_somebody_keeps_is_asked_for(sign_in_as: SignIn, city: City) -> None:
    send(sign_in_as(Role.facility_admin), "/bookings/rounds", **FORM)
    other = replace(load(city), id="own-seed", seed_hash=hash_seed("dice"), name="手元の種")
    with city.store.transaction(city.clock()) as tx:
        open_round(tx, other, by="ueda")
    city.clock.at = END
    client = sign_in_as(Role.facility_admin)
    assert 'name="seed"' in client.get("/bookings/rounds/own-seed").text
    answer = client.post("/bookings/rounds/own-seed/draw", data={"csrf": csrf_of(client), "seed": "coin"})
    assert (answer.status_code, 'id="seed-fault"' in answer.text) == (422, True)
    assert send(client, "/bookings/rounds/own-seed/draw", seed=" dice ") == 303


def test_an_entry_is_withdrawn_by_the_counter_until_it_is_over(sign_in_as: SignIn, city: City) -> None:
    send(sign_in_as(Role.facility_admin), "/bookings/rounds", **FORM)
    enter(city, SATO, "20260111-hall-evening")
    assert send(sign_in_as(Role.employee), f"/bookings/rounds/{ID}/leave", reservee_id=SATO) == 422  # not the own one
    desk = sign_in_as(Role.facility_desk)
    assert send(desk, f"/bookings/rounds/{ID}/leave", reservee_id=SATO) == 303
    assert "申込みを取り下げました" in desk.get(f"/bookings/rounds/{ID}?done=leave").text
    assert "まだ申込みはありません" in desk.get(f"/bookings/rounds/{ID}").text


def wait(city: City, waiting_id: str = "w1") -> None:
    on = TODAY + timedelta(days=3)
    wish = Wish("hall", instant(on, 780), instant(on, 1020), SATO, "resident", 40, "朗読会", slot_id="hall-afternoon")
    with city.store.transaction(city.clock() - timedelta(days=10)) as tx:
        wait_for_place(tx, waiting_id, wish, citizen(SATO))


def test_who_waits_is_seen_and_taken_off_the_list(sign_in_as: SignIn, city: City) -> None:
    wait(city)
    desk = sign_in_as(Role.facility_desk)
    page = desk.get("/bookings/waiting").text
    for said in ("朗読会", "1番目", "佐藤 花子", "11月23日（日）"):
        assert said in page, said
    assert "朗読会" not in sign_in_as(Role.employee).get("/bookings/waiting").text
    assert send(sign_in_as(Role.employee), "/bookings/waiting/w1") == 404
    assert "同じ時間を 1組がキャンセル待ち" in sign_in_as(Role.facility_admin).get("/bookings/inbox").text
    assert send(desk, "/bookings/waiting/w1") == 303
    assert "空きを待っている人はいません" in desk.get("/bookings/waiting").text


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_an_offer_is_answered_once(sign_in_as: SignIn, city: City, act: str) -> None:
    wait(city)
    with city.store.transaction(city.clock()) as tx:
        cancel_reservation(tx, SUNDAY, COUNTER)
    with city.store.transaction(city.clock()) as tx:
        offer_place(tx)
        (offer,) = list_open_offers(tx)
    desk = sign_in_as(Role.facility_desk)
    assert "までに返事" in desk.get("/bookings/waiting").text
    assert send(sign_in_as(Role.employee), f"/bookings/offers/{offer.id}", act=act) == 404
    answer = desk.post(f"/bookings/offers/{offer.id}", data={"csrf": csrf_of(desk), "act": act})
    expected = {"accept": f"/bookings/{offer.reservation_id}?done=apply", "decline": "/bookings/waiting?done=decline"}
    assert answer.headers["location"] == expected[act]
    assert desk.get(expected[act]).status_code == 200
    assert send(desk, f"/bookings/offers/{offer.id}", act=act) == 422
