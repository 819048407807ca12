"""休暇 in a real browser: a day asked for in two clicks from the balance, the list sorted, HR's correction."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.rostered import put_leave, put_roster

pytestmark = pytest.mark.real


def test_a_day_of_leave_is_asked_for_from_the_balance(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    put_leave(pages_server.city)
    page = enter(Role.employee, "/attendance/leave")
    expect(page.locator(".lv-left")).to_contain_text("16日7時間15分")
    examine(page)
    page.get_by_label("日", exact=True).fill("2025-11-21")
    click = Clicks(page)
    click("年次 1日", "button")
    expect(page).to_have_url(re.compile(r"/attendance/days/2025-11-21\?kind=leave"))
    expect(page.locator("h1")).to_contain_text("11月21日")
    click("申請する", "button")
    expect(page.locator("main")).to_contain_text("申請中")
    assert click.count == 2


def test_a_head_sorts_the_list_and_looks_at_next_month(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    put_roster(pages_server.city)
    put_leave(pages_server.city)
    page = enter(Role.head, "/attendance/leave")
    page.get_by_role("link", name="休暇取得状況").click()
    examine(page)
    page.get_by_role("link", name="取得", exact=True).click()
    page.get_by_role("link", name="取得", exact=False).filter(has_text="▲").click()
    expect(page.locator(".lv-table tbody tr").first).to_contain_text("石井 健太")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("取得")
    page.get_by_role("link", name="次の月").click()
    expect(page.locator("#away")).to_contain_text("12月")
    examine(page)
    page.get_by_role("link", name="石井 健太").click()
    expect(page.locator("h1")).to_contain_text("休暇簿")
    examine(page)


def test_hr_corrects_and_is_told_what_is_wrong_beside_the_field_without_a_script(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    put_leave(pages_server.city)
    page = enter_without_script(Role.hr, "/attendance/leave/people/s0002")
    correct = page.locator("#correct")
    correct.get_by_label("日", exact=True).fill("三")
    correct.get_by_label("理由").fill("付与もれ")
    correct.get_by_role("button").click()
    expect(page.locator("#correction-minutes-fault")).to_contain_text("日数・時間を読めません")
    expect(correct.get_by_label("理由")).to_have_value("付与もれ")
    correct.get_by_label("日", exact=True).fill("1")
    correct.get_by_role("button").click()
    expect(page.locator(".lv-left")).to_contain_text("17日7時間15分")


def test_the_leave_book_of_hr(pages_server: PagesServer, enter: Callable[[Role, str], Page]) -> None:
    put_leave(pages_server.city)
    page = enter(Role.hr, "/attendance/leave/people/s0002")
    examine(page)
    page.locator("#terms").get_by_label("一日の長さ").fill("25:00")
    page.locator("#terms").get_by_role("button").click()
    expect(page.locator("#terms-day_minutes-fault")).to_contain_text("7:45")
    examine(page)
