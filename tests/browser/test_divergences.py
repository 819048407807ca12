"""HR's queue in a real browser: a key or a click for each day, the next one opens by itself; and without a script."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from domain.attendance.requests import Explanation
from domain.civil import instant, parse_clock
from domain.workflow.states import State
from gateway.operations.identity.roles import Role
from store.applications import load_application
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.city import City
from tests.pages.divergent import LONG, STAY, approve, diverge, doubt, explain

pytestmark = pytest.mark.real

Enter = Callable[..., Page]
QUEUE = "/attendance/divergences"


def two_that_wait(city: City) -> tuple[str, str]:
    """Ueda's 75 minutes and Ishii's 30, both explained and agreed to by the head."""
    diverge(city)
    first, second = explain(city, "s0003", LONG), explain(city, "s0002", STAY)
    approve(city, first, "s0001")
    approve(city, second, "s0001")
    return first, second


def state(city: City, application_id: str) -> State:
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, application_id)
    assert filed is not None
    return filed.application.state


def test_each_day_takes_one_key_and_the_next_one_opens(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    first, second = two_that_wait(city)
    page = enter(Role.hr, QUEUE)
    title = page.locator("#day-title")
    expect(title).to_contain_text("上田 翔")
    examine(page)
    page.keyboard.press("j")
    expect(title).to_contain_text("石井 健太")
    page.keyboard.press("k")
    expect(title).to_contain_text("上田 翔")
    page.keyboard.press("a")
    expect(title).to_contain_text("石井 健太")
    assert state(city, first) is State.approved
    page.keyboard.press("r")
    expect(page.get_by_label("差戻しの理由")).to_be_focused()
    page.keyboard.type("janka ka")  # in a field letters are letters
    expect(title).to_contain_text("石井 健太")
    page.keyboard.press("Enter")
    expect(page.locator(".queue-none")).to_be_visible()
    assert state(city, second) is State.returned
    examine(page)


def test_by_clicks_two_days_take_three(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    first, second = two_that_wait(city)
    page = enter(Role.hr)
    click = Clicks(page)
    click("人事", "link", exact=True)
    expect(page.locator("#day-title")).to_contain_text("上田 翔")
    click("認定する", "button")
    expect(page.locator("#day-title")).to_contain_text("石井 健太")
    click("認定する", "button")
    expect(page.locator(".queue-none")).to_be_visible()
    assert click.count == 3  # one that leads to the queue, and one a day
    assert {state(city, first), state(city, second)} == {State.approved}


def test_keys_can_be_switched_off_and_stay_off(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    first, _ = two_that_wait(city)
    page = enter(Role.hr, QUEUE)
    switch = page.get_by_role("button", name="キー操作を使う")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.locator("body").press("a")
    expect(page.get_by_role("button", name="キー操作を使う")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#day-title")).to_contain_text("上田 翔")
    assert state(city, first) is State.submitted
    examine(page)


def test_somebody_is_asked_in_one_click_from_the_list(pages_server: PagesServer, enter: Enter) -> None:
    diverge(pages_server.city)
    page = enter(Role.hr, QUEUE)
    page.get_by_label("上田 翔さんにたずねる").fill("会議が延びましたか")
    page.get_by_role("button", name="たずねる").click()
    page.get_by_role("link", name="上田 翔").click()
    expect(page.locator(".questions")).to_contain_text("会議が延びましたか")
    examine(page)


def test_without_a_script_a_day_is_sent_back_and_told_what_is_missing(
    pages_server: PagesServer, enter_without_script: Enter
) -> None:
    city = pages_server.city
    first, _ = two_that_wait(city)
    page = enter_without_script(Role.hr, QUEUE)
    expect(page.locator("#keys")).to_be_hidden()
    page.get_by_role("button", name="差し戻す").click()
    expect(page.get_by_role("alert")).to_contain_text("差戻しの理由がありません")
    page.get_by_label("差戻しの理由").fill("何をしていたかを書いてください")
    page.get_by_role("button", name="差し戻す").click()
    expect(page.locator("#day-title")).to_contain_text("石井 健太")
    assert state(city, first) is State.returned


def test_a_doubtful_tap_is_judged_in_a_sentence_and_a_click(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    doubt(city, "s0002", instant(date(2025, 11, 14), parse_clock("17:31")))
    page = enter(Role.hr, QUEUE)
    page.get_by_role("link", name="時計の確かでない打刻").click()
    examine(page)
    page.get_by_label("どうして分かったか").fill("受付の入館簿で確かめた")
    page.get_by_role("button", name="この時刻で数える").click()
    expect(page.locator("main")).to_contain_text("確かめる打刻はありません")
    examine(page)


def test_found_work_is_applied_for_in_one_click(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    diverge(city)
    found = explain(city, "s0003", LONG, explanation=Explanation.work, reason="窓口の応対が延びた")
    approve(city, found, "s0001")
    approve(city, found, "s0004")
    page = enter(Role.hr, f"{QUEUE}?period=2025-11")
    page.get_by_role("link", name="追給の提案").click()
    expect(page.locator(".proposal")).to_contain_text("1.15")
    examine(page)
    page.get_by_role("button", name="本人に代わって事後申請する").click()
    expect(page.locator(".proposal")).to_contain_text("事後の申請中です")
    examine(page)
