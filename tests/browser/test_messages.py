"""Messages in a browser: from the masthead to what they are about, and where else one is told."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.test_messages import put_messages


def test_a_message_is_two_clicks_from_anywhere(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    put_messages(pages_server.city, 1, 2)
    page = enter(Role.employee)
    click = Clicks(page)
    click("お知らせ 未読2件", "link")
    examine(page)
    page.get_by_role("link", name="申請が決裁されました").first.click()
    page.wait_for_url("**/attendance/applications/a2")
    assert click.count == 1
    page.goto("/messages")
    page.get_by_role("button", name="この1件を既読にする").click()
    expect(page.locator(".masthead-unread")).to_have_count(0)
    page.get_by_role("link", name="未読").click()
    expect(page.locator("main")).to_contain_text("未読のお知らせはありません")
    examine(page)


def test_where_else_one_is_told_is_a_form(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    page.goto("/messages/addresses")
    mail = page.get_by_role("region", name="メール")
    mail.get_by_label("メールアドレス").fill("ishii@city.example")
    mail.get_by_label("開始").fill("22:00")
    mail.get_by_role("button", name="保存").click()
    expect(mail.get_by_role("alert")).to_contain_text("開始と終了の両方")
    examine(page)
    mail.get_by_label("終了").fill("07:00")
    mail.get_by_role("button", name="保存").click()
    expect(mail).to_contain_text("届けています")
    examine(page)


def test_without_a_script_and_on_a_phone(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    put_messages(pages_server.city, 1)
    page = enter_without_script(Role.employee, "/messages")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="この1件を既読にする").click()
    expect(page.locator(".message-new")).to_have_count(0)
    assert page.locator(".message-title").bounding_box()["height"] >= 44  # type: ignore[index]
