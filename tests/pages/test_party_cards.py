"""A card for a booking's party at the desk: offered where a door opens, lent by number or by tap, back, written off."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from store.cards import insert_card
from store.enrolments import Outcome, load_enrolment
from store.party_doors import LentCard, list_party_doors
from store.party_passes import party_id
from store.visitor_cards import POOL, ensure_pool, list_pool_cards
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.edge import Edge
from tests.pages.houses import EVENING, GYM, STAFF, TATAMI, build_houses
from tests.pages.test_booking_doors import open_by_booking

SignIn = Callable[[Role], TestClient]
WAIT, READER = "00000000000000c1", "main_out"
CARDS = [f"{number:032x}" for number in (0xA1, 0xA2)]
PAGE = f"/desk/cards?booking={EVENING}"


@pytest.fixture(autouse=True)
def doors(city: City) -> None:
    build_houses(city)
    open_by_booking(city)
    with city.store.transaction(city.clock()) as tx:
        ensure_pool(tx)
        for number, token in enumerate(CARDS, 1):
            assert insert_card(tx, token, POOL, f"来訪 {number}")


def lent(city: City, booking: str = EVENING) -> tuple[LentCard, ...]:
    with city.store.reading(city.clock()) as tx:
        party = list_party_doors(tx, [booking]).get(booking)
    return () if party is None else party.cards


def test_a_card_is_offered_where_a_party_has_a_door_and_nowhere_else(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    day = desk.get("/desk").text
    assert f"/desk/cards?booking={EVENING}" in day
    for other in (STAFF, GYM):  # staff have their own cards; behind the gymnasium lies no area
        assert f"/desk/cards?booking={other}" not in day
        assert "この予約で開く扉はありません" in desk.get(f"/desk/cards?booking={other}").text
        form = {"booking": other, "request": WAIT, "card": CARDS[0], "reader": READER}
        for handed in ("card", "next"):
            assert "この予約ではカードを貸し出せません" in told(desk, "/desk/cards", **form, handed=handed)
        assert lent(city, other) == ()
    assert "/desk/cards" not in sign_in_as(Role.auditor).get("/desk").text
    assert desk.get("/desk/cards?booking=nothing").status_code == 404


def test_a_card_goes_out_by_its_number_and_comes_back_by_a_button(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    page = desk.get(PAGE).text
    assert "来訪 1" in page
    assert "17:30 から 22:30 まで" in page
    form = {"booking": EVENING, "request": WAIT, "handed": "card", "card": CARDS[0]}
    for _ in range(2):
        assert send(desk, "/desk/cards", **form) == 303
    assert lent(city) == (LentCard(CARDS[0], "来訪 1"),)
    assert "貸出中のカード" in desk.get("/desk").text
    assert "渡しているカード（1枚）" in desk.get(PAGE).text
    refused = told(desk, "/desk/cards", **(form | {"card": "f" * 32}))
    assert "カードを貸し出せませんでした" in refused
    assert 'aria-invalid="true"' in refused
    for _ in range(2):
        assert send(desk, "/desk/cards/return", booking=EVENING, card=CARDS[0]) == 303
    assert lent(city) == ()
    with city.store.reading(city.clock()) as tx:
        assert [card.status for card in list_pool_cards(tx)] == ["active", "active"]


def test_a_lost_card_is_written_off(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {"booking": EVENING, "request": WAIT, "handed": "card", "card": CARDS[0]}
    assert send(desk, "/desk/cards", **form) == 303
    assert send(desk, "/desk/cards/return", booking=TATAMI, card=CARDS[0], lost="true") == 303  # none of that party's
    assert lent(city) == (LentCard(CARDS[0], "来訪 1"),)
    assert send(desk, "/desk/cards/return", booking=EVENING, card=CARDS[0], lost="true") == 303
    with city.store.reading(city.clock()) as tx:
        assert [card.status for card in list_pool_cards(tx)] == ["lost", "active"]
    assert "来訪 1" not in desk.get(PAGE).text


def test_the_next_card_held_to_the_reader_is_handed_over_and_back(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    edge = Edge(city, "west-1", desk_readers=(READER,))
    form = {"booking": EVENING, "request": WAIT, "handed": "next", "reader": READER}
    answer = desk.post("/desk/cards", data={"csrf": csrf_of(desk), **form})
    assert answer.headers["location"] == f"{PAGE}&wait={WAIT}"
    assert "来訪者カードをかざしてください" in desk.get(f"{PAGE}&wait={WAIT}").text
    busy = told(desk, "/desk/cards", **(form | {"request": "00000000000000c2"}))
    assert "別の読取機を選ぶか" in busy
    edge.tap(READER, CARDS[1])
    assert lent(city) == (LentCard(CARDS[1], "来訪 2"),)
    assert "カードを貸し出しました" in desk.get(f"/desk/cards/part?booking={EVENING}&wait={WAIT}").text
    city.clock.advance(minutes=5)
    edge.tap(READER, CARDS[1])
    assert lent(city) == ()


def test_waiting_ends_by_a_button_and_is_nobody_elses(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {"booking": EVENING, "request": WAIT, "handed": "next", "reader": READER}
    assert "読取機を選び直してください" in told(desk, "/desk/cards", **(form | {"reader": "west_in"}))
    assert send(desk, "/desk/cards", **form) == 303
    assert "かざしてください" not in desk.get(f"/desk/cards?booking={STAFF}&wait={WAIT}").text
    assert send(desk, "/desk/cards/stop", booking=STAFF, wait=WAIT) == 303
    assert send(desk, "/desk/cards/stop", booking=EVENING, wait=WAIT) == 303
    with city.store.reading(city.clock()) as tx:
        asked = load_enrolment(tx, WAIT)
    assert asked is not None
    assert (asked.person_id, asked.outcome) == (party_id(EVENING), Outcome.cancelled)
    assert "待つのをやめました" in desk.get(f"{PAGE}&wait={WAIT}").text
