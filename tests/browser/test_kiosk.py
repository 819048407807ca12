"""The screen beside a reader in a real browser: every state, two sizes, no fault by axe, nothing from outside."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, expect

from domain.access.policy import AttendanceMeaning
from domain.ids import AccessPointId
from domain.verdict import Granted
from readers.events import Signal
from readers.outputs.kiosk.display import KioskDisplay
from readers.outputs.settings import KioskSettings
from readers.words import REFUSED, RETRY, UNREADABLE, UNRECORDED, Words, words_for
from tests.browser.screens import PHONE
from tests.servers import free_port

pytestmark = pytest.mark.real

POINT = AccessPointId("main_in")
SCREEN: ViewportSize = {"width": 800, "height": 480}
AT = datetime(2026, 11, 19, 23, 25, tzinfo=UTC)
IN = words_for(Granted(rule="r"), AttendanceMeaning.clock_in, AT)
ANSWERS: tuple[tuple[Signal, Words], ...] = (
    ("granted", IN),
    ("refused", next(iter(REFUSED.values()))),
    ("unrecorded", UNRECORDED),
    ("retry", RETRY),
)


def open_kiosk(port: int) -> KioskDisplay:
    points = {"main_in": {"name": "正面玄関・入", "name_en": "Main entrance, in", "hold": True, "door": "main"}}
    return KioskDisplay(KioskSettings.model_validate({"port": port, "points": points}))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def kiosk(port: int) -> Iterator[KioskDisplay]:
    display = open_kiosk(port)
    yield display
    display.close()


@pytest.fixture
def context(chromium: Browser, port: int) -> Iterator[BrowserContext]:
    """A browser far from Japan whose requests are all to be ours."""
    context = chromium.new_context(viewport=SCREEN, timezone_id="America/New_York")
    context.set_default_timeout(8000)
    outside: list[str] = []
    complaints: list[str] = []
    ours = f"http://127.0.0.1:{port}/"
    context.on("request", lambda request: None if request.url.startswith(ours) else outside.append(request.url))
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context
    context.close()
    assert outside == []
    assert [text for text in complaints if "ERR_CONNECTION_REFUSED" not in text] == []


@pytest.fixture
def page(context: BrowserContext, kiosk: KioskDisplay, port: int) -> Page:
    """The point's page, connected and waiting for a card."""
    return visit(context.new_page(), port)


def visit(page: Page, port: int) -> Page:
    """Open the first point's page, as soon as it is served: a display begins to serve in its own time."""
    for _ in range(200):
        try:
            page.goto(f"http://127.0.0.1:{port}/")
        except Error as error:
            if "ERR_CONNECTION_REFUSED" not in error.message:
                raise
            page.wait_for_timeout(50)
        else:
            break
    expect(page.locator("body")).to_have_attribute("data-state", "idle")
    return page


