"""An evacuation over the pages: begun, people marked by touch and by card, added, ended; its file."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.operations.access.announce_visit import NewVisit, announce_visit
from gateway.operations.access.correct_presence import correct_presence
from gateway.operations.access.end_visit import end_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, receive_visitor
from gateway.operations.identity.roles import Role
from gateway.pages.safety.muster_file import MusterFile
from gateway.pages.safety.muster_view import kana_row
from gateway.site.description import Site
from store.alarms import list_open_alarms
from store.musters import list_marks, list_musters, list_places
from store.people import Person, upsert_persons
from store.presence import Presence, save_presences
from store.read_log import list_readings
from tests.pages.city import City
from tests.pages.conftest import csrf_of


def put(city: City, person: str, area: str, point: str, *, hours: float = 1) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_presences(tx, [Presence(person, area, point, city.clock() - timedelta(hours=hours))])


def with_assembly_point(site: Site) -> Site:
    """The demo's site with an assembly point behind the west reader."""
    areas = tuple(area.model_copy(update={"muster_point": area.id == "hall"}) for area in site.areas)
    return site.model_copy(update={"areas": areas})


@pytest.fixture
def occupied(city: City) -> City:
    put(city, "s0001", "office", "staff_in")
    put(city, "s0002", "office", "staff_in", hours=5)
    put(city, "s0003", "server_room", "server_in", hours=30)
    put(city, "s0004", "outside", "staff_out")
    return city


def begin(client: TestClient) -> str:
    answer = client.post("/muster", data={"csrf": csrf_of(client)})
    return answer.headers["location"]


