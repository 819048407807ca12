"""Who may open what: every cell of role x route is asserted on the running pages, and none may lack a row."""

from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from gateway.operations.identity.roles import Role
from gateway.pages import app as application
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import ALLOWED, allow
from gateway.pages.access.routes import ROUTES, SECTION_ROWS, join_rows
from gateway.pages.app import create_pages, list_routes
from tests.pages.city import City, FakeStage
from tests.pages.conftest import PLACES, csrf_of, make_client

WHO: tuple[Role | None, ...] = (None, *Role)
MATRIX = {
    section: [line.split() for line in (Path(__file__).parent / "access" / f"{section}.txt").read_text().splitlines()]
    for section in SECTION_ROWS
}
"""Section -> its lines: method, path, and a cell each of WHO. y: may; -: 403; i: led to signing in."""

EXPECTED = {
    (method, path): dict(zip(WHO, cells, strict=True)) for lines in MATRIX.values() for method, path, *cells in lines
}
FORMS = {
    "/sign-in": {"login": "nobody", "password": "x"},
    "/language": {"language": "ja"},
    "/facilities/{facility_id}/give-duty": {"duty": "desk"},
    "/facilities/{facility_id}/end-duty": {"duty": "desk"},
    "/visits": {"request": "0123456789abcdef"},
    "/visits/{visit_id}/decide": {"decision": "approve"},
    "/visits/{visit_id}/receive": {"handed": "escort", "request": "0123456789abcdef"},
    "/visits/{visit_id}/pass": {"handed": "escort", "request": "0123456789abcdef"},
    "/attendance/rosters": {"department": "somu", "period": "2025-11"},
    "/attendance/rosters/members": {"department": "somu", "period": "2025-11"},
    "/attendance/rosters/members/end": {"department": "somu", "period": "2025-11"},
    "/rooms/{room_id}/book": {"id": "0123456789abcdef"},
    "/rooms/{room_id}/lots": {"id": "0123456789abcdef", "round_id": "spring"},
    "/rooms/{room_id}/book/{part}": {"id": "0123456789abcdef"},
    "/movements": {"request": "0123456789abcdef"},
    "/stage/taps": {"card": "s0001", "reader": "main_in"},
    "/commands": {"request": "0123456789abcdef", "action": "lock", "scope": "door/main", "name": "青木"},
    "/tier-rules/proposals/{proposal_id}/decide": {"verdict": "approve"},
    "/tier-rules/draft/propose": {"form": "0123456789abcdef"},
    "/tier-waivers": {"form": "0123456789abcdef"},
    "/access/{person_id}/leave": {"order": "0123456789abcdef"},
    "/access/{person_id}/suspensions": {"id": "0123456789abcdef"},
    "/cards/{person_id}/status": {"token": "0" * 32, "status": "lost"},
    "/cards/{person_id}/allowances": {"token": "0" * 32},
    "/events/views": {"name": "a"},
    "/reviews": {"review": "fedcba9876543210"},
    "/cards/{person_id}/pin": {"token": "0" * 32, "kind": "pin", "pin": "2468", "again": "2468"},
    "/cards/{person_id}/pin/remove": {"token": "0" * 32},
    "/cards/{person_id}/enrolments": {"enrolment": "0123456789abcdef", "reader": "main_in", "label": "1"},
}


def test_every_route_has_a_row_in_both_tables(pages: FastAPI) -> None:
    assert list_routes(pages) == set(ROUTES) == set(EXPECTED)


def test_both_tables_have_it_in_the_same_section() -> None:
    assert {name: [(method, path) for method, path, *_ in lines] for name, lines in MATRIX.items()} == {
        name: list(rows) for name, rows in SECTION_ROWS.items()
    }


def test_two_sections_never_speak_of_one_route() -> None:
    with pytest.raises(ValueError, match="/stage"):
        join_rows({"trial": SECTION_ROWS["trial"], "doors": SECTION_ROWS["trial"]})


