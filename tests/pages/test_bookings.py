"""予約 without a browser: who sees whose bookings, what their pages say, and what is refused beside its field."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant, parse_clock
from domain.facilities.reservation import ReservationState
from domain.facilities.takings import Method
from domain.keys.custody import Holder, HolderKind
from domain.keys.key import Target, TargetKind
from gateway.bookings.booking_code import read_booking_code, write_booking_code
from gateway.fees.entries import Slip
from gateway.operations.facilities.take_fee import Payment, take_fee
from gateway.operations.identity.roles import Role
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.return_key import BroughtBack, return_key
from store.reservations import load_reservation
from store.tx import Store
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.drawn import draw_lines
from tests.pages.houses import CHOIR, EVENING, GYM, HALL_KEY, STAFF, SUNDAY, TATAMI, TODAY, build_houses, permit

SignIn = Callable[[Role], TestClient]


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def state_of(store: Store, booking_id: str) -> ReservationState:
    with store.reading(instant(TODAY, 990)) as tx:
        kept = load_reservation(tx, booking_id)
    assert kept is not None
    return kept.reservation.state


def send(client: TestClient, path: str, **form: object) -> int:
    return client.post(path, data={"csrf": csrf_of(client)} | form).status_code


def test_an_employee_sees_the_own_bookings_and_nobody_else_s(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    page = client.get("/bookings").text
    assert "第1会議室" in page
    assert "青木合唱団" not in page
    assert client.get(f"/bookings/{STAFF}").status_code == 200
    for path in (SUNDAY, f"{EVENING}/code", f"{EVENING}/letter", "none"):
        assert client.get(f"/bookings/{path}").status_code == 404, path
    assert send(client, f"/bookings/{SUNDAY}/cancel") == 404


def test_a_contracted_desk_sees_its_house_and_the_auditor_reads_everything(sign_in_as: SignIn) -> None:
    for role in (Role.facility_desk, Role.auditor, Role.facility_admin):
        page = sign_in_as(role).get("/bookings").text
        assert "青木合唱団" in page, role
        assert sign_in_as(role).get(f"/bookings/{EVENING}").status_code == 200
    assert "この予約を取り消す" not in sign_in_as(Role.auditor).get(f"/bookings/{EVENING}").text
    assert sign_in_as(Role.hr).get(f"/bookings/{EVENING}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=アオキ", {"大ホール 全面"}),
        ("q=sato@example.jp", {"和室", "体育館"}),
        ("q=b-staff", {"第1会議室"}),
        ("room=washitsu", {"和室"}),
        ("state=completed", {"体育館"}),
        ("state=applied&first=2025-11-23", {"大ホール 全面"}),
        ("first=2025-11-22&last=2025-11-22", {"和室"}),
        ("facility=library", set()),
        ("facility=nowhere", set()),
    ],
)
def test_bookings_are_found(sign_in_as: SignIn, query: str, found: set[str]) -> None:
    page = sign_in_as(Role.facility_admin).get(f"/bookings?{query}").text.partition("</form>\n")[2]
    rooms = {"大ホール 全面", "和室", "体育館", "第1会議室"}
    assert {room for room in rooms if f'{room}<span class="for-screen' in page} == found
    assert ("あてはまる予約はありません" in page) is not found


def test_a_scanned_code_leads_to_its_booking(sign_in_as: SignIn) -> None:
    text = write_booking_code(EVENING)
    assert read_booking_code(f" {text}\n") == EVENING
    assert (read_booking_code("x" + text), read_booking_code("sekisho:booking:../x")) == (None, None)
    answer = sign_in_as(Role.facility_desk).get("/bookings", params={"q": text})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/bookings/{EVENING}")


def test_one_booking_says_where_it_stands_what_it_holds_and_costs(sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.facility_admin).get(f"/bookings/{EVENING}").text
    for said in (
        "定期演奏会",
        "青木 望",
        "大ホール 夜間",
        "別表第1 1",
        "18,700円",
        "15:30 〜 22:30 に受け取れます",
        "準備 30分",
    ):
        assert said in page, said
    assert "この予約で受け取る鍵はありません" not in page
    assert "許可の担当者" in page  # nobody's login
    staff = sign_in_as(Role.employee).get(f"/bookings/{STAFF}").text
    assert "規則による自動許可" in staff


def test_what_goes_back_is_said_before_and_cancelling_gives_the_room_free(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    with city.store.transaction(city.clock()) as tx:
        take_fee(tx, Payment("t1", SUNDAY, 19800, Slip(Method.cash, payer="青木合唱団")), by="counter")
    page = desk.get(f"/bookings/{SUNDAY}").text
    assert "19,800円" in page
    assert "/takings/receipts/t1" in page
    assert "19,800円" in page.partition("いま取り消すと")[2][:200]  # nobody has permitted it yet
    permit(city, SUNDAY)
    page = desk.get(f"/bookings/{SUNDAY}").text
    assert "9,900円" in page.partition("いま取り消すと")[2][:200]
    assert "規則第13条第2号" in page
    assert send(desk, f"/bookings/{SUNDAY}/cancel", reason="x" * 201) == 422
    answer = desk.post(f"/bookings/{SUNDAY}/cancel", data={"csrf": csrf_of(desk), "reason": "x" * 201})
    assert "200 字以内" in answer.text
    assert send(desk, f"/bookings/{SUNDAY}/cancel", reason="都合により") == 303
    assert state_of(city.store, SUNDAY) is ReservationState.cancelled
    page = desk.get(f"/bookings/{SUNDAY}?done=cancel").text
    assert "予約を取り消しました" in page
    assert "何も押さえていません" in page
    assert "この予約を取り消す" not in page


def test_after_the_deadline_the_reservee_is_sent_to_the_counter(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    assert "期限（11月13日（木） 17:00）を過ぎました" in client.get(f"/bookings/{STAFF}").text
    answer = client.post(f"/bookings/{STAFF}/cancel", data={"csrf": csrf_of(client)})
    assert answer.status_code == 422
    assert "窓口へ申し出てください" in answer.text
    assert state_of(city.store, STAFF) is ReservationState.permitted


def test_the_counter_begins_and_ends_a_use_and_nobody_came(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    assert "利用を始める" not in desk.get(f"/bookings/{EVENING}").text
    assert send(desk, f"/bookings/{EVENING}/use", act="begin") == 422  # too early
    city.clock.at = instant(TODAY, parse_clock("17:45"))
    desk = sign_in_as(Role.facility_desk)  # an hour idle ends a session
    assert "利用を始める" in desk.get(f"/bookings/{EVENING}").text
    assert send(desk, f"/bookings/{EVENING}/use", act="begin") == 303
    assert state_of(city.store, EVENING) is ReservationState.in_use
    assert send(desk, f"/bookings/{EVENING}/use", act="complete") == 303
    assert send(desk, f"/bookings/{STAFF}/use", act="miss") == 303
    assert state_of(city.store, STAFF) is ReservationState.no_show
    assert send(sign_in_as(Role.facility_admin), f"/bookings/{GYM}/use", act="begin") == 422


def test_slip_and_letter_are_there_once_it_is_permitted(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    slip = desk.get(f"/bookings/{EVENING}/code").text
    assert draw_lines(f"sekisho:booking:{EVENING}") in slip
    assert " style=" not in slip
    letter = desk.get(f"/bookings/{EVENING}/letter").text
    for said in (
        "市民館使用許可書",
        "青木合唱団",
        "令和7年11月6日",
        "令和7年11月20日",
        "18,700円",
        "関所市",
        "文化振興財団",
        "7日前までの取消し",
    ):
        assert said in letter, said
    for path in ("code", "letter"):
        assert desk.get(f"/bookings/{TATAMI}/{path}").status_code == 404


def test_the_list_goes_on_page_by_page(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.facility_admin)
    assert client.get("/bookings?page=2").status_code == 200
    assert client.get("/bookings?page=0").status_code == 400
    assert client.get("/bookings?first=2025-13-01").status_code == 400
    on = TODAY + timedelta(days=400)
    assert "あてはまる予約はありません" in client.get(f"/bookings?first={on}").text


TO_MONDAY = {"seen": 1, "room_id": "washitsu", "on": "2025-11-26", "from_at": "14:00", "until_at": "16:00",
    "party": "8", "purpose": "茶道の稽古"}  # fmt: skip


def test_a_changed_booking_is_applied_for_anew_and_priced_again(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    page = desk.get(f"/bookings/{TATAMI}/change").text
    for said in ('value="2025-11-22"', 'value="13:00"', "茶道の稽古", "プロジェクター", "和室（定員20人）"):
        assert said in page, said
    form = TO_MONDAY | {"until_at": "17:00", "unit_ids": ["projector"], "unit_counts": ["1"]}
    assert send(desk, f"/bookings/{TATAMI}/change", **form) == 303
    page = desk.get(f"/bookings/{TATAMI}?done=change").text
    for said in ("11月26日（水）", "14:00–17:00", "プロジェクター ×1", "2,750円", "予約を変更しました"):
        assert said in page, said
    assert "変更前の料金" not in page
    assert send(desk, f"/bookings/{TATAMI}/change", **TO_MONDAY) == 422  # seen before the change


def test_a_change_says_what_it_would_cost_before_it_is_sent(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    assert "変わりません" in desk.get(f"/bookings/{TATAMI}/change").text
    with city.store.transaction(city.clock()) as tx:
        take_fee(tx, Payment("t1", TATAMI, 1100, Slip(Method.cash, payer="佐藤 花子")), by="counter")
    longer = TO_MONDAY | {"until_at": "17:00", "unit_ids": ["projector"], "unit_counts": ["1"]}
    for ask in ({"act": "look"}, {}):
        path = f"/bookings/{TATAMI}/change" if ask else f"/bookings/{TATAMI}/change/ahead"
        answer = desk.post(path, data={"csrf": csrf_of(desk)} | longer | ask)
        assert answer.status_code == 200
        for said in ("2,750円", "1,650円 増えます", "変更後に支払う額"):
            assert said in answer.text, said
    shorter = desk.post(
        f"/bookings/{TATAMI}/change/ahead", data={"csrf": csrf_of(desk)} | TO_MONDAY | {"until_at": "15:00"}
    ).text
    assert "550円 減ります" in shorter
    assert "変更後に戻る額" in shorter
    taken = desk.post(f"/bookings/{STAFF}/change/ahead", data={"csrf": csrf_of(desk)} | TO_MONDAY | {"party": "x"})
    assert "1–9999" in taken.text
    assert "13:00–15:00" in desk.get(f"/bookings/{TATAMI}").text  # nothing was changed by looking


def test_another_room_has_other_slots(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    page = desk.get(f"/bookings/{SUNDAY}/change", params={"room": "hall-east"}).text
    assert "hall-east-evening" in page
    assert 'name="from_at"' not in page
    form = {"seen": 1, "room_id": "hall-east", "on": "2025-11-23", "slot_id": "hall-east-evening", "party": "100",
        "purpose": "練習"}  # fmt: skip
    assert send(desk, f"/bookings/{SUNDAY}/change", **form) == 303
    assert "大ホール 東面" in desk.get(f"/bookings/{SUNDAY}").text
    assert desk.get(f"/bookings/{SUNDAY}/change", params={"room": "study"}).status_code == 404  # of another house


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"on": "2025-11-17"}, "from_at", "過ぎた日時です"),
        ({"on": "2025-11-30", "party": "500"}, "party", "定員は 20 人です"),
        ({"from_at": "14:20", "on": "2025-11-30"}, "from_at", "60 分単位"),
        ({"on": ""}, "on", "YYYY-MM-DD"),
        ({"from_at": "二時"}, "from_at", "HH:MM"),
        ({"until_at": "13:00", "on": "2025-11-30"}, "until_at", "終わりは始まりより後"),
        ({"unit_ids": ["projector"], "unit_counts": ["9"], "on": "2025-11-30"}, "units", "プロジェクター の空きは 3"),
        ({"purpose": " ", "on": "2025-11-30"}, "purpose", "利用目的を入力してください"),
    ],
)
def test_what_cannot_be_had_stands_beside_its_field_and_nothing_changes(
    sign_in_as: SignIn, city: City, changes: dict[str, object], field: str, said: str
) -> None:
    desk = sign_in_as(Role.facility_desk)
    answer = desk.post(f"/bookings/{TATAMI}/change", data={"csrf": csrf_of(desk)} | TO_MONDAY | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'id="{field}-fault"' in answer.text
    assert 'value="16:00"' in answer.text or "until_at" in changes  # what was typed stays
    assert "13:00–15:00" in desk.get(f"/bookings/{TATAMI}").text


def test_what_is_over_or_somebody_else_s_is_not_changed(sign_in_as: SignIn) -> None:
    assert sign_in_as(Role.facility_desk).get(f"/bookings/{GYM}/change").status_code == 404
    assert sign_in_as(Role.employee).get(f"/bookings/{STAFF}/change").status_code == 404  # too late for the reservee
    assert send(sign_in_as(Role.head), f"/bookings/{TATAMI}/change", **TO_MONDAY) == 404


def test_a_key_that_went_out_is_told_until_it_is_back(sign_in_as: SignIn, city: City) -> None:
    city.clock.at = instant(TODAY, parse_clock("17:30"))
    with city.store.transaction(city.clock()) as tx:
        loan = lend_key(
            tx, LoanWish("l1", Target(TargetKind.key, HALL_KEY), Holder(HolderKind.reservee, CHOIR), "counter")
        )
    page = sign_in_as(Role.facility_desk).get(f"/bookings/{EVENING}").text
    for said in ("貸出中", loan.copy_ids[0].upper(), "青木合唱団", "利用中"):
        assert said in page, said
    with city.store.transaction(city.clock()) as tx:
        return_key(tx, BroughtBack("back", frozenset(loan.copy_ids), "counter"))
    page = sign_in_as(Role.facility_desk).get(f"/bookings/{EVENING}").text
    assert "返却済み" in page
    assert "貸出中" not in page


PLACES = ("", f"/{EVENING}", f"/{SUNDAY}", f"/{SUNDAY}/change", f"/{EVENING}/code", f"/{EVENING}/letter", "/inbox",
    f"/inbox/{TATAMI}", "/import", "/rounds", "/rounds/new", "/waiting")  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_page_speaks_english_too(sign_in_as: SignIn, place: str) -> None:
    client = sign_in_as(Role.facility_admin)
    assert send(client, "/language", language="en") == 303
    page = client.get(f"/bookings{place}")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert "予約番号" not in page.text.replace("<strong>予約番号</strong>", "")  # a column's head in Japanese
