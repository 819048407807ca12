"""Denials for a department and a group on the pages: they reach everybody below, win over grants, and are ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from domain.access.rights import Rights
from domain.civil import JST
from gateway.operations.identity.roles import Role
from store.policy_inputs import load_changes_since, load_inputs_revision
from store.rights import load_policy_inputs
from tests.pages.city import City
from tests.pages.conftest import send, told
from tests.pages.organised import organise

ID = "00000000000000aa"
OTHER = "00000000000000bb"


@pytest.fixture
def desk(city: City, sign_in_as: Callable[[Role], TestClient]) -> TestClient:
    """HR at the desk; both departments lie below one."""
    organise(city)
    return sign_in_as(Role.hr)


def rights_of(city: City, who: str = "s0002") -> Rights:
    with city.store.reading(city.clock()) as tx:
        return load_policy_inputs(tx, [who]).rights.get(who, Rights())  # type: ignore[call-overload]


def test_a_departments_denial_reaches_everybody_below_beside_their_grants(city: City, desk: TestClient) -> None:
    send(desk, "/access/s0002/grants", grant=ID, level="it", reason="担当")
    assert "5人に禁止する" in desk.get("/organisation/bu").text
    with city.store.reading(city.clock()) as tx:
        stood = load_inputs_revision(tx)
    assert send(desk, "/organisation/bu/denials", grant=ID, level="it", reason="監査の間") == 303
    with city.store.reading(city.clock()) as tx:
        assert load_changes_since(tx, stood).persons == {"s0001", "s0002", "s0003", "s0004", "s0005"}
    assert rights_of(city) == Rights(("it",), (), ("it",))  # type: ignore[arg-type]
    below = desk.get("/organisation/somu").text
    assert "監査の間" in below
    assert "上の所属「総務部」から" in below
    assert f"/denials/{ID}/end" not in below, "ended where it was given"
    person = desk.get("/access/s0002").text
    assert "総務部の所属として" in person
    assert f"/denials/{ID}/end" not in person
    assert "理由がありません" in told(desk, f"/organisation/bu/denials/{ID}/end")
    assert send(desk, f"/organisation/somu/denials/{ID}/end", reason="x") == 404
    assert send(desk, f"/access/s0002/denials/{ID}/end", reason="x") == 404
    assert send(desk, f"/organisation/bu/denials/{ID}/end", reason="監査の終わり") == 303
    assert rights_of(city) == Rights(("it",))  # type: ignore[arg-type]
    assert send(desk, "/organisation/nowhere/denials", grant=OTHER, level="it", reason="x") == 404


def test_a_groups_denial_holds_on_its_days(city: City, desk: TestClient) -> None:
    send(desk, "/groups", group=ID, name="選挙事務")
    send(desk, f"/groups/{ID}/members", who="s0002", reason="開票所")
    tomorrow = city.clock().astimezone(JST).date() + timedelta(days=1)
    form = {"grant": OTHER, "level": "staff", "reason": "投票日", "from_on": f"{tomorrow}", "until_on": f"{tomorrow}"}
    assert send(desk, f"/groups/{ID}/denials", **form) == 303
    assert send(desk, f"/groups/{ID}/denials", **form) == 303, "sent twice is once"
    assert desk.get(f"/groups/{ID}").text.count("投票日") == 1
    assert rights_of(city) == Rights()
    city.clock.advance(days=1)
    assert rights_of(city) == Rights((), (), ("staff",))  # type: ignore[arg-type]
    city.clock.advance(days=1)
    assert rights_of(city) == Rights()


def test_what_is_wrong_is_said_in_the_form_with_what_was_typed(city: City, desk: TestClient) -> None:
    text = told(desk, "/organisation/somu/denials", grant=ID, level="it", reason=" ", from_on="2025-11-25")
    assert "理由がありません" in text
    form = text.split('action="/organisation/somu/denials"')[1].split("</form>")[0]
    assert 'value="2025-11-25"' in form
    assert "施設の設定にない権限です" in told(desk, "/organisation/somu/denials", grant=ID, level="moon", reason="x")
    send(desk, "/groups", group=ID, name="選挙事務")
    assert "日付が正しくありません" in told(
        desk, f"/groups/{ID}/denials", grant=OTHER, level="it", reason="x", until_on="2020-01-01"
    )
    assert rights_of(city) == Rights()
