"""Commands to doors from the pages: asked by those who may, watched until answered, on record with who and why."""

import pytest
from fastapi.testclient import TestClient

from contract.records import DoorMoved
from gateway.operations.access.command_doors import COMMAND_AGE_MAX
from gateway.operations.identity.roles import Role
from store.alarms import Alarm, insert_alarms, list_open_alarms
from store.commands import CommandState, list_request
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.edge import Edge

REQUEST = "00000000000000aa"


def ask(client: TestClient, action: str, scope: str = "site", request: str = REQUEST, **form: str):
    """Send the form as the page would."""
    given = {"reason": "不審者の通報", "name": "青木 太郎", "minutes": "0"} | form
    return client.post(
        "/commands", data={"csrf": csrf_of(client), "request": request, "action": action, "scope": scope} | given
    )


def states(city: City, request: str = REQUEST) -> dict[str, CommandState]:
    with city.store.reading(city.clock()) as tx:
        return {command.device_id: command.state(tx.now) for command in list_request(tx, request)}


def test_lock_down_asks_every_device_and_shows_who_has_not_answered(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    west, east = Edge(city, "west-1"), Edge(city, "east-1")
    answer = ask(client, "lock_down")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/commands/{REQUEST}")
    assert "0/5 扉が応答" in client.get(f"/commands/{REQUEST}").text
    [command] = west.obey()
    assert (command.action, command.doors, command.by) == ("lock_down", ("main",), "desk")
    east.obey()
    part = client.get(f"/commands/{REQUEST}/part").text
    assert "2/5 扉が応答" in part
    assert "応答を待っている扉（3）" in part
    assert "西口" in part
    assert "サーバ室" in part
    assert "一斉施錠" in client.get("/doors").text
    about_main = client.get("/doors/main/view").text.split('id="asked-title"')[1]
    assert "完了" in about_main  # the door itself has answered, whatever the others do
    assert "応答待ち" not in about_main
    city.clock.advance(seconds=COMMAND_AGE_MAX.total_seconds())
    over = client.get(f"/commands/{REQUEST}/part").text
    assert "応答なし（3）" in over
    assert states(city) == {"west-1": "obeyed", "east-1": "obeyed", "north-1": "silent"}
    listed = client.get("/commands").text
    assert "不審者の通報" in listed
    assert "青木 太郎" in listed
    assert "応答なし" in listed


def test_an_area_means_the_doors_around_it(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    ask(client, "lock_down", "area/hall")
    with city.store.reading(city.clock()) as tx:
        doors = {door for command in list_request(tx, REQUEST) for door in command.doors}
    assert doors == {"main", "west"}


def test_a_form_sent_twice_asks_once(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    assert ask(client, "open_once", "door/main").headers["location"] == f"/commands/{REQUEST}"
    assert ask(client, "open_once", "door/main").headers["location"] == f"/commands/{REQUEST}"
    assert len(Edge(city, "west-1").obey()) == 1


@pytest.mark.parametrize(
    ("action", "scope", "form", "fault"),
    [
        ("lock_down", "site", {"reason": " "}, "理由がありません"),
        ("unlock", "door/main", {"reason": ""}, "理由がありません"),
        ("lock_open", "door/main", {"reason": ""}, "理由がありません"),
        ("resume", "site", {"name": ""}, "操作する人の氏名がありません"),
        ("unlock", "door/main", {"reason": "x" * 201}, "長すぎます"),
        ("block", "door/main", {"minutes": "5"}, "時間の指定が正しくありません"),
        ("lock", "door/nowhere", {}, "操作できる扉がありません"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(
    city: City, sign_in_as, action: str, scope: str, form: dict[str, str], fault: str
) -> None:
    client = sign_in_as(Role.operator)
    answer = ask(client, action, scope, **form)
    assert answer.status_code == 422
    assert fault in answer.text
    assert states(city) == {}


@pytest.mark.parametrize("form", [{"action": "explode"}, {"scope": "planet"}, {"request": "1"}, {"minutes": "-1"}])
def test_a_form_that_no_page_of_ours_has_drawn(city: City, sign_in_as, form: dict[str, str]) -> None:
    client = sign_in_as(Role.operator)
    known = {"csrf": csrf_of(client), "request": REQUEST, "action": "lock", "scope": "site", "name": "x"}
    assert client.post("/commands", data=known | form).status_code == 400
    assert states(city) == {}


def test_an_account_of_a_person_needs_no_name_and_takes_no_other(city: City, sign_in_as) -> None:
    from gateway.operations.identity.change_roles import change_roles

    with city.store.transaction(city.clock()) as tx:
        change_roles(tx, "aoki", [Role.operator])
    client = sign_in_as(Role.head)
    page = client.get("/doors/main/view").text
    assert 'name="name"' not in page
    ask(client, "resume", "site", name="somebody else")
    with city.store.reading(city.clock()) as tx:
        [command, *_] = list_request(tx, REQUEST)
    assert (command.issued_by, command.issued_by_name) == ("aoki", "青木 太郎")


def test_a_refusal_names_the_door_and_its_cause(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    ask(client, "open_once", "door/main")
    Edge(city, "west-1").obey(refuse="shut: main")
    part = client.get(f"/commands/{REQUEST}/part").text
    assert "操作どおりにできない扉（1）" in part
    assert "閉鎖または一斉施錠の最中です" in part
    assert states(city) == {"west-1": "refused"}


def test_the_board_shows_mode_contact_and_source(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    edge = Edge(city, "west-1")
    ask(client, "unlock", "door/main", minutes="30")
    [command] = edge.obey()
    assert command.seconds == 1800
    edge.say(DoorMoved(door="main", state="opened", **edge.stamp))
    tile = client.get("/doors/part").text.split('id="door-main"')[1].split("</article>")[0]
    for word in ("開放", "開いている", "操作による"):
        assert word in tile


def test_those_who_may_not_command_see_no_buttons(sign_in_as) -> None:
    for role in (Role.facility_admin, Role.auditor):
        client = sign_in_as(role)
        for path in ("/doors", "/doors/main/view"):
            assert 'action="/commands"' not in client.get(path).text


def test_of_two_who_acknowledge_one_is_named(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    with city.store.reading(city.clock()) as tx:
        [raised] = list_open_alarms(tx)
    path = f"/alarms/{raised.id}/acknowledge"
    assert client.post(path, data={"csrf": csrf_of(client)}).headers["location"] == "/doors"
    other = sign_in_as(Role.facility_admin)
    assert other.post(path, data={"csrf": csrf_of(other)}).status_code == 303
    text = client.get("/doors").text
    assert "未対応の警報はありません" in text
    assert "desk" in text.split('id="acknowledged"')[1]
    assert "ueda" not in text


def test_duress_is_told_to_operators_alone(city: City, sign_in_as) -> None:
    situation = {"pin": "duress"}
    city.tap("main_in", "s0002", situation=situation)
    with city.store.transaction(city.clock()) as tx:
        insert_alarms(tx, [Alarm("duress", "main_in", "seq 1")])
    for role, sees in ((Role.operator, True), (Role.facility_admin, False), (Role.auditor, False)):
        client = sign_in_as(role)
        for path in ("/doors", "/taps", "/doors/main/view"):
            assert (("脅迫" in client.get(path).text) or ("脅されて" in client.get(path).text)) is sees, (
                f"{role} {path}"
            )
    assert "脅" not in sign_in_as(Role.employee).get("/taps").text


def test_taps_tell_proof_and_situation(city: City, sign_in_as) -> None:
    city.tap("main_in", "s0002", soft=("passback",), evidence="desfire ev2 key 2", assurance=3)
    city.tap("staff_in", "s0003", granted=False, reason="passback", situation={"place": "office"})
    city.tap("server_in", "s0003", granted=False, reason="occupancy_max", situation={"inside": 4})
    city.tap("server_in", "s0003", situation={"companions": 1, "escort": True, "inside": 1})
    city.tap("west_in", "s0004", granted=False, reason="interlock", situation={"open_doors": ("main", "gone")})
    text = sign_in_as(Role.operator).get("/taps").text
    for words in (
        "入退の順が違います（通しました）", "desfire ev2 key 2", "暗号", "執務室に入ったままの記録です", "中に4人",
        "ほか1人と一緒", "案内の職員に続いて", "開いている扉: 正面玄関",
    ):  # fmt: skip
        assert words in text, words
