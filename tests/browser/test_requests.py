"""Applying in a real browser, clicks counted: overtime and leave from a day, what came back, without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from domain.workflow.states import Act
from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.asking import HEAD, HR, decide, grant_leave
from tests.pages.city import City

pytestmark = pytest.mark.real

Enter = Callable[..., Page]
DIVERGENT, COMING = "2025-11-11", "2025-11-25"


def open_day(page: Page, day: str) -> Clicks:
    """Click a day of the month, the first click."""
    clicks = Clicks(page)
    page.locator(f'#month a[href="/attendance/days/{day}"]').click()
    clicks.count += 1
    return clicks


def id_of(page: Page) -> str:
    return page.url.rsplit("/", maxsplit=1)[-1]


def test_overtime_from_a_divergent_day_takes_two_clicks(pages_server: PagesServer, enter: Enter) -> None:
    page = enter(Role.employee)
    clicks = open_day(page, DIVERGENT)
    expect(page.get_by_label("終わり")).to_have_value("17:45")
    examine(page)
    page.get_by_label("理由").fill("窓口の対応")
    clicks("申請する", "button")
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    expect(page.get_by_role("status")).to_contain_text("青木 太郎")
    examine(page)
    assert clicks.count == 2
    name = id_of(page)
    decide(pages_server.city, name, Act.approve, HEAD)
    decide(pages_server.city, name, Act.approve, HR)
    page.reload()
    expect(page.locator(".box").nth(2)).to_contain_text("江口 花子")
    page.goto(f"/attendance/days/{DIVERGENT}")
    expect(page.locator("h1")).to_contain_text("乖離なし")
    examine(page)


def test_the_reason_is_remembered_for_the_next_day(enter: Enter) -> None:
    page = enter(Role.employee)
    open_day(page, COMING)
    page.get_by_label("理由").fill("予算の編成")
    page.get_by_label("終わり").fill("2000")
    page.get_by_role("button", name="申請する").click()
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    page.goto("/")
    clicks = open_day(page, "2025-11-26")
    expect(page.get_by_label("理由")).to_have_value("予算の編成")
    expect(page.get_by_label("終わり")).to_have_value("20:00")
    clicks("申請する", "button")
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    assert clicks.count == 2


def test_what_is_written_is_told_before_it_is_sent(enter: Enter) -> None:
    page = enter(Role.employee, f"/attendance/days/{COMING}")
    expect(page.locator("#ahead")).to_contain_text("7.00")
    page.get_by_label("終わり").fill("22:15")
    page.get_by_label("理由").click()
    expect(page.locator("#ahead")).to_contain_text("11.00")
    page.get_by_label("始まり").fill("16:00")
    page.get_by_label("理由").click()
    expect(page.locator("#ahead")).to_contain_text("正規の勤務時間の内です")
    examine(page)


def test_a_day_of_leave_takes_two_clicks(pages_server: PagesServer, enter: Enter) -> None:
    grant_leave(pages_server.city)
    page = enter(Role.employee)
    clicks = open_day(page, COMING)
    examine(page)
    clicks("一日休む", "button")
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    assert clicks.count == 2
    decide(pages_server.city, id_of(page), Act.approve)
    page.goto(f"/attendance/days/{COMING}")
    expect(page.locator("h1")).to_contain_text("休暇")


def test_each_form_can_be_read_and_faults_stand_at_their_fields(pages_server: PagesServer, enter: Enter) -> None:
    grant_leave(pages_server.city)
    page = enter(Role.employee, f"/attendance/days/{COMING}?kind=leave")
    examine(page)
    expect(page.get_by_label("始まり")).to_be_hidden()
    page.get_by_label("時間", exact=True).check()
    expect(page.get_by_label("始まり")).to_be_visible()
    expect(page.get_by_label("最後の日")).to_be_hidden()
    page.get_by_label("始まり").fill("18:00")
    page.get_by_label("終わり").fill("19:00")
    page.get_by_role("button", name="申請する").click()
    expect(page.get_by_role("alert")).to_contain_text("正規の勤務時間の外です")
    expect(page.get_by_label("始まり")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("alert").get_by_role("link", name="始まり").click()
    expect(page.get_by_label("始まり")).to_be_focused()
    examine(page)
    for day, kind in (
        (DIVERGENT, "divergence"), ("2025-11-14", "punch"), ("2025-11-29", "swap"), ("2025-11-24", "compensatory"),
        (COMING, "elsewhere"), ("2025-11-18", ""),
    ):  # fmt: skip
        page.goto(f"/attendance/days/{day}?kind={kind}" if kind else f"/attendance/days/{day}")
        examine(page)


def test_what_came_back_is_put_right(pages_server: PagesServer, enter: Enter) -> None:
    city: City = pages_server.city
    page = enter(Role.employee, f"/attendance/days/{DIVERGENT}")
    page.get_by_label("理由").fill("窓口")
    page.get_by_role("button", name="申請する").click()
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    decide(city, id_of(page), Act.send_back, reason="何の窓口かを書いてください")
    page.goto("/")
    clicks = Clicks(page)
    page.get_by_role("link", name="申請", exact=True).click()
    clicks.count += 1
    examine(page)
    clicks("直して再申請する", "link")
    expect(page.locator(".notice-warn").first).to_contain_text("何の窓口かを書いてください")
    examine(page)
    page.get_by_label("理由").fill("住民票の窓口")
    clicks("申請する", "button")
    expect(page.locator(".app-changes")).to_contain_text("住民票の窓口")
    examine(page)
    assert clicks.count == 3
    page.get_by_role("button", name="取り下げる").click()
    expect(page.get_by_role("status")).to_contain_text("取り下げました")


def test_everything_works_without_a_script(enter_without_script: Callable[[Role, str], Page]) -> None:
    page = enter_without_script(Role.employee, "/")
    page.locator(f'a[href="/attendance/days/{DIVERGENT}"]').first.click()
    page.get_by_label("理由").fill("窓口の対応")
    page.get_by_role("button", name="申請する").click()
    expect(page.locator("h1")).to_contain_text("時間外勤務（事後）")
    page.get_by_role("button", name="取り下げる").click()
    expect(page.locator(".person-line")).to_contain_text("取下げ")


def test_the_forms_are_used_by_the_keyboard_alone(enter: Enter) -> None:
    page = enter(Role.employee, f"/attendance/days/{DIVERGENT}")
    page.get_by_label("終わり").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("窓口の対応")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("申請しました")


def test_a_tap_that_was_no_work_takes_two_clicks_from_its_day(pages_server: PagesServer, enter: Enter) -> None:
    page = enter(Role.employee, f"/attendance/days/{DIVERGENT}")
    clicks = Clicks(page)
    clicks("勤務の打刻ではない 17:45", "link")
    expect(page.get_by_label("17:45 退勤")).to_be_checked()
    page.get_by_label("理由").fill("忘れた傘を取りに来た")
    examine(page)
    clicks("申請する", "button")
    expect(page.get_by_role("status")).to_contain_text("申請しました")
    assert clicks.count == 2
    decide(pages_server.city, id_of(page), Act.approve, HEAD)
    page.goto(f"/attendance/days/{DIVERGENT}")
    expect(page.locator(".wrong-tap")).to_contain_text("忘れた傘を取りに来た")
    examine(page)
