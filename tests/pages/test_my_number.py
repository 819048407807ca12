"""No 個人番号 comes in by a form, a file or a query, and none leaves in a file; nobody is shown one again."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from domain.zones.my_number import MyNumberError
from gateway.citizens.app import create_citizens
from gateway.citizens.guard import meet_guest
from gateway.operations.identity.roles import Role
from gateway.pages.access.roles import allow
from gateway.pages.access.routes import ROUTES
from gateway.pages.drawing.csv_file import send_csv, write_csv
from gateway.pages.drawing.leaving import Leaving
from gateway.pages.entrance.guard import meet_visitor
from gateway.pages.entrance.my_number import NUMBERED, spell_file
from tests.citizens.conftest import SETTINGS
from tests.pages.city import City
from tests.pages.conftest import PLACES, csrf_of
from tests.pages.test_access import FORMS

NUMBER = "123456789018"
"""The example number of published guides; nobody's."""

ROOT = Path(__file__).parents[2]


def _who(method: str, path: str) -> Role | None:
    return next((role for role in Role if any(allow(role, right) for right in ROUTES[method, path])), None)


@pytest.mark.parametrize("role", Role)
def test_every_form_refuses_it_and_shows_it_to_nobody(role: Role, sign_in_as) -> None:
    """Each form is sent by the first role that may send it."""
    paths = [path for method, path in ROUTES if method == "POST" and _who(method, path) is role]
    client, token = sign_in_as(role), ""
    for path in paths:
        if path in {"/sign-out", "/password"} or not path:
            continue
        token = token or csrf_of(client)
        form = {"csrf": token, "reason": "番号 1234－5678－9018 です"} | FORMS.get(path, {})
        answer = client.post(path.format(**PLACES), data=form)
        assert answer.status_code == 422, path
        assert "5678－" not in answer.text, path
        assert "個人番号（マイナンバー）らしい12桁の数字があるため、受け付けませんでした" in answer.text, path


def test_a_query_refuses_it_too(sign_in_as) -> None:
    answer = sign_in_as(Role.operator).get(f"/events?q={NUMBER}")
    assert answer.status_code == 422
    assert NUMBER not in answer.text
    assert "検索語" in answer.text


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_file_is_looked_through_and_its_line_is_named(encoding: str, sign_in_as) -> None:
    client = sign_in_as(Role.hr)
    content = f"職員番号,氏名\ns0001,青木\ns0002,{NUMBER}\n".encode(encoding)
    sent = {"csrf": csrf_of(client), "kind": "staff", "effective_on": "2025-12-01"}
    answer = client.post("/attendance/files", data=sent, files={"file": ("a.csv", content, "text/csv")})
    assert answer.status_code == 422
    assert "「ファイル」" in answer.text
    assert "3行目" in answer.text


def test_a_workbook_is_looked_through() -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.add_worksheet().write_number(0, 0, int(NUMBER))
    book.close()
    assert any(NUMBER in text for _, text in spell_file(content.getvalue(), "file"))


def test_a_picture_has_no_text() -> None:
    assert list(spell_file(b"\x89PNG\r\n\x1a\n\0" + NUMBER.encode(), "photo")) == []


def test_every_route_of_the_pages_stands_behind_the_guard_that_asks(pages: FastAPI, city: City) -> None:
    for app, guard in ((pages, meet_visitor), (create_citizens(city.context, SETTINGS), meet_guest)):
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                assert guard in _called(context.dependant if hasattr(context, "dependant") else route.dependant) | {
                    each.dependency for each in app.router.dependencies
                }, route.path


def _called(of: Dependant) -> set[object]:
    return {of.call}.union(*(_called(each) for each in of.dependencies))


def test_few_files_are_let_through_and_each_is_a_form_of_ours() -> None:
    assert {("POST", path) for path in NUMBERED} <= set(ROUTES)


def test_a_table_that_holds_one_is_not_begun() -> None:
    rows = [["a", "b"]] * 2000 + [["c", f"住民 {NUMBER}"]]
    with pytest.raises(MyNumberError) as raised:
        send_csv(Leaving(""), "一覧", date(2025, 11, 20), ["符号", "メモ"], rows, encoding="utf8")
    assert raised.value.place == "メモ:2002"
    assert NUMBER not in str(raised.value)


def test_a_table_without_one_is_whole() -> None:
    rows = [[str(number), "2025-11-20 08:30", "0123456789abcdef0123456789abcdef"] for number in range(1200)]
    written = b"".join(write_csv(["a", "b", "c"], rows, "utf8")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written)))[1:] == rows