def test_one_click_lists_those_inside_with_their_doubts_and_twice_is_once(occupied: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    assert 'action="/muster"' in client.get("/doors").text
    at = begin(client)
    assert begin(client) == at
    text = client.get(at).text
    assert "青木 太郎" in text
    assert "江口 花子" not in text
    assert "退出の記録なし・疑い" in text
    assert "前日から" in text
    assert text.index("執務室") < text.index("サーバ室")


def test_marks_by_touch_are_kept_and_can_be_taken_back(occupied: City, sign_in_as) -> None:
    client = sign_in_as(Role.facility_admin)
    at = begin(client)
    token = csrf_of(client)
    client.post(f"{at}/marks", data={"csrf": token, "safe": "s0001"})
    assert ">2</span> 未確認" in client.get(f"{at}/point/part").text
    client.post(f"{at}/marks", data={"csrf": token, "missing": "s0001"})
    assert ">3</span> 未確認" in client.get(f"{at}/part").text
    with occupied.store.reading(occupied.clock()) as tx:
        assert [(mark.safe, mark.marked_by) for mark in list_marks(tx, at[-16:])] == [(True, "ueda"), (False, "ueda")]


def test_a_card_at_the_assembly_point_is_a_mark_also_when_it_is_refused(
    occupied: City, sign_in_as, monkeypatch
) -> None:
    city = occupied
    object.__setattr__(city.context, "site", with_assembly_point(city.context.site))
    client = sign_in_as(Role.operator)
    at = begin(client)
    city.clock.advance(seconds=30)
    city.tap("west_in", "s0001", granted=False, reason="no_access_rights")
    text = client.get(f"{at}/point/part").text
    assert ">2</span> 未確認" in text
    assert "カードで" in text
    client.post(f"{at}/end", data={"csrf": csrf_of(client), "kind": "drill", "note": "春の訓練"})
    with city.store.reading(city.clock()) as tx:
        assert [(mark.person_id, mark.how) for mark in list_marks(tx, at[-16:])] == [("s0001", "tap")]
        [record] = list_musters(tx, limit=2)
        assert (record.drill, record.note, record.ended_by) == (True, "春の訓練", "desk")
    text = client.get(at).text
    assert "訓練" in text
    assert 'name="safe"' not in text
    assert client.post(f"{at}/marks", data={"csrf": csrf_of(client), "safe": "s0002"}).status_code == 404


def test_somebody_on_no_list_is_added(occupied: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    at = begin(client)
    form = {"csrf": csrf_of(client), "name": "来訪 花子", "belongs": "〇〇建設", "seen": "missing"}
    client.post(f"{at}/people", data=form)
    text = client.get(f"{at}/point").text
    assert "来訪 花子" in text
    assert ">4</span> 未確認" in text
    empty = client.post(f"{at}/people", data=form | {"name": " "})
    assert empty.status_code == 422
    assert "名前が入っていません" in empty.text


def test_who_comes_in_later_is_looked_for_too(occupied: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    at = begin(client)
    occupied.clock.advance(minutes=1)
    put(occupied, "s0005", "office", "staff_in", hours=0)
    put(occupied, "s0001", "outside", "staff_out", hours=0)
    text = client.get(f"{at}/part").text
    assert "髙橋 美咲" in text
    assert "避難の開始後:" in text


def test_a_place_is_put_right_by_a_person_with_a_reason(occupied: City, sign_in_as) -> None:
    client = sign_in_as(Role.operator)
    assert "前日から" in client.get("/inside").text
    token = csrf_of(client)
    refused = client.post("/inside/s0003", data={"csrf": token, "area": "outside", "reason": ""})
    assert refused.status_code == 422
    assert "理由がありません" in refused.text
    client.post("/inside/s0003", data={"csrf": token, "area": "outside", "reason": "非常口から出たと電話"})
    assert "上田 翔" not in client.get("/inside").text
    with occupied.store.transaction(occupied.clock()) as tx:
        assert correct_presence(tx, occupied.context.site, "s0003", "moon", reason="x", by="desk") == "no_area"
        assert correct_presence(tx, occupied.context.site, "nobody", "hall", reason="x", by="desk") == "no_person"
        [place] = [each for each in list_places(tx) if each.person_id == "s0003"]
        assert (place.area_id, place.access_point_id) == ("outside", "")


def test_the_file_is_whole_asks_for_nothing_and_a_folder_that_is_away_is_an_alarm(
    occupied: City, tmp_path: Path
) -> None:
    blocked = tmp_path / "share"
    blocked.write_text("no folder")
    folders = {"muster_folder": tmp_path / "here", "muster_export_folder": blocked}
    context = replace(occupied.context, settings=occupied.context.settings.model_copy(update=folders))
    exporter = MusterFile(context)
    assert exporter.write() == 1
    text = (tmp_path / "here" / "muster.html").read_text()
    assert "青木 太郎" in text
    assert not any(word in text for word in ("http://", "https://", "src=", "href="))
    with occupied.store.reading(occupied.clock()) as tx:
        assert "muster_not_exported" in {each.alarm.kind for each in list_open_alarms(tx)}
    blocked.unlink()
    assert exporter.write() == 0
    assert (blocked / "muster.html").read_text() == text


def test_who_looked_at_the_names_is_written_down_once_a_page_and_once_while_they_work(
    occupied: City, sign_in_as
) -> None:
    city, client = occupied, sign_in_as(Role.operator)

    def looks() -> list[tuple[str, str | None]]:
        with city.store.reading(city.clock()) as tx:
            readings = [line.reading for line in list_readings(tx, login="desk", limit=100)]
        return [(each.what, each.person_id) for each in reversed(readings)]

    client.get("/inside")
    for _ in range(3):
        client.get("/inside/part")
    client.get("/inside/s0003")
    client.get("/inside")
    assert looks() == [("inside", None), ("inside", "s0003"), ("inside", None)]
    at, token = begin(client), csrf_of(client)
    for person in ("s0001", "s0002"):
        city.clock.advance(minutes=1)
        marked = client.post(f"{at}/marks", data={"csrf": token, "safe": person, "then": f"{at}/point"})
        client.get(marked.headers["location"])
        client.get(f"{at}/point/part")
    client.get(at)
    assert looks()[3:] == [("muster", None)]
    city.clock.advance(minutes=11)
    client.get(at)
    assert looks()[3:] == [("muster", None)] * 2
    assert client.get("/muster/0123456789abcdef").status_code == 404
    assert len(looks()) == 5
    text = sign_in_as(Role.auditor).get("/reads").text
    assert "避難者名簿" in text
    assert at[-16:] in text


def receive(city: City, number: int, wanted: WantedPass, organisation: str = "萩商会") -> str:
    """Have a visitor to 石井 received at the desk, now; gives the visit."""
    begins_at, ends_at = city.clock(), city.clock() + timedelta(hours=1)
    name = f"山田 {number}号"
    asked = NewVisit(f"{number:016x}", name, organisation, "打合せ", "s0002", "", begins_at, ends_at, ("visitor",))
    with city.store.transaction(city.clock()) as tx:
        announce_visit(tx, city.context.site, asked, by="desk", draw=lambda signs: signs[number])
        return receive_visitor(tx, asked.id, wanted, identified=True, by="desk").id


def written(city: City, folder: Path) -> str:
    """The file of those inside, as it is written now."""
    settings = city.context.settings.model_copy(update={"muster_folder": folder})
    assert MusterFile(replace(city.context, settings=settings)).write() == 0
    return (folder / "muster.html").read_text()


def test_a_visitor_whom_no_door_saw_is_on_the_list_by_the_desk_s_word(
    occupied: City, sign_in_as, tmp_path: Path
) -> None:
    """Received without a card, behind the host: there is nothing of them but what the desk wrote."""
    city = occupied
    visit = receive(city, 1, WantedPass(PassKind.escort))
    receive(city, 2, WantedPass(PassKind.escort), organisation="")
    city.clock.advance(minutes=90)  # also when the visit's time is over
    client = sign_in_as(Role.operator)
    texts = [client.get("/inside").text, client.get(begin(client)).text, written(city, tmp_path)]
    for text in texts:
        rows = [row for row in re.sub(r"<[^>]+>", "", text.replace("</tr>", "\x00")).split("\x00") if "号" in row]
        told = ["".join(row.split()) for row in rows]
        assert len(told) == 2
        assert "来訪者" in told[0]
        assert "萩商会・担当総務課石井健太" in told[0]
        assert "受付16:30受付の記録だけ" in told[0]
        assert "担当総務課石井健太" in told[1]
        assert "・担当" not in told[1]
    city.clock.advance(days=1)
    client = sign_in_as(Role.operator)
    assert "前日から" in client.get("/inside").text.split("山田 1号")[1].split("</tr>")[0]
    with city.store.transaction(city.clock()) as tx:
        end_visit(tx, visit, by="desk")
    for text in (client.get("/inside").text, written(city, tmp_path)):
        assert "山田 1号" not in text
        assert "山田 2号" in text


def test_a_visitor_whom_a_door_saw_is_there_with_the_host(occupied: City, sign_in_as, tmp_path: Path) -> None:
    city = occupied
    receive(city, 1, WantedPass(PassKind.code, "c" * 32, "c" * 32))
    put(city, f"visitor-{1:016x}", "hall", "main_in", hours=0)
    for text in (sign_in_as(Role.operator).get("/inside").text, written(city, tmp_path)):
        row = text.split("山田 1号")[1].split("</tr>")[0]
        assert "担当 総務課 石井 健太" in row
        assert "受付" not in row


def test_a_thousand_people_are_listed_at_once(city: City, sign_in_as, record_property) -> None:
    people = [Person(f"t{number:04}", f"試験 {number:04}", "シケン", "somu") for number in range(1000)]
    with city.store.transaction(city.clock()) as tx:
        upsert_persons(tx, people)
        save_presences(tx, [Presence(each.id, "office", "staff_in", city.clock()) for each in people])
    client = sign_in_as(Role.operator)
    at = begin(client)
    began = time.perf_counter()
    text = client.get(at).text
    took = time.perf_counter() - began
    record_property("seconds", took)
    assert text.count('name="safe"') == 1000
    assert took < 10


def test_rows_of_kana() -> None:
    assert [kana_row(kana) for kana in ("アオキ", "ガトウ", "ヴィ", "パク", "", "Smith")] == list("アカアハ他他")
