"""The register of keys without a browser: copies, custodians, entitlements, photographs, groups, cabinets, rings."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from contract.key_labels import encode_key_label
from domain.keys.key import Copy, Key, Opening, OpeningKind, Place, Target, TargetKind
from gateway.operations.identity.roles import Role
from store.key_entitlements import list_entitlements_for
from store.key_rings import list_custodians, list_rings
from store.keys import list_cabinets, list_copies_of, list_keys, list_lock_groups, list_photos
from tests.gateway.keys.keyroom import PNG
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told
from tests.pages.drawn import draw_lines
from tests.pages.houses import GYM_KEY, HALL_KEY
from tests.pages.hung import BUNCH, MASTER, SHELTER, STORE, hang_keys

SignIn = Callable[[Role], TestClient]
FORM = "00000000000000aa"


@pytest.fixture
def desk(city: City, sign_in_as: SignIn) -> TestClient:
    """The facility admin before a full wall."""
    hang_keys(city)
    return sign_in_as(Role.facility_admin)


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
    labels = desk.get("/keys/labels?key=hall-key").text
    assert "101-C" in labels
    assert draw_lines(encode_key_label(FORM), error="m") in labels
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
