"""Asking the rules in a real browser: whom, where and when; and from a tap's "why"."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import examine
from tests.browser.server import PagesServer
from tests.pages.test_questions import CARD, publish

pytestmark = pytest.mark.real


def test_could_this_person_enter_there(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    """One click besides the words: the name, the point, ask."""
    publish(pages_server.city)
    page = enter(Role.hr)
    page.goto("/questions")
    examine(page)
    page.get_by_label("氏名・職員番号").fill("いしい")
    page.get_by_label("通行口").select_option("west_in")
    page.get_by_role("button", name="調べる").click()
    expect(page.get_by_role("heading", name="今かざすと")).to_be_visible()
    expect(page.locator(".verdict .notice")).to_contain_text("許可")
    expect(page.locator(".rules tbody tr")).to_have_count(24)
    examine(page)
    page.get_by_label("日時").fill("2025-11-21T20:00")
    page.get_by_role("button", name="調べる").click()
    expect(page.locator(".verdict .notice")).to_contain_text("開く次の時間帯 11月25日（火） 07:30")
    expect(page.locator(".rule-failed")).to_contain_text("時間外")
    examine(page)
    page.get_by_label("氏名・職員番号").fill("どこにもいない")
    page.get_by_role("button", name="調べる").click()
    expect(page.get_by_label("氏名・職員番号")).to_have_attribute("aria-invalid", "true")
    examine(page)


def test_why_is_one_click_from_the_tap(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    version = publish(pages_server.city)
    pages_server.city.tap(
        "server_in", "s0002", credential=CARD, granted=False, reason="no_access_rights", policy_version=version
    )
    page = enter(Role.operator)
    page.goto("/taps")
    page.get_by_role("link", name="なぜ?").and_(page.get_by_role("link", name="サーバ室")).first.click()
    expect(page.get_by_role("heading", name="扉の判断の根拠")).to_be_visible()
    expect(page.locator(".verdict .notice").first).to_contain_text("通行の権限なし")
    expect(page.locator(".verdict")).to_contain_text("石井 健太")
    examine(page)
