"""The key wall and one key without a browser: what is shown, what is refused beside its field, and to whom."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.access.threat import ThreatLevel
from domain.keys.custody import CustodyState
from domain.keys.key import Place
from gateway.operations.access.correct_presence import correct_presence
from gateway.operations.access.declare_threat import ThreatRequest, declare_threat
from gateway.operations.identity.roles import Role
from gateway.pages.keys.key_view import is_unbroken
from store.key_custody import list_custodies
from store.key_history import list_history
from tests.pages.city import PASSWORD, City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.houses import HALL_KEY
from tests.pages.hung import STORE, hang_keys

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
