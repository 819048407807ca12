"""The card desk: a card comes at a reader and is the person's; what it is worth, its PIN, who changed what."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from contract.tokens import pin_verifier
from domain.ids import CredentialToken
from gateway.operations.access.enrol_card import WAIT_MAX
from gateway.operations.identity.roles import Role
from store.cards import list_card_changes, list_desk_cards, load_verifiers
from store.people import Card, upsert_cards
from store.rights import load_policy_inputs
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.edge import Edge

NEW, HELD = "a" * 32, "b" * 32
ENROLMENT = "00000000000000bb"
SITE_KEY = bytes(32)


@pytest.fixture
def desk(city: City, sign_in_as) -> TestClient:
    """HR at the desk; somebody has a card already."""
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card(HELD, "s0003", "No.77")])
    return sign_in_as(Role.hr)


def ask(desk: TestClient, enrolment: str = ENROLMENT, person: str = "s0002", reader: str = "main_in", **form: str):
    given = {"csrf": csrf_of(desk), "enrolment": enrolment, "reader": reader, "label": "No.1024"} | form
    return desk.post(f"/cards/{person}/enrolments", data=given)


def cards_of(city: City, person: str = "s0002") -> list[tuple[str, str]]:
    with city.store.reading(city.clock()) as tx:
        return [(card.label, card.status) for card in list_desk_cards(tx, person)]


def changes_of(city: City, person: str = "s0002") -> list[tuple[str, str]]:
    with city.store.reading(city.clock()) as tx:
        return [(change.kind, change.changed_by) for change in list_card_changes(tx, person, limit=50)]


def test_the_next_unknown_card_is_the_persons(city: City, desk: TestClient) -> None:
    edge = Edge(city, "west-1")
    answer = ask(desk)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/enrolments/{ENROLMENT}")
    assert "「正面玄関・外側」にカードをかざしてください" in desk.get(f"/enrolments/{ENROLMENT}").text
    edge.tap("main_out", "c" * 32)  # at another reader
    edge.fail_read("main_in", "random_id")
    assert "スマートフォンではなく職員証をかざしてください" in desk.get(f"/enrolments/{ENROLMENT}/part").text
    edge.tap("main_in", NEW, technology="desfire", assurance=3, evidence="desfire ev2 key 2")
    edge.tap("main_in", "d" * 32)  # the one after it is nobody's
    part = desk.get(f"/enrolments/{ENROLMENT}/part").text
    assert "登録しました" in part
    assert "MIFARE DESFire" in part
    assert cards_of(city) == [("No.1024", "active")]
    assert changes_of(city) == [("enrolled", "eguchi")]
    with city.store.reading(city.clock()) as tx:
        [card] = list_desk_cards(tx, "s0002")
        assert (card.technology, card.assurance, card.chip, card.key_version) == ("desfire", 3, "desfire ev2", 2)
        assert NEW in {facts.token for facts in load_policy_inputs(tx).cards}
    assert "desfire ev2" in desk.get("/cards").text  # how far a change of keys has come


def test_a_card_that_somebody_has_stays_theirs_and_is_named(city: City, desk: TestClient) -> None:
    ask(desk)
    Edge(city, "west-1").tap("main_in", HELD)
    part = desk.get(f"/enrolments/{ENROLMENT}/part").text
    assert "「No.77」として 上田 翔 が持っています" in part
    assert cards_of(city) == []
    assert cards_of(city, "s0003") == [("No.77", "active")]


def test_a_code_for_one_time_is_no_card(city: City, desk: TestClient) -> None:
    ask(desk)
    Edge(city, "west-1").tap("main_in", NEW, technology="qr")
    assert "登録できないカードです" in desk.get(f"/enrolments/{ENROLMENT}/part").text
    assert cards_of(city) == []


def test_nobody_waits_for_ever(city: City, desk: TestClient) -> None:
    edge = Edge(city, "west-1")
    ask(desk)
    city.clock.advance(seconds=WAIT_MAX.total_seconds())
    edge.tap("main_in", NEW)
    assert "時間切れです" in desk.get(f"/enrolments/{ENROLMENT}/part").text
    assert cards_of(city) == []
    assert ask(desk, "00000000000000cc").status_code == 303  # and the reader is free again


def test_cancelled_is_cancelled(city: City, desk: TestClient) -> None:
    edge = Edge(city, "west-1")
    ask(desk)
    desk.post(f"/enrolments/{ENROLMENT}/cancel", data={"csrf": csrf_of(desk)})
    edge.tap("main_in", NEW)
    assert "登録をやめました" in desk.get(f"/enrolments/{ENROLMENT}").text
    assert cards_of(city) == []


def test_a_card_tapped_before_the_desk_asked_is_not_it(city: City, desk: TestClient) -> None:
    edge = Edge(city, "west-1")
    ask(desk)
    edge.tap("main_in", NEW, at=city.clock() - timedelta(seconds=10))
    assert cards_of(city) == []
    edge.tap("main_in", NEW)
    assert cards_of(city) == [("No.1024", "active")]


def test_two_desks_do_not_wait_at_one_reader(city: City, desk: TestClient, sign_in_as) -> None:
    assert ask(desk).status_code == 303
    other = sign_in_as(Role.operator)
    refused = ask(other, "00000000000000cc", "s0004")
    assert refused.status_code == 422
    assert "ほかの人がこの読取機で登録しています" in refused.text
    assert ask(other, "00000000000000dd", "s0004", reader="main_out").status_code == 303
    assert ask(desk).status_code == 303  # the same form again


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"reader": "nowhere"}, "その読取機はありません"),
        ({"label": " "}, "券面の番号"),
        ({"label": "x" * 41}, "券面の番号"),
    ],
)
def test_what_is_wrong_is_said(desk: TestClient, form: dict[str, str], fault: str) -> None:
    answer = ask(desk, **form)
    assert answer.status_code == 422
    assert fault in answer.text


def test_unknown_people_and_enrolments(desk: TestClient) -> None:
    assert ask(desk, person="s9999").status_code == 404
    assert desk.get("/cards/s9999").status_code == 404
    assert desk.get("/enrolments/x").status_code == 404
    assert desk.post("/enrolments/x/cancel", data={"csrf": csrf_of(desk)}).status_code == 404


def test_people_are_found(desk: TestClient) -> None:
    text = desk.get("/cards?q=いしい").text
    assert "石井 健太" in text
    assert "/cards/s0002" in text
    assert "青木 太郎" not in text
    assert "あてはまる人はいません" in desk.get("/cards?q=nobody").text


def test_status_and_allowances_are_changed_and_noted(city: City, desk: TestClient) -> None:
    def send(what: str, **form: object) -> int:
        return desk.post(f"/cards/s0003/{what}", data={"csrf": csrf_of(desk), "token": HELD, **form}).status_code

    assert send("status", status="lost") == 303
    assert send("status", status="lost") == 303  # nothing new
    assert send("status", status="active") == 422  # a card that was lost is looked at first
    assert send("status", status="suspended") == 422  # and somebody says who found it
    assert send("allowances", allowed=["escorted", "extended"]) == 303
    assert send("allowances", allowed=["extended"]) == 303
    with city.store.reading(city.clock()) as tx:
        [facts] = [facts for facts in load_policy_inputs(tx).cards if facts.token == HELD]
    assert (facts.status, facts.escorted, facts.extended, facts.passback_exempt) == ("lost", False, True, False)
    assert changes_of(city, "s0003") == [("allowances", "eguchi"), ("allowances", "eguchi"), ("status", "eguchi")]
    text = desk.get("/cards/s0003").text
    assert "active → lost" in text
    assert send("allowances", allowed=["fly"]) == 400
    assert send("status", status="gone") == 400


def test_a_card_of_hrs_file_is_known_by_its_taps(city: City, desk: TestClient) -> None:
    assert "まだかざされていません" in desk.get("/cards/s0003").text
    city.tap("main_in", "s0003", credential=HELD, technology="felica_fcf")
    text = desk.get("/cards/s0003").text
    assert "FeliCa（共通領域）" in text
    assert "番号だけ" in text


def test_a_card_is_changed_through_its_holder_alone(city: City, desk: TestClient) -> None:
    for what, form in (
        ("status", {"status": "lost"}),
        ("allowances", {}),
        ("pin/remove", {}),
    ):
        answer = desk.post(f"/cards/s0002/{what}", data={"csrf": csrf_of(desk), "token": HELD, **form})
        assert answer.status_code == 404
    assert cards_of(city, "s0003") == [("No.77", "active")]


def set_pin(desk: TestClient, kind: str, pin: str, again: str | None = None, person: str = "s0003"):
    form = {"csrf": csrf_of(desk), "token": HELD, "kind": kind, "pin": pin, "again": pin if again is None else again}
    return desk.post(f"/cards/{person}/pin", data=form)


def test_a_pin_is_kept_as_its_verifier_and_shown_to_nobody(city: City, desk: TestClient) -> None:
    assert set_pin(desk, "pin", "2468").status_code == 303
    assert set_pin(desk, "duress_pin", "97531").status_code == 303
    with city.store.reading(city.clock()) as tx:
        verifiers = load_verifiers(tx, HELD)
        [facts] = [facts for facts in load_policy_inputs(tx).cards if facts.token == HELD]
    expected = [pin_verifier(SITE_KEY, CredentialToken(HELD), pin) for pin in ("2468", "97531")]
    assert verifiers is not None
    assert list(verifiers) == [facts.pin, facts.duress_pin] == expected
    text = desk.get("/cards/s0003").text
    for secret in ("2468", "97531", *expected):
        assert secret not in text
    assert changes_of(city, "s0003") == [("duress_pin", "eguchi"), ("pin", "eguchi")]
    desk.post("/cards/s0003/pin/remove", data={"csrf": csrf_of(desk), "token": HELD})
    with city.store.reading(city.clock()) as tx:
        assert load_verifiers(tx, HELD) == (None, None)


def test_what_speaks_against_a_pin(city: City, desk: TestClient) -> None:
    for pin, again, fault in (
        ("123", "123", "数字4〜8桁ではありません"),
        ("123456789", "123456789", "数字4〜8桁ではありません"),
        ("１２３４", "１２３４", "数字4〜8桁ではありません"),
        ("12a4", "12a4", "数字4〜8桁ではありません"),
        ("2468", "2469", "二つの番号が一致しません"),
    ):
        answer = set_pin(desk, "pin", pin, again)
        assert answer.status_code == 422
        assert fault in answer.text
        assert pin not in answer.text
    assert "先に暗証番号が要ります" in set_pin(desk, "duress_pin", "2468").text
    set_pin(desk, "pin", "2468")
    assert "暗証番号と脅迫時の番号が同じです" in set_pin(desk, "duress_pin", "2468").text
    set_pin(desk, "duress_pin", "1357")
    assert "暗証番号と脅迫時の番号が同じです" in set_pin(desk, "pin", "1357").text
    assert set_pin(desk, "pin", "8642", person="s0002").status_code == 422
    assert [kind for kind, _ in changes_of(city, "s0003")] == ["duress_pin", "pin"]


def test_the_auditor_reads_cards_and_finds_no_form(city: City, desk: TestClient, sign_in_as) -> None:
    text = sign_in_as(Role.auditor).get("/cards/s0003").text
    assert "No.77" in text
    assert 'action="/cards' not in text
