"""Every screen in a real browser: no accessibility fault, in both languages, wide, zoomed to 200 % and on a phone.

The ``browsing`` fixture fails a test whose pages ask any outside address or break the content security policy.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, WIDE, ZOOMED, demand_no_sideways_scroll, judge
from tests.browser.server import PagesServer
from tests.pages.city import LOGIN_OF, PASSWORD

pytestmark = pytest.mark.real

SCREENS: dict[Role | None, tuple[str, ...]] = {
    None: ("/sign-in",),
    Role.employee: ("/", "/months/2025-10", "/taps", "/stage", "/password", "/doors", "/nowhere"),
    Role.head: ("/people", "/people/s0002/months/2025-11"),
    Role.hr: ("/cards", "/cards?q=s0", "/cards/s0002"),
    Role.operator: (
        "/doors",
        "/doors?shape=list",
        "/doors/main/view",
        "/commands",
        "/alarms",
        "/alarms/1",
        "/alarms/past",
        "/inside",
        "/inside/s0001",
        "/muster",
        "/plans",
        "/taps",
        "/taps?door=main&result=refused&live=off",
    ),
    Role.auditor: ("/revocations", "/revocations/3", "/rollouts", "/people", "/doors"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("role", SCREENS, ids=str)
def test_every_screen(
    role: Role | None, language: str, browsing: BrowserContext, enter: Callable[[Role], Page]
) -> None:
    page = enter(role) if role else browsing.new_page()
    page.goto(SCREENS[role][0])
    page.get_by_role("button", name={"ja": "日本語", "en": "English"}[language]).click()
    for path in SCREENS[role]:
        page.set_viewport_size(WIDE)
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("h1")).to_be_visible()
        judge(page)
        demand_no_sideways_scroll(page)
        page.set_viewport_size(ZOOMED)
        demand_no_sideways_scroll(page)
        page.set_viewport_size(PHONE)
        demand_no_sideways_scroll(page)
        judge(page)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_why_opens_is_judged_and_closes(size: ViewportSize, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    page.set_viewport_size(size)
    page.get_by_role("button", name="根拠 11月11日（火）").click()
    why = page.get_by_role("dialog", name="11月11日（火） の根拠")
    expect(why).to_be_visible()
    expect(why).to_contain_text("命令のない在庁 30分（17:15–17:45）")
    judge(page)
    demand_no_sideways_scroll(page)
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()


def test_targets_are_large_enough_to_touch(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    page.set_viewport_size(PHONE)
    for path in ("/", "/stage", "/taps", "/password"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('a, button, select, input:not([type=hidden], [type=radio]), .choice')]
            .filter(e => e.checkVisibility() && !e.closest('[popover], p, .live-switch') && !e.matches('.skip'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path


def _press_until(page: Page, key: str, reached: str) -> None:
    for _ in range(60):
        if page.evaluate("s => document.activeElement?.matches(s)", reached):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{reached} is not reached by {key}")


def test_keyboard_alone_signs_in_and_turns_the_months(browsing: BrowserContext) -> None:
    page = browsing.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    _press_until(page, "Tab", "#login")
    page.keyboard.type(LOGIN_OF[Role.employee])
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("11月")
    _press_until(page, "Tab", "[rel=prev]")
    outline = page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "rgb(0, 0, 0)" in outline
    assert "4px" in outline
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("10月")
    _press_until(page, "Tab", "[rel=next]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("11月")
    _press_until(page, "Tab", "[popovertarget=why-13]")
    page.keyboard.press("Enter")
    expect(page.locator("#why-13")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent").strip() == "閉じる"
    page.keyboard.press("Enter")
    expect(page.locator("#why-13")).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == "why-13"


def test_the_home_page_needs_no_click_and_an_offered_account_one(browsing: BrowserContext) -> None:
    page = browsing.new_page()
    page.goto("/")
    page.get_by_role("button", name="石井 健太").click()
    expect(page.locator("#day-13")).to_contain_text("3.15")


def test_without_a_script_everything_is_there(chromium: Browser, pages_server: PagesServer) -> None:
    context = chromium.new_context(base_url=pages_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/stage")
    page.get_by_role("button", name="上田 翔").click()
    page.get_by_text("石井 健太", exact=True).click()
    page.get_by_text("職員通用口・出", exact=True).click()
    page.get_by_role("button", name="かざす").click()
    expect(page.locator(".answer")).to_contain_text("許可")
    page.goto("/doors")
    page.get_by_role("link", name="最新にする").click()
    expect(page.locator(".tile")).to_have_count(5)
    context.close()


def test_signing_out_leads_to_signing_in(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    page.get_by_role("button", name="サインアウト").click()
    expect(page.locator("h1")).to_have_text("サインイン")
    page.go_back()
    page.reload()
    expect(page.locator("h1")).to_have_text("サインイン")


def test_a_form_of_another_site_is_refused(
    chromium: Browser, pages_server: PagesServer, browsing: BrowserContext, enter: Callable[[Role], Page]
) -> None:
    enter(Role.employee)
    page = browsing.new_page()
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{pages_server.url}/sign-out"><button>x</button></form>')
    with page.expect_navigation():
        page.locator("button").click()
    assert "受け付けませんでした" in page.content() or "サインイン" in page.content()
    page.goto(pages_server.url)
    expect(page.locator("h1")).to_contain_text("出勤簿")


def test_a_month_prints_on_one_sheet(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.employee)
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") == 1
