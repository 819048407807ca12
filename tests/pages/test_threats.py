"""The threat level on the pages: declared with a reason, by two where the site wants it, counted, on every page."""

import pytest
from fastapi.testclient import TestClient

from contract.commands import ThreatTold
from contract.records import CommandAnswered, ThreatChanged
from domain.access.second_person import CONFIRM_WITHIN
from domain.access.threat import ThreatLevel
from domain.ids import DeviceId
from gateway.operations.identity.roles import Role
from gateway.site.threats import ThreatsDescription
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.edge import Edge

FORM = "00000000000000aa"


def declare(client: TestClient, level: str, request: str = FORM, **form: str):
    given = {"reason": "不審者の通報", "name": "青木 太郎", "hours": "0"} | form
    return client.post("/threats", data={"csrf": csrf_of(client), "request": request, "level": level} | given)


def test_a_lock_down_stands_on_every_page_and_is_counted(city: City, sign_in_as) -> None:
    client, west = sign_in_as(Role.operator), Edge(city, "west-1")
    Edge(city, "east-1")
    assert "まだ何も宣言されていません" in client.get("/threats").text
    answer = declare(client, "lockdown")
    assert (answer.status_code, answer.headers["location"]) == (303, "/threats")
    for path in ("/threats", "/doors", "/password", "/alarms"):
        assert "だれも入れません。出ることはできます。" in client.get(path).text
    assert "0/3 台が確認" in client.get("/threats/part").text
    [told] = [each for each in west.post.list_for(DeviceId("west-1")) if isinstance(each, ThreatTold)]
    assert (told.level, told.by) == (ThreatLevel.lockdown, "desk")
    west.say(CommandAnswered(command=told.id, obeyed=True, **west.stamp))
    assert "1/3 台が確認" in client.get("/threats/part").text
    assert "まだ確認していない制御盤（2）" in client.get("/threats/part").text
    assert declare(client, "normal", request="00000000000000ab", reason="").status_code == 422
    assert declare(client, "normal", request="00000000000000ab", reason="訓練終了").status_code == 303
    assert "だれも入れません。出ることはできます。" not in client.get("/doors").text
    assert "訓練終了" in client.get("/threats").text


@pytest.mark.parametrize(
    ("level", "form", "title"),
    [
        ("lockdown", {"reason": " "}, "理由がありません"),
        ("lockdown", {"name": ""}, "氏名がありません"),
        ("shelter", {}, "いつまで開設するかがありません"),
        ("shelter", {"hours": "73"}, "時間が正しくありません"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(sign_in_as, level: str, form: dict[str, str], title: str) -> None:
    client = sign_in_as(Role.operator)
    answer = declare(client, level, **form)
    assert answer.status_code == 422
    assert title in answer.text
    assert "まだ何も宣言されていません" in answer.text


def test_a_second_account_confirms(city: City, sign_in_as) -> None:
    two = ThreatsDescription(two_person=(ThreatLevel.lockdown,))
    city.context.site = city.context.site.model_copy(update={"threats": two})
    desk, chief = sign_in_as(Role.operator), sign_in_as(Role.facility_admin)
    declare(desk, "lockdown")
    assert "もう一人の確認を待っています" in chief.get("/doors").text
    assert "だれも入れません。出ることはできます。" not in chief.get("/doors").text
    confirm = f"/threats/{FORM}/confirm"
    assert desk.post(confirm, data={"csrf": csrf_of(desk), "name": "青木"}).status_code == 422
    assert chief.post(confirm, data={"csrf": csrf_of(chief), "name": "井上"}).status_code == 303
    assert "だれも入れません。出ることはできます。" in desk.get("/doors").text
    declare(desk, "lockdown", request="00000000000000ab")
    city.clock.advance(seconds=CONFIRM_WITHIN.total_seconds())
    late = chief.post("/threats/00000000000000ab/confirm", data={"csrf": csrf_of(chief), "name": "井上"})
    assert "確認の時間（2分）を過ぎました" in late.text
    assert chief.post("/threats/none/confirm", data={"csrf": csrf_of(chief), "name": "井上"}).status_code == 404


def test_a_shelter_that_a_card_opened_is_reported_and_names_are_for_those_who_may_read_them(
    city: City, sign_in_as
) -> None:
    west = Edge(city, "west-1")
    west.tap("main_in", "f" * 32, granted=True, reason="granted", rule="opener/always")
    now = city.clock()
    west.say(
        ThreatChanged(
            level=ThreatLevel.shelter,
            source="card",
            declaration="tap-1",
            declared_at=now,
            until=now.replace(year=now.year + 1),
            cause_seq=1,
            **west.stamp,
        )
    )
    city.clock.advance(seconds=60)
    operator, facility = sign_in_as(Role.operator), sign_in_as(Role.facility_admin)
    page = operator.get("/threats").text
    assert "カードで避難所が開設されています（1か所）" in page
    path = page.split('href="/threats/shelters/')[1].partition('"')[0]
    report = operator.get(f"/threats/shelters/{path}").text
    assert "開設中に通った人" in report
    assert "開設中に通った人" not in facility.get(f"/threats/shelters/{path}").text
    assert operator.get("/threats/shelters/west-1/1/999").status_code == 404
    assert declare(operator, "normal", reason="閉所").status_code == 303


def test_employees_see_the_banner_and_nothing_to_press(city: City, sign_in_as) -> None:
    declare(sign_in_as(Role.operator), "evacuation")
    client = sign_in_as(Role.employee)
    page = client.get("/").text
    assert "全員が外へ出ます" in page
    assert 'href="/threats"' not in page
    assert client.get("/threats").status_code == 403
