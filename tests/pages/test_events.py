"""The event log's pages: what each role sees, what a wrong filter answers, what is written down."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from contract.records import AlarmRaised
from domain.civil import instant, parse_clock
from gateway.operations.identity.roles import Role
from gateway.pages.drawing.csv_file import write_csv
from gateway.pages.records.event_filter import EventForm, parse_form, read_place, read_search
from store.event_log import EventSearch, search_events
from store.read_log import ReadingLine, list_readings
from store.rights import Grant, insert_grant, load_grant
from tests.pages.city import City
from tests.pages.conftest import csrf_of

SignIn = Callable[[Role], TestClient]


def rows(text: str) -> list[str]:
    body = text.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0] if "<tbody>" in text else ""
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def looks(city: City) -> list[ReadingLine]:
    with city.store.reading(city.clock()) as tx:
        return list_readings(tx, limit=50)


def test_every_kind_is_listed_the_newest_first(city: City, sign_in_as: SignIn) -> None:
    city.tap("server_in", "s0002", granted=False, reason="no_access_rights")
    city.move_door("east-1", "staff", "forced_open")
    found = rows(sign_in_as(Role.operator).get("/events").text)
    assert "こじ開けられた" in found[0] or "こじ開けられた" in found[1]
    assert any("サーバ室・入" in row and "石井 健太" in row and "通行の権限なし" in row for row in found[:2])


@pytest.mark.parametrize(
    ("query", "holds", "lacks"),
    [
        ("who=s0002&result=refused", "通行の権限なし", "許可"),
        ("who=いしい&place=door/server", "サーバ室・入", "職員通用口"),
        ("place=area/server_room", "サーバ室・入", "職員通用口"),
        ("place=device/east-1&group=taps", "職員通用口・入", "サーバ室・入"),
        ("word=reason.no_access_rights", "通行の権限なし", "許可"),
        ("word=doors.forced_open", "こじ開けられた", "開け放し"),
        ("group=doors&result=all", "こじ開けられた", "許可"),
        ("since=2025-11-20T16:00&until=2025-11-20T17:00", "通行の権限なし", "11月19日"),
    ],
)
def test_filters(query: str, holds: str, lacks: str, city: City, sign_in_as: SignIn) -> None:
    city.tap("server_in", "s0002", granted=False, reason="no_access_rights")
    city.move_door("east-1", "staff", "forced_open")
    found = "\n".join(rows(sign_in_as(Role.operator).get(f"/events?{query}").text))
    assert holds in found
    assert lacks not in found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=gestern", "2026-11-22T08:30"),
        ("since=2025-11-20T16:00&until=2025-11-20T15:00", "より後"),
        ("place=door/nowhere", "選び直して"),
        ("group=x", "選び直して"),
        ("word=reason.expired&group=doors", "この種類の記録にはない"),
        ("who=だれでもない", "あてはまる職員がいません"),
    ],
)
def test_a_wrong_filter_is_named_and_nothing_is_searched(query: str, said: str, city: City, sign_in_as: SignIn) -> None:
    answer = sign_in_as(Role.operator).get(f"/events?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert rows(answer.text) == []
    assert looks(city) == []


def test_words_that_mean_several_people_are_asked_about(sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.operator).get("/events?who=s000").text
    assert "どの人ですか" in text
    assert 'href="/events?who=s0003"' in text


def test_pages_go_on_without_a_gap_and_end(city: City, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pages.records.events.EVENTS_MAX", 4)
    client, path, seen = sign_in_as(Role.operator), "/events", []
    while path:
        text = client.get(path).text
        seen += re.findall(r'href="(/events/[a-z0-9-]+/\d+/\d+)"', text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = more[1].replace("&amp;", "&") if more else ""
    with city.store.reading(city.clock()) as tx:
        held = search_events(tx, EventSearch(), limit=1000)
    assert seen == ["/events/{}/{}/{}".format(*line.key) for line in held]
    assert len(seen) > 8


def test_without_the_right_to_names_nobody_is_told_nor_asked_for(city: City, sign_in_as: SignIn) -> None:
    city.tap("server_in", "s0002", granted=False, reason="no_access_rights")
    client = sign_in_as(Role.facility_admin)
    text = client.get("/events").text
    assert "石井 健太" not in text
    assert "s0002" not in text
    assert 'name="who"' not in text
    assert client.get("/events?who=s0002").status_code == 422
    record = re.findall(r'href="(/events/[a-z0-9-]+/\d+/\d+)"', text)[0]
    raw = client.get(record).text
    assert "credential" not in raw
    assert "氏名を見られる役割" in raw
    assert "石井 健太" not in client.get("/events/file").text
    assert [line.reading.what for line in looks(city)] == ["events_file"]


def test_a_record_shows_what_was_signed_and_leads_to_why(city: City, sign_in_as: SignIn) -> None:
    city.tap("server_in", "s0002", granted=False, reason="no_access_rights")
    client = sign_in_as(Role.auditor)
    path = re.findall(r'href="(/events/[a-z0-9-]+/\d+/\d+)"', client.get("/events?who=s0002").text)[0]
    text = client.get(path).text
    _, _, device, epoch, seq = path.split("/")
    assert f"/questions?device={device}&amp;epoch={epoch}&amp;seq={seq}" in text
    assert "no_access_rights" in text
    assert "0" * 64 in text
    assert client.get("/events/west-1/1/99999").status_code == 404
    assert [(line.reading.what, line.reading.person_id) for line in looks(city)] == [
        ("event", "s0002"),
        ("events", "s0002"),
    ]


def test_a_call_for_help_is_told_to_those_who_help(city: City, sign_in_as: SignIn) -> None:
    stamp = {"at": city.clock(), "mono_ms": 1, "boot": "boot-1", "clock": "synced"}
    city.record("west-1", AlarmRaised(alarm="duress", detail="main_in", **stamp), tell=False)
    city.tap("main_in", "s0002", situation={"pin": "duress"})
    with city.store.reading(city.clock()) as tx:
        [alarm, *_] = search_events(tx, EventSearch(words=("duress",)), limit=1)
        [tap, *_] = search_events(tx, EventSearch(person_id="s0002"), limit=1)
    pages = ["/events", *("/events/{}/{}/{}".format(*line.key) for line in (alarm, tap))]
    told = {role: "".join(sign_in_as(role).get(page).text for page in pages) for role in (Role.operator, Role.auditor)}
    assert "脅されて" in told[Role.operator]
    assert "duress" in told[Role.operator]
    assert "脅されて" not in told[Role.auditor]
    assert "duress" not in told[Role.auditor]
    assert sign_in_as(Role.auditor).get(pages[1]).status_code == 404


def test_a_file_holds_the_search_and_is_written_down(city: City, sign_in_as: SignIn) -> None:
    city.tap("server_in", "s0005", granted=False, reason="no_access_rights")
    client = sign_in_as(Role.auditor)
    answer = client.get("/events/file?who=s0005&encoding=cp932")
    text = answer.content.decode("cp932")
    assert text.splitlines()[0].startswith("日時,種類,場所,職員番号,氏名")
    assert "髙橋 美咲" in text
    assert "attachment" in answer.headers["content-disposition"]
    assert client.get("/events/file?who=s0005").content.startswith(b"\xef\xbb\xbf")
    assert [line.reading.what for line in looks(city)] == ["events_file", "events_file"]
    assert client.get("/events/file?since=x").status_code == 422


def test_a_cell_is_no_formula_and_a_lost_character_is_marked() -> None:
    text = b"".join(write_csv(["a"], [["=1+1"], ["𠮷野"], [5]], "cp932")).decode("cp932")
    assert text == "a\r\n'=1+1\r\n〓野\r\n5\r\n"


def test_a_view_is_kept_shown_and_forgotten(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.operator)
    csrf = csrf_of(client)
    kept = {"csrf": csrf, "name": "サーバ室の拒否", "query": "place=door%2Fserver&result=refused&after=x&evil=1"}
    answer = client.post("/events/views", data=kept | {"shared": ["auditor"]})
    assert answer.headers["location"] == "/events?place=door%2Fserver&result=refused"
    other = sign_in_as(Role.auditor)
    assert "サーバ室の拒否" in other.get("/events").text
    assert "サーバ室の拒否" not in sign_in_as(Role.facility_admin).get("/events").text
    nameless = client.post("/events/views", data=kept | {"name": " "})
    assert nameless.status_code == 422
    assert "名前を入れてください" in nameless.text
    [view] = re.findall(r'name="view" value="(\d+)"', client.get(answer.headers["location"]).text)
    assert other.post("/events/views/remove", data={"csrf": csrf_of(other), "view": view}).status_code == 303
    assert "サーバ室の拒否" in client.get("/events").text
    client.post("/events/views/remove", data={"csrf": csrf, "view": view})
    assert "サーバ室の拒否" not in client.get("/events").text


def test_an_auditor_shares_nothing(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.auditor)
    client.post("/events/views", data={"csrf": csrf_of(client), "name": "私の", "query": "", "shared": ["operator"]})
    assert "私の" in client.get("/events").text
    assert "私の" not in sign_in_as(Role.operator).get("/events").text


def test_reading_what_others_wrote_never_fails(city: City) -> None:
    for text in ("", "x", "a~b~c~d", "2025-01-01T00:00:00~d~1~1", "2025-01-01T00:00:00+00:00~d~1~x"):
        assert read_place(text) is None
    assert parse_form("result=evil&who=" + "x" * 500) == EventForm(who="x" * 80)
    search, faults = read_search(EventForm(place="point/main_in"), city.context.site, None)
    assert (search.subjects, faults) == (("main_in",), {})


def test_the_auditor_sees_who_looked(city: City, sign_in_as: SignIn) -> None:
    sign_in_as(Role.operator).get("/events?who=s0002")
    client = sign_in_as(Role.auditor)
    assert any("desk" in row and "石井 健太" in row for row in rows(client.get("/reads").text))
    assert rows(client.get("/reads?who=s0001").text) == []


def test_reports_over_the_month(city: City, sign_in_as: SignIn) -> None:
    for minutes, state in ((20, "opened"), (19, "held_open"), (10, "closed")):
        city.clock.at -= timedelta(minutes=minutes)
        city.move_door("east-1", "staff", state)
        city.clock.at += timedelta(minutes=minutes)
    city.tap("staff_in", "s0004", instant(date(2025, 11, 19), parse_clock("08:00")))
    client = sign_in_as(Role.auditor)
    entries = client.get("/reports/entries?area=office")
    assert [row.split()[0] for row in rows(entries.text)] == ["江口", "石井", "上田"]
    assert any("職員通用口" in row and "10分0秒" in row for row in rows(client.get("/reports/held").text))
    assert client.get("/reports/entries?area=office&first=2025-11-20&last=2025-11-01").status_code == 422
    assert client.get("/reports/entries?area=nowhere").status_code == 422
    assert client.get("/reports/held?first=x").status_code == 422
    assert client.get("/reports/held?first=2020-01-01&last=2025-01-01").status_code == 422
    for path in ("entries/file?area=office", "held/file?", "unused/file?days=30"):
        assert client.get(f"/reports/{path}").headers["content-type"].startswith("text/csv")
    assert client.get("/reports/unused?days=30").status_code == 200
    assert {"report", "report_file"} <= {line.reading.what for line in looks(city)}


def test_a_review_is_begun_marked_signed_by_its_reviewer_alone(city: City, sign_in_as: SignIn) -> None:

    with city.store.transaction(city.clock()) as tx:
        for who in ("s0002", "s0005"):
            insert_grant(tx, Grant(f"g-{who}", "person", who, "it", "desk", "保守", "desk"))
    operator, head = sign_in_as(Role.operator), sign_in_as(Role.head)
    form = {"csrf": csrf_of(operator), "review": "a" * 16, "area": "server_room", "reviewer": "s0001"}
    assert operator.post("/reviews", data=form | {"due": "2025-11-01"}).status_code == 422
    assert operator.post("/reviews", data=form | {"due": "2025-12-01", "area": "x"}).status_code == 422
    assert operator.post("/reviews", data=form | {"due": "2025-12-01", "reviewer": "s0002"}).status_code == 422
    path = operator.post("/reviews", data=form | {"due": "2025-12-01"}).headers["location"]
    assert "石井 健太" not in sign_in_as(Role.facility_admin).get(path).text
    assert operator.post(f"{path}/sign", data={"csrf": csrf_of(operator), "name": "x"}).status_code == 404
    csrf = {"csrf": csrf_of(head)}
    assert "0/2" in head.get("/reviews").text
    assert head.post(f"{path}/sign", data=csrf | {"name": "青木"}).status_code == 422
    head.post(f"{path}/marks", data=csrf | {"mark/s0002/it": "remove", "mark/x": "keep", "mark/s0005/it": "maybe"})
    assert "1/2" in head.get(path).text
    head.post(f"{path}/marks", data=csrf | {"rest": "keep"})
    assert "1件を残し、1件を終わらせます" in head.get(path).text
    assert head.post(f"{path}/sign", data=csrf | {"name": "青木 太郎"}).status_code == 303
    assert head.post(f"{path}/marks", data=csrf | {"mark/s0002/it": "keep"}).status_code == 422
    assert "青木 太郎 が署名" in operator.get("/reviews").text
    with city.store.reading(city.clock()) as tx:
        ended, kept = load_grant(tx, "g-s0002"), load_grant(tx, "g-s0005")
    assert ended is not None
    assert ended.ended_by == "aoki"
    assert kept is not None
    assert kept.ended_at is None