def judge(page: Page) -> None:
    """No fault by axe's rules, nothing cut off, in both shapes of screen."""
    for size in (SCREEN, PHONE):
        page.set_viewport_size(size)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert (
            page.evaluate(
                """[...document.querySelectorAll('p, h1, svg')].filter(e => e.checkVisibility()).map(e => {
                const box = e.getBoundingClientRect();
                return [e.textContent.trim(), box.left, box.top, box.right, box.bottom];
            }).filter(([, l, t, r, b]) => l < 0 || t < 0 || r > innerWidth || b > innerHeight)"""
            )
            == []
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_waits_with_the_offices_time(page: Page) -> None:
    expect(page.get_by_text("カードをかざしてください")).to_be_visible()
    expect(page.get_by_text("Hold your card here")).to_be_visible()
    expect(page.get_by_text("音が鳴るまで、そのままで")).to_be_visible()
    hours = page.evaluate("new Date().getUTCHours()")
    shown = page.locator(".clock").inner_text()
    assert re.fullmatch(r"\d{1,2}:\d\d", shown)
    assert int(shown.partition(":")[0]) in {(hours + 9) % 24, (hours + 10) % 24}
    expect(page.locator(".date")).to_have_text(re.compile(r"^令和\d+年\d+月\d+日（[日月火水木金土]）$"))
    judge(page)


def test_there_is_nothing_to_touch(page: Page) -> None:
    expect(page.locator("a, button, input, select, textarea, [tabindex], [contenteditable]")).to_have_count(0)


@pytest.mark.parametrize(("signal", "words"), ANSWERS, ids=[signal for signal, _ in ANSWERS])
def test_an_answer_is_told_by_words_shape_and_colour(
    page: Page, kiosk: KioskDisplay, signal: Signal, words: Words
) -> None:
    kiosk.notice(POINT)
    expect(page.locator("body")).to_have_attribute("data-state", "noticed")
    expect(page.get_by_text("読み取っています")).to_be_visible()
    kiosk.present(POINT, signal, words)
    section = page.locator(f'[data-shows="{signal}"]')
    expect(section.locator("[data-ja]")).to_have_text(words.ja)
    expect(section.locator("[data-en]")).to_have_text(words.en)
    expect(section.locator("svg")).to_be_visible()
    expect(page.locator("[data-shows]:visible")).to_have_count(1)
    judge(page)


def test_an_arrival_is_told_with_its_time_and_no_name(page: Page, kiosk: KioskDisplay) -> None:
    kiosk.present(POINT, "granted", IN)
    expect(page.locator('[data-shows="granted"]')).to_contain_text("出勤 8:25")
    expect(page.locator('[data-shows="granted"]')).to_contain_text("確認しました")


def test_every_reason_fits(page: Page, kiosk: KioskDisplay) -> None:
    for size in (SCREEN, PHONE):
        page.set_viewport_size(size)
        for words in {*REFUSED.values(), *UNREADABLE.values()}:
            kiosk.present(POINT, "refused", words)
            expect(page.locator('[data-shows="refused"] [data-ja]')).to_have_text(words.ja)
            box = page.locator('[data-shows="refused"] .said').bounding_box()
            assert box is not None
            assert box["x"] >= 0, words
            assert box["y"] >= 0, words
            assert box["x"] + box["width"] <= size["width"], words
            assert box["y"] + box["height"] <= size["height"], words


def test_the_shapes_differ_without_their_colours(page: Page) -> None:
    """Each state has a sign of its own, so that nobody depends on red and green."""
    signs = page.evaluate("[...document.querySelectorAll('[data-shows] svg')].map(e => e.innerHTML)")
    assert len(signs) == len(set(signs)) == 7


def test_it_returns_to_waiting_after_four_seconds(page: Page, kiosk: KioskDisplay) -> None:
    kiosk.present(POINT, "granted", IN)
    expect(page.locator("body")).to_have_attribute("data-state", "granted")
    shown = time.monotonic()
    page.wait_for_timeout(2500)
    expect(page.locator("body")).to_have_attribute("data-state", "granted")
    expect(page.locator("body")).to_have_attribute("data-state", "idle")
    assert time.monotonic() - shown > 3.5


def test_the_next_card_does_not_wait_for_the_last_answer(page: Page, kiosk: KioskDisplay) -> None:
    kiosk.present(POINT, "refused", RETRY)
    expect(page.locator("body")).to_have_attribute("data-state", "refused")
    kiosk.notice(POINT)
    expect(page.locator("body")).to_have_attribute("data-state", "noticed")


def test_an_alarm_stands_below_whatever_is_shown_until_it_is_over(page: Page, kiosk: KioskDisplay) -> None:
    kiosk.alarm("door_held_open", "main")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("扉が開いたままです。閉めてください")
    expect(banner).to_contain_text("Door left open")
    kiosk.present(POINT, "granted", IN)
    expect(page.locator('[data-shows="granted"]')).to_be_visible()
    expect(banner).to_be_visible()
    judge(page)
    kiosk.alarm("door_restored", "main")
    expect(banner).to_be_hidden()


def test_hostile_words_are_text(page: Page, kiosk: KioskDisplay) -> None:
    kiosk.present(POINT, "refused", Words("<img src=x onerror=alert(1)>", "<b>x</b>"))
    expect(page.locator('[data-shows="refused"] [data-ja]')).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".answer img, .answer b")).to_have_count(0)


def test_a_lost_line_is_said_and_found_again(page: Page, kiosk: KioskDisplay, port: int) -> None:
    kiosk.close()
    expect(page.get_by_text("つながっていません")).to_be_visible()
    expect(page.get_by_text("音とランプで確かめてください")).to_be_visible()
    judge(page)
    again = open_kiosk(port)
    try:
        expect(page.locator("body")).to_have_attribute("data-state", "idle", timeout=15000)
        again.present(POINT, "granted", IN)
        expect(page.locator('[data-shows="granted"]')).to_contain_text("出勤 8:25")
    finally:
        again.close()


def test_a_silent_browser_says_that_it_is_silent(page: Page, kiosk: KioskDisplay) -> None:
    """Where the browser does not let a page sound, the page says so; with the kiosk's flag it sounds."""
    expect(page.locator("#muted")).to_be_visible()
    expect(page.locator("#muted")).to_have_text("音は出ません No sound", use_inner_text=True)


def test_with_the_kiosks_flag_it_sounds(chromium: Browser, kiosk: KioskDisplay, port: int) -> None:
    context = chromium.new_context(viewport=SCREEN)
    page = visit(context.new_page(), port)
    page.mouse.click(5, 5)  # stands for --autoplay-policy=no-user-gesture-required
    kiosk.notice(POINT)
    expect(page.locator("#muted")).to_be_hidden()
    context.close()


def test_it_keeps_still_for_those_who_ask(chromium: Browser, kiosk: KioskDisplay, port: int) -> None:
    context = chromium.new_context(viewport=SCREEN, reduced_motion="reduce")
    page = visit(context.new_page(), port)
    kiosk.notice(POINT)
    expect(page.locator("body")).to_have_attribute("data-state", "noticed")
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_pictures_for_people_to_look_at(page: Page, kiosk: KioskDisplay, tmp_path: Path) -> None:
    """Each state draws something of its own: what people should judge lies in the test's folder."""
    pictures = set()
    for signal, words in ANSWERS:
        kiosk.present(POINT, signal, words)
        expect(page.locator(f'[data-shows="{signal}"]')).to_be_visible()
        pictures.add(page.screenshot(path=tmp_path / f"{signal}.png"))
    assert len(pictures) == len(ANSWERS)
