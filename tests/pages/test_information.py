"""情報の移動, 情報の分類, 特定通信 on the pages: asked by one, decided by others, seen by whom it concerns alone."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from gateway.operations.zones.keep_information_class import decide_information_class
from gateway.operations.zones.keep_link import decide_link
from store.information_classes import list_class_versions, load_register
from store.movements import list_movements
from store.specific_links import list_link_versions, list_links
from store.versions import VersionState
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send, told

SHIPPED = Path(__file__).parents[2] / "firmware_configs/tiers/information.toml"
ID = "aaaaaaaaaaaaaaaa"
WISH = {
    "request": ID,
    "handling": "move",
    "subject": "課税台帳の一覧",
    "class_id": "juyo-1",
    "from_tier": "mynumber",
    "to_tier": "lgwan",
    "reason": "照会のため",
    "until": "2025-11-28T17:15",
}


@pytest.fixture
def officer(city: City, sign_in_as) -> TestClient:
    """The security officer, with the shipped classes in force."""
    client = sign_in_as(Role.security)
    assert send(client, "/information-classes", text=SHIPPED.read_text()) == 303
    with city.store.transaction(city.clock()) as tx:
        for each in list_class_versions(tx, state=VersionState.waiting):
            decide_information_class(tx, each.standing.id, VersionState.approved, by="another")
    return client


def test_classes_wait_for_another_and_are_shown_side_by_side(city: City, officer: TestClient, sign_in_as) -> None:
    text = officer.get("/information-classes").text
    assert all(name in text for name in ("自治体機密性3A", "機密性3", "重要性1"))
    changed = SHIPPED.read_text().replace("自治体機密性2", "自治体機密性２")
    assert send(officer, "/information-classes", text=changed) == 303
    with city.store.reading(city.clock()) as tx:
        (waiting,) = list_class_versions(tx, state=VersionState.waiting)
    assert "別の人" in told(officer, "/information-classes/decide", ids=[waiting.standing.id], verdict="approve")
    assert send(officer, "/information-classes/decide", ids=[waiting.standing.id], verdict="refuse") == 303
    with city.store.reading(city.clock()) as tx:
        assert {each.name for each in load_register(tx).classes} >= {"自治体機密性2"}
    assert "classes" in told(officer, "/information-classes", text="classes = 1")
    assert "moon" in told(officer, "/information-classes", text=changed.replace('"lgwan"', '"moon"'))
    assert "情報の分類" in sign_in_as(Role.employee).get("/information-classes").text


def test_a_movement_of_the_most_confidential_needs_two(city: City, officer: TestClient, sign_in_as) -> None:
    employee, head = sign_in_as(Role.employee), sign_in_as(Role.head)
    assert send(employee, "/movements", **WISH) == 303
    assert send(employee, "/movements", **WISH) == 303
    assert "承認2人" in employee.get(f"/movements/{ID}").text
    assert send(employee, f"/movements/{ID}/decide", verdict="approve") == 403
    assert head.get("/movements").text.count("課税台帳の一覧") == 1
    assert send(head, f"/movements/{ID}/decide", verdict="approve") == 303
    assert "1人が承認" in head.get(f"/movements/{ID}").text
    assert send(officer, f"/movements/{ID}/decide", verdict="approve") == 303
    assert send(head, f"/movements/{ID}/carry-out", means="USB") == 403
    assert send(employee, f"/movements/{ID}/carry-out", means="暗号化したUSB") == 303
    text = sign_in_as(Role.auditor).get(f"/movements/{ID}").text
    assert "暗号化したUSB" in text
    assert "実施済み" in text


def test_z9_what_the_class_forbids_is_shown_as_refused_and_stays(city: City, officer: TestClient, sign_in_as) -> None:
    employee = sign_in_as(Role.employee)
    assert send(employee, "/movements", **WISH | {"to_tier": "internet"}) == 303
    assert "この分類の情報には認められていません" in employee.get(f"/movements/{ID}").text
    assert "課税台帳の一覧" in officer.get("/movements").text
    with city.store.reading(city.clock()) as tx:
        assert [each.kept.state.value for each in list_movements(tx)] == ["refused"]


def test_others_requests_do_not_exist_for_colleagues(officer: TestClient, sign_in_as) -> None:
    assert send(sign_in_as(Role.employee), "/movements", **WISH) == 303
    other = sign_in_as(Role.hr)
    assert other.get(f"/movements/{ID}").status_code == 404
    assert "課税台帳の一覧" not in other.get("/movements").text
    assert send(other, "/movements", **WISH) == 404


def test_each_wrong_field_is_named_and_kept(officer: TestClient, sign_in_as) -> None:
    text = told(sign_in_as(Role.employee), "/movements", **WISH | {"reason": " ", "until": "2020-01-01T00:00"})
    assert "理由" in text
    assert "いつまでに行うか" in text
    assert 'value="課税台帳の一覧"' in text
    assert "個人番号" in told(sign_in_as(Role.employee), "/movements", **WISH | {"subject": "1234-5678-9018"})


def test_withdrawing_and_refusing_say_why(officer: TestClient, sign_in_as) -> None:
    employee = sign_in_as(Role.employee)
    assert send(employee, "/movements", **WISH) == 303
    assert "理由" in told(officer, f"/movements/{ID}/decide", verdict="refuse", reason="")
    assert send(officer, f"/movements/{ID}/decide", verdict="refuse", reason="別の方法で") == 303
    assert "別の方法で" in employee.get(f"/movements/{ID}").text
    assert told(employee, f"/movements/{ID}/decide", verdict="withdraw")


def test_z10_links_are_listed_taken_in_given_out_and_compared(city: City, officer: TestClient, sign_in_as) -> None:
    link = {"link_id": "tax", "source": "10.1.0.0/16", "destination": "10.2.0.5", "ports": "443", "reason": "税の照会"}
    assert "valid_until" in told(officer, "/specific-links", **link)
    assert send(officer, "/specific-links", **link, valid_until="2026-03-31") == 303
    with city.store.transaction(city.clock()) as tx:
        (waiting,) = list_link_versions(tx)
        assert list_links(tx) == []
        decide_link(tx, waiting.standing.id, VersionState.approved, by="another")
    listed = officer.get("/specific-links").text
    assert "10.1.0.0/16" in listed
    assert "–2026年3月31日（火）" in listed
    content = officer.get("/specific-links/file").content
    sent = {"csrf": csrf_of(officer)}
    again = officer.post("/specific-links/import", data=sent, files={"file": ("a.csv", content, "text/csv")})
    assert again.status_code == 303
    with city.store.reading(city.clock()) as tx:
        assert len(list_link_versions(tx)) == 1
    export = b"source,destination,protocol,ports\n10.9.0.0/16,10.2.0.5,tcp,22\n"
    files = {"file": ("fw.csv", export, "text/csv")}
    assert officer.post("/specific-links/compare", data=sent | {"name": "庁内"}, files=files).status_code == 303
    text = officer.get("/specific-links").text
    assert "一覧にないのに通している通信（1件）" in text
    assert "一覧にあるのに通していないもの（1件）" in text
    wrong = {"file": ("fw.csv", b"source,destination\nx,y\n", "text/csv")}
    assert officer.post("/specific-links/compare", data=sent | {"name": "庁内"}, files=wrong).status_code == 422
    assert "ファイアウォール" in sign_in_as(Role.operator).get("/alarms").text
