"""The keys' desk without a browser: who sees which day, what lending asks for and refuses, and what is written down."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.keys.custody import Custody, CustodyState, Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Copy, Key, Opening, OpeningKind, Target, TargetKind
from gateway.bookings.booking_code import write_booking_code
from gateway.operations.identity.roles import Role
from gateway.operations.keys.count_keys import open_count
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.lend_key import LoanWish, lend_key
from gateway.operations.keys.register_key import register_copy, register_key
from store.key_custody import list_custodies, load_deed
from store.key_signatures import load_signature
from store.key_waits import WaitKind, WaitOutcome, end_wait, load_wait
from store.reservations import load_reservation
from tests.gateway.keys.keyroom import PNG
from tests.pages.city import PASSWORD, City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.houses import CHOIR, EVENING, HALL_KEY, HOUSE, LIBRARY, STAFF, SUNDAY, build_houses

SignIn = Callable[[Role], TestClient]
LOAN, OTHER = "00000000000000a1", "00000000000000a2"
HALL = f"key:{HALL_KEY}"
READER = "main_out"
VAULT = Target(TargetKind.key, "vault")


@pytest.fixture(autouse=True)
def houses(city: City) -> None:
    build_houses(city)


def custody(city: City, copy_id: str) -> Custody:
    with city.store.reading(city.clock()) as tx:
        return list_custodies(tx, [copy_id])[copy_id]


def state(city: City, booking: str) -> str:
    with city.store.reading(city.clock()) as tx:
        kept = load_reservation(tx, booking)
    assert kept is not None
    return kept.reservation.state.value


def lend(client: TestClient, **form: object) -> int:
    asked = {"request": LOAN, "target": HALL, "booking": EVENING, "how": "paper", "paper": "12"}
    return send(client, "/desk/loans", **(asked | form))


def refusal(client: TestClient, **form: object) -> str:
    asked = {"request": LOAN, "target": HALL, "booking": EVENING, "how": "paper", "paper": "12"}
    return told(client, "/desk/loans", **(asked | form))


def keep_vault(city: City) -> None:
    """A key that two lend, with a deposit, to which Ishii is entitled."""
    opens = frozenset((Opening(OpeningKind.door, "server"),))
    with city.store.transaction(city.clock()) as tx:
        register_key(tx, Key("vault", "金庫", "Vault", HOUSE, opens, two_person=True, deposit_yen=500))
        register_copy(tx, "d-vault", Copy("vault-0", "vault", "VAULT-0"), by="root")
        rule = DueRule(DueKind.relative, 60)
        taker = Taker(TakerKind.person, "s0002")
        give_entitlement(
            tx, Entitlement("e-vault", Source.person, "", taker, VAULT, city.clock(), None, rule), by="root"
        )


def test_the_day_shows_bookings_their_steps_and_what_is_next(sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.facility_admin).get("/desk").text
    for said in ("きょうの窓口", "青木合唱団", "未収 18,700円", "貸出できます", "石井 健太", "貸出中の鍵はありません"):
        assert said in text
    assert f"/desk/lend?booking={EVENING}" in text
    tomorrow = sign_in_as(Role.facility_admin).get("/desk?on=2025-11-23").text
    assert "許可待ち" in tomorrow
    assert "許可のあと" in tomorrow  # which keys go with it is not yet known
    assert "鍵なし" not in tomorrow
    assert f"/bookings/inbox/{SUNDAY}" in tomorrow
    assert "この日の予約はありません" in sign_in_as(Role.facility_admin).get("/desk?on=2025-12-24").text
    assert "この日の予約はありません" in sign_in_as(Role.facility_admin).get(f"/desk?facility={LIBRARY}").text


def test_the_auditor_looks_and_does_nothing(sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.auditor).get("/desk").text
    assert "青木合唱団" in text
    assert "/desk/lend" not in text
    assert sign_in_as(Role.auditor).get(f"/desk/lend?booking={EVENING}").status_code == 403


def test_a_contracted_desk_serves_its_own_house_alone(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_desk)
    text = desk.get("/desk").text
    assert "青木合唱団" in text
    assert "図書館" not in text
    assert desk.get(f"/desk?facility={LIBRARY}").status_code == 404
    assert "/bookings/inbox" not in desk.get("/desk?on=2025-11-23").text  # it does not decide
    assert lend(desk) == 303
    keep_vault(city)
    assert desk.get("/desk/lend?target=key:vault").status_code == 404
    assert lend(desk, booking="", target="key:vault", how="card", request=OTHER) == 404
    assert "金庫" not in desk.get("/desk/lend").text


def test_a_scanned_code_leads_to_the_loan_and_an_unknown_one_says_so(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    answer = desk.get("/desk", params={"q": write_booking_code(EVENING)})
    assert answer.headers["location"] == f"/desk/lend?booking={EVENING}&code=1"
    page = desk.get(answer.headers["location"]).text
    assert "予約のQRコードで貸し出す" in page
    assert desk.get("/desk", params={"q": EVENING}).status_code == 303
    unknown = desk.get("/desk", params={"q": "nothing"})
    assert unknown.status_code == 422
    assert "その予約は見つかりません" in unknown.text


def test_a_key_goes_out_for_a_booking_and_its_use_begins(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    page = desk.get(f"/desk/lend?booking={EVENING}").text
    assert "HALL-1" in page
    assert "23:00まで。利用と片付けの終わり（22:30）の30分後です" in page
    city.clock.advance(minutes=90)
    desk = sign_in_as(Role.facility_admin)
    assert lend(desk, copy_id="hall-0") == 303
    out = custody(city, "hall-0")
    assert out.holder == Holder(HolderKind.reservee, CHOIR)
    assert state(city, EVENING) == "in_use"
    assert lend(desk, copy_id="hall-0") == 303  # the same form again
    with city.store.reading(city.clock()) as tx:
        deed = load_deed(tx, LOAN)
    assert deed is not None
    assert deed.deed.reason == "紙に署名 No. 12 / signed on paper no. 12"
    loan = desk.get(f"/desk/loans/{LOAN}").text
    assert "青木合唱団 青木 望 さんが借りています" in loan
    assert f"/bookings/{EVENING}" in loan
    assert "0312345678" in loan  # whom to call
    assert "0312345678" not in sign_in_as(Role.auditor).get(f"/desk/loans/{LOAN}").text
    assert "返却期限 23:00" in desk.get("/desk").text


def test_what_is_missing_is_said_at_its_field_and_nothing_goes_out(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    for form, said in (
        ({"paper": " "}, "用紙の番号を入力してください"),
        ({"how": "signature"}, "署名がありません"),
        ({"how": "signature", "signature": "data:image/png;base64,***"}, "値が正しくありません"),
        ({"due_at": "later"}, "値が正しくありません"),
        ({"due_at": "2025-11-21T23:30"}, "貸出資格の期限より遅い時刻です"),
        ({"due_at": "2025-11-20T16:00"}, "期限"),
        ({"booking": STAFF, "target": "key:meeting-key", "how": "card", "reader": "main_in"}, "登録がありません"),
    ):
        assert said in refusal(desk, **form), form
    assert custody(city, "hall-1").state is CustodyState.in_custody
    assert lend(desk, booking=SUNDAY) == 422
    assert lend(desk, booking="nothing") == 404
    assert lend(desk, booking="", how="paper") == 404


def test_a_citizen_signs_on_the_screen(sign_in_as: SignIn, city: City) -> None:
    signed = "data:image/png;base64," + b64encode(PNG).decode()
    assert lend(sign_in_as(Role.facility_admin), how="signature", signature=signed) == 303
    with city.store.reading(city.clock()) as tx:
        assert load_signature(tx, LOAN) is not None


def test_a_key_that_is_out_says_who_has_it_since_when(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert lend(desk, copy_id="hall-0") == 303
    city.clock.advance(minutes=5)
    again = refusal(desk, request=OTHER, copy_id="hall-0")
    assert "青木合唱団 青木 望" in again
    assert "2025-11-20 16:30" in again
    assert lend(desk, request=OTHER, copy_id="hall-1") == 303
    page = desk.get(f"/desk/lend?booking={EVENING}").text
    assert "いまは貸し出せません" in page
    assert "青木合唱団 青木 望" in page


def test_after_the_use_no_key_goes_out(sign_in_as: SignIn, city: City) -> None:
    city.clock.advance(hours=7)
    page = sign_in_as(Role.facility_admin).get(f"/desk/lend?booking={EVENING}").text
    assert "いまは貸し出せません" in page
    assert "貸出資格の期間が過ぎています" in page


def test_nothing_is_lent_while_a_cabinet_is_counted(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        open_count(tx, "c1", "office-box", by="ueda")
    desk = sign_in_as(Role.facility_admin)
    assert "事務室の鍵箱は棚卸し中です" in desk.get("/desk").text
    assert "いまは貸し出せません" in desk.get(f"/desk/lend?booking={EVENING}").text
    assert lend(desk) == 422


def test_a_loan_waits_for_a_card_until_it_is_stopped_or_time_is_over(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {"booking": STAFF, "target": "key:meeting-key", "how": "card", "reader": READER}
    assert lend(desk, **form) == 303
    page = desk.get(f"/desk/waits/{LOAN}").text
    assert "借りる人の職員証を" in page
    assert "読取機でカードを待っています" in desk.get("/desk").text
    assert sign_in_as(Role.facility_desk).get(f"/desk/waits/{LOAN}").status_code == 404  # another one's
    busy = refusal(desk, **form, request=OTHER)
    assert "この読取機では別の手続きが待っています" in busy
    assert send(desk, f"/desk/waits/{LOAN}/cancel") == 303
    assert "待つのをやめました" in desk.get(f"/desk/waits/{LOAN}/part").text
    assert send(desk, f"/desk/waits/{LOAN}/again", request=OTHER) == 303
    with city.store.reading(city.clock()) as tx:
        again = load_wait(tx, OTHER)
    assert again is not None
    assert (again.kind, again.target.id) == (WaitKind.lend, "meeting-key")
    city.clock.advance(seconds=61)
    assert "カードがかざされませんでした" in desk.get(f"/desk/waits/{OTHER}/part").text


def test_a_card_that_may_not_have_it_is_told_so(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    lend(desk, booking=STAFF, target="key:meeting-key", how="card", reader=READER)
    with city.store.transaction(city.clock()) as tx:
        end_wait(tx, LOAN, WaitOutcome.refused, "not_permitted")
    page = desk.get(f"/desk/waits/{LOAN}").text
    assert "貸し出せませんでした" in page
    assert "資格" in page


def test_a_key_of_two_persons_asks_for_the_second_and_the_deposit(sign_in_as: SignIn, city: City) -> None:
    keep_vault(city)
    desk = sign_in_as(Role.facility_admin)
    page = desk.get("/desk/lend?target=key:vault").text
    assert "立会人のパスワード" in page
    assert "預かった保証金（500円）" in page
    asked = {"booking": "", "target": "key:vault", "how": "card", "reader": READER, "deposit_yen": "500"}
    for form, said in (
        ({"second": "aoki"}, "両方を入力"),
        ({"deposit_yen": "たくさん"}, "額を円で入力"),
        ({"deposit_yen": "100", "second": "aoki", "second_password": PASSWORD}, "保証金の要る鍵です"),
        ({"second": "aoki", "second_password": "違うパスワードです 2025"}, "立会人を確かめられません"),
        ({}, "二人"),
        ({"second": "ueda", "second_password": PASSWORD}, "別の人"),
    ):
        assert said in refusal(desk, **(asked | form)), form
    assert lend(desk, **asked, second="aoki", second_password=PASSWORD) == 303
    with city.store.reading(city.clock()) as tx:
        wait = load_wait(tx, LOAN)
    assert wait is not None
    assert (wait.second_by, wait.deposit_yen) == ("aoki", 500)


def test_a_return_by_hand_gives_the_deposit_back_and_twice_is_once(sign_in_as: SignIn, city: City) -> None:
    keep_vault(city)
    with city.store.transaction(city.clock()) as tx:
        who = Holder(HolderKind.person, "s0002")
        lend_key(tx, LoanWish(LOAN, VAULT, who, "ueda", second_by="aoki", deposit_yen=500))
    desk = sign_in_as(Role.facility_admin)
    assert f'href="/desk/loans/{LOAN}"' in desk.get("/desk").text  # a deposit is given back on the loan's page
    assert "額を円で入力" in told(desk, f"/desk/loans/{LOAN}/return", request=OTHER, deposit_yen="x")
    for _ in range(2):
        assert send(desk, f"/desk/loans/{LOAN}/return", request=OTHER, deposit_yen="500") == 303
    assert custody(city, "vault-0").state is CustodyState.in_custody
    assert "返却されています" in desk.get(f"/desk/loans/{LOAN}").text
    third = told(desk, f"/desk/loans/{LOAN}/return", request="00000000000000a3")
    assert "貸出中ではありません" in third
    with city.store.reading(city.clock()) as tx:
        back = load_deed(tx, OTHER)
    assert back is not None
    assert back.deposit_yen == 500


def test_a_handover_waits_for_two_cards(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert lend(desk, booking=STAFF, target="key:meeting-key") == 303
    assert "引継ぎ" in desk.get(f"/desk/loans/{LOAN}").text
    assert send(desk, f"/desk/loans/{LOAN}/hand-over", request=OTHER, reader=READER) == 303
    assert "いま鍵を持っている人の職員証" in desk.get(f"/desk/waits/{OTHER}").text
    assert send(desk, f"/desk/loans/{LOAN}/hand-over", request="00000000000000a3", reader=READER) == 422
    assert desk.get("/desk/loans/nothing").status_code == 404


def test_a_use_begins_and_ends_by_a_button_where_there_is_no_key(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert send(desk, "/desk/uses", booking=STAFF, act="complete") == 422
    city.clock.advance(minutes=60)
    desk = sign_in_as(Role.facility_admin)
    for act, then in (("begin", "in_use"), ("complete", "completed")):
        assert send(desk, "/desk/uses", booking=STAFF, act=act) == 303
        assert state(city, STAFF) == then
    assert send(desk, "/desk/uses", booking="nothing", act="begin") == 404


def test_an_overdue_key_stands_first_with_whom_to_call(sign_in_as: SignIn, city: City) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert lend(desk) == 303
    city.clock.advance(hours=7)
    text = sign_in_as(Role.facility_admin).get("/desk/part").text
    assert "返却期限を過ぎた鍵（1件）" in text
    assert "期限超過 23:00（30分間）" in text
    assert text.index("返却期限を過ぎた鍵") < text.index("予約（3件）")


def test_a_large_form_is_refused_before_it_is_read(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {"csrf": csrf_of(desk), "request": LOAN, "signature": "x" * 140_000}
    assert desk.post("/desk/loans", data=form).status_code == 413


def test_the_desk_is_the_home_of_whoever_serves_it(client: TestClient, sign_in_as: SignIn) -> None:
    answer = client.post("/sign-in", data={"login": "ueda", "password": PASSWORD})
    assert answer.headers["location"] == "/desk"
    assert sign_in_as(Role.facility_desk).get("/").headers["location"] == "/desk"


def test_what_everybody_may_look_at_greets_nobody_who_has_work_of_the_own(sign_in_as: SignIn) -> None:
    assert sign_in_as(Role.operator).get("/").headers["location"] == "/doors"


def test_a_copy_says_where_it_hangs(sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.facility_admin).get(f"/desk/lend?booking={EVENING}").text
    assert "HALL-1（事務室の鍵箱 2番）" in page
