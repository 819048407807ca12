"""Payroll on its pages: what is due, the order of its files, the files again, and their list held against ours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from store.read_log import list_readings
from tests.pages.city import City
from tests.pages.conftest import csrf_of, send
from tests.pages.payday import close_november, let_the_connector_make

SignIn = Callable[[Role], TestClient]
PATH = "/attendance/pay/2025-11"


def order_file(desk: TestClient, number: int, what: str = "pay_file") -> str:
    answer = desk.post(f"{PATH}/files", data={"csrf": csrf_of(desk), "id": f"{number:016x}", "what": what})
    assert answer.status_code == 303
    return answer.headers["location"]


def hand_in_list(desk: TestClient, data: bytes, number: int) -> str:
    answer = desk.post(
        "/attendance/pay",
        data={"csrf": csrf_of(desk), "id": f"{number:016x}", "period": "2025-11"},
        files={"file": ("list.csv", data, "text/csv")},
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_before_anything_is_closed_the_page_leads_to_the_closing(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    page = desk.get("/attendance/pay").text
    assert "まだ締めた月がありません" in page
    assert 'href="/attendance/closing"' in page
    assert "連携（sync）がまだ動いていません" in page
    assert "この月はまだだれも締めていません" in desk.get(PATH).text


def test_a_closed_month_goes_to_payroll_and_its_list_confirms_it(
    city: City, sign_in_as: SignIn, tmp_path: Path
) -> None:
    close_november(city)
    let_the_connector_make(city, tmp_path, payroll_encoding="utf-8-sig")
    desk = sign_in_as(Role.hr)
    assert "まだ渡していない 3人" in desk.get("/attendance/pay").text
    assert "江口 花子" in desk.get(PATH).text
    paper = order_file(desk, 1)
    let_the_connector_make(city, tmp_path, payroll_encoding="utf-8-sig")
    assert "できました" in desk.get(paper).text
    assert f'href="{PATH}"' in desk.get(paper).text
    ours = desk.get(f"{paper}/file").content
    page = desk.get(PATH).text
    assert "締めた分はすべて渡しました" in page
    assert "確認待ち" in page
    batch = page.split(f'href="{PATH}/batches/')[1].split('"')[0]
    auditor = sign_in_as(Role.auditor)
    assert auditor.get(f"{PATH}/batches/{batch}").content == ours
    lines = ours.decode("utf-8-sig").splitlines()
    hand_in_list(desk, "\r\n".join([*lines[:-1], ""]).encode(), 2)
    let_the_connector_make(city, tmp_path, payroll_encoding="utf-8-sig")
    page = desk.get(PATH).text
    assert page.index("差異 <span") < page.index("ファイルを作る"), "differences come first"
    assert "給与側にありません" in page
    hand_in_list(desk, ours, 3)
    let_the_connector_make(city, tmp_path, payroll_encoding="utf-8-sig")
    page = desk.get(PATH).text
    assert "差異なし" in page
    assert "100 %" in page
    with city.store.reading(city.clock()) as tx:
        whats = [line.reading.what for line in list_readings(tx, limit=9)]
    assert whats.count("paper_order") == 3
    assert whats.count("paper") == 2


def test_who_cannot_be_written_is_named_and_left_out_when_asked(city: City, sign_in_as: SignIn, tmp_path: Path) -> None:
    close_november(city)
    desk = sign_in_as(Role.hr)
    bad = {"payroll_layout": "ipknowledge"}
    paper = order_file(desk, 1)
    let_the_connector_make(city, tmp_path, **bad)
    page = desk.get(paper).text
    assert "対応表" in page
    assert "書けない人を除いて作る" in page
    assert "様式 ipknowledge を使えません" in desk.get("/attendance/pay").text
    listed = order_file(desk, 2, "pay_characters")
    let_the_connector_make(city, tmp_path)
    assert "書けない人: 0 / 3 人" in desk.get(listed).text


def test_an_empty_list_is_told_beside_its_field(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    answer = desk.post("/attendance/pay", data={"csrf": csrf_of(desk), "id": "0" * 16, "period": "2025-11"})
    assert answer.status_code == 422
    assert "一覧が空です" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_the_auditor_reads_and_orders_nothing(city: City, sign_in_as: SignIn) -> None:
    close_november(city)
    auditor = sign_in_as(Role.auditor)
    assert "<form method" not in auditor.get(PATH).text.split("<main")[1]
    assert send(auditor, f"{PATH}/files", id="0" * 16) == 403


@pytest.mark.parametrize("path", ["/attendance/pay/2025-13", f"{PATH}/batches/{'0' * 16}"])
def test_what_is_not_there(sign_in_as: SignIn, path: str) -> None:
    assert sign_in_as(Role.hr).get(path).status_code == 404
