"""The month in a real browser: a day, a why and the month's end each in one click, by keyboard and without script."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, Route, expect

from domain.civil import instant, parse_clock
from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.booked import ISHII, plan_ahead, work_late
from tests.pages.divergent import look


def test_a_day_is_one_click_from_home_and_its_form_two(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    plan_ahead(pages_server.city)
    page = enter(Role.employee)
    click = Clicks(page)
    click("11月28日（金）を開く", "link")
    page.wait_for_url("**/attendance/days/2025-11-28")
    assert click.count == 1
    page.go_back()
    page.locator("#day-27").click(position={"x": 400, "y": 20})  # anywhere in the row
    page.wait_for_url("**/attendance/days/2025-11-27")


def test_the_month_is_told_whole_and_every_figure_says_why_in_one_click(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    plan_ahead(city)
    work_late(city, ISHII, range(3, 10), "22:30")
    page = enter(Role.employee)
    expect(page.locator("#caps")).to_contain_text("年度の超過勤務")
    page.locator("summary").first.click()
    examine(page)
    click = Clicks(page)
    click("根拠 超過勤務の合計", "button")
    expect(page.locator("#figure-overtime")).to_contain_text("給与条例：超過勤務手当")
    assert click.count == 1
    examine(page)
    page.keyboard.press("Escape")
    expect(page.locator("#figure-overtime")).not_to_be_visible()
    page.get_by_role("button", name="根拠 うち深夜（22時から5時）").press("Enter")
    expect(page.locator("#figure-night")).to_be_visible()
    page.locator("#figure-night .rule").first.click()
    page.wait_for_url("**/attendance/profile#rule-L4")
    examine(page)


def test_the_months_ahead_are_leafed_to(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    for _ in range(3):
        page.get_by_role("link", name="次の月").click()
    page.wait_for_url("**/months/2026-02")
    expect(page.get_by_role("link", name="次の月")).to_have_count(0)
    examine(page)
    page.get_by_role("link", name="今月").click()
    page.wait_for_url("**/months/2025-11")


def test_the_month_is_confirmed_in_one_click(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    work_late(city, ISHII, range(1, 3), "20:30", month=10)
    city.tap("staff_in", ISHII, instant(date(2025, 10, 6), parse_clock("08:25")))
    page = enter(Role.employee)
    page.goto("/months/2025-10")
    examine(page)
    click = Clicks(page)
    click("この内容で確認する", "button")
    expect(page.locator("#standing")).to_contain_text("✓ 本人確認")
    assert click.count == 1
    expect(page.get_by_role("button", name="この内容で確認する")).to_have_count(0)
    examine(page)


def test_without_a_script_the_month_is_confirmed_and_caps_are_a_page(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    city.tap("staff_in", ISHII, instant(date(2025, 10, 2), parse_clock("08:25")))
    page = enter_without_script(Role.employee, "/months/2025-10")
    page.get_by_role("button", name="この内容で確認する").click()
    expect(page.locator("#standing")).to_contain_text("✓ 本人確認")
    page.get_by_role("link", name="年度の上限・平均・見通しを見る").click()
    expect(page.locator("main")).to_contain_text("年度の超過勤務")
    page.get_by_role("link", name="出勤簿へ戻る").click()
    page.wait_for_url("**/months/2025-10")


def test_a_tap_before_the_page_listens_is_not_missed(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city

    def tap_first(route: Route) -> None:
        city.clock.at = instant(date(2025, 11, 20), parse_clock("16:59"))
        city.tap("staff_out", ISHII)
        route.continue_()

    page = enter(Role.employee)
    page.route("**/live", tap_first)
    page.reload()
    expect(page.locator("#day-20")).to_contain_text("16:59", timeout=8000)


def test_a_tap_renews_the_month_and_its_caps(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    page = enter(Role.employee)
    expect(page.locator("#caps")).to_contain_text("年度の超過勤務")
    page.locator("summary").first.click()
    city.clock.at = instant(date(2025, 11, 20), parse_clock("16:59"))
    city.tap("staff_out", ISHII)
    expect(page.locator("#day-20")).to_contain_text("16:59", timeout=8000)
    expect(page.locator("details.breakdown").first).to_have_attribute("open", "")


def test_overtime_is_two_clicks_and_a_person_three(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    work_late(city, ISHII, range(1, 20), "20:30", month=10)
    look(city)
    page = enter(Role.hr)
    click = Clicks(page)
    click("人事", "link", exact=True)
    click("時間外", "link")
    expect(page.locator("h1")).to_contain_text("時間外の見える化")
    examine(page)
    page.get_by_role("link", name="前の月").click()
    page.wait_for_url("**period=2025-10")
    examine(page)
    click("石井 健太", "link")
    page.wait_for_url("**/people/s0002/months/2025-10")
    assert click.count == 3
    examine(page)


def test_targets_are_large_enough(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    city.tap("staff_in", ISHII, instant(date(2025, 10, 2), parse_clock("08:25")))
    page = enter(Role.employee)
    page.set_viewport_size(PHONE)
    for path in ("/", "/months/2025-10", "/attendance/profile"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .jump a)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
