"""Papers on their pages: who may order whose, how far each is, who fetches it; and the calendar's secret address."""

from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from domain.attendance.paper import PaperKind, PaperOrder
from gateway.operations.identity.roles import Role
from store.papers import load_paper, save_progress
from store.people import Person, list_persons, upsert_persons
from store.read_log import list_readings
from tests.pages.city import City
from tests.pages.conftest import csrf_of, make_client, send, told
from tests.pages.payday import begin_to_make, let_the_connector_make, order

SignIn = Callable[[Role], TestClient]
ID = "0123456789abcdef"
FORM = {"id": ID, "kind": "attendance_book", "period": "2025-10", "whose": "own"}
PATH = f"/attendance/papers/{ID}"


def test_ones_own_book_from_the_order_to_the_file(city: City, sign_in_as: SignIn, tmp_path: Path) -> None:
    desk = sign_in_as(Role.employee)
    assert "まだ何も頼んでいません" in desk.get("/attendance/papers").text
    for _ in range(2):
        answer = desk.post("/attendance/papers", data={"csrf": csrf_of(desk), **FORM})
        assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    page = desk.get(PATH).text
    assert "順番待ち" in page
    assert f'hx-get="{PATH}/part"' in page
    assert desk.get(f"{PATH}/file").status_code == 404
    claimed = begin_to_make(city)
    with city.store.transaction(city.clock()) as tx:
        save_progress(tx, claimed, 1, 4)
    part = desk.get(f"{PATH}/part").text
    assert 'max="4" value="1"' in part
    assert "4 のうち 1" in part
    city.clock.advance(minutes=15)
    let_the_connector_make(city, tmp_path)
    part = desk.get(f"{PATH}/part").text
    assert "できました" in part
    assert "hx-get" not in part, "what is finished asks no more"
    answer = desk.get(f"{PATH}/file")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%87%BA%E5%8B%A4")
    with city.store.reading(city.clock()) as tx:
        looks = [(line.reading.what, line.reading.person_id) for line in list_readings(tx, limit=9)]
    assert looks == [("paper", "s0002"), ("paper_order", "s0002")]
    assert "帳票の受取り" in sign_in_as(Role.auditor).get("/reads").text


@pytest.mark.parametrize(
    ("role", "whose", "status"),
    [
        (Role.employee, "department:somu", 404),
        (Role.employee, "person:s0005", 404),
        (Role.employee, "all", 404),
        (Role.head, "department:somu", 303),
        (Role.head, "department:joho", 404),
        (Role.head, "person:s0002", 303),
        (Role.head, "all", 404),
        (Role.hr, "department:joho", 303),
        (Role.hr, "department:nowhere", 404),
        (Role.hr, "person:nobody", 404),
        (Role.hr, "all", 303),
        (Role.auditor, "all", 303),
        (Role.auditor, "own", 422),
    ],
)
def test_who_may_order_whose(sign_in_as: SignIn, role: Role, whose: str, status: int) -> None:
    assert send(sign_in_as(role), "/attendance/papers", **{**FORM, "whose": whose}) == status


def test_the_form_offers_what_one_may_have(sign_in_as: SignIn) -> None:
    own = sign_in_as(Role.employee).get("/attendance/papers").text
    assert 'value="own"' in own
    assert "department:" not in own
    head = sign_in_as(Role.head).get("/attendance/papers").text
    assert 'value="department:somu"' in head
    assert 'value="department:joho"' not in head
    chosen = sign_in_as(Role.hr).get("/attendance/papers?whose=person:s0002&period=2025-09").text
    assert '<option value="person:s0002" selected>石井 健太' in chosen
    assert '<option value="2025-09" selected>' in chosen
    assert "髙橋" not in sign_in_as(Role.head).get("/attendance/papers?whose=person:s0005").text


def test_every_fault_is_told_at_once(sign_in_as: SignIn) -> None:
    page = told(sign_in_as(Role.hr), "/attendance/papers", id=ID, kind="pay_file", period="2025-13", whose="x")
    for words in ("帳票の種類が選ばれていません", "月が正しくありません", "だれの帳票かが選ばれていません"):
        assert words in page


