"""A key lent in an emergency from its page: two persons, a named borrower, told and set apart until looked over."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.keys.custody import Custody, CustodyState, Holder, HolderKind
from gateway.operations.identity.roles import Role
from store.key_custody import list_custodies, load_deed
from store.key_emergencies import list_emergencies
from store.key_history import list_history
from store.messages import list_messages
from tests.pages.city import PASSWORD, City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.hung import STORE, hang_keys

SignIn = Callable[[Role], TestClient]
LOAN = "00000000000000e1"
FORM = {
    "request": LOAN,
    "piece": "hall-0",
    "who": "江口",
    "cause": "water",
    "reason": "舞台袖の天井から",
    "second": "aoki",
    "second_password": PASSWORD,
}


@pytest.fixture(autouse=True)
def keys(city: City) -> None:
    hang_keys(city)


def custody(city: City, copy_id: str) -> Custody:
    with city.store.reading(city.clock()) as tx:
        return list_custodies(tx, [copy_id])[copy_id]


def test_two_lend_a_key_to_somebody_without_any_entitlement(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert "/keys/hall-key/emergency" in desk.get("/keys/hall-key").text
    page = desk.get("/keys/hall-key/emergency").text
    for said in ("緊急の貸出", "HALL-0", "HALL-1", "漏水・浸水", "2025-11-21T04:30"):
        assert said in page
    assert send(desk, "/keys/hall-key/emergency", **FORM) == 303
    assert custody(city, "hall-0").holder == Holder(HolderKind.person, "s0004")
    assert send(desk, "/keys/hall-key/emergency", **FORM) == 303  # the same form again
    with city.store.reading(city.clock()) as tx:
        done = load_deed(tx, LOAN)
        heard = {each: [m.message.link for m in list_messages(tx, each)] for each in ("s0001", "s0003", "s0004")}
    assert done is not None
    assert (done.deed.done_by, done.deed.second_by) == ("ueda", "aoki")
    assert done.deed.reason == "漏水・浸水: 舞台袖の天井から"
    assert heard == {"s0001": ["/keys/hall-key"], "s0003": ["/keys/hall-key"], "s0004": []}
    assert "江口 花子 さんが借りています" in desk.get(f"/desk/loans/{LOAN}").text
    assert "緊急の貸出（二人）" not in desk.get("/keys/hall-key").text  # it entitles to nothing


def test_every_fault_stands_beside_its_field_and_nothing_goes_out(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    for form, said in (
        ({"who": "だれか"}, "登録がありません"),
        ({"cause": ""}, "緊急の事由を一つ選んでください"),
        ({"cause": "boredom"}, "緊急の事由を一つ選んでください"),
        ({"reason": " "}, "理由を入力してください"),
        ({"reason": "x" * 200}, "長すぎます"),
        ({"due_at": "soon"}, "値が正しくありません"),
        ({"due_at": "2025-11-22T09:00"}, "貸出資格の期限より遅い時刻です"),
        ({"second_password": "x"}, "立会人を確かめられません"),
        ({"second": "ueda"}, "同じ人は二人目になれません"),
        ({"piece": "gym-0"}, "登録がありません"),
        ({"piece": "ring:patrol"}, "登録がありません"),
    ):
        page = told(desk, "/keys/hall-key/emergency", **(FORM | form))
        assert said in page, form
        assert "舞台袖" in page or "reason" in form  # what was typed stays
    assert custody(city, "hall-0").state is CustodyState.in_custody
    assert "いま手元にある鍵がありません" in desk.get(f"/keys/{STORE}/emergency").text
    assert desk.get("/keys/nothing/emergency").status_code == 404


def test_a_ring_goes_out_as_a_ring(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert "鍵束「巡回用」" in desk.get("/keys/master-key/emergency").text
    assert send(desk, "/keys/master-key/emergency", **(FORM | {"piece": "ring:patrol"})) == 303
    with city.store.reading(city.clock()) as tx:
        done = load_deed(tx, LOAN)
    assert done is not None
    assert done.ring_id == "patrol"


def test_a_contracted_desk_lends_the_keys_of_its_rooms_alone(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    assert desk.get(f"/keys/{STORE}/emergency").status_code == 404
    assert send(desk, "/keys/master-key/emergency", **(FORM | {"piece": "ring:patrol"})) == 404
    assert send(desk, "/keys/hall-key/emergency", **FORM) == 303
    assert "確認を待つ緊急の貸出（1件）" in desk.get("/desk").text
    assert send(desk, "/keys/hall-key/reviews", loan=LOAN, reason="x") == 403


def test_it_stands_apart_until_somebody_else_has_looked_it_over(city: City, sign_in_as: SignIn) -> None:
    desk, head = sign_in_as(Role.facility_admin), sign_in_as(Role.head)  # who lends; who answers for the hall's key
    second = {"second": "eguchi", "who": "石井"}
    assert send(desk, "/keys/hall-key/emergency", **(FORM | second)) == 303
    for path in ("/desk", "/desk?on=2025-11-23", "/keys", "/keys/overdue", "/keys/part", "/desk/part"):
        text = desk.get(path).text
        assert "確認を待つ緊急の貸出（1件）" in text, path
        assert f"/keys/hall-key#loan-{LOAN}" in text
        assert "貸した人 上田 翔・立ち会った人 江口 花子" in text
    assert "確認を待つ緊急の貸出" in sign_in_as(Role.auditor).get("/keys/overdue").text
    review = {"loan": LOAN, "reason": "立会いを聞き取った"}
    assert "自分が貸した、立ち会った、または借りた" in told(desk, "/keys/hall-key/reviews", **review)
    assert "理由を入力してください" in told(head, "/keys/hall-key/reviews", **(review | {"reason": ""}))
    assert send(head, "/keys/gym-key/reviews", **review) == 404
    assert send(desk, "/keys/gym-key/reviews", **review) == 404  # another key's page
    page = head.get("/keys/hall-key").text
    assert "確認を記録する" in page
    assert send(head, "/keys/hall-key/reviews", **review) == 303
    assert "確認を待つ緊急の貸出" not in desk.get("/desk").text
    assert "先にほかの人が手続きしました" in told(head, "/keys/hall-key/reviews", **review)
    past = desk.get("/keys/hall-key").text
    assert "確認: 立会いを聞き取った（青木 太郎）" in past
    with city.store.reading(city.clock()) as tx:
        assert list_emergencies(tx) == ()


def test_two_put_right_who_has_a_key(city: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {
        "request": LOAN, "piece": "store-0", "who": "青木", "second": "eguchi", "second_password": PASSWORD,
        "reason": "同姓の職員と取り違えた",
    }  # fmt: skip
    before = custody(city, "store-0")
    for wrong, said in (
        ({"who": "だれか"}, "登録がありません"),
        ({"who": "石井"}, "台帳ではその人が借りています"),
        ({"second_password": "x"}, "立会人を確かめられません"),
        ({"second": "ueda"}, "同じ人は二人目になれません"),
        ({"reason": ""}, "理由を入力してください"),
    ):
        assert said in told(desk, f"/keys/{STORE}/holder", **(form | wrong)), wrong
    assert custody(city, "store-0") == before
    assert "貸出中ではありません" in told(desk, "/keys/hall-key/holder", **(form | {"piece": "hall-0"}))
    assert send(desk, f"/keys/{STORE}/holder", **form) == 303
    after = custody(city, "store-0")
    assert after.holder == Holder(HolderKind.person, "s0001")
    assert (after.since_at, after.due_at, after.loan_id) == (before.since_at, before.due_at, before.loan_id)
    page = desk.get(f"/keys/{STORE}").text
    assert "石井 健太 → 青木 太郎" in page
    assert "同姓の職員と取り違えた" in page
    assert "記録は途切れていません（3件" in page
    with city.store.reading(city.clock()) as tx:
        assert [line.act.value for line in list_history(tx, ["store-0"])] == ["correct", "issue", "register"]
    assert send(sign_in_as(Role.facility_desk), f"/keys/{STORE}/holder", **form) == 404
    english = desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    assert english.status_code == 303
    assert "Correct the holder" in desk.get(f"/keys/{STORE}").text
