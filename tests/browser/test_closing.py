"""A month's end in a browser: closed and exported in three clicks, confirmed by the head in one, put right by two."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.month_end import come_late, end_month, hear, make_ready, settle, work


def test_a_month_is_closed_and_exported_in_three_clicks(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    end_month(city)
    make_ready(city)
    page = enter(Role.hr, "/attendance/divergences")
    click = Clicks(page)
    click("締め", "link")
    examine(page)
    page.get_by_text("乖離が残っている").click()
    expect(page.get_by_role("link", name="青木 太郎")).to_be_visible()
    examine(page)
    click("確定する", "button")
    expect(page.locator("#run")).to_contain_text("まもなく始まります")
    examine(page)
    work(city)
    expect(page.locator("#run")).to_contain_text("3人の月を締めました")
    expect(page.locator("#run")).to_contain_text("開いたままの月")
    examine(page)
    click("給与ファイルを作る", "button")
    page.wait_for_url("**/attendance/papers/*")
    assert click.count == 3


def test_a_reader_that_is_late_is_left_out_by_keyboard(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    end_month(city, heard=False)
    make_ready(city)
    page = enter(Role.hr, "/attendance/closing")
    page.get_by_text("届いていない読取機を待たずに締める").focus()
    page.keyboard.press("Enter")
    examine(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("機器の故障で届かない")
    page.keyboard.press("Enter")
    expect(page.locator("#run")).to_contain_text("まもなく始まります")
    work(city)
    expect(page.locator("#run")).to_contain_text("機器の故障で届かない")


def test_a_head_confirms_all_that_is_settled_with_one_click(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    end_month(city)
    settle(city)
    page = enter(Role.head, "/attendance/inbox")
    page.get_by_role("link", name="部下の月を確認する").click()
    page.wait_for_url("**/attendance/department")
    examine(page)
    click = Clicks(page)
    click("選んだ月を確認する", "button")
    expect(page.get_by_role("heading", name="確認した月")).to_be_visible()
    page.get_by_text("本人に差し戻す").click()
    examine(page)
    assert click.count == 1


def test_what_came_late_is_proposed(pages_server: PagesServer, enter: Callable[[Role, str], Page]) -> None:
    city = pages_server.city
    end_month(city)
    make_ready(city)
    page = enter(Role.hr, "/attendance/closing")
    page.get_by_role("button", name="確定する").click()
    expect(page.locator("#run")).to_be_visible()
    work(city)
    come_late(city)
    page.goto("/attendance/adjustments")
    examine(page)
    page.get_by_label("調整する理由").fill("機器が復旧した")
    page.get_by_role("button", name="提案する").click()
    expect(page.get_by_text("提案した人は承認できません")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="上田 翔").click()
    page.get_by_text("この月の再開を提案する").click()
    examine(page)


def test_a_month_is_closed_without_a_script(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    end_month(city, heard=False)
    hear(city, "east-1")
    make_ready(city)
    page = enter_without_script(Role.hr, "/attendance/closing")
    page.get_by_role("button", name="確定する").click()
    work(city)
    page.get_by_role("link", name="もう一度見る").click()
    expect(page.locator("#run")).to_contain_text("3人の月を締めました")
    page.get_by_role("link", name="残った理由を見る").click()
    page.get_by_text("打刻が足りない").click()
    page.get_by_role("link", name="石井 健太").first.click()
    expect(page.locator("main")).to_contain_text("片付いていない事項")
