"""A file that leaves for another tier, in a real browser: asked for, approved by another, fetched from the request."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from domain.zones.movement import MovementAct
from gateway.operations.identity.roles import Role
from gateway.operations.zones.decide_movement import decide_movement
from tests.browser.screens import examine
from tests.browser.server import PagesServer
from tests.pages.classified import classify_exports, register_classes

pytestmark = pytest.mark.real

FILE = "/trainings/matrix.csv"


def test_a_file_is_asked_for_and_fetched_once_it_is_approved(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    register_classes(pages_server.city)
    classify_exports(pages_server.city, trainings={"to": "internet"})
    page = enter(Role.security)
    page.goto(FILE)
    expect(page.get_by_role("heading", name="書き出すには、1人の承認が要ります")).to_be_visible()
    examine(page)
    page.get_by_label("理由").fill("外部監査人への提出")
    page.get_by_role("button", name="申請する").click()
    expect(page.get_by_role("heading", name="研修の受講状況")).to_be_visible()
    asked = page.url
    page.goto(FILE)
    expect(page.get_by_role("heading", name="承認を待っています")).to_be_visible()
    examine(page)
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        decide_movement(tx, asked.rpartition("/")[2], MovementAct.approve, by="another")
    page.get_by_role("link", name="申請を見る").click()
    examine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="書き出す").click()
    assert download.value.suggested_filename.startswith("【自治体機密性2・インターネット接続系】trainings_")
    page.reload()
    expect(page.locator("main .badge").first).to_have_text("実施済み")


def test_a_file_that_may_not_leave_says_whom_to_ask(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    register_classes(pages_server.city)
    classify_exports(pages_server.city, trainings={"class": "3b", "to": "internet"})
    page = enter(Role.security)
    page.goto(FILE)
    expect(page.get_by_role("heading", name="このファイルは書き出せません")).to_be_visible()
    expect(page.locator("main")).to_contain_text("情報セキュリティ管理者に相談")
    examine(page)
