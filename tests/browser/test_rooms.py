"""Rooms in a real browser: booked in three clicks from home, for others on one page, again and again, by one of two."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.civil import instant
from domain.facilities.lottery import Lot, Round, hash_seed
from gateway.operations.facilities.open_round import open_round
from gateway.operations.identity.roles import Role
from store.lotteries import find_entry
from tests.browser.screens import PHONE, SOON, WIDE, Clicks, examine, sign_in
from tests.browser.server import PagesServer
from tests.pages.city import LOGIN_OF
from tests.pages.houses import DECIDER, HOUSE, ISHII, build_houses

pytestmark = pytest.mark.real

Enter = Callable[..., Page]
FRIDAY = "2025-11-28"


@pytest.fixture(autouse=True)
def houses(pages_server: PagesServer) -> None:
    """The civic hall behind the pages."""
    build_houses(pages_server.city)


def fill(page: Page, purpose: str = "係内の打合せ", party: str = "8") -> None:
    page.get_by_label("利用目的").fill(purpose)
    page.get_by_label("人数").fill(party)


def test_staff_book_in_three_clicks_from_home(enter: Enter) -> None:
    page = enter(Role.employee)
    clicks = Clicks(page)
    clicks("施設", "link", exact=True)
    examine(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="第2会議室"))
    row.get_by_role("link", name="11月21日（金） 空き").click()
    clicks.count += 1
    expect(page.locator("h1")).to_contain_text("第2会議室を予約")
    expect(page.locator("#ahead")).to_contain_text("440円")
    examine(page)
    fill(page)
    clicks("予約する", "button", exact=True)
    page.wait_for_url("**/bookings/*")
    expect(page.locator("main")).to_contain_text("第2会議室")
    assert clicks.count == 3


def test_price_and_faults_are_told_before_anything_is_sent(enter: Enter) -> None:
    page = enter(Role.employee, f"/rooms/meeting-1/book?on={FRIDAY}&from=10:00")
    expect(page.locator("#ahead")).to_contain_text("660円")
    page.get_by_label("終了").select_option("13:00")
    expect(page.locator("#ahead")).to_contain_text("1,980円")
    page.get_by_label("プロジェクター").fill("1")
    page.get_by_label("利用目的").click()
    expect(page.locator("#ahead")).to_contain_text("3,080円")
    page.get_by_label("人数").fill("30")
    page.get_by_label("利用目的").click()
    expect(page.locator("#ahead")).to_contain_text("定員は 24 人です")
    examine(page)
    page.get_by_label("利用日").fill("2025-11-25")  # closed, for Monday was a holiday
    page.get_by_label("利用目的").click()
    expect(page.locator("#times")).to_contain_text("この日は利用できる時間がありません")
    expect(page.locator("#ahead")).to_contain_text("休館です")
    examine(page)


def test_what_is_free_nearby_is_one_click(enter: Enter) -> None:
    page = enter(Role.employee, "/rooms/washitsu/book?on=2025-11-22")
    page.get_by_label("開始").select_option("13:00")
    page.get_by_label("終了").select_option("15:00")
    fill(page, "茶会の相談", "6")
    page.get_by_label("利用目的").click()
    expect(page.locator("#ahead")).to_contain_text("予約済みです")
    page.locator("#ahead").get_by_role("button", name="第1会議室 13:00–15:00").click()
    expect(page.locator("h1")).to_contain_text("第1会議室を予約")
    expect(page.get_by_label("利用目的")).to_have_value("茶会の相談")
    expect(page.get_by_label("開始")).to_have_value("13:00")
    page.get_by_role("button", name="予約する", exact=True).click()
    page.wait_for_url("**/bookings/*")


def test_of_two_who_book_at_once_one_has_it_and_the_other_is_told(
    pages_server: PagesServer, chromium: Browser, enter: Enter
) -> None:
    path = "/rooms/hall/book?on=2025-11-29&slot=hall-evening"
    first = enter(Role.employee, path)
    other_browser = chromium.new_context(base_url=pages_server.url, locale="ja-JP")
    try:
        second = other_browser.new_page()
        sign_in(second, LOGIN_OF[Role.head], path)
        for page in (first, second):
            fill(page, "市民の集い", "120")
            expect(page.locator("#ahead")).to_contain_text("22,440円")
        second.get_by_role("button", name="予約する", exact=True).click()
        second.wait_for_url("**/bookings/*")
        first.get_by_role("button", name="予約する", exact=True).click()
        expect(first.get_by_role("alert")).to_contain_text("予約済みです")
        expect(first.get_by_label("利用目的")).to_have_value("市民の集い")
        expect(first.locator("#ahead")).to_contain_text("近くの空き")
        examine(first)
        first.locator("#ahead").get_by_role("button", name="13:00–17:00 午後", exact=False).first.click()
        expect(first.get_by_role("radio", name="13:00–17:00 午後")).to_be_checked()
        first.get_by_role("button", name="予約する", exact=True).click()
        first.wait_for_url("**/bookings/*")
    finally:
        other_browser.close()


def test_one_waits_for_what_is_taken(enter: Enter) -> None:
    page = enter(Role.employee, "/rooms/hall/book?on=2025-11-23&slot=hall-afternoon")
    fill(page, "講演会", "100")
    page.get_by_role("button", name="キャンセル待ちをする").click()
    page.wait_for_url("**/bookings/waiting**")
    page.goto("/rooms/hall")
    expect(page.locator("main")).to_contain_text("この部屋のキャンセル待ち 1件")


def test_a_counter_books_for_somebody_found_and_for_somebody_new(enter: Enter) -> None:
    page = enter(Role.facility_desk, f"/rooms/meeting-2/book?on={FRIDAY}")
    examine(page)
    page.get_by_label("氏名・フリガナ・電話で探す").fill("サトウ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="佐藤 花子")).to_be_checked()
    expect(page.locator("#ahead")).to_contain_text("440円")
    examine(page)
    fill(page, "読書会", "5")
    page.get_by_role("button", name="予約する", exact=True).click()
    page.wait_for_url("**/bookings/*")
    page.goto(f"/rooms/meeting-1/book?on={FRIDAY}")
    expect(page.get_by_label("氏名・団体名")).to_be_hidden()
    page.get_by_label("新しい利用者を登録する").check()
    page.get_by_label("氏名・団体名").fill("田中 一郎")
    page.get_by_label("利用者区分").select_option("resident")
    fill(page, "役員会", "9")
    page.get_by_role("button", name="予約する", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("メールか電話のどちらかを入力してください")
    examine(page)
    page.get_by_label("電話", exact=True).fill("0387654321")
    page.get_by_role("button", name="予約する", exact=True).click()
    page.wait_for_url("**/bookings/*")
    expect(page.locator("main")).to_contain_text("田中 一郎")


def test_a_series_is_seen_day_by_day_before_it_is_booked(enter: Enter) -> None:
    page = enter(Role.employee, "/rooms/washitsu/book?on=2025-11-22")  # this Saturday is taken from 12:30 on
    page.get_by_label("開始").select_option("14:00")
    page.get_by_label("終了").select_option("16:00")
    fill(page, "茶道", "6")
    expect(page.get_by_label("いつまで")).to_be_hidden()
    page.get_by_label("繰り返し方").select_option("weekly")
    expect(page.get_by_role("group", name="曜日")).to_be_visible()
    page.get_by_label("いつまで").fill("2025-12-13")
    page.get_by_label("利用目的").click()
    expect(page.locator("#ahead")).to_contain_text("4回の予定")
    expect(page.locator("#ahead")).to_contain_text("予約できない 1回")
    examine(page)
    page.get_by_label("11月22日（土） この日だけ").select_option(label="16:00–18:00")
    page.get_by_label("12月6日（土） この日だけ").select_option("2025-12-06 out")
    page.get_by_role("button", name="一覧を更新する").click()
    page.get_by_role("button", name="3回を予約する").click()
    page.wait_for_url("**/series/*")
    expect(page.locator("h1")).to_contain_text("3回を予約しました")
    examine(page)


def test_a_day_is_looked_at_by_the_hour_and_narrowed(enter: Enter) -> None:
    page = enter(Role.employee, "/rooms?on=2025-11-22")
    page.get_by_role("link", name="日", exact=True).click()
    expect(page.locator(".av-day")).to_be_visible()
    examine(page)
    page.get_by_label("人数").fill("100")
    page.get_by_label("時間帯").select_option(label="夜間（18時から）")
    page.get_by_role("button", name="表示", exact=True).click()
    expect(page.locator(".av-day")).not_to_contain_text("和室")
    page.locator(".av-day").get_by_role("link", name="18:00–22:00 夜間 空き").first.click()
    expect(page.get_by_role("radio", name="18:00–22:00 夜間")).to_be_checked()
    page.goto("/rooms?span=month")
    examine(page)
    page.goto("/rooms/hall")
    examine(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("Great Hall")
    examine(page)
    page.goto("/rooms?span=month")
    examine(page)


def test_on_a_phone_one_day_stands_with_its_rooms(enter: Enter) -> None:
    page = enter(Role.employee)
    page.set_viewport_size(PHONE)
    page.goto("/rooms")
    expect(page.locator(".av-grid")).to_be_hidden()
    page.get_by_role("navigation", name="日を選ぶ").get_by_role("link", name="土 22").click()
    expect(page.locator("#chosen-day")).to_contain_text("11月22日")
    washitsu = page.locator(".av-room").filter(has_text="和室")
    expect(washitsu).to_contain_text("12:30–15:30")
    washitsu.get_by_role("link", name="15:30–20:00").click()
    expect(page.get_by_label("開始")).to_have_value("16:00")
    fill(page, "茶道", "6")
    page.get_by_role("button", name="予約する", exact=True).click()
    page.wait_for_url("**/bookings/*")
    for path in ("/rooms", "/rooms/washitsu", "/rooms/hall/book?on=2025-11-29", "/rooms/washitsu/book?on=2025-11-29"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .av-chip, .asking-option)')]
            .filter(e => e.checkVisibility() && !e.classList.contains('rbk-default'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
    page.set_viewport_size(WIDE)


def test_by_the_keyboard_alone(enter: Enter) -> None:
    page = enter(Role.employee, f"/rooms/meeting-2/book?on={FRIDAY}")
    page.get_by_label("利用目的").focus()
    page.keyboard.type("打合せ")
    page.keyboard.press("Tab")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bookings/*")


def test_everything_works_without_a_script(enter_without_script: Callable[[Role, str], Page]) -> None:
    page = enter_without_script(Role.employee, "/rooms")
    page.get_by_label("日", exact=True).fill("2025-11-22")
    page.get_by_role("button", name="表示", exact=True).click()
    page.get_by_role("link", name="11月22日（土） 一部空き").click()
    page.get_by_label("開始").select_option("13:00")
    page.get_by_label("終了").select_option("15:00")
    page.get_by_label("利用目的").fill("茶会")
    page.get_by_label("人数").fill("6")
    page.get_by_role("button", name="料金と空きを確かめる").click()
    expect(page.locator("#ahead")).to_contain_text("予約済みです")
    page.get_by_role("button", name="日 23").click()
    expect(page.get_by_label("利用日")).to_have_value("2025-11-23")
    expect(page.get_by_label("利用目的")).to_have_value("茶会")
    page.get_by_role("button", name="予約する", exact=True).click()
    page.wait_for_url("**/bookings/*")


@pytest.fixture
def lottery(pages_server: PagesServer) -> Round:
    """A round of two Sundays' great hall, open for a week."""
    city = pages_server.city
    now = city.clock()
    lots = tuple(
        Lot(
            f"lot-{day}",
            "hall",
            instant(date(2026, 3, day), 780),
            instant(date(2026, 3, day), 1020),
            1,
            "hall-afternoon",
        )
        for day in (1, 8)
    )
    names = ("春の大ホール", "Great Hall in spring")
    round_ = Round("spring", HOUSE, *names, now, now + timedelta(days=7), lots, hash_seed("x"), choices_most=2)
    with city.store.transaction(now) as tx:
        return open_round(tx, round_, by=DECIDER.login)


def test_a_round_is_entered_and_changed(pages_server: PagesServer, enter: Enter, lottery: Round) -> None:
    page = enter(Role.employee, "/rooms/hall")
    page.get_by_role("link", name="「春の大ホール」の抽選の申込みを受け付けています").click()
    examine(page)
    page.get_by_role("button", name="抽選に申し込む").click()
    expect(page.get_by_role("alert")).to_contain_text("希望を 1 つ以上選んでください")
    examine(page)
    page.get_by_label("第1希望").select_option(index=2)
    fill(page, "合唱祭", "200")
    page.get_by_role("button", name="抽選に申し込む").click()
    page.wait_for_url("**/bookings/rounds/spring**", timeout=4 * SOON)
    page.goto("/rooms/hall/lots")
    expect(page.get_by_label("第1希望")).to_have_value("lot-8")
    page.get_by_label("第2希望").select_option("lot-1")
    page.get_by_role("button", name="抽選に申し込む").click()
    page.wait_for_url("**/bookings/rounds/spring**")
    with pages_server.city.store.reading(pages_server.city.clock()) as tx:
        kept = find_entry(tx, "spring", ISHII)
    assert kept is not None
    assert kept.entry.choices == ("lot-8", "lot-1")
