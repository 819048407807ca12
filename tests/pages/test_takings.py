"""The pages of takings without a browser: what they show and add up, what they refuse, and who sees what."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.facilities.takings import Method, TakingKind
from gateway.operations.facilities.close_day import load_closed_day
from gateway.operations.identity.roles import Role
from store.takings import list_takings_of
from tests.pages import houses, paid
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.payday import let_the_connector_make

SignIn = Callable[[Role], TestClient]
TODAY = houses.TODAY.isoformat()
HOUSE = houses.HOUSE
BOOKING = f"/takings/bookings/{houses.EVENING}"
A, B, C = "a" * 16, "b" * 16, "c" * 16


@pytest.fixture
def hall(city: City) -> City:
    """The civic hall on a day with a payment in cash and one by card."""
    houses.build_houses(city)
    paid.pay(city, A, houses.EVENING, 5_000)
    paid.pay(city, B, houses.GYM, 1_000, paid.card("T-1"))
    return city


def count(**changes: str) -> dict[str, str]:
    form = {"facility": HOUSE, "on": TODAY, "opening_yen": "10,000", "banked_yen": "0", "counted_yen": "15000"}
    return form | changes


def test_every_house_stands_in_one_table_that_adds_up(hall: City, sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.facility_admin).get("/takings").text
    assert "市民館" in text
    assert "図書館" in text
    for figure in ("5,000円", "1,000円", "6,000円"):
        assert figure in text
    assert "facility=shimin-kan" in text


def test_a_contracted_desk_sees_its_own_house_alone(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    text = desk.get("/takings").text  # one house: its day at once
    assert "図書館" not in text
    assert "2025-000001" in text
    assert "/takings/payouts" not in text  # a provider pays for all houses at once
    assert desk.get("/takings?facility=library").status_code == 404
    assert desk.get("/takings/payouts").status_code == 404
    assert send(desk, "/takings/payouts/bring") == 404
    assert send(desk, "/takings/days/close", **count(facility="library")) == 404
    assert send(desk, "/takings/days/close", **count()) == 303


def test_the_auditor_reads_and_is_offered_nothing_to_do(hall: City, sign_in_as: SignIn) -> None:
    reader = sign_in_as(Role.auditor)
    for path in (f"/takings?facility={HOUSE}", BOOKING, f"/takings/entries/{A}", "/takings/payouts"):
        answer = reader.get(path)
        assert answer.status_code == 200, path
        main = answer.text.split("<main")[1]
        assert 'type="submit"' not in main, path


def test_a_day_is_closed_once_and_its_paper_is_made(hall: City, sign_in_as: SignIn, tmp_path_factory) -> None:
    desk = sign_in_as(Role.facility_admin)
    day = f"/takings?facility={HOUSE}&on={TODAY}"
    assert "15,000" not in desk.get(day).text
    text = told(desk, "/takings/days/close", **count(counted_yen="14,900"))
    assert "過不足" in text
    assert "帳簿 15,000円" in text
    assert 'value="14,900"' in text
    assert send(desk, "/takings/days/close", **count()) == 303
    text = desk.get(day).text
    assert "締め済み" in text
    assert "/takings/days/close" not in text
    with hall.store.reading(hall.clock()) as tx:
        closed = load_closed_day(tx, HOUSE, houses.TODAY)
    assert closed is not None
    assert closed.counted_yen == 15_000
    assert "締め済み" in told(desk, "/takings/days/close", **count(counted_yen="1"))
    assert send(desk, "/takings/days/paper", id=C, facility=HOUSE, on="2025-11-19") == 404
    assert send(desk, "/takings/days/paper", id=C, facility=HOUSE, on=TODAY) == 303
    let_the_connector_make(hall, tmp_path_factory.mktemp("papers"))
    assert "収納へ" in desk.get(f"/takings/papers/{C}").text
    assert desk.get(f"/takings/papers/{C}/file").content.startswith(b"%PDF")
    assert sign_in_as(Role.facility_desk).get(f"/takings/papers/{C}").status_code == 404
    paid.pay(hall, "d" * 16, houses.EVENING, 100)
    tomorrow = houses.TODAY + timedelta(days=1)
    assert "2025-000003" in desk.get(f"/takings?facility={HOUSE}&on={tomorrow}").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"counted_yen": ""}, "額を円で入力してください"),
        ({"counted_yen": "-5"}, "額を円で入力してください"),
        ({"opening_yen": "1,00"}, "額を円で入力してください"),
        ({"banked_yen": "9" * 9}, "範囲の外です"),
        ({"on": ""}, "一覧から選んでください"),
        ({"on": "2025-11-21"}, "日"),
        ({"note": "あ" * 201}, "長すぎます"),
    ],
)
def test_a_count_that_cannot_be_read_is_told_beside_its_field(
    hall: City, sign_in_as: SignIn, changes: dict[str, str], said: str
) -> None:
    text = told(sign_in_as(Role.facility_admin), "/takings/days/close", **count(**changes))
    assert said in text
    with hall.store.reading(hall.clock()) as tx:
        assert load_closed_day(tx, HOUSE, houses.TODAY) is None


def test_an_older_day_is_closed_first(hall: City, sign_in_as: SignIn) -> None:
    hall.clock.advance(days=1)
    desk = sign_in_as(Role.facility_admin)
    text = desk.get(f"/takings?facility={HOUSE}").text
    assert "締めていない日が 1日" in text
    paid.pay(hall, C, houses.EVENING, 100)
    text = told(desk, "/takings/days/close", **count(on="2025-11-21", counted_yen="10,100"))
    assert "2025-11-20" in text


def test_a_payment_is_taken_with_its_receipt(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    form = {"id": C, "what": "fee", "yen": "３，７００", "method": "card", "provider": "generic", "payer": "青木 望"}
    text = told(desk, f"{BOOKING}/pay", **form)
    assert "決済の伝票番号を入力してください" in text
    assert 'value="青木 望"' in text
    assert "一覧から選んでください" in told(desk, f"{BOOKING}/pay", **form | {"provider": "paypay_history"})
    assert "一覧から選んでください" in told(desk, f"{BOOKING}/pay", **form | {"method": "barter"})
    assert "未納 13,700円" in told(desk, f"{BOOKING}/pay", **form | {"yen": "13,701", "reference": "T-2"})
    answer = desk.post(f"{BOOKING}/pay", data={"csrf": csrf_of(desk), **form, "reference": "T-2"})
    assert answer.headers["location"] == f"{BOOKING}?done={C}"
    text = desk.get(answer.headers["location"]).text
    assert "3,700円 を記録しました" in text
    assert f"/takings/receipts/{C}" in text
    receipt = desk.get(f"/takings/receipts/{C}").text
    for word in ("領収書", "青木 望", "3,700円", "クレジットカード", "T-2", "大ホール", "2025年11月20日"):
        assert word in receipt
    assert send(desk, f"/takings/receipts/{C}/paper", id="e" * 16) == 303
    with hall.store.reading(hall.clock()) as tx:
        last = list_takings_of(tx, houses.EVENING)[-1]
    assert (last.method, last.provider, last.reference) == (Method.card, "generic", "T-2")


def test_an_entry_is_taken_back_by_another_and_its_receipt_is_void(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    entry = f"/takings/entries/{A}"
    assert "理由" in told(desk, f"{entry}/correct", id=C, reason=" ")
    assert send(desk, f"{entry}/correct", id=C, reason="二重に打った") == 303
    text = desk.get(entry).text
    assert "2025-C000001 で訂正されました" in text
    assert "/correct" not in text
    assert "この書類は使えません" in desk.get(f"/takings/receipts/{A}").text
    assert desk.get(f"/takings/receipts/{C}").status_code == 404
    assert "訂正したもの" in desk.get(f"/takings/entries/{C}").text
    day = desk.get(f"/takings?facility={HOUSE}").text
    assert "−5,000円" in day


def test_a_reduction_is_granted_by_whoever_permits_and_what_is_beyond_goes_back(hall: City, sign_in_as: SignIn) -> None:
    desk, admin = sign_in_as(Role.facility_desk), sign_in_as(Role.facility_admin)
    assert "許可の権限がある人が承認します" in desk.get(BOOKING).text
    form = {"reduction": "disabled", "reason": "障害者団体", "deed": "grant"}
    not_theirs = told(desk, f"{BOOKING}/reductions", **form | {"reduction": "registered"})
    assert "決定者に依頼してください" in not_theirs
    assert "field-fault" in told(admin, f"{BOOKING}/reductions", **form | {"reason": ""})
    paid.pay(hall, C, houses.EVENING, 13_700)
    assert "/refund" not in admin.get(BOOKING).text
    assert send(admin, f"{BOOKING}/reductions", **form) == 303
    text = admin.get(BOOKING).text
    assert "過納 9,350円" in text
    assert "承認済み" in text
    assert "過納・保証金の返還" in admin.get("/takings/refunds").text
    assert send(desk, f"{BOOKING}/refund", id="d" * 16, why="reservee", method="cash") == 303
    assert "過納" not in desk.get(BOOKING).text.split("<section", 2)[2]
    assert send(admin, f"{BOOKING}/reductions", **form | {"deed": "take_back", "reason": "期限切れ"}) == 303
    assert "未納 <strong>9,350円" in desk.get(BOOKING).text


def test_what_is_due_back_is_listed_and_given_back_with_a_slip(hall: City, sign_in_as: SignIn) -> None:
    paid.cancel(hall, houses.EVENING, houses.COUNTER)
    desk = sign_in_as(Role.facility_desk)
    account = desk.get(BOOKING).text
    assert "災害など" in account
    assert 'value="reservee" checked' in account  # the likeliest, though the rules keep all of it
    assert "未納" not in account
    assert "還付する額はありません" in told(desk, f"{BOOKING}/refund", id=C, why="reservee", method="cash")
    text = told(desk, f"{BOOKING}/refund", id=C, why="", method="cash")
    assert "一覧から選んでください" in text
    assert send(desk, f"{BOOKING}/refund", id=C, why="disaster", method="cash", reason="停電") == 303
    with hall.store.reading(hall.clock()) as tx:
        last = list_takings_of(tx, houses.EVENING)[-1]
    assert (last.kind, last.yen) == (TakingKind.fee_refund, -5_000)
    slip = desk.get(f"/takings/receipts/{C}").text
    assert "還付票" in slip
    assert "受け取りました" in slip
    assert "5,000円" in slip
    assert "還付を待つものはありません" in desk.get("/takings/refunds").text
    assert "/refund" not in desk.get(BOOKING).text
    assert "還付する額はありません" in told(desk, f"{BOOKING}/refund", id="d" * 16, why="disaster", method="cash")


def test_what_the_house_refused_is_due_whole(hall: City, sign_in_as: SignIn) -> None:
    paid.pay(hall, C, houses.TATAMI, 100)
    reject(hall, houses.TATAMI)
    text = sign_in_as(Role.facility_admin).get("/takings/refunds").text
    assert "佐藤 花子" in text
    assert "許可の前に終わった申請" in text
    assert "不許可" in text
    assert "100円" in text


def reject(city: City, id_: str) -> None:
    decision = houses.Decision(id_, 1, houses.ReservationAct.reject, "催しと重なる")
    with city.store.transaction(city.clock()) as tx:
        houses.decide_reservation(tx, decision, houses.DECIDER)


def hand_in(desk: TestClient, data: bytes, provider: str = "generic", name: str = "2025-11.csv") -> tuple[int, str]:
    answer = desk.post(
        "/takings/payouts", data={"csrf": csrf_of(desk), "provider": provider}, files={"file": (name, data)}
    )
    return answer.status_code, answer.text


def test_a_provider_s_file_is_looked_at_before_it_is_brought(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert "入金を待つ 1件" in desk.get("/takings/payouts").text
    good = paid.payout_file(("2025/11/20", "T-1", 1_000), ("2025/11/20", "T-9", 700))
    for data, provider, said in (
        (b"", "generic", "ファイルを選んでください"),
        (good, "nobody", "一覧から選んでください"),
        (b"\xff\xfe\x00", "generic", "読めません"),
        (good, "paypay_history", "見出しが一つずつ必要です"),
    ):
        status, text = hand_in(desk, data, provider)
        assert (status, said in text) == (422, True), said
    assert hand_in(desk, good, name="../x/2025-11.csv")[0] == 303
    look = desk.get("/takings/payouts/look").text
    assert "新しい行 2、すでにある行 0" in look
    assert "収納にない明細 1件" in look
    assert ">2025-11.csv<" in look
    assert "まだありません" in desk.get("/takings/payouts").text  # nothing is kept yet
    assert desk.post("/takings/payouts/drop", data={"csrf": csrf_of(desk)}).status_code == 303
    assert desk.get("/takings/payouts/look").headers["location"] == "/takings/payouts"
    hand_in(desk, good)
    answer = desk.post("/takings/payouts/bring", data={"csrf": csrf_of(desk)})
    assert answer.headers["location"] == "/takings/payouts?provider=generic"
    text = desk.get("/takings/payouts").text
    assert "新しい 2行・ueda" in text
    assert "確かめるもの 1件" in text
    assert send(desk, "/takings/payouts/bring") == 303  # twice is once
    hand_in(desk, good)
    assert "新しい行 0、すでにある行 2" in desk.get("/takings/payouts/look").text


def test_what_is_nowhere_is_nowhere(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    for path in ("/takings/entries/none", "/takings/receipts/none", "/takings/bookings/none", "/takings?facility=none"):
        assert desk.get(path).status_code == 404, path
    for path in ("/takings/entries/none/correct", "/takings/bookings/none/pay", "/takings/bookings/none/refund"):
        assert send(desk, path, id=C, reason="x", why="disaster", method="cash", yen="1") == 404, path


def test_in_english_too(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    desk.cookies.set("sekisho_language", "en", domain="127.0.0.1")
    assert "¥6,000" in desk.get("/takings").text
    assert "Expected an amount in yen" in told(desk, "/takings/days/close", **count(counted_yen="x"))
