"""Draws and waiting lists by the HTTP API: entered once and changed, waited for once a key, offers answered."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from domain.facilities.booking import Wish
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.draw_round import draw_round
from gateway.operations.facilities.offer_place import offer_place
from tests.citizens.conftest import ORIGIN, Postbox
from tests.citizens.test_api import WISH, citizen, program, whys
from tests.citizens.test_rounds import SEED, round_
from tests.pages.city import City
from tests.pages.houses import CHOIR, COUNTER

__all__ = ("citizen", "program", "round_")

ENTRY = {"choices": ["pm", "am"], "party": 100, "purpose": "合唱祭"}
WAIT = dict(WISH)
KEY = {"Idempotency-Key": "key-00000001"}


@pytest.mark.usefixtures("round_")
def test_a_draw_is_entered_changed_and_left(program: TestClient, citizen: TestClient) -> None:
    (told,) = program.get("/rounds").json()
    assert told == program.get("/rounds/xmas").json()
    assert (told["seed"], told["draw_url"], [lot["id"] for lot in told["lots"]]) == (None, None, ["am", "pm"])
    assert citizen.get("/rounds/xmas/entry").status_code == 404
    first = citizen.put("/rounds/xmas/entry", json=ENTRY)
    assert (first.status_code, first.json()["choices"], first.json()["won"]) == (200, ["pm", "am"], [])
    changed = citizen.put("/rounds/xmas/entry", json=ENTRY | {"choices": ["am"]}).json()
    assert (changed["id"], changed["choices"]) == (first.json()["id"], ["am"])
    assert citizen.get("/rounds/xmas/entry").json() == changed
    for _ in range(2):
        assert citizen.delete("/rounds/xmas/entry").status_code == 204
    assert citizen.get("/rounds/xmas/entry").status_code == 404


@pytest.mark.usefixtures("round_")
def test_what_is_wrong_with_an_entry_names_its_field(citizen: TestClient, city: City) -> None:
    wrong = citizen.put("/rounds/xmas/entry", json=ENTRY | {"choices": ["am", "am"]})
    assert (wrong.status_code, [field for field, _ in whys(wrong)]) == (422, ["choices"])
    assert citizen.put("/rounds/xmas/entry", json=ENTRY | {"party": 900}).status_code == 422
    assert citizen.put("/rounds/none/entry", json=ENTRY).status_code == 404
    assert citizen.put("/rounds/xmas/entry", json=ENTRY | {"choices": ["am"]}).status_code == 200
    city.clock.at += timedelta(days=2)
    late = citizen.put("/rounds/xmas/entry", json=ENTRY)
    assert late.status_code in {401, 409}  # the session is over, too


@pytest.mark.usefixtures("round_")
def test_what_came_of_a_draw_is_told(citizen: TestClient, city: City, post: Postbox) -> None:
    citizen.put("/rounds/xmas/entry", json=ENTRY)
    city.clock.at += timedelta(days=2)
    with city.store.transaction(city.clock()) as tx:
        draw_round(tx, "xmas", SEED, by="root")
    (told,) = citizen.get("/rounds").json()
    assert (told["seed"], told["draw_url"]) == (SEED, f"{ORIGIN}/rounds/xmas/draw.json")
    entry = citizen.post("/codes", json={"email": "sato@example.jp"}).json()["entry"]
    letters = {letter.kind: letter for letter in post.fetch()}
    code = letters["code"].text.split("確認番号は ")[1][:6]
    token = citizen.post("/sessions", json={"entry": entry, "code": code}).json()["token"]
    own = citizen.get("/rounds/xmas/entry", headers={"Authorization": f"Bearer {token}"})
    assert own.json()["won"] == ["pm"]


def test_one_waits_once_a_key_and_answers_the_offer(citizen: TestClient, city: City) -> None:
    free = citizen.post("/waiting", json=WAIT, headers=KEY)
    assert (free.status_code, whys(free)) == (409, [("from_at", "free_now")])
    take(city)
    first = citizen.post("/waiting", json=WAIT, headers=KEY)
    assert (first.status_code, first.json()["state"], first.json()["reservation_id"]) == (201, "waiting", None)
    assert citizen.post("/waiting", json=WAIT, headers=KEY).json() == first.json()
    again = citizen.post("/waiting", json=WAIT, headers={"Idempotency-Key": "key-00000002"})
    assert (again.status_code, whys(again)) == (409, [("from_at", "waits_already")])
    path = f"/waiting/{first.json()['id']}"
    early = citizen.post(f"{path}/offer", json={"answer": "accept"})
    assert (early.status_code, whys(early)) == (404, [("id", "unknown_offer")])
    with city.store.transaction(city.clock()) as tx:
        cancel_reservation(tx, "other", COUNTER)
    with city.store.transaction(city.clock()) as tx:
        assert offer_place(tx) is not None
    offered = citizen.get(path).json()
    assert (offered["state"], offered["offered_until"] is None) == ("offered", False)
    assert citizen.get(f"/reservations/{offered['reservation_id']}").json()["state"] == "tentative"
    assert (citizen.delete(path).status_code, citizen.get("/waiting").json()) == (409, [offered])
    taken = citizen.post(f"{path}/offer", json={"answer": "accept"}).json()
    assert taken["state"] == "taken"
    assert citizen.get(f"/reservations/{taken['reservation_id']}").json()["state"] == "permitted"
    over = citizen.post(f"{path}/offer", json={"answer": "decline"})
    assert (over.status_code, whys(over)) == (409, [("id", "offer_over")])


def test_one_stops_waiting_and_sees_nobody_elses(citizen: TestClient, city: City) -> None:
    take(city)
    made = citizen.post("/waiting", json=WAIT, headers=KEY).json()
    for _ in range(2):
        assert citizen.delete(f"/waiting/{made['id']}").json()["state"] == "withdrawn"
    assert citizen.get("/waiting/none").status_code == 404
    assert citizen.post("/waiting", json=WAIT | {"room_id": "nowhere"}, headers=KEY).status_code == 404
    wrong = citizen.post("/waiting", json=WAIT | {"party": 0}, headers={"Idempotency-Key": "key-00000003"})
    assert (wrong.status_code, whys(wrong)) == (422, [("party", "nobody")])


def take(city: City) -> None:
    """Let the choir have the room at the time that is wished for."""
    on = instant(city.clock().date().replace(month=12, day=2), 0)
    span = on + timedelta(hours=13), on + timedelta(hours=15)
    with city.store.transaction(city.clock()) as tx:
        wish = Wish("meeting-1", *span, CHOIR, "resident", 10, "練習")
        book_room(tx, AskedBooking("other", wish), COUNTER)
