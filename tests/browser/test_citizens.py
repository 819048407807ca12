"""Citizens at their own door: a room in six steps on a phone, by keyboard, without script, and changed again."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from domain.civil import instant
from domain.facilities.lottery import Lot, Round, hash_seed
from domain.facilities.reservation import ReservationState
from gateway.operations.facilities.open_round import open_round
from store.reservations import list_reservations_of
from tests.browser.citizens import CitizensServer, serve_citizens
from tests.browser.screens import PHONE, WIDE, Clicks, examine, judge
from tests.pages.city import City
from tests.pages.houses import HOUSE, SATO

EMAIL = "sato@example.jp"


@pytest.fixture
def server(sqlite_url: str, tmp_path: Path) -> Iterator[CitizensServer]:
    """The door on a real server, with the letters that were written so far fetched."""
    with serve_citizens(sqlite_url, tmp_path) as served:
        served.post.fetch()
        yield served


@pytest.fixture
def open_page(chromium: Browser, server: CitizensServer) -> Iterator[Callable[..., Page]]:
    """A page of a fresh profile; whatever it asks of elsewhere fails the test."""
    contexts, outside = [], []

    def open_(*, script: bool = True) -> Page:
        context = chromium.new_context(
            base_url=server.url, locale="ja-JP", viewport=PHONE, java_script_enabled=script, has_touch=True
        )
        context.set_default_timeout(8000)
        context.on("request", lambda asked: None if asked.url.startswith(server.url) else outside.append(asked.url))
        contexts.append(context)
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    assert outside == []


def enter_code(server: CitizensServer, page: Page) -> None:
    page.get_by_label("確認番号").fill(server.post.read_code(EMAIL))


def states(server: CitizensServer) -> list[ReservationState]:
    with server.city.store.reading(server.city.clock()) as tx:
        return [each.reservation.state for each in list_reservations_of(tx, SATO, since=server.city.clock())]


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
def test_a_room_is_booked_in_six_steps(
    server: CitizensServer, open_page: Callable[..., Page], size: ViewportSize
) -> None:
    click = Clicks(open_page())
    page = click.page
    page.set_viewport_size(size)
    page.goto("/")
    expect(page.locator(".steps li")).to_have_count(6)
    click("市民館", "link")
    page.locator("a[href='/rooms/meeting-1/days/2025-11-26']").click()
    page.get_by_label("はじまり").select_option("13:00")
    page.get_by_label("おわり").select_option("15:00")
    click("この時間で申し込む", "button")
    page.get_by_label("メールアドレス").fill(EMAIL)
    click("確認番号を送る", "button")
    enter_code(server, page)
    click("確認する", "button")
    expect(page.get_by_text("13:00〜15:00").first).to_be_visible()  # signing in led back to the time that was chosen
    page.get_by_label("人数").fill("5")
    page.get_by_label("使う目的").fill("読書会")
    click("料金と条件を確かめる", "button")
    click("この内容で申し込む", "button")
    expect(page.get_by_text("申し込みました")).to_be_visible()
    expect(page.get_by_role("img", name="当日、窓口で見せるコード")).to_be_visible()
    assert click.count + 1 <= 7  # the link of the day is the seventh: six steps, one of them with signing in between
    assert ReservationState.permitted in states(server)


def test_a_week_on_a_phone_is_touched_by_fingers(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/facilities/shimin-kan")
    boxes = [cell.bounding_box() for cell in page.locator(".week-cell .vacancy").all()]
    assert len(boxes) >= 7
    assert all(box is not None and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    expect(page.get_by_role("row")).to_have_count(1 + len(boxes) // 7)  # to a reader it is the table that it is
    expect(page.get_by_role("rowheader", name="和室")).to_have_count(1)
    judge(page)


def test_every_page_of_the_door_can_be_used_by_everybody(
    server: CitizensServer, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    for path in ("/", "/facilities/shimin-kan", "/rooms/hall/days/2025-11-23", "/rooms/meeting-1/days/2025-11-26"):
        page.goto(path)
        examine(page)
    page.goto("/register")
    page.get_by_role("button", name="登録して").click()
    expect(page.get_by_role("alert")).to_be_visible()
    examine(page)
    page.goto("/sign-in")
    examine(page)
    page.get_by_label("メールアドレス").fill(EMAIL)
    page.get_by_role("button", name="確認番号を送る").click()
    examine(page)
    enter_code(server, page)
    page.get_by_role("button", name="確認する").click()
    examine(page)
    for path in ("/bookings/b-tatami", "/book?room=hall&on=2025-12-02&slot=hall-morning", "/nowhere"):
        page.goto(path)
        examine(page)


def test_forms_with_faults_prices_and_ends_can_be_used_by_everybody(
    server: CitizensServer, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto("/bookings")
    page.get_by_label("メールアドレス").fill(EMAIL)
    page.get_by_role("button", name="確認番号を送る").click()
    enter_code(server, page)
    page.get_by_role("button", name="確認する").click()
    page.goto("/book?room=hall&on=2025-11-23&slot=hall-afternoon")
    page.get_by_label("人数").fill("50")
    page.get_by_label("使う目的").fill("合唱")
    page.get_by_role("button", name="料金と条件を確かめる").click()
    expect(page.get_by_text("近くで空いている時間")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="大ホール 全面 11月23日（日） 09:00〜12:00").click()
    page.get_by_label("人数").fill("50")
    page.get_by_label("使う目的").fill("合唱")
    page.get_by_role("button", name="料金と条件を確かめる").click()
    examine(page)
    page.get_by_role("button", name="内容を直す").click()
    expect(page.get_by_label("使う目的")).to_have_value("合唱")
    page.goto("/book?room=meeting-2&on=2025-12-02&from=10:00&to=11:00")
    page.get_by_label("人数").fill("4")
    page.get_by_label("使う目的").fill("相談")
    page.get_by_role("button", name="料金と条件を確かめる").click()
    page.get_by_role("button", name="この内容で申し込む").click()
    examine(page)
    page.get_by_role("link", name="変更する").click()
    examine(page)
    page.get_by_role("link", name="変えない").click()
    click = Clicks(page)
    click("取り消す", "link")
    examine(page)
    click("取り消す", "button")
    expect(page.get_by_text("この予約は取り消されました。")).to_be_visible()
    assert click.count == 2


def test_a_draw_is_entered_with_choices_in_order(server: CitizensServer, open_page: Callable[..., Page]) -> None:
    open_draw(server.city)
    page = open_page()
    page.goto("/")
    page.get_by_role("link", name="抽選に申し込む").click()
    examine(page)
    page.get_by_role("link", name="年末の抽選").click()
    examine(page)
    page.get_by_role("link", name="抽選に申し込む").click()
    page.get_by_label("メールアドレス").fill(EMAIL)
    page.get_by_role("button", name="確認番号を送る").click()
    enter_code(server, page)
    page.get_by_role("button", name="確認する").click()
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_role("alert")).to_be_visible()
    examine(page)
    page.get_by_label("第1希望").select_option("pm")
    page.get_by_label("第2希望").select_option("am")
    page.get_by_label("人数").fill("100")
    page.get_by_label("使う目的").fill("合唱祭")
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_text("申込み済み")).to_be_visible()
    examine(page)


def open_draw(city: City) -> None:
    on = date(2025, 12, 20)
    lots = (
        Lot("am", "hall", instant(on, 540), instant(on, 720), 1, "hall-morning"),
        Lot("pm", "hall", instant(on, 780), instant(on, 1020), 1, "hall-afternoon"),
    )
    ends_at = city.clock() + timedelta(days=2)
    with city.store.transaction(city.clock()) as tx:
        open_round(
            tx,
            Round("xmas", HOUSE, "年末の抽選", "Year's End", city.clock(), ends_at, lots, hash_seed("5eed" * 16)),
            by="root",
        )


def test_without_script_and_by_keyboard_a_room_can_be_booked(
    server: CitizensServer, open_page: Callable[..., Page]
) -> None:
    page = open_page(script=False)
    page.goto("/book?room=meeting-1&on=2025-12-02&from=09:00&to=10:00")
    for field, typed in (("メールアドレス", EMAIL), ("確認番号", "")):
        page.get_by_label(field).focus()
        page.keyboard.type(typed or server.post.read_code(EMAIL))
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    page.get_by_label("人数").focus()
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.type("meeting")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="この内容で申し込む").press("Enter")
    page.wait_for_load_state()
    expect(page.get_by_text("申し込みました")).to_be_visible()
    assert ReservationState.permitted in states(server)