def test_a_route_without_a_row_is_refused_at_start(city: City) -> None:
    stray = APIRouter()
    stray.add_api_route("/stray", lambda: "", methods=["GET"])
    routers = application.ROUTERS
    application.ROUTERS = (*routers, stray)
    try:
        with pytest.raises(LookupError, match="/stray"):
            create_pages(city.context)
    finally:
        application.ROUTERS = routers


@pytest.mark.parametrize("role", WHO, ids=str)
def test_every_cell(role: Role | None, pages: FastAPI, sign_in_as, monkeypatch) -> None:
    monkeypatch.setattr("gateway.pages.entrance.live.STREAMS_MAX", 0)  # a stream that is let in answers 503 at once
    for (method, path), cells in EXPECTED.items():
        client = sign_in_as(role) if role else make_client(pages)
        token = csrf_of(client) if role else ""
        target = path.format(**PLACES)
        form = {"csrf": token} | FORMS.get(path, {}) if method == "POST" else None
        answer = client.request(method, target, data=form)
        assert _judge(answer) == cells[role], f"{role} {method} {path}: {answer.status_code}"


def _judge(answer: Response) -> str:
    if answer.status_code == 401:
        return "i"
    if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"):
        return "y" if "set-cookie" in answer.headers else "i"  # signing out leads there too, and takes the cookie
    return "-" if answer.status_code == 403 else "y"


def test_the_auditor_reads_everything_and_changes_nothing() -> None:
    reads = {Right.all_months, Right.door_board, Right.all_taps, Right.names_at_doors, Right.read_cards}
    assert reads <= ALLOWED[Role.auditor]
    changing = {right for (method, path), rights in ROUTES.items() if method == "POST" for right in rights}
    own_account = {Right.anyone, Right.signed_in, Right.own_views, Right.order_papers, Right.read_evidence}
    assert not any(allow(Role.auditor, right) for right in changing - own_account)


@pytest.mark.parametrize("role", [Role.head, Role.employee])
def test_a_month_of_another_department_does_not_exist_for_those_outside_it(role: Role, sign_in_as) -> None:
    client: TestClient = sign_in_as(role)
    assert client.get("/people/s0005/months/2025-11").status_code in {403, 404}
    assert client.get("/people/s9999/months/2025-11").status_code in {403, 404}


def test_head_sees_the_own_department_only(sign_in_as) -> None:
    text = sign_in_as(Role.head).get("/people").text
    assert "石井 健太" in text
    assert "髙橋 美咲" not in text


def test_hr_sees_everybody(sign_in_as) -> None:
    client = sign_in_as(Role.hr)
    assert "髙橋 美咲" in client.get("/people").text
    assert client.get("/people/s0002/months/2025-11").status_code == 200


def test_names_at_doors_are_for_those_who_may_know_them(sign_in_as) -> None:
    for role, named in ((Role.operator, True), (Role.auditor, True), (Role.facility_admin, False)):
        client = sign_in_as(role)
        for path in ("/doors", "/doors?shape=list", "/doors/part", "/doors/staff/view", "/taps", "/taps/part"):
            assert ("石井 健太" in client.get(path).text) is named, f"{role} {path}"


def test_an_employee_sees_the_own_taps_only(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/taps").text
    assert "職員通用口・入" in text
    assert "青木 太郎" not in text
    assert "不明" not in text


def test_without_a_stage_there_is_none(city: City) -> None:
    client = make_client(create_pages(city.context))
    client.post("/sign-in", data={"login": "ishii", "password": "見本の長いパスワード 2025"})
    assert client.get("/stage").status_code == 404
    assert "/stage" not in client.get("/").text
    assert "見本" not in make_client(create_pages(city.context)).get("/sign-in").text


def test_the_stage_taps_the_chosen_card(stage: FakeStage, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    answer = client.post("/stage/taps", data={"csrf": csrf_of(client), "card": "nobody", "reader": "server_in"})
    assert stage.tapped == [("nobody", "server_in")]
    assert "登録のないカード" in client.get(answer.headers["location"]).text
    assert client.post("/stage/taps", data={"csrf": csrf_of(client), "card": "x", "reader": "y"}).status_code == 404
