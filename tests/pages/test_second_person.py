"""Openings that take two persons on the pages: asked by one account, seen and confirmed by another, both on record."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.access.second_person import CONFIRM_WITHIN
from gateway.operations.identity.change_roles import change_roles
from gateway.operations.identity.roles import Role
from store.commands import list_request
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.edge import Edge

REQUEST = "00000000000000aa"
PAGE = f"/commands/{REQUEST}"


@pytest.fixture
def desk(city: City, sign_in_as) -> TestClient:
    """An operator, at a site whose main entrance takes two persons; the head is an operator, too."""
    site = city.context.site
    doors = tuple(
        door.model_copy(update={"remote_unlock": "two_person"}) if door.id == "main" else door for door in site.doors
    )
    city.context.site = site.model_copy(update={"doors": doors})
    with city.store.transaction(city.clock()) as tx:
        change_roles(tx, "aoki", [Role.operator])
    return sign_in_as(Role.operator)


@pytest.fixture
def colleague(desk: TestClient, sign_in_as) -> TestClient:
    return sign_in_as(Role.head)


def ask(client: TestClient, action: str = "open_once", **form: str):
    given = {"reason": "配送業者", "name": "石井 健太", "minutes": "0", "scope": "door/main"} | form
    return client.post("/commands", data={"csrf": csrf_of(client), "request": REQUEST, "action": action} | given)


def confirm(client: TestClient, **form: str):
    return client.post(f"{PAGE}/confirm", data={"csrf": csrf_of(client)} | form)


def test_a_colleague_finds_it_on_any_page_and_confirms_it(city: City, desk: TestClient, colleague: TestClient) -> None:
    west = Edge(city, "west-1")
    assert ask(desk).headers["location"] == PAGE
    assert west.obey() == []
    mine = desk.get(PAGE).text
    assert "一回解錠が、もう一人の確認を待っています" in mine
    assert f'action="{PAGE}/confirm"' not in mine
    assert PAGE not in desk.get("/password").text, "no banner for whoever asked"
    assert f'href="{PAGE}"' in colleague.get("/password").text
    theirs = colleague.get(PAGE).text
    assert "配送業者" in theirs
    assert "確認して送る（扉1か所）" in theirs
    assert confirm(colleague).headers["location"] == PAGE
    [command] = west.obey()
    assert (command.action, command.doors, command.by) == ("open_once", ("main",), "desk")
    assert "1/1 扉が応答" in desk.get(f"{PAGE}/part").text
    for page in (PAGE, "/commands", "/doors/main/view"):
        text = desk.get(page).text
        assert "石井 健太" in text, page
        assert "青木 太郎" in text, page
    assert PAGE not in colleague.get("/password").text


def test_both_names_stand_at_the_event(city: City, desk: TestClient, colleague: TestClient) -> None:
    ask(desk)
    confirm(colleague)
    Edge(city, "west-1").obey()
    event = desk.get("/events/west-1/4242/1").text
    for words in (f'href="{PAGE}"', "石井 健太", "青木 太郎"):
        assert words in event


def test_nobody_confirms_the_own_word_nor_too_late(city: City, desk: TestClient, colleague: TestClient) -> None:
    ask(desk)
    own = confirm(desk, name="別人")
    assert own.status_code == 422
    assert "操作した本人は確認できません" in own.text
    city.clock.advance(seconds=CONFIRM_WITHIN.total_seconds())
    late = confirm(colleague)
    assert late.status_code == 422
    assert "確認の時間（2分）を過ぎました" in late.text
    for page in (PAGE, f"{PAGE}/part"):
        assert "何も送られませんでした" in colleague.get(page).text
    assert "確認されず無効" in colleague.get("/commands").text
    assert PAGE not in colleague.get("/password").text
    with city.store.reading(city.clock()) as tx:
        assert list_request(tx, REQUEST) == []


def test_a_reason_is_asked_for_and_two_persons_are_announced(desk: TestClient) -> None:
    missing = ask(desk, reason=" ")
    assert missing.status_code == 422
    assert "理由がありません" in missing.text
    assert "二人で行う操作です" in missing.text
    door = desk.get("/doors/main/view").text
    assert door.count("二人で行う操作です") == 3
    assert "二人で行う操作です" not in desk.get("/doors/staff/view").text


def test_what_there_is_not_cannot_be_confirmed(desk: TestClient, pages: FastAPI) -> None:
    assert confirm(desk).status_code == 404
    ask(desk, "lock")
    assert confirm(desk).status_code == 404
