"""許可待ち without a browser: what is shown to whom, what is decided as it was seen, and who was faster."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.facilities.opening import SpecialDays, SpecialKind
from domain.facilities.reservation import ReservationAct, ReservationState
from domain.facilities.reservee import Reservee, ReserveeKind
from gateway.operations.facilities.block_reservee import block_reservee
from gateway.operations.facilities.close_days import close_days
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.identity.roles import Role
from store.facility_duties import Duty, insert_duty
from store.messages import list_messages
from store.reservees import insert_reservee
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import DECIDER, EVENING, HOUSE, LIBRARY, SATO, STAFF, SUNDAY, TATAMI, TODAY, book, build_houses
from tests.pages.test_bookings import send, state_of

SignIn = Callable[[Role], TestClient]
WAITING = (SUNDAY, TATAMI)


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def decide(client: TestClient, booking_id: str, act: str, seen: int = 1, **form: object) -> int:
    return send(client, f"/bookings/inbox/{booking_id}", act=act, seen=seen, **form)


def test_what_waits_is_shown_with_what_matters(sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.facility_admin).get("/bookings/inbox").text
    for said in (
        "2件が待っています",
        "青木合唱団",
        "大ホール 全面",
        "11月23日（日）",
        "120人",
        "19,800円",
        "茶道の稽古",
        "問題なし",
    ):
        assert said in page, said
    assert "待ち 2件" in sign_in_as(Role.facility_admin).get("/rooms").text
    for role in (Role.employee, Role.facility_desk, Role.auditor):
        assert sign_in_as(role).get("/bookings/inbox").status_code == 403


def test_whoever_has_duties_elsewhere_decides_nothing_here(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        insert_duty(tx, "ueda", LIBRARY, Duty.decide, by="root")
    client = sign_in_as(Role.facility_admin)
    assert "0件が待っています" in client.get("/bookings/inbox").text
    assert client.get(f"/bookings/inbox/{SUNDAY}").status_code == 404
    assert decide(client, SUNDAY, "permit") == 404
    assert send(client, "/bookings/inbox", chosen=[f"1 {SUNDAY}"]) == 200
    assert state_of(city.store, SUNDAY) is ReservationState.applied


def test_a_duty_to_decide_here_is_enough(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        insert_duty(tx, "ueda", HOUSE, Duty.decide, by="root")
    client = sign_in_as(Role.facility_admin)
    assert "待ち 2件" in client.get("/rooms").text
    assert decide(client, SUNDAY, "permit") == 303


def test_one_is_permitted_and_the_page_says_so(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.facility_admin)
    answer = client.post(
        f"/bookings/inbox/{SUNDAY}", data={"csrf": csrf_of(client), "act": "permit", "seen": 1, "then": "next"}
    )
    assert answer.headers["location"] == f"/bookings/inbox/{TATAMI}?done={SUNDAY}"
    page = client.get(answer.headers["location"]).text
    assert "青木合唱団 青木 望 さんの予約（大ホール 全面）を許可しました" in page
    assert state_of(city.store, SUNDAY) is ReservationState.permitted
    assert "上田 翔" in client.get(f"/bookings/{SUNDAY}").text


def test_all_that_is_clear_is_permitted_at_once_and_the_rest_stays(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        block_reservee(tx, SATO, TODAY + timedelta(days=30), by="counter", reason="無断不使用")
    client = sign_in_as(Role.facility_admin)
    page = client.get("/bookings/inbox").text
    assert "予約を停止しています" in page
    assert f'value="1 {SUNDAY}"' not in page  # one alone needs no button for all
    assert send(client, "/bookings/inbox", chosen=[f"1 {each}" for each in WAITING]) == 303
    assert state_of(city.store, TATAMI) is ReservationState.permitted  # whoever says so sees it, and may


def test_what_became_wrong_since_is_told(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        on = TODAY + timedelta(days=3)
        closed = SpecialDays("typhoon", SpecialKind.closed, on, on, "台風のため")
        close_days(tx, HOUSE, closed, by="root", even_so=True)
    page = sign_in_as(Role.facility_admin).get(f"/bookings/inbox/{SUNDAY}").text
    assert "休館です" in page


def test_a_no_and_a_question_need_words_that_stay_where_they_were_typed(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.facility_admin)
    for act in ("reject", "ask"):
        answer = client.post(
            f"/bookings/inbox/{TATAMI}", data={"csrf": csrf_of(client), "act": act, "seen": 1, "reason": " "}
        )
        assert (answer.status_code, "理由を入力してください" in answer.text) == (422, True)
        assert f'id="reason-{TATAMI}-fault"' in answer.text
    long = "い" * 201
    answer = client.post(
        f"/bookings/inbox/{TATAMI}", data={"csrf": csrf_of(client), "act": "reject", "seen": 1, "reason": long}
    )
    assert (answer.status_code, long in answer.text) == (422, True)
    assert decide(client, TATAMI, "ask", reason="茶道具の持込みはありますか") == 303
    page = client.get("/bookings/inbox").text
    assert "茶道具の持込みはありますか" in page
    assert decide(client, TATAMI, "reject", reason="修繕のため") == 303
    assert "不許可にしました" in client.get(f"/bookings/inbox?done={TATAMI}").text
    assert state_of(city.store, TATAMI) is ReservationState.rejected
    assert "修繕のため" in client.get(f"/bookings/{TATAMI}").text


def test_whoever_comes_second_is_told_who_was_faster(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.facility_admin)
    with city.store.transaction(city.clock()) as tx:
        decide_reservation(tx, Decision(SUNDAY, 1, ReservationAct.reject, "催しと重なるため"), DECIDER)
    answer = client.post(f"/bookings/inbox/{SUNDAY}", data={"csrf": csrf_of(client), "act": "permit", "seen": 1})
    assert answer.status_code == 422
    assert "ほかの人が処理しました" in answer.text
    assert "16:30 に 許可の担当者 が処理しました（不許可）" in answer.text
    answer = client.post(
        "/bookings/inbox", data={"csrf": csrf_of(client), "chosen": [f"1 {SUNDAY}", f"1 {TATAMI}", "1 none"]}
    )
    assert answer.status_code == 422
    assert "16:30 に 許可の担当者 が処理しました（不許可）" in answer.text
    assert state_of(city.store, TATAMI) is ReservationState.permitted


def test_nobody_decides_what_is_the_own_or_was_booked_by_oneself(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        own = Reservee("r-s0003", ReserveeKind.staff, "city", "上田 翔", city.clock(), "self", person_id="s0003")
        insert_reservee(tx, own)
        tx.connection.exec_driver_sql(f"UPDATE reservation SET reservee_id = 'r-s0003' WHERE id = '{TATAMI}'")
    client = sign_in_as(Role.facility_admin)
    page = client.get("/bookings/inbox").text
    assert "自分が申請した予約です" in page
    assert page.count('value="permit"') == 1
    assert decide(client, TATAMI, "permit") == 422


def test_a_permission_is_revoked_from_the_booking_s_page(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.facility_admin)
    answer = client.post(f"/bookings/inbox/{EVENING}", data={"csrf": csrf_of(client), "act": "revoke", "seen": 1})
    assert (answer.status_code, 'id="revoke-reason-fault"' in answer.text) == (422, True)
    assert decide(client, EVENING, "revoke", reason="設備の故障のため") == 303
    assert state_of(city.store, EVENING) is ReservationState.cancelled
    assert decide(client, STAFF, "permit") == 422  # permitted already


def test_the_reservee_of_the_staff_reads_the_question_and_answers(sign_in_as: SignIn, city: City) -> None:
    book(city, "b-own", "r-s0002", "washitsu", TODAY + timedelta(days=30), "10:00", "12:00", purpose="研修")
    assert decide(sign_in_as(Role.facility_admin), "b-own", "ask", reason="参加者の所属を書いてください") == 303
    with city.store.reading(city.clock()) as tx:
        kinds = [each.message.kind for each in list_messages(tx, "s0002")]
    assert "reservation_asked" in kinds
    own = sign_in_as(Role.employee)
    assert "参加者の所属を書いてください" in own.get("/bookings/b-own").text
    form = {"seen": 1, "room_id": "washitsu", "on": "2025-12-20", "from_at": "10:00", "until_at": "12:00",
        "party": "10", "purpose": "研修（総務課）"}  # fmt: skip
    assert send(own, "/bookings/b-own/change", **form) == 303
    assert 'id="question"' not in own.get("/bookings/b-own").text
    assert decide(sign_in_as(Role.facility_admin), "b-own", "permit", seen=1) == 422
    assert decide(sign_in_as(Role.facility_admin), "b-own", "permit", seen=2) == 303
