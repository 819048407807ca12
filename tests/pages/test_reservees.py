"""The pages of reservees without a browser: found however typed, registered once, blocked, merged, given out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from contract.sealed_codes import open_code
from gateway.operations.identity.roles import Role
from gateway.site.keys import ensure_site_key
from store.read_log import list_readings
from store.reservations import list_reservations_of
from store.reservee_letters import claim_letters
from store.reservees import load_reservee, search_reservees
from tests.pages import houses
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told

SignIn = Callable[[Role], TestClient]
NEW, OTHER, THIRD = "1" * 16, "2" * 16, "3" * 16
FORM = {
    "kind": "citizen",
    "user_class": "resident",
    "name": "髙橋 遥",
    "kana": "たかはし はるか",
    "phone": "090-1234-5678",
}


@pytest.fixture
def hall(city: City) -> City:
    """The civic hall with its reservees."""
    houses.build_houses(city)
    return city


def register(desk: TestClient, id_: str = NEW, **changes: str) -> int:
    return send(desk, "/reservees", id=id_, **FORM | changes)


@pytest.mark.parametrize("q", ["さとう", "ｻﾄｳ", "佐藤", "SATO@", "花子"])
def test_somebody_is_found_however_it_is_typed(hall: City, sign_in_as: SignIn, q: str) -> None:
    text = sign_in_as(Role.facility_admin).get("/reservees", params={"q": q}).text
    assert "見つかった利用者（1人）" in text
    assert "佐藤 花子" in text


def test_a_number_is_found_with_or_without_its_signs(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    for q in ("03-1234", "０３１２３４", "+81 3 1234"):
        assert "青木合唱団" in desk.get("/reservees", params={"q": q}).text, q
    assert "見つかりませんでした" in desk.get("/reservees", params={"q": "%"}).text


def test_a_contracted_desk_sees_those_of_its_house_and_whom_it_registered(hall: City, sign_in_as: SignIn) -> None:
    admin, desk = sign_in_as(Role.facility_admin), sign_in_as(Role.facility_desk)
    assert register(admin) == 303
    assert "見つかりませんでした" in desk.get("/reservees?q=髙橋").text
    for path in (f"/reservees/{NEW}", f"/reservees/{NEW}/edit", f"/reservees/{NEW}/merge?other=sato"):
        assert desk.get(path).status_code == 404, path
    for deed in ("change", "block", "unblock", "vouch", "send-code", "confirm", "undo"):
        assert send(desk, f"/reservees/{NEW}/{deed}", id=OTHER) == 404, deed
    assert send(desk, "/reservees/sato/merge", id=OTHER, other=NEW, stays="sato", reason="x") == 404
    assert "佐藤 花子" in desk.get("/reservees/sato").text
    assert register(desk, OTHER, name="木村 一", phone="08011112222", kana="") == 303
    assert "木村 一" in desk.get(f"/reservees/{OTHER}").text
    rows = desk.get("/reservees/file").content.decode("utf-8-sig")
    assert "木村 一" in rows
    assert "髙橋" not in rows


def test_every_fault_stands_beside_its_field_and_what_was_typed_stays(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    bad = {"kind": "group", "user_class": "nobody", "name": "", "kana": "漢字", "phone": "110", "email": "hana@"}
    text = told(desk, "/reservees", id=NEW, **FORM | bad)
    for name in ("user_class", "name", "contact_name", "kana", "phone", "email"):
        assert f'id="fault-{name}"' in text, name
    assert 'value="110"' in text
    assert 'value="group" checked' in text
    with hall.store.reading(hall.clock()) as tx:
        assert load_reservee(tx, NEW) is None


def test_whoever_may_be_the_same_is_shown_before_anybody_is_doubled(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {"name": "佐藤花子", "kana": "", "email": "Sato@Example.jp", "phone": ""}
    text = told(desk, "/reservees", id=NEW, **FORM | form)
    assert "同じ人かもしれない登録が 1件" in text
    assert "同じメール" in text
    assert 'name="sure"' in text
    with hall.store.reading(hall.clock()) as tx:
        assert load_reservee(tx, NEW) is None
    assert register(desk, **form, sure="1") == 303
    assert register(desk, **form, sure="1") == 303  # sent twice is once
    text = desk.get(f"/reservees/{NEW}").text
    assert "/merge?other=sato" in text


def test_a_change_is_told_field_by_field_and_another_address_is_to_be_confirmed(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    form = {
        "kind": "citizen",
        "user_class": "other",
        "name": "佐藤 花子",
        "kana": "サトウ ハナコ",
        "email": "hana@example.jp",
    }
    assert send(desk, "/reservees/sato/change", **form, reason="転居") == 303
    text = desk.get("/reservees/sato").text
    for word in ("転居", "<s>sato@example.jp</s> → hana@example.jp", "連絡先未確認", "利用者区分"):
        assert word in text
    assert 'id="fault-reason"' in told(desk, "/reservees/sato/change", **form, reason="あ" * 501)


def test_a_block_needs_a_day_and_a_reason_and_is_ended_with_one(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    block = "/reservees/sato/block"
    assert 'id="fault-block-blocked_until"' in told(desk, block, until="", reason="連絡なし")
    assert 'id="fault-block-blocked_until"' in told(desk, block, until="2025-11-19", reason="連絡なし")
    assert 'id="fault-block-reason"' in told(desk, block, until="2025-12-31", reason=" ")
    assert send(desk, block, until="2025-12-31", reason="連絡なし") == 303
    text = desk.get("/reservees/sato").text
    assert "12月31日（水） まで予約を停止しています" in text
    assert "連絡なし" in text
    assert "予約を停止している利用者（1人）" in desk.get("/reservees").text
    assert 'id="fault-unblock-reason"' in told(desk, "/reservees/sato/unblock", reason="")
    assert send(desk, "/reservees/sato/unblock", reason="話し合った") == 303
    assert "停止中" not in desk.get("/reservees/sato").text


def test_a_contact_is_confirmed_by_a_code_or_at_the_counter(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert register(desk, email="haruka@example.jp") == 303
    page = f"/reservees/{NEW}"
    assert "確認番号を送っていません" in told(desk, f"{page}/confirm", code="123456")
    assert send(desk, f"{page}/send-code") == 303
    with hall.store.transaction(hall.clock()) as tx:
        letters = claim_letters(tx, lease=timedelta(minutes=1), limit=9)
    [letter] = [each for each in letters if each.reservee_id == NEW]
    key = ensure_site_key(hall.context.settings.site_key_file)
    code = open_code(key, letter.subject, letter.filling["sealed"])
    wrong = "000000" if code != "000000" else "000001"
    assert "あと 4 回" in told(desk, f"{page}/confirm", code=wrong)
    assert send(desk, f"{page}/confirm", code=f" {code} ") == 303
    assert "連絡先確認済み" in desk.get(page).text
    assert register(desk, OTHER, name="木村 一", kana="", phone="08011112222") == 303
    page = f"/reservees/{OTHER}"
    assert "その連絡先は登録されていません" in told(desk, f"{page}/send-code")
    assert 'id="fault-vouch-reason"' in told(desk, f"{page}/vouch", reason="")
    assert send(desk, f"{page}/vouch", reason="登録の電話に掛けた") == 303
    text = desk.get(page).text
    assert "連絡先確認済み" in text
    assert "登録の電話に掛けた" in text


def test_two_that_are_one_are_merged_and_taken_apart_again(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert register(desk, name="佐藤 花子", kana="", email="sato@example.jp", phone="", sure="1") == 303
    text = desk.get(f"/reservees/{NEW}/merge?other=sato").text
    assert text.index('value="sato" checked') > 0  # the confirmed one stays unless somebody says otherwise
    assert desk.get(f"/reservees/{NEW}/merge?other=none").status_code == 404
    form = {"id": OTHER, "other": "sato", "stays": NEW}
    assert 'id="fault-reason"' in told(desk, f"/reservees/{NEW}/merge", **form, reason="")
    assert "その利用者は登録されていません" in told(
        desk, f"/reservees/{NEW}/merge", **form | {"stays": "choir"}, reason="x"
    )
    assert "同じ利用者です" in told(desk, "/reservees/sato/merge", id=OTHER, other="sato", stays="sato", reason="x")
    answer = desk.post(f"/reservees/{NEW}/merge", data={"csrf": csrf_of(desk), **form, "reason": "同じ人"})
    assert answer.headers["location"] == f"/reservees/{NEW}"
    with hall.store.reading(hall.clock()) as tx:
        assert len(list_reservations_of(tx, NEW)) == 2
    assert "この登録は統合されました" in desk.get("/reservees/sato").text
    assert "/edit" not in desk.get("/reservees/sato").text
    assert "この統合を取り消す" in desk.get(f"/reservees/{NEW}").text
    assert "理由" in told(desk, f"/reservees/{NEW}/undo", id=THIRD, merge=OTHER, reason="")
    assert "その統合はありません" in told(desk, "/reservees/choir/undo", id=THIRD, merge=OTHER, reason="誤り")
    assert send(desk, f"/reservees/{NEW}/undo", id=THIRD, merge=OTHER, reason="別の人だった") == 303
    with hall.store.reading(hall.clock()) as tx:
        assert len(list_reservations_of(tx, "sato")) == 2
    text = desk.get("/reservees/sato").text
    assert "統合の取消し" in text
    assert "この統合を取り消す" not in text


def test_the_register_is_given_out_and_that_is_written_down(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    assert register(desk, name="𠮷田 =SUM(A1)", kana="") == 303
    text = desk.get("/reservees/export").text
    assert "4人分" in text
    assert "Shift_JIS にない字 1種" in text
    assert desk.get("/reservees/file?encoding=cp932").content.decode("cp932").startswith("利用者番号,")
    told_rows = desk.get("/reservees/file?q=さとう").content.decode("utf-8-sig")
    assert "佐藤 花子" in told_rows
    assert "青木合唱団" not in told_rows
    with hall.store.reading(hall.clock()) as tx:
        assert [(each.reading.what, each.reading.query) for each in list_readings(tx, limit=2)] == [
            ("reservees", "rows=1"),
            ("reservees", "rows=4"),
        ]


def test_the_auditor_reads_and_changes_nothing(hall: City, sign_in_as: SignIn) -> None:
    reader = sign_in_as(Role.auditor)
    for path in ("/reservees", "/reservees?q=佐藤", "/reservees/sato", "/reservees/export"):
        text = reader.get(path).text.split("<main")[1]
        assert 'method="post"' not in text, path
        assert "/new" not in text, path


def test_a_long_list_says_that_there_is_more(hall: City, sign_in_as: SignIn) -> None:
    with hall.store.transaction(hall.clock() - timedelta(days=1)) as tx:
        standing = search_reservees(tx, "sato")[0]
        for number in range(60):
            houses.insert_reservee(tx, houses.replace(standing, id=f"many-{number}", name=f"田中 {number}", kana=""))
    text = sign_in_as(Role.facility_admin).get("/reservees?q=田中").text
    assert "見つかった利用者（50人）" in text
    assert "ほかにもあります" in text
