"""勤務割 in a real browser: days planned by ticking, by keyboard, without a script; a crew's pattern; HR's pages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.rostered import put_leave, put_roster

pytestmark = pytest.mark.real


def tick(page: Page, person_id: str, day: int) -> None:
    page.locator(f"#c-{person_id}-{day} label").click()


def test_two_days_of_two_people_take_their_ticks_a_shift_and_one_click(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    put_roster(pages_server.city)
    put_leave(pages_server.city)
    page = enter(Role.head, "/")
    click = Clicks(page)
    click("勤務割", "link")
    examine(page)
    tick(page, "s0001", 22)
    tick(page, "s0002", 23)
    page.get_by_label("勤務", exact=True).select_option("日")
    examine(page)
    click("選んだ日に入れる", "button")
    expect(page.get_by_role("status")).to_contain_text("2日に入れました")
    expect(page.locator("#c-s0001-22")).to_contain_text("日勤")
    expect(page.locator("#c-s0002-23")).to_contain_text("日勤")
    assert click.count == 2
    # The same day again, in a way that nobody may work: named, and what was ticked is still ticked.
    tick(page, "s0003", 7)
    page.get_by_label("時刻").fill("08:30-17:15 break 12:00-13:00")
    page.get_by_role("button", name="選んだ日に入れる").click()
    expect(page.get_by_role("alert")).to_contain_text("上田 翔")
    expect(page.locator("#c-s0003-7 input")).to_be_checked()
    examine(page)


def test_a_month_is_planned_by_the_keyboard_alone(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    put_roster(pages_server.city)
    page = enter(Role.head, "/attendance/rosters?period=2025-12")
    page.get_by_label("勤務", exact=True).focus()
    page.keyboard.press("ArrowDown")  # the first kind: 週休
    for name in ("ひと月すべて 青木 太郎", "全員の 6"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1日に入れました")
    expect(page.locator("#c-s0001-6")).to_contain_text("週休")


def test_a_crew_is_put_into_a_pattern_and_hr_keeps_it(
    pages_server: PagesServer, enter: Callable[[Role, str], Page]
) -> None:
    put_roster(pages_server.city)
    page = enter(Role.hr, "/attendance/rosters/kinds?code=日")
    examine(page)
    page.get_by_role("link", name="勤務割").first.click()
    page.get_by_role("link", name="交替パターン").click()
    examine(page)
    page.goto("/attendance/rosters?department=joho")
    crew = page.get_by_role("group", name="職員")
    crew.get_by_text("江口 花子").click()
    crew.get_by_text("髙橋 美咲").click()
    examine(page)
    page.get_by_role("button", name="パターンに入れる").click()
    expect(page.locator("#c-s0004-21")).to_contain_text("夜勤")
    expect(page.locator("#c-s0005-21")).to_contain_text("日勤")
    examine(page)


def test_days_are_planned_without_a_script(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    put_roster(pages_server.city)
    page = enter_without_script(Role.head, "/attendance/rosters")
    tick(page, "s0002", 28)
    page.get_by_label("勤務", exact=True).select_option("rest")
    page.get_by_role("button", name="選んだ日に入れる").click()
    expect(page.locator("#c-s0002-28")).to_contain_text("週休日")
    tick(page, "s0002", 28)
    page.get_by_label("勤務", exact=True).select_option("-")
    page.get_by_role("button", name="選んだ日に入れる").click()
    expect(page.locator("#c-s0002-28")).to_contain_text("08:30")


def test_the_auditor_reads_a_roster(pages_server: PagesServer, enter: Callable[[Role, str], Page]) -> None:
    put_roster(pages_server.city)
    page = enter(Role.auditor, "/attendance/rosters?department=somu")
    expect(page.locator("main").get_by_role("checkbox")).to_have_count(0)
    examine(page)
