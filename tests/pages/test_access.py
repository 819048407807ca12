"""Who may open what: every cell of role x route is asserted on the running pages, and none may lack a row."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from gateway.operations.identity.roles import Role
from gateway.pages import app as application
from gateway.pages.access import ALLOWED, ROUTES, Right, allow
from gateway.pages.app import create_pages, list_routes
from tests.pages.city import City, FakeStage
from tests.pages.conftest import PLACES, csrf_of, make_client

# Columns: nobody, employee, head, hr, facility_admin, operator, auditor. y: may; -: 403; i: led to signing in.
MATRIX = """
GET  /sign-in                            y y y y y y y
POST /sign-in                            y y y y y y y
POST /language                           y y y y y y y
POST /sign-out                           i y y y y y y
GET  /password                           i y y y y y y
POST /password                           i y y y y y y
GET  /live                               i y y y y y y
GET  /                                   i y y y y y y
GET  /months/{period}                    i y y y y y y
GET  /months/{period}/part               i y y y y y y
POST /months/{period}/confirm            i y y y y y -
GET  /months/{period}/caps               i y y y y y y
GET  /months/{period}/caps/part          i y y y y y y
GET  /attendance/profile                 i y y y y y y
GET  /attendance/overtime                i - y y - - y
GET  /attendance/overtime/file           i - y y - - y
GET  /messages                           i y y y y y y
POST /messages                           i y y y y y y
GET  /messages/{message_id}              i y y y y y y
GET  /messages/addresses                 i y y y y y y
POST /messages/addresses/{way}           i y y y y y y
POST /messages/addresses/{way}/remove    i y y y y y y
GET  /attendance/divergences             i - y y - - y
POST /attendance/divergences/verdict     i - y y - - -
POST /attendance/divergences/question    i - y y - - -
GET  /attendance/punches                 i - - y - - y
POST /attendance/punches/{device_id}/{epoch}/{seq} i - - y - - -
GET  /attendance/back-pay                i - y y - - y
POST /attendance/back-pay                i - y y - - -
GET  /attendance/closing                 i - - y - - y
POST /attendance/closing/{period}        i - - y - - -
GET  /attendance/closing/{period}        i - - y - - y
GET  /attendance/closing/{period}/part   i - - y - - y
GET  /attendance/closing/{period}/people/{person_id} i - - y - - y
POST /attendance/closing/{period}/people/{person_id} i - - y - - -
GET  /attendance/adjustments             i - - y - - y
POST /attendance/adjustments/{adjustment_id} i - - y - - -
GET  /attendance/department              i y y y y y -
POST /attendance/department/{period}     i y y y y y -
POST /attendance/department/{period}/people/{person_id} i y y y y y -
GET  /attendance/papers                  i y y y y y y
POST /attendance/papers                  i y y y y y y
GET  /attendance/papers/{paper_id}       i y y y y y y
GET  /attendance/papers/{paper_id}/part  i y y y y y y
GET  /attendance/papers/{paper_id}/file  i y y y y y y
GET  /attendance/calendar                i y y y y y y
POST /attendance/calendar                i y y y y y y
GET  /attendance/calendar/file           i y y y y y y
GET  /calendar/{token}.ics               y y y y y y y
GET  /attendance/pay                     i - - y - - y
GET  /attendance/pay/{period}            i - - y - - y
POST /attendance/pay/{period}/files      i - - y - - -
POST /attendance/pay                i - - y - - -
GET  /attendance/pay/{period}/batches/{batch_id} i - - y - - y
GET  /attendance/files                   i - - y - - y
POST /attendance/files                   i - - y - - -
GET  /attendance/files/{file_id}         i - - y - - y
GET  /attendance/files/{file_id}/part    i - - y - - y
POST /attendance/files/{file_id}/columns i - - y - - -
POST /attendance/files/{file_id}/agree   i - - y - - -
POST /attendance/files/{file_id}/refuse  i - - y - - -
GET  /attendance/days                    i y y y y y -
GET  /attendance/days/{on}               i y y y y y -
GET  /attendance/people/{person_id}/days/{on} i - y y - - -
GET  /attendance/applications            i y y y y y -
POST /attendance/applications            i y y y y y -
POST /attendance/ahead      i y y y y y -
GET  /attendance/applications/{application_id} i y y y y y y
GET  /attendance/applications/{application_id}/edit i y y y y y -
POST /attendance/applications/{application_id}/withdraw i y y y y y -
POST /attendance/applications/{application_id}/cancel i y y y y y -
GET  /attendance/leave                   i y y y y y y
GET  /attendance/leave/department        i - y y - - y
GET  /attendance/leave/department/file   i - y y - - y
GET  /attendance/leave/people/{person_id} i - y y - - y
POST /attendance/leave/people/{person_id}/corrections i - - y - - -
POST /attendance/leave/people/{person_id}/terms i - - y - - -
GET  /attendance/rosters                 i - y y - - y
POST /attendance/rosters                 i - y y - - -
POST /attendance/rosters/members         i - y y - - -
POST /attendance/rosters/members/end     i - y y - - -
GET  /attendance/rosters/kinds           i - y y - - y
POST /attendance/rosters/kinds           i - - y - - -
GET  /attendance/rosters/patterns        i - y y - - y
POST /attendance/rosters/patterns        i - - y - - -
GET  /people                             i - y y - - y
GET  /people/{person_id}/months/{period} i - y y - - y
GET  /people/{person_id}/months/{period}/caps i - y y - - y
GET  /people/{person_id}/months/{period}/caps/part i - y y - - y
GET  /doors                              i - - - y y y
GET  /doors/part                         i - - - y y y
GET  /doors/{door_id}/view               i - - - y y y
GET  /doors/{door_id}/view/part          i - - - y y y
GET  /commands                           i - - - y y y
POST /commands                           i - - - - y -
GET  /commands/{request_id}              i - - - y y y
GET  /commands/{request_id}/part         i - - - y y y
POST /commands/{request_id}/confirm      i - - - - y -
GET  /threats                            i - - - y y y
GET  /threats/part                       i - - - y y y
GET  /threats/banner                     i y y y y y y
POST /threats                            i - - - y y -
POST /threats/{threat_id}/confirm        i - - - y y -
GET  /threats/shelters/{device_id}/{epoch}/{seq} i - - - y y y
GET  /alarms                             i - - - y y y
GET  /alarms/part                        i - - - y y y
GET  /alarms/count                       i - - - y y y
GET  /alarms/past                        i - - - y y y
GET  /alarms/{alarm_id}                  i - - - y y y
POST /alarms/{alarm_id}/notes            i - - - y y -
POST /alarms/{alarm_id}/clear            i - - - y y -
POST /alarms/{alarm_id}/acknowledge      i - - - y y -
GET  /plans                              i - - - y y y
POST /plans                              i - - - y y -
GET  /plans/{plan_id}                    i - - - y y y
GET  /plans/{plan_id}/part               i - - - y y y
GET  /plans/{plan_id}/image              i - - - y y y
GET  /plans/{plan_id}/edit               i - - - y y -
POST /plans/{plan_id}/markers            i - - - y y -
POST /plans/{plan_id}/markers/remove     i - - - y y -
POST /plans/{plan_id}/remove             i - - - y y -
GET  /inside                             i - - - y y y
GET  /inside/part                        i - - - y y y
GET  /inside/{person_id}                 i - - - y y -
POST /inside/{person_id}                 i - - - y y -
GET  /muster                             i - - - y y y
POST /muster                             i - - - y y -
GET  /muster/{muster_id}                 i - - - y y y
GET  /muster/{muster_id}/part            i - - - y y y
GET  /muster/{muster_id}/point           i - - - y y y
GET  /muster/{muster_id}/point/part      i - - - y y y
POST /muster/{muster_id}/marks           i - - - y y -
POST /muster/{muster_id}/people          i - - - y y -
POST /muster/{muster_id}/end             i - - - y y -
GET  /cards                              i - - y - y y
GET  /cards/{person_id}                  i - - y - y y
POST /cards/{person_id}/status           i - - y - y -
POST /cards/{person_id}/allowances       i - - y - y -
POST /cards/{person_id}/replacement      i - - y - y -
GET  /access/{person_id}                 i - - y - y y
GET  /access/{person_id}/part            i - - y - y y
POST /access/{person_id}/grants          i - - y - y -
POST /access/{person_id}/grants/{grant_id}/end i - - y - y -
POST /access/{person_id}/denials         i - - y - y -
POST /access/{person_id}/denials/{denial_id}/end i - - y - y -
POST /access/{person_id}/posts           i - - y - y -
POST /access/{person_id}/posts/{post_id}/end i - - y - y -
GET  /organisation                       i - - y - y y
GET  /organisation/{department_id}       i - - y - y y
POST /organisation/{department_id}/grants i - - y - y -
POST /organisation/{department_id}/grants/{grant_id}/end i - - y - y -
POST /organisation/{department_id}/denials i - - y - y -
POST /organisation/{department_id}/denials/{denial_id}/end i - - y - y -
POST /organisation/{department_id}/posts i - - y - y -
POST /organisation/{department_id}/parent i - - y - - -
POST /organisation/{department_id}/workplace i - - y - - -
GET  /groups                             i - - y - y y
POST /groups                             i - - y - y -
GET  /groups/{group_id}                  i - - y - y y
POST /groups/{group_id}/members          i - - y - y -
POST /groups/{group_id}/members/{member_id}/end i - - y - y -
POST /groups/{group_id}/grants           i - - y - y -
POST /groups/{group_id}/grants/{grant_id}/end i - - y - y -
POST /groups/{group_id}/denials i - - y - y -
POST /groups/{group_id}/denials/{denial_id}/end i - - y - y -
GET  /contractors                        i - - y - y y
POST /contractors                        i - - y - y -
GET  /contractors/{person_id}            i - - y - y y
POST /contractors/{person_id}            i - - y - y -
GET  /access/{person_id}/leave           i - - y - - -
POST /access/{person_id}/leave           i - - y - - -
GET  /access/{person_id}/transfer        i - - y - - -
POST /access/{person_id}/transfer        i - - y - - -
POST /access/{person_id}/orders/{order_id}/cancel i - - y - - -
POST /cards/{person_id}/pin              i - - y - y -
POST /cards/{person_id}/pin/remove       i - - y - y -
POST /cards/{person_id}/enrolments       i - - y - y -
GET  /enrolments/{enrolment_id}          i - - y - y -
GET  /enrolments/{enrolment_id}/part     i - - y - y -
POST /enrolments/{enrolment_id}/cancel   i - - y - y -
GET  /events                             i - - - y y y
GET  /events/file                        i - - - y y y
GET  /events/{device_id}/{epoch}/{seq}   i - - - y y y
POST /events/views                       i - - - y y y
POST /events/views/remove                i - - - y y y
GET  /reads                              i - - - - - y
GET  /reports                            i - y y y y y
GET  /reports/entries                    i - - - - y y
GET  /reports/entries/file               i - - - - y y
GET  /reports/held                       i - - - y y y
GET  /reports/held/file                  i - - - y y y
GET  /reports/unused                     i - - y - y y
GET  /reports/unused/file                i - - y - y y
GET  /reviews                            i - y - y y y
POST /reviews                            i - - - y y -
GET  /reviews/{review_id}                i - y - y y y
POST /reviews/{review_id}/marks          i - y - y y -
POST /reviews/{review_id}/sign           i - y - y y -
GET  /taps                               i y y y y y y
GET  /taps/part                          i y y y y y y
GET  /revocations                        i - - y y y y
GET  /revocations/{version}              i - - y y y y
GET  /revocations/{version}/part         i - - y y y y
GET  /cards/{person_id}/revocation       i - - y - y y
GET  /visits                             i y y y y y y
GET  /visits/part                        i y y y y y y
GET  /visits/new                         i y y y y y -
POST /visits                             i y y y y y -
POST /visits/cards/pool                  i - - y - y -
GET  /visits/{visit_id}                  i y y y y y y
GET  /visits/{visit_id}/part             i y y y y y y
GET  /visits/{visit_id}/code             i - - - y y -
POST /visits/{visit_id}/decide           i - y - y - -
POST /visits/{visit_id}/cancel           i y y y y y -
POST /visits/{visit_id}/extend           i y y y y y -
POST /visits/{visit_id}/receive          i - - - y y -
POST /visits/{visit_id}/pass             i - - - y y -
POST /visits/{visit_id}/leave            i - - - y y -
GET  /questions                          i - - y y y y
GET  /rollouts                           i - - - y y y
GET  /rollouts/{number}                  i - - - y y y
GET  /rollouts/{number}/part             i - - - y y y
POST /rollouts/{number}/approve          i - - - - y -
POST /rollouts/{number}/stop             i - - - - y -
POST /rollouts/{number}/return           i - - - - y -
GET  /controllers                        i - - - y y y
GET  /controllers/part                   i - - - y y y
POST /controllers/invitations            i - - - - y -
POST /controllers/{request_id}/admit     i - - - - y -
POST /controllers/{request_id}/refuse    i - - - - y -
GET  /controllers/devices/{device_id}    i - - - y y y
GET  /controllers/devices/{device_id}/part i - - - y y y
POST /controllers/devices/{device_id}/revoke i - - - - y -
GET  /controllers/devices/{device_id}/requests/{request_id} i - - - - y -
POST /controllers/devices/{device_id}/requests/{request_id} i - - - - y -
POST /controllers/devices/{device_id}/list i - - - - y -
GET  /attendance/inbox                   i y y y y y -
POST /attendance/inbox                   i y y y y y -
GET  /attendance/inbox/{application_id}  i y y y y y -
POST /attendance/inbox/{application_id}  i y y y y y -
GET  /attendance/stand-ins               i - y - - - -
POST /attendance/stand-ins               i - y - - - -
POST /attendance/stand-ins/{stand_in_id}/end i - y - - - -
GET  /attendance/orders                  i y y y y y -
GET  /attendance/orders/new              i y y y y y -
POST /attendance/orders                  i y y y y y -
POST /attendance/orders/end              i y y y y y -
GET  /stage                              i y y y y y -
GET  /stage/part                         i y y y y y -
POST /stage/taps                         i y y y y y -
"""
WHO: tuple[Role | None, ...] = (None, *Role)
EXPECTED = {
    (method, path): dict(zip(WHO, cells, strict=True))
    for method, path, *cells in (line.split() for line in MATRIX.strip().splitlines())
}
FORMS = {
    "/sign-in": {"login": "nobody", "password": "x"},
    "/language": {"language": "ja"},
    "/visits": {"request": "0123456789abcdef"},
    "/visits/{visit_id}/decide": {"decision": "approve"},
    "/visits/{visit_id}/receive": {"handed": "escort", "request": "0123456789abcdef"},
    "/visits/{visit_id}/pass": {"handed": "escort", "request": "0123456789abcdef"},
    "/attendance/rosters": {"department": "somu", "period": "2025-11"},
    "/attendance/rosters/members": {"department": "somu", "period": "2025-11"},
    "/attendance/rosters/members/end": {"department": "somu", "period": "2025-11"},
    "/stage/taps": {"card": "s0001", "reader": "main_in"},
    "/commands": {"request": "0123456789abcdef", "action": "lock", "scope": "door/main", "name": "青木"},
    "/access/{person_id}/leave": {"order": "0123456789abcdef"},
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
    own_account = {Right.anyone, Right.signed_in, Right.own_views, Right.order_papers}
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
