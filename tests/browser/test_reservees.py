"""Reservees and the reports of use in a real browser: found, registered, blocked, merged; pictures with their words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages import houses, paid

pytestmark = pytest.mark.real


@pytest.fixture
def hall(pages_server: PagesServer) -> PagesServer:
    """The civic hall with its reservees and a payment."""
    houses.build_houses(pages_server.city)
    paid.pay(pages_server.city, "a" * 16, houses.EVENING, 5_000)
    return pages_server


def test_somebody_is_registered_in_three_clicks_and_never_doubled(
    hall: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.facility_admin, "/rooms")
    click = Clicks(page)
    click("利用者", "link", exact=True)
    examine(page)
    page.get_by_role("searchbox").fill("さとう")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("見つかった利用者（1人）")
    examine(page)
    click("利用者を登録", "link", exact=True)
    page.get_by_label("氏名・団体名").fill("佐藤 はな子")
    page.get_by_label("フリガナ").fill("さとう はなこ")
    page.get_by_label("電話").fill("110")
    page.get_by_label("メール").fill("sato@example.jp")
    click("登録する", "button")
    expect(page.get_by_role("alert")).to_contain_text("同じ人かもしれない登録が 1件")
    examine(page)
    page.get_by_role("button", name="別の人なので登録する").click()
    expect(page.get_by_label("電話")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("電話").fill("090-1111-2222")
    page.get_by_role("button", name="登録する").click()
    page.get_by_role("button", name="別の人なので登録する").click()
    expect(page.locator("h1")).to_contain_text("佐藤 はな子")
    examine(page)
    assert click.count == 3


def test_two_are_merged_in_two_clicks_and_taken_apart(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    with hall.city.store.transaction(hall.city.clock()) as tx:
        twin = houses.replace(houses.RESERVEES[1], id="sato-2", name="佐藤花子", confirmed_at=None)
        houses.insert_reservee(tx, twin)
    page = enter(Role.facility_admin, "/reservees/sato")
    examine(page)
    click = Clicks(page)
    click("並べて比べる 佐藤花子", "link")
    examine(page)
    page.get_by_label("理由").fill("窓口で本人に聞いた")
    click("一つにまとめる", "button")
    expect(page.locator("main")).to_contain_text("次の登録をここへ統合")
    assert click.count == 2
    examine(page)
    page.get_by_text("この統合を取り消す").click()
    page.locator("#merges-title + ul").get_by_label("理由").fill("別の人だった")
    page.get_by_role("button", name="統合を取り消す").click()
    expect(page.locator("h1")).to_contain_text("佐藤花子")
    examine(page)


def test_without_a_script_somebody_is_blocked_and_let_book_again(
    hall: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    page = enter_without_script(Role.facility_desk, "/reservees/sato")
    page.get_by_label("停止の最終日").fill("2025-12-31")
    page.get_by_label("理由").fill("連絡がつかない")
    page.get_by_role("button", name="停止する").click()
    expect(page.locator("main")).to_contain_text("まで予約を停止しています")
    page.get_by_label("理由").fill("話し合った")
    page.get_by_role("button", name="また予約できるようにする").click()
    expect(page.locator("main")).not_to_contain_text("停止しています")


def test_the_report_is_one_click_away_and_reads_in_words(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin, "/takings")
    page.get_by_role("link", name="利用の報告", exact=True).click()
    expect(page.get_by_role("img", name="すべての部屋を合わせた時間帯ごとの利用率の棒図")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="市民館", exact=True).click()
    examine(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSVファイル（UTF-8） 部屋ごとの利用率").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.goto("/reservees/export")
    examine(page)


def test_targets_are_large_enough_on_a_phone(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    page.set_viewport_size(PHONE)
    for path in ("/reservees", "/reservees/sato", "/reservees/new", "/reservees/sato/merge?other=choir"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .rsv-link, .rsv-name)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