def test_anothers_paper_is_not_there_but_for_hr(city: City, sign_in_as: SignIn, tmp_path: Path) -> None:
    order(city, PaperOrder(ID, PaperKind.attendance_book, "2025-10", "ishii", "s0002"))
    let_the_connector_make(city, tmp_path)
    for role in (Role.head, Role.facility_admin, Role.auditor):
        assert sign_in_as(role).get(PATH).status_code == 404
        assert sign_in_as(role).get(f"{PATH}/file").status_code == 404
    assert sign_in_as(Role.hr).get(f"{PATH}/file").status_code == 200


def test_a_head_who_lost_the_department_fetches_nothing_more(city: City, sign_in_as: SignIn, tmp_path: Path) -> None:
    order(city, PaperOrder(ID, PaperKind.attendance_book, "2025-10", "ishii", "s0005"))
    let_the_connector_make(city, tmp_path)
    assert sign_in_as(Role.employee).get(f"{PATH}/file").status_code == 404


def test_what_could_not_be_made_says_why_and_is_asked_for_again(city: City, sign_in_as: SignIn, tmp_path: Path) -> None:
    order(city, PaperOrder(ID, PaperKind.attendance_book, "1999-01", "eguchi", department_id="somu"))
    with city.store.transaction(city.clock()) as tx:
        staff = [who for who in list_persons(tx) if who.department_id == "somu"]
        left = city.clock.at.date()
        upsert_persons(tx, [Person(w.id, w.name, w.kana, w.department_id, joined_on=left, kind=w.kind) for w in staff])
    let_the_connector_make(city, tmp_path)
    page = sign_in_as(Role.hr).get(PATH).text
    assert "作れませんでした" in page
    assert "印刷する職員がいません" in page
    assert 'name="whose" value="department:somu"' in page
    assert "もう一度頼む" in page


def test_a_calendars_address_is_shown_once_and_serves_without_a_session(
    city: City, pages: FastAPI, sign_in_as: SignIn
) -> None:
    desk, nobody = sign_in_as(Role.employee), make_client(pages)
    assert "まだアドレスがありません" in desk.get("/attendance/calendar").text
    page = desk.post("/attendance/calendar", data={"csrf": csrf_of(desk), "act": "make"}).text
    path = "/calendar/" + page.split("/calendar/")[1].split('"')[0]
    assert path not in desk.get("/attendance/calendar").text, "it is kept by its hash alone"
    answer = nobody.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    days = {str(event["DTSTART"].dt.date()) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}
    assert {"2025-10-01", "2025-11-20", "2026-02-27"} <= days
    assert "最後に読まれたのは" in desk.get("/attendance/calendar").text
    send(desk, "/attendance/calendar", act="make")
    assert nobody.get(path).status_code == 404, "a new address ends the old one"
    page = desk.post("/attendance/calendar", data={"csrf": csrf_of(desk), "act": "make"}).text
    path = "/calendar/" + page.split("/calendar/")[1].split('"')[0]
    send(desk, "/attendance/calendar", act="end")
    assert nobody.get(path).status_code == 404
    assert desk.get("/attendance/calendar/file").content.startswith(b"BEGIN:VCALENDAR")


def test_whoever_has_no_month_has_no_calendar_and_whoever_left_tells_nothing(
    city: City, pages: FastAPI, sign_in_as: SignIn
) -> None:
    assert sign_in_as(Role.auditor).get("/attendance/calendar").status_code == 404
    desk = sign_in_as(Role.employee)
    page = desk.post("/attendance/calendar", data={"csrf": csrf_of(desk)}).text
    path = "/calendar/" + page.split("/calendar/")[1].split('"')[0]
    with city.store.transaction(city.clock()) as tx:
        (who,) = [each for each in list_persons(tx) if each.id == "s0002"]
        left_on = city.clock.at.date().replace(day=1)
        upsert_persons(tx, [Person(who.id, who.name, who.kana, who.department_id, left_on=left_on)])
    assert make_client(pages).get(path).status_code == 404


def test_an_order_of_a_foreign_id_is_not_overwritten(city: City, sign_in_as: SignIn) -> None:
    order(city, PaperOrder(ID, PaperKind.workbook, "2025-10", "eguchi"))
    assert send(sign_in_as(Role.employee), "/attendance/papers", **FORM) == 303
    assert sign_in_as(Role.employee).get(PATH).status_code == 404
    with city.store.reading(city.clock()) as tx:
        kept = load_paper(tx, ID)
    assert kept is not None
    assert kept.order.asked_by == "eguchi"
