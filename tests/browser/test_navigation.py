"""The two rows of pages in a real browser: clicks from the signed-in home, keyboard, phone, and alarms counted live."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from store.alarms import Alarm
from tests.browser.screens import PHONE, SOON, ZOOMED, demand_no_sideways_scroll, judge
from tests.browser.server import PagesServer
from tests.browser.test_safety import raise_alarms

pytestmark = pytest.mark.real

"""Milliseconds within which a change is seen (the promise is one second)."""

SMALL = """[...document.querySelectorAll('.tabs a')]
    .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44)
    .map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""


def go(page: Page, *names: str) -> None:
    """Follow words of the two rows, one click each."""
    for name in names:
        page.locator(".tabs").get_by_role("link", name=name, exact=True).click()


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ((), "/doors"),
        (("扉",), "/doors"),
        (("人とカード",), "/cards"),
        (("人とカード", "来訪者"), "/visits"),
        (("記録",), "/events"),
        (("記録", "帳票"), "/reports"),
        (("記録", "なぜ?"), "/questions"),
        (("見取図",), "/plans"),
        (("在館者",), "/inside"),
    ],
    ids=str,
)
def test_an_operator_is_there_in_so_many_clicks(
    names: tuple[str, ...], path: str, enter: Callable[[Role], Page], pages_server: PagesServer
) -> None:
    page = enter(Role.operator)
    go(page, *names)
    expect(page).to_have_url(f"{pages_server.url}{path}")
    expect(page.locator(".pages [aria-current=page]")).to_have_count(1)


def test_an_employee_sees_the_month_at_once_and_what_is_asked_for_beside_it(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    expect(page.locator("h1")).to_contain_text("11月")
    own = page.get_by_role("navigation", name="勤怠の画面")
    expect(own.get_by_role("link", name="出勤簿")).to_have_attribute("aria-current", "page")
    expect(own.get_by_role("link", name="申請")).to_be_visible()
    expect(own.get_by_role("link", name="決裁")).to_have_count(0)  # nothing can ever wait


def test_an_evacuation_is_one_click_from_everywhere(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/reports")
    page.get_by_role("button", name="避難").click()
    expect(page.locator("h1")).to_contain_text("避難")


@pytest.mark.parametrize("language", ["日本語", "English"])
def test_rows_wrap_and_stay_large_enough_to_touch(language: str, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.get_by_role("button", name=language).click()
    for size in (PHONE, ZOOMED):
        page.set_viewport_size(size)
        for path in ("/doors", "/alarms", "/events", "/cards"):
            page.goto(path)
            expect(page.locator(".tabs.sections")).to_be_visible()
            assert page.evaluate(SMALL) == [], path
            demand_no_sideways_scroll(page)
        judge(page)


def test_the_rows_are_walked_by_keyboard(enter: Callable[[Role], Page], pages_server: PagesServer) -> None:
    page = enter(Role.operator)
    page.locator(".tabs.sections a").first.focus()
    reached = []
    for _ in range(20):
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        if reached[-1] == "/plans":
            break
        page.keyboard.press("Tab")
    links = page.locator(".tabs a").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    assert reached == links[: len(reached)]
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{pages_server.url}/plans")


def test_a_waiting_alarm_is_counted_where_one_looks(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/events")
    badge = page.get_by_role("link", name="警報 未確認")
    before = int("".join(filter(str.isdigit, badge.inner_text())))
    with page.expect_response(lambda answer: "/alarms/count" in answer.url):
        page.goto("/doors")
    tab = page.get_by_role("navigation", name="扉の画面").get_by_role("link", name="警報")
    expect(tab).to_contain_text(f"未確認 {before}件")
    raise_alarms(pages_server.city, Alarm("door_forced_open", "main", "west-1 epoch 1 seq 4"))
    expect(tab).to_contain_text(f"未確認 {before + 1}件", timeout=2 * SOON)
    page.goto("/events")
    page.get_by_role("link", name=f"警報 未確認 {before + 1}件").click()
    expect(page.locator("h1")).to_have_text("警報")
    judge(page)
