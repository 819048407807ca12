"""The key wall and one key without a browser: what is shown, what is refused beside its field, and to whom."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.access.threat import ThreatLevel
from domain.keys.custody import CustodyState
from domain.keys.key import Copy, Key, Opening, OpeningKind, Place, Target, TargetKind
from gateway.operations.access.correct_presence import correct_presence
from gateway.operations.access.declare_threat import ThreatRequest, declare_threat
from gateway.operations.identity.roles import Role
from gateway.pages.keys.key_view import is_unbroken
from store.key_custody import list_custodies
from store.key_entitlements import list_entitlements_for
from store.key_history import list_history
from store.key_rings import list_custodians, list_rings
from store.keys import list_cabinets, list_copies_of, list_keys, list_lock_groups, list_photos
from tests.gateway.keys.keyroom import PNG
from tests.pages.city import PASSWORD, City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.houses import GYM_KEY, HALL_KEY
from tests.pages.hung import BUNCH, MASTER, SHELTER, STORE, hang_keys

SignIn = Callable[[Role], TestClient]
FORM = "00000000000000aa"


@pytest.fixture
def desk(city: City, sign_in_as: SignIn) -> TestClient:
    """The facility admin before a full wall."""
    hang_keys(city)
    return sign_in_as(Role.facility_admin)


def state(city: City, copy_id: str) -> CustodyState:
    with city.store.reading(city.clock()) as tx:
        return list_custodies(tx, [copy_id])[copy_id].state


def test_the_wall_shows_every_hook_and_who_has_the_rest(desk: TestClient) -> None:
    text = desk.get("/keys").text
    for said in (
        "事務室の鍵箱",
        "大ホール",
        "HALL-0",
        "石井 健太",
        "11月19日（水） 17:15 まで",
        "体育館キーボックス",
        "空き",
    ):
        assert said in text
    assert "7本中 5本" in text
    lines = desk.get("/keys?shape=list").text
    assert lines.index("STORE-0") < lines.index("GYM-0") < lines.index("VAULT-0") < lines.index("HALL-0")  # worst first


def test_it_is_narrowed_by_words_state_cabinet_and_facility(desk: TestClient) -> None:
    for query, found, left_out in (
        ("q=大ホール", "HALL-0", "GYM-0"),
        ("q=石井", "STORE-0", "HALL-0"),
        ("q=meeting-0", "MEETING-0", "HALL-0"),
        ("q=職員通用口", "STORE-0", "HALL-0"),
        ("look=lost", "GYM-0", "STORE-0"),
        ("look=damaged", "VAULT-0", "HALL-0"),
        ("cabinet=gym-box", "SHELTER-0", "HALL-0"),
        ("facility=shimin-kan", "SHELTER-0", "STORE-0"),
        ("look=nonsense", "HALL-0", "none at all"),
    ):
        text = desk.get(f"/keys/part?{query}").text
        assert found in text, query
        assert left_out not in text, query


def test_a_city_without_keys_is_told_what_to_do(sign_in_as: SignIn) -> None:
    assert "鍵がまだ登録されていません" in sign_in_as(Role.facility_admin).get("/keys").text
    assert "あてはまる鍵はありません" in sign_in_as(Role.facility_admin).get("/keys?q=x").text


def test_a_contracted_desk_sees_the_keys_of_its_own_rooms(city: City, sign_in_as: SignIn) -> None:
    hang_keys(city)
    contracted = sign_in_as(Role.facility_desk)
    text = contracted.get("/keys").text
    assert "HALL-0" in text
    assert "STORE-0" not in text
    assert "key-hook-free" not in text  # which hooks are free would tell of others' keys
    assert "STORE-0" not in contracted.get("/keys/labels").text
    assert "石井" not in contracted.get("/keys/overdue").text
    for path in ("/keys/store-key", "/keys/cases", "/keys/handovers", "/keys/last-leaver"):
        assert contracted.get(path).status_code == 404
    for path in ("/keys/register", "/keys/shelter-boxes", "/keys/cases/lost-gym-1", "/keys/store-key/photos/1"):
        assert contracted.get(path).status_code == 404
    for act in ("return", "lost", "extension"):
        assert send(contracted, f"/keys/{STORE}/{act}", request=FORM, piece="store-0", reason="x") == 404
    assert send(contracted, "/keys/new/count", request=FORM, cabinet="office-box") == 404
    assert state(city, "store-0") is CustodyState.out
    assert "紛失の届出" in contracted.get("/keys/hall-key").text
    assert send(contracted, "/keys/hall-key/lost", request=FORM, piece="hall-0", reason="返却時に無かった") == 303
    assert state(city, "hall-0") is CustodyState.lost


def test_the_auditor_reads_and_has_no_buttons(city: City, sign_in_as: SignIn) -> None:
    hang_keys(city)
    auditor = sign_in_as(Role.auditor)
    text = auditor.get("/keys/store-key").text
    assert "石井 健太" in text
    assert "返却を受ける" not in text
    assert "資格を与える" not in text
    assert auditor.get("/keys/register").status_code == 200
    assert send(auditor, "/keys/store-key/return", request=FORM, piece="store-0") == 403


def test_a_key_says_what_it_opens_who_may_take_it_and_its_trail(desk: TestClient) -> None:
    text = desk.get("/keys/hall-key").text
    for said in (
        "大ホール 全面", "市民館", "総務課", "青木合唱団", "予約の許可による", "/bookings/b-evening", "室管理者",
        "青木 太郎", "庁舎管理者", "予約の 2時間 前から", "予約の終わりから 30分", "合鍵 1",
        "記録は途切れていません（2件",
    ):  # fmt: skip
        assert said in text, said
    master = desk.get("/keys/master-key").text
    assert "第1会議室" in master  # by its level
    assert "鍵束「巡回用」" in master
    assert "/desk/lend?target=ring%3Apatrol" in master
    assert desk.get("/keys/nothing").status_code == 404


def test_a_gap_in_the_trail_is_seen(city: City) -> None:
    hang_keys(city)
    with city.store.reading(city.clock()) as tx:
        lines, custodies = list_history(tx, ["store-0"]), list_custodies(tx, ["store-0"])
    assert is_unbroken(lines, custodies)
    assert not is_unbroken(lines[1:], custodies)
    assert not is_unbroken([*lines, lines[0]], custodies)
    assert not is_unbroken(lines, {})


def test_a_key_comes_back_is_lost_and_found_and_looked_over(city: City, desk: TestClient) -> None:
    form = {"request": FORM, "piece": "store-0"}
    assert send(desk, "/keys/store-key/return", **form) == 303
    assert state(city, "store-0") is CustodyState.in_custody
    assert "貸出中ではありません" in told(desk, "/keys/store-key/return", **form | {"request": "b" * 16})
    assert "理由を入力してください" in told(desk, "/keys/store-key/lost", **form | {"request": "c" * 16})
    answer = desk.post(
        "/keys/store-key/lost", data={"csrf": csrf_of(desk), "reason": "出先で落とした", **form, "request": "d" * 16}
    )
    assert answer.headers["location"] == f"/keys/cases/{'d' * 16}-1"
    assert "職員通用口" in desk.get(answer.headers["location"]).text
    assert send(desk, "/keys/store-key/found", **form | {"request": "e" * 16}) == 303
    assert state(city, "store-0") is CustodyState.in_custody
    damaged = form | {"found": "damaged", "reason": "", "request": "f" * 16}
    assert "理由を入力してください" in told(desk, "/keys/store-key/inspection", **damaged)
    assert send(desk, "/keys/store-key/inspection", **damaged | {"reason": "折れそう"}) == 303
    assert "破損" in desk.get("/keys/store-key").text
    assert send(desk, "/keys/hall-key/return", **form | {"request": "0" * 16}) == 404  # another key's copy


def test_a_loan_is_extended_and_what_was_typed_stays(city: City, desk: TestClient) -> None:
    form = {"request": FORM, "piece": "store-0", "reason": "工事が延びた"}
    for due_at, said in (
        ("2025-11-19T18:00", "今の期限より後"),
        ("soon", "値が正しくありません"),
        ("", "値が正しくありません"),
    ):
        text = told(desk, "/keys/store-key/extension", **form, due_at=due_at)
        assert said in text
        assert "工事が延びた" in text
    assert send(desk, "/keys/store-key/extension", **form, due_at="2025-11-21T12:00") == 303
    assert "期限超過" not in desk.get("/keys/store-key").text.split('id="trail-title"')[0]


def test_two_put_right_where_a_key_hangs(city: City, desk: TestClient) -> None:
    form = {
        "request": FORM,
        "piece": "hall-0",
        "place": "office-box",
        "hook": "9",
        "reason": "掛け違い",
        "second_password": PASSWORD,
    }
    assert "掛け違い" in told(desk, "/keys/hall-key/place", **form | {"second_password": "x"}, second="aoki")
    assert told(desk, "/keys/hall-key/place", **form, second="nobody").count('aria-invalid="true"') == 1
    assert "同じ人は二人目になれません" in told(desk, "/keys/hall-key/place", **form, second="ueda")
    assert "登録がありません" in told(desk, "/keys/hall-key/place", **form | {"hook": "99"}, second="aoki")
    assert "値が正しくありません" in told(desk, "/keys/hall-key/place", **form | {"hook": "x"}, second="aoki")
    assert send(desk, "/keys/hall-key/place", **form, second="aoki") == 303
    with city.store.reading(city.clock()) as tx:
        assert list_custodies(tx, ["hall-0"])["hall-0"].place == Place("office-box", 9)
    wall = desk.get("/keys").text
    assert "別の場所" in wall
    assert "大ホール HALL-0 が掛かっています" in wall


def test_a_key_retires_when_nothing_of_it_is_out(city: City, desk: TestClient) -> None:
    assert "貸出中の鍵があります" in told(desk, f"/keys/{STORE}/retirement", request=FORM, reason="錠を替えた")
    assert "理由を入力してください" in told(desk, f"/keys/{HALL_KEY}/retirement", request=FORM, reason=" ")
    assert send(desk, f"/keys/{HALL_KEY}/retirement", request=FORM, piece="hall-1", reason="曲がった") == 303
    assert state(city, "hall-1") is CustodyState.retired
    assert send(desk, f"/keys/{HALL_KEY}/retirement", request="b" * 16, reason="錠を替えた") == 303
    assert "に廃止" in desk.get(f"/keys/{HALL_KEY}").text
    assert "HALL-0" not in desk.get("/keys").text
    assert "HALL-0" in desk.get("/keys?look=retired").text
    assert desk.get(f"/keys/register/key?key={HALL_KEY}").status_code == 404


def test_a_copy_is_added_and_every_fault_stands_beside_its_field(city: City, desk: TestClient) -> None:
    form = {
        "request": FORM,
        "stamped": "101-C",
        "duplicate": "2",
        "home": "office-box",
        "hook": "8",
        "maker": "萩錠前",
        "made_on": "",
    }
    text = told(desk, "/keys/hall-key/copies", **form | {"stamped": "", "duplicate": "1"})
    assert "値が正しくありません" in text
    assert "すでに使われています" in text
    assert "萩錠前" in text
    assert "値が正しくありません" in told(desk, "/keys/hall-key/copies", **form | {"duplicate": "x"})
    assert send(desk, "/keys/hall-key/copies", **form) == 303
    with city.store.reading(city.clock()) as tx:
        assert list_copies_of(tx, [HALL_KEY])[FORM] == Copy(
            FORM, HALL_KEY, "101-C", 2, "萩錠前", home=Place("office-box", 8)
        )
    assert "101-C" in desk.get("/keys/labels?key=hall-key").text
    assert desk.get("/keys/labels?key=nothing").status_code == 404
    assert "大ホール" not in desk.get("/keys/labels?key=hall-key").text
    assert "大ホール" in desk.get("/keys/labels?key=hall-key&names=on").text


def test_somebody_answers_for_a_key_and_is_released(city: City, desk: TestClient) -> None:
    assert "登録がありません" in told(desk, "/keys/store-key/custodians", who="だれか", role="room")
    assert send(desk, "/keys/store-key/custodians", who="江口", role="room") == 303
    assert "江口 花子" in desk.get("/keys/store-key").text
    assert send(desk, "/keys/store-key/custodians/end", person="s0004", role="room", from_on="2025-11-20") == 303
    with city.store.reading(city.clock()) as tx:
        tomorrow = city.clock().date() + timedelta(days=1)
        assert [each.person_id for each in list_custodians(tx, tomorrow, key_id=STORE)] == ["s0003"]
    assert send(desk, "/keys/store-key/custodians", who="江口", role="building", every="true") == 303
    assert "江口 花子" in desk.get("/keys/hall-key").text
    ended = {"person": "s0003", "role": "building", "from_on": "2025-11-06", "every": "true"}
    assert send(desk, "/keys/store-key/custodians/end", **ended) == 303
    assert "登録がありません" in told(desk, "/keys/store-key/custodians/end", **ended | {"person": "s0005"})


def test_one_person_department_or_role_is_entitled(city: City, desk: TestClient) -> None:
    form = {"who": "", "department": "", "role": "", "from_on": "2025-11-20", "until_on": "", "due": "relative:8"}
    where = f"/keys/{SHELTER}/entitlements"
    assert "値が正しくありません" in told(desk, where, request=FORM, **form)
    assert "値が正しくありません" in told(desk, where, request=FORM, **form | {"who": "石井", "role": "head"})
    assert "登録がありません" in told(desk, where, request=FORM, **form | {"who": "だれか"})
    assert "値が正しくありません" in told(
        desk, where, request=FORM, **form | {"role": "head", "until_on": "2025-11-01"}
    )
    assert "値が正しくありません" in told(desk, where, request=FORM, **form | {"role": "head", "due": "absolute:1"})
    assert send(desk, where, request=FORM, **form | {"who": "石井"}) == 303
    assert send(desk, where, request="b" * 16, **form | {"role": "head", "until_on": "2025-12-31"}) == 303
    text = desk.get(f"/keys/{SHELTER}").text
    assert "貸出から 8時間 以内に返却" in text
    assert "所属長" in text
    path = f"{where}/{FORM}"
    assert "理由を入力してください" in told(desk, f"{path}/end", reason="")
    assert "同じ人は二人目になれません" in told(desk, f"{path}/approval")
    assert send(desk, f"/keys/{HALL_KEY}/entitlements/{FORM}/end", reason="x") == 404
    assert send(desk, f"{path}/end", reason="異動した") == 303
    assert "終わった資格（1件）" in desk.get(f"/keys/{SHELTER}").text


def test_where_all_hang_on_a_ring_the_ring_is_entitled(city: City, desk: TestClient) -> None:
    form = {
        "who": "石井",
        "department": "",
        "role": "",
        "from_on": "2025-11-20",
        "until_on": "",
        "due": "office_day:17:15",
    }
    assert send(desk, f"/keys/{MASTER}/entitlements", request=FORM, **form) == 303
    with city.store.reading(city.clock()) as tx:
        assert [each.target.id for each in list_entitlements_for(tx, [Target(TargetKind.ring, BUNCH)])] == ["patrol"]


def test_photographs_are_kept_shown_and_taken_away(city: City, desk: TestClient) -> None:
    form = {"csrf": csrf_of(desk), "request": FORM, "key": HALL_KEY}
    bad = desk.post("/keys/new/photo", data=form, files={"photo": ("x.png", b"MZ", "image/png")})
    assert bad.status_code == 422
    assert "値が正しくありません" in bad.text
    kept = desk.post("/keys/new/photo", data=form, files={"photo": ("x.png", PNG, "image/png")})
    assert kept.status_code == 303
    shown = desk.get(f"/keys/{HALL_KEY}/photos/{FORM}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert desk.get(f"/keys/{GYM_KEY}/photos/{FORM}").status_code == 404
    assert send(desk, f"/keys/{GYM_KEY}/photos/{FORM}/removal") == 404
    assert send(desk, f"/keys/{HALL_KEY}/photos/{FORM}/removal") == 303
    with city.store.reading(city.clock()) as tx:
        assert list_photos(tx, HALL_KEY) == []


def test_late_loans_name_holder_and_custodians_on_the_page_and_in_the_file(desk: TestClient) -> None:
    text = desk.get("/keys/overdue").text
    assert "石井 健太" in text
    assert "23時間" in text
    assert "上田 翔" in text
    body = desk.get("/keys/overdue/file").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[0][:5] == ["鍵", "刻印番号", "借りている人", "いつから", "返却期限"]
    assert rows[1] == ["通用口", "STORE-0", "石井 健太", "2025-11-19 16:30", "2025-11-19 17:15", "1395", "上田 翔"]
    assert desk.get("/keys/overdue/file?encoding=cp932").content.decode("cp932").count("\r\n") == 2


def test_the_last_leaver_sees_who_is_here_and_what_is_out(city: City, desk: TestClient) -> None:
    empty = desk.get("/keys/last-leaver").text
    assert "館内にだれもいません" in empty
    assert "うち 1本は、借りた人がもう館内にいません" in empty
    _place(city, "s0002", "office")
    _place(city, "s0001", "outside")
    text = desk.get("/keys/last-leaver/part").text
    assert "館内に残っているのは 石井 健太 さんだけです" in text
    assert "館内にいます" in text
    _place(city, "s0002", "outside", minutes=1)
    assert "最後に出たのは 石井 健太 さん" in desk.get("/keys/last-leaver/part").text


def test_shelter_boxes_stand_by_themselves(desk: TestClient, city: City) -> None:
    text = desk.get("/keys/shelter-boxes").text
    for said in ("体育館キーボックス", "体育館 正面入口", "SHELTER-0", "まだ棚卸しをしていません", "手で開けます"):
        assert said in text
    assert "HALL-0" not in text
    assert "避難所開設中です" not in text
    with city.store.transaction(city.clock()) as tx:
        declare_threat(tx, city.context.site, ThreatRequest("t1", ThreatLevel.shelter, "ueda", "上田", "大雨", 12))
    assert "避難所開設中です" in desk.get("/keys/shelter-boxes").text


def test_the_register_keeps_groups_cabinets_rings_and_keys(city: City, desk: TestClient) -> None:
    group = {"id": FORM, "name": "図書館", "name_en": "", "parent": "shimin-kan"}
    assert "値が正しくありません" in told(desk, "/keys/register/groups", **group | {"name": ""})
    assert "登録がありません" in told(desk, "/keys/register/groups", **group | {"parent": "nothing"})
    assert send(desk, "/keys/register/groups", **group) == 303
    cabinet = {
        "id": "box-2",
        "name": "避難所",
        "name_en": "Shelter",
        "positions": "6",
        "site_place": "門",
        "kind": "shelter_box",
    }
    assert "値が正しくありません" in told(desk, "/keys/register/cabinets", **cabinet | {"positions": "501"})
    assert send(desk, "/keys/register/cabinets", **cabinet) == 303
    ring = {"id": "ring-2", "name": "会議室一式", "name_en": "Meeting", "copies": ["meeting-0"]}
    assert "鍵束に付いている鍵です" in told(desk, "/keys/register/rings", **ring | {"copies": ["master-0"]})
    assert send(desk, "/keys/register/rings", **ring) == 303
    key = {
        "id": "study-key", "name": "学習室", "name_en": "", "group": FORM, "level": "0",
        "opens": ["room/study", "nonsense/x"], "early_hours": "1.5",
        "due_kind": "office_day", "due_minutes": "", "due_clock": "17:00", "deposit_yen": "1,000",
        "two_person": "true",
    }  # fmt: skip
    text = told(desk, "/keys/register/keys", **key | {"name": " ", "group": "no", "deposit_yen": "x", "due_clock": ""})
    assert text.count('aria-invalid="true"') == 4
    assert 'value="room/study" checked' in text
    answer = desk.post("/keys/register/keys", data={"csrf": csrf_of(desk), **key})
    assert answer.headers["location"] == "/keys/study-key#new-copy"
    with city.store.reading(city.clock()) as tx:
        kept = list_keys(tx)["study-key"]
        assert (kept.early_minutes, kept.due.minutes, kept.deposit_yen, kept.two_person) == (90, 1020, 1000, True)
        assert kept.opens == {Opening(OpeningKind.room, "study")}
        assert list_lock_groups(tx)[FORM].parent_id == "shimin-kan"
        assert list_cabinets(tx)["box-2"].positions == 6
        assert list_rings(tx)["ring-2"].list_copies(tx.now) == ("meeting-0",)
    assert "学習室" in desk.get("/keys/register").text


def test_a_key_s_form_holds_what_is_kept(city: City, desk: TestClient) -> None:
    with city.store.reading(city.clock()) as tx:
        before: Key = list_keys(tx)[HALL_KEY]
    text = desk.get(f"/keys/register/key?key={HALL_KEY}").text
    assert text.count(" checked") == 3 + 1  # three rooms, and the rule
    form = {
        "id": HALL_KEY, "name": "大ホール", "name_en": "Great Hall", "group": "shimin-kan", "level": "0",
        "opens": ["room/hall", "room/hall-east", "room/hall-west"], "early_hours": "2",
        "due_kind": "end_of_reservation", "due_minutes": "30", "due_clock": "17:15", "deposit_yen": "0",
    }  # fmt: skip
    assert send(desk, "/keys/register/keys", **form) == 303
    with city.store.reading(city.clock()) as tx:
        assert list_keys(tx)[HALL_KEY] == before
    assert desk.get("/keys/register/key?key=nothing").status_code == 404


def test_looks_are_told_in_the_language_of_the_visitor(desk: TestClient) -> None:
    desk.post("/language", data={"csrf": csrf_of(desk), "language": "en"})
    text = desk.get("/keys").text
    assert "Great Hall" in text
    assert "Overdue" in text
    refused = told(desk, "/keys/hall-key/return", request=FORM, piece="hall-0")
    assert "It is not out; look again" in refused


def _place(city: City, person_id: str, area: str, *, minutes: int = 0) -> None:
    with city.store.transaction(city.clock() + timedelta(minutes=minutes)) as tx:
        assert correct_presence(tx, city.context.site, person_id, area, reason="見た", by="ueda") is None
