"""施設の定め in a real browser: a room laid down without a developer, closed days, a year at a glance, fees."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.houses import HOUSE, build_houses

pytestmark = pytest.mark.real


def test_a_room_takes_three_clicks_and_its_fields(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin, "/facilities")
    examine(page)
    click = Clicks(page)
    click("市民館", "link")
    expect(page.get_by_role("heading", level=1)).to_have_text("市民館")
    examine(page)
    click("部屋を加える", "link")
    examine(page)
    page.get_by_label("番号").fill("studio")
    page.get_by_label("名称").fill("録音室")
    page.get_by_label("英語名").fill("Studio")
    page.get_by_label("定員（人）").fill("6")
    page.get_by_label("最短（分）").fill("45")
    click("保存する", "button")
    expect(page.get_by_role("alert")).to_contain_text("保存できませんでした")
    expect(page.get_by_label("最短（分）")).to_have_attribute("aria-invalid", "true")
    examine(page)
    page.get_by_label("最短（分）").fill("60")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("#room")).to_contain_text("録音室")
    assert click.count == 3


def test_a_day_is_closed_knowing_what_stands(pages_server: PagesServer, enter: Callable[[Role, str], Page]) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin, f"/facilities/{HOUSE}/edit/special_days")
    page.get_by_label("最初の日").fill("2025-11-23")
    page.get_by_label("理由").fill("選挙の投票所のため")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("alert")).to_contain_text("これからの予約 1 件")
    examine(page)
    page.get_by_label("承知しました").check()
    page.get_by_role("button", name="保存する").click()
    expect(page.locator("#special_days")).to_contain_text("選挙の投票所のため")


def test_a_year_fees_duties_and_changes_are_read(pages_server: PagesServer, enter: Callable[[Role, str], Page]) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin, f"/facilities/{HOUSE}/year?room=gym")
    expect(page.locator(".year-month")).to_have_count(12)
    examine(page)
    for path in ("fees", "duties", "changes", "edit/window", "edit/closure", "edit/terms"):
        page.goto(f"/facilities/{HOUSE}/{path}")
        examine(page)
    for path in ("/facility-classes", f"/facility-file?facility={HOUSE}"):
        page.goto(path)
        examine(page)


def test_without_a_script_amounts_are_changed(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    build_houses(pages_server.city)
    page = enter_without_script(Role.facility_admin, f"/facilities/{HOUSE}/fees")
    page.locator('[name="yen.half-morning"]').fill("6,800")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("第2版")).to_be_visible()
    expect(page.locator('[name="yen.half-morning"]')).to_have_value("6800")
