"""Counts, re-key cases, handover sheets and tags without a browser: who does what, what is named, what is refused."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from contract.key_labels import encode_key_label
from domain.keys.count import DifferenceKind
from domain.keys.custody import CustodyState
from domain.keys.rekey import RekeyState
from gateway.operations.identity.roles import Role
from store.accounts import save_roles
from store.key_counts import list_differences
from store.key_custody import list_custodies
from store.key_handovers import load_handover
from store.key_waits import WaitOutcome, load_wait
from store.keys import list_copies
from store.rekey_cases import load_case
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.edge import Edge
from tests.pages.houses import TAGS
from tests.pages.hung import hang_keys

SignIn = Callable[[Role], TestClient]
FORM = "00000000000000aa"
COUNT = f"/keys/counts/{FORM}"
CASE = "/keys/cases/lost-gym-1"


@pytest.fixture
def desk(city: City, sign_in_as: SignIn) -> TestClient:
    """The facility admin before a full wall."""
    hang_keys(city)
    return sign_in_as(Role.facility_admin)


def begin(desk: TestClient) -> None:
    assert send(desk, "/keys/new/count", request=FORM, cabinet="office-box") == 303


def test_a_count_names_every_difference_to_its_key(city: City, desk: TestClient) -> None:
    begin(desk)
    assert "まだ確かめていない鍵（5本）" in desk.get(COUNT).text
    for text in (encode_key_label("hall-0"), "HALL-1", "MEETING-0", "GYM-0", "X-99"):
        city.clock.advance(seconds=1)
        assert send(desk, f"{COUNT}/scans", text=text) == 303
    now = desk.get(f"{COUNT}/part").text
    for said in ("5本中 3本", "まだ確かめていない鍵（2本）", "館内マスター", "台帳では 紛失", "登録のないタグ", "X-99"):
        assert said in now
    assert "登録のないラベル X-99" in now
    assert "棚卸し中" in desk.get("/keys").text
    assert send(desk, f"{COUNT}/close") == 303
    text = desk.get(COUNT).text
    for said in ("差異 4件", "見当たりません", "MASTER-0", "VAULT-0", "ここにないはずの鍵", "/keys/gym-key#copy-gym-0"):
        assert said in text
    with city.store.reading(city.clock()) as tx:
        kinds = [each.kind for each in list_differences(tx, FORM)]
    missing = DifferenceKind.missing
    assert kinds == [missing, missing, DifferenceKind.not_recorded, DifferenceKind.unknown_tag]
    lately = desk.get("/keys/counts").text
    assert "差異 4件" in lately
    assert "前回の棚卸し" in lately


def test_a_key_s_tag_at_the_desk_s_reader_is_seen_by_the_count(city: City, desk: TestClient) -> None:
    begin(desk)
    edge = Edge(city, "west-1", desk_readers=("main_out",))
    edge.tap("main_out", TAGS["hall-0"])
    edge.tap("main_out", "e" * 32)  # nobody's
    assert "5本中 1本" in desk.get(f"{COUNT}/part").text
    assert "直前: 大ホール HALL-0" in desk.get(f"{COUNT}/part").text


def test_a_count_is_refused_twice_and_after_its_end(desk: TestClient) -> None:
    begin(desk)
    assert "棚卸し中" in told(desk, "/keys/new/count", request="b" * 16, cabinet="office-box")
    assert "登録がありません" in told(desk, "/keys/new/count", request="b" * 16, cabinet="nothing")
    assert "長すぎます" in told(desk, f"{COUNT}/scans", text="x" * 129)
    assert "値が正しくありません" in told(desk, f"{COUNT}/scans", text=" ")
    assert send(desk, f"{COUNT}/close") == 303
    assert "終わった棚卸しです" in told(desk, f"{COUNT}/close")
    assert "終わった棚卸しです" in told(desk, f"{COUNT}/scans", text="HALL-0")
    assert desk.get("/keys/counts/nothing").status_code == 404
    assert send(desk, "/keys/counts/nothing/close") == 404


def test_a_lost_key_lists_every_place_and_goes_step_by_step(city: City, desk: TestClient) -> None:
    text = desk.get(CASE).text
    for said in (
        "体育館 GYM-0 の鍵交換",
        "この鍵で開く場所（1か所）",
        "館内マスター",
        "体育館（避難所）",
        "巡回用",
        "上田 翔",
    ):
        assert said in text
    assert "今はその手続きができません" in told(desk, f"{CASE}/steps", act="close")
    assert "理由を入力してください" in told(desk, f"{CASE}/steps", act="dismiss", note="")
    for act in ("change_cylinders", "make_copies"):
        assert send(desk, f"{CASE}/steps", act=act, note="萩錠前") == 303
    assert send(desk, f"{CASE}/steps", act="retire_old", retired=["shelter-0"]) == 303
    with city.store.reading(city.clock()) as tx:
        states = {each.copy_id: each.state for each in list_custodies(tx, ["gym-0", "shelter-0", "master-0"]).values()}
    retired = CustodyState.retired
    assert states == {"gym-0": retired, "shelter-0": retired, "master-0": CustodyState.in_custody}
    assert send(desk, f"{CASE}/steps", act="close") == 303
    done = desk.get(CASE).text
    assert "手続きを閉じた" in done
    assert "次の手続き" not in done
    assert send(desk, "/keys/cases/nothing/steps", act="close") == 404
    assert desk.get("/keys/cases/nothing").status_code == 404


def test_old_copies_that_are_out_come_back_first(city: City, desk: TestClient) -> None:
    send(desk, "/keys/store-key/lost", request=FORM, piece="store-0", reason="落とした")
    case = f"/keys/cases/{FORM}-1"
    send(desk, "/keys/store-key/found", request="b" * 16, piece="store-0")
    assert "この鍵は見つかりました" in desk.get(case).text
    assert send(desk, f"{case}/steps", act="dismiss", note="すぐ戻った") == 303
    with city.store.reading(city.clock()) as tx:
        found = load_case(tx, f"{FORM}-1")
    assert found is not None
    assert found.state is RekeyState.dismissed
    assert "交換せずに終了" in desk.get(case).text


def test_a_lost_key_without_a_case_gets_one_again(desk: TestClient) -> None:
    assert send(desk, f"{CASE}/steps", act="dismiss", note="見つかったはず") == 303
    assert "紛失中で手続きのない鍵（1本）" in desk.get("/keys/cases").text
    assert "理由を入力してください" in told(desk, "/keys/new/case", request=FORM, piece="gym-0", reason="")
    assert "紛失の届出がありません" in told(desk, "/keys/new/case", request=FORM, piece="hall-0", reason="x")
    assert send(desk, "/keys/new/case", request=FORM, piece="gym-0", reason="やはり無い") == 303
    assert "やはり無い" in desk.get(f"/keys/cases/{FORM}").text


def test_two_sign_a_sheet_that_stays_as_it_was_drawn(city: City, desk: TestClient, sign_in_as: SignIn) -> None:
    assert send(desk, "/keys/new/handover", request=FORM) == 303
    sheet = f"/keys/handovers/{FORM}"
    drawn = desk.get(sheet).text
    for said in ("2025年11月20日（木） 16:30", "通用口", "石井 健太", "体育館 GYM-0", "事務室の鍵箱 5本", "署名待ち"):
        assert said in drawn
    send(desk, "/keys/store-key/return", request="b" * 16, piece="store-0")
    assert "石井 健太" in desk.get(sheet).text
    with city.store.reading(city.clock()) as tx:
        kept = load_handover(tx, FORM)
    assert kept is not None
    assert "同じ人は二人目になれません" in told(desk, f"{sheet}/take", seen=kept.content_hash)
    with city.store.transaction(city.clock()) as tx:
        save_roles(tx, "aoki", ("head", "facility_admin"))
    taker = sign_in_as(Role.head)
    assert "受け取りの署名を待っています" in taker.get("/keys/handovers").text
    assert "先にほかの人が手続きしました" in told(taker, f"{sheet}/take", seen="0" * 64)
    assert "長すぎます" in told(taker, f"{sheet}/take", seen=kept.content_hash, note="x" * 201)
    assert send(taker, f"{sheet}/take", seen=kept.content_hash, note="箱の扉が開いていた") == 303
    signed = desk.get(sheet).text
    assert "青木 太郎" in signed
    assert "箱の扉が開いていた" in signed
    assert desk.get("/keys/handovers/nothing").status_code == 404


def test_the_next_tag_at_the_desk_becomes_a_copy_s(city: City, desk: TestClient) -> None:
    form = {"request": FORM, "reader": "main_out", "key": "store-key", "piece": "store-0"}
    edge = Edge(city, "west-1", desk_readers=("main_out",))
    assert send(desk, "/keys/new/tag", **form) == 303
    wait = f"/keys/tags/{FORM}"
    assert "新しいタグをかざしてください（あと 60秒）" in desk.get(wait).text
    assert "別の手続きが待っています" in told(desk, "/keys/new/tag", **form | {"request": "b" * 16})
    edge.tap("main_out", "d" * 32)
    assert "タグを登録しました" in desk.get(f"{wait}/part").text
    with city.store.reading(city.clock()) as tx:
        assert list_copies(tx, ["store-0"])["store-0"].tag == "d" * 32
    taken = form | {"request": "c" * 16, "key": "hall-key", "piece": "hall-0"}
    assert send(desk, "/keys/new/tag", **taken) == 303
    city.clock.advance(seconds=1)
    edge.tap("main_out", TAGS["meeting-0"])
    assert "すでに使われています" in desk.get(f"/keys/tags/{'c' * 16}").text
    assert "登録がありません" in told(desk, "/keys/new/tag", **form | {"request": "e" * 16, "reader": "main_in"})


def test_a_wait_for_a_ring_s_tag_is_cancelled(city: City, desk: TestClient) -> None:
    form = {"request": FORM, "reader": "main_out", "ring": "patrol"}
    assert send(desk, "/keys/new/tag", **form) == 303
    assert send(desk, f"/keys/tags/{FORM}/cancel") == 303
    assert "取り消しました" in desk.get(f"/keys/tags/{FORM}").text
    with city.store.reading(city.clock()) as tx:
        asked = load_wait(tx, FORM)
    assert asked is not None
    assert asked.outcome is WaitOutcome.cancelled
    answer = desk.post("/keys/new/tag", data={"csrf": csrf_of(desk), **form, "request": "b" * 16, "reader": "main_in"})
    assert "登録がありません" in desk.get(answer.headers["location"]).text
    assert desk.get("/keys/tags/nothing").status_code == 404


def test_a_contracted_desk_counts_the_boxes_that_hold_its_own_keys_alone(city: City, sign_in_as: SignIn) -> None:
    hang_keys(city)
    contracted = sign_in_as(Role.facility_desk)
    text = contracted.get("/keys/counts").text
    assert "体育館キーボックス" in text
    assert "事務室の鍵箱" not in text  # a key of another house hangs there
    assert send(contracted, "/keys/new/count", request=FORM, cabinet="office-box") == 404
    assert send(contracted, "/keys/new/count", request=FORM, cabinet="gym-box") == 303
    assert send(contracted, f"{COUNT}/scans", text="SHELTER-0") == 303
    assert send(contracted, f"{COUNT}/close") == 303
    assert "差異なし" in contracted.get(COUNT).text
    admin = sign_in_as(Role.facility_admin)
    assert send(admin, "/keys/new/count", request="b" * 16, cabinet="office-box") == 303
    assert contracted.get(f"/keys/counts/{'b' * 16}").status_code == 404
    assert send(contracted, f"/keys/counts/{'b' * 16}/close") == 404


def test_without_a_whole_view_nothing_else_of_this_is_there(city: City, sign_in_as: SignIn) -> None:
    hang_keys(city)
    contracted = sign_in_as(Role.facility_desk)
    assert send(contracted, "/keys/new/handover", request=FORM) == 404
    assert send(contracted, f"{COUNT}/scans", text="x") == 404
    assert send(contracted, f"{CASE}/steps", act="close") == 403
