"""Pages that renew themselves: within a second of what happened, and again after a cut."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway.operations.identity.disable_account import disable_account
from gateway.operations.identity.roles import Role
from tests.browser.screens import SOON
from tests.browser.server import PagesServer

pytestmark = pytest.mark.real

"""Milliseconds within which a change is seen (the promise is one second)."""


def _listen(page: Page, path: str) -> None:
    """Open a live page and wait until it has been greeted and has renewed itself once."""
    part = path.partition("?")[0].rstrip("/") + "/part"
    with page.expect_response(lambda answer: part in answer.url):
        page.goto(path)


def _wait_connected(page: Page) -> None:
    """Wait until the stream is open; asked from here, for a page under this policy evaluates no text."""
    for _ in range(200):
        if page.evaluate("!!document.querySelector('#live')._htmx?.sse?.reader"):
            return
        page.wait_for_timeout(20)
    raise AssertionError("the live stream did not open")


def test_a_door_that_moves_is_seen_within_a_second(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    _listen(page, "/doors")
    tile = page.locator("#door-main")
    expect(tile).to_contain_text("施錠")
    pages_server.city.move_door("west-1", "main", "forced_open")
    expect(tile).to_contain_text("こじ開け", timeout=SOON)
    expect(page.locator(".tile").first).to_have_id("door-main", timeout=SOON)


def test_a_tap_is_seen_on_board_and_list_within_a_second(
    pages_server: PagesServer, browsing: BrowserContext, enter: Callable[[Role], Page]
) -> None:
    board = enter(Role.operator)
    _listen(board, "/doors?shape=list")
    taps = browsing.new_page()
    _listen(taps, "/taps")
    pages_server.city.tap("main_in", "s0005")
    expect(taps.locator("tbody tr").first).to_contain_text("髙橋 美咲", timeout=SOON)
    expect(board.locator("#row-main")).to_contain_text("髙橋 美咲", timeout=SOON)


def test_ones_own_tap_fills_the_attendance_book_within_a_second(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.employee)
    _wait_connected(page)
    row = page.locator("#day-20")
    expect(row).to_contain_text("勤務中")
    page.get_by_role("button", name="根拠 11月20日（木）").click()
    pages_server.city.tap("staff_out", "s0002")
    expect(row).to_contain_text("16:30", timeout=SOON)
    expect(page.locator("#why-20")).to_be_visible()  # what one is reading stays open


def test_the_visitors_tap_shows_door_board_and_book(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    _listen(page, "/stage")
    page.get_by_text("石井 健太", exact=True).last.click()
    page.get_by_text("職員通用口・出", exact=True).click()
    page.get_by_role("button", name="かざす").click()
    expect(page.locator(".answer-granted")).to_contain_text("許可", timeout=3 * SOON)
    expect(page.locator("#door-staff")).to_contain_text("石井 健太")
    expect(page.locator("#stage-day")).to_contain_text("16:30")
    page.get_by_text("登録のないカード", exact=True).first.click()
    page.get_by_role("button", name="かざす").click()
    expect(page.locator(".answer-refused")).to_contain_text("職員証をかざしてください", timeout=3 * SOON)


def test_a_page_held_still_stays_still(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/doors")
    page.get_by_role("link", name="止める").click()
    pages_server.city.move_door("west-1", "main", "forced_open")
    page.wait_for_timeout(600)
    expect(page.locator("#door-main")).to_contain_text("施錠")
    page.get_by_role("link", name="最新にする").click()
    expect(page.locator("#door-main")).to_contain_text("こじ開け")


def test_a_cut_page_catches_up_by_itself(
    pages_server: PagesServer, browsing: BrowserContext, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    _listen(page, "/doors")
    _wait_connected(page)
    page.evaluate("document.querySelector('#live')._htmx.sse.reader.cancel()")
    pages_server.city.move_door("west-1", "main", "held_open")
    expect(page.locator("#door-main")).to_contain_text("開け放し", timeout=4 * SOON)


def test_a_live_page_of_an_ended_session_leads_to_signing_in(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    _listen(page, "/doors")
    with pages_server.city.store.transaction(pages_server.city.clock()) as tx:
        disable_account(tx, "desk")
    pages_server.city.move_door("west-1", "main", "opened")
    expect(page.locator("h1")).to_have_text("サインイン", timeout=3 * SOON)
