"""予約 in a real browser: permitted in a click, refused in two, cancelled knowing what goes back, who was faster."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.facilities.lottery import hash_seed
from domain.facilities.reservation import ReservationState
from gateway.bookings.round_seed import derive_seed
from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, Clicks, examine, sign_in
from tests.browser.server import PagesServer
from tests.pages.city import LOGIN_OF
from tests.pages.houses import EVENING, SATO, STAFF, SUNDAY, TATAMI, build_houses
from tests.pages.test_booking_import import GOOD
from tests.pages.test_booking_rounds import END, ID, wait
from tests.pages.test_booking_rounds import enter as enter_round
from tests.pages.test_bookings import state_of

pytestmark = pytest.mark.real

Enter = Callable[[Role], Page]


def state(server: PagesServer, booking_id: str) -> ReservationState:
    return state_of(server.city.store, booking_id)


def test_permitted_in_a_click_and_refused_in_two(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin)
    clicks = Clicks(page)
    clicks("許可 待ち 2件", "link")
    expect(page.locator("h1")).to_contain_text("2件が待っています")
    examine(page)
    clicks("許可する 青木合唱団 青木 望 大ホール 全面", "button")
    expect(page.get_by_role("status")).to_contain_text("大ホール 全面）を許可しました")
    assert (clicks.count, state(pages_server, SUNDAY)) == (2, ReservationState.permitted)  # from home; one from here
    examine(page)
    clicks = Clicks(page)
    clicks("補正・不許可 佐藤 花子 和室")
    page.get_by_label("理由（申請した人に伝わります）").fill("床の修繕のため使えません")
    examine(page)
    clicks("不許可にする 佐藤 花子", "button")
    expect(page.get_by_role("status")).to_contain_text("不許可にしました")
    assert (clicks.count, state(pages_server, TATAMI)) == (2, ReservationState.rejected)
    expect(page.get_by_text("許可を待つ予約はありません")).to_be_visible()
    examine(page)


def test_all_that_is_clear_in_one_click_and_keys_walk(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin)
    page.goto("/bookings/inbox")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#card-2")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#card-2 input[name=reason]")).to_be_focused()
    page.get_by_role("button", name="問題のない 2件をまとめて許可する").click()
    expect(page.get_by_role("status")).to_contain_text("2件を許可しました")
    assert [state(pages_server, each) for each in (SUNDAY, TATAMI)] == [ReservationState.permitted] * 2


def test_of_two_who_decide_at_once_the_slower_is_told_who_was_faster(
    pages_server: PagesServer, enter: Enter, chromium: Browser
) -> None:
    build_houses(pages_server.city)
    faster = enter(Role.facility_admin)
    other = chromium.new_context(base_url=pages_server.url, locale="ja-JP")
    slower = other.new_page()
    sign_in(slower, LOGIN_OF[Role.facility_admin], f"/bookings/inbox/{SUNDAY}")
    faster.goto("/bookings/inbox")
    slower.wait_for_load_state()
    faster.get_by_text("補正・不許可 青木合唱団").click()
    faster.get_by_label("理由（申請した人に伝わります）").first.fill("市の式典のため")
    faster.get_by_role("button", name="不許可にする 青木合唱団").click()
    expect(faster.get_by_role("status")).to_contain_text("不許可にしました")
    slower.get_by_role("button", name="許可する 青木合唱団").click()
    expect(slower.get_by_role("alert")).to_contain_text("見ている間に、ほかの人が処理しました")
    expect(slower.locator(".bk-moved")).to_contain_text("上田 翔 が処理しました（不許可）")
    examine(slower)
    other.close()
    assert state(pages_server, SUNDAY) is ReservationState.rejected


def test_a_question_is_asked_and_the_application_changed(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin)
    page.goto(f"/bookings/inbox/{TATAMI}")
    examine(page)
    page.get_by_text("補正・不許可 佐藤 花子").click()
    page.get_by_label("理由（申請した人に伝わります）").fill("炉は使いますか")
    page.get_by_role("button", name="補正を求める 佐藤 花子").click()
    expect(page.get_by_role("status")).to_contain_text("補正を求めました")
    page.goto(f"/bookings/{TATAMI}")
    expect(page.locator("#question")).to_contain_text("炉は使いますか")
    examine(page)
    page.get_by_role("link", name="内容を直して答える").click()
    page.get_by_label("利用目的").fill("茶道の稽古（炉を使う）")
    page.get_by_label("開始").fill("14:30")
    examine(page)
    page.get_by_role("button", name="この内容に変更する").click()
    expect(page.locator("#from_at-fault")).to_contain_text("60 分単位")
    examine(page)
    page.get_by_label("開始").fill("14:00")
    page.get_by_label("終了").fill("16:00")
    page.get_by_role("button", name="この内容に変更する").click()
    expect(page.get_by_role("status")).to_contain_text("予約を変更しました")
    expect(page.locator("h1")).to_contain_text("14:00–16:00")
    expect(page.locator("#question")).to_have_count(0)


def test_a_booking_is_found_cancelled_and_its_papers_shown(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_admin)
    page.goto("/bookings")
    examine(page)
    page.get_by_label("氏名・団体名・電話・予約番号").fill("アオキ")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="大ホール 全面 11月20日（木） 18:00").click()
    expect(page.locator(".bk-step-now")).to_contain_text("利用開始")
    examine(page)
    for name in ("予約票（QR）", "使用許可書"):
        page.get_by_role("link", name=name).click()
        examine(page)
        page.get_by_role("link", name="予約の画面へ").click()
    clicks = Clicks(page)
    clicks("取り消す…", exact=True)
    expect(page.locator(".bk-foreseen")).to_contain_text("還付するものはありません")
    examine(page)
    clicks("この予約を取り消す", "button")
    expect(page.get_by_role("status")).to_contain_text("予約を取り消しました")
    assert (clicks.count, state(pages_server, EVENING)) == (2, ReservationState.cancelled)
    expect(page.locator(".bk-step-ended")).to_contain_text("取消し")
    examine(page)


def test_an_employee_finds_the_own_booking_in_two_clicks(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.employee)
    clicks = Clicks(page)
    clicks("施設", "link", exact=True)
    clicks("予約", "link", exact=True)
    expect(page.get_by_role("link", name="第1会議室")).to_be_visible()
    examine(page)
    page.goto(f"/bookings/{STAFF}")
    examine(page)


def test_rounds_waiting_and_import_are_for_everybody_s_eyes(pages_server: PagesServer, enter: Enter) -> None:
    city = pages_server.city
    build_houses(city)
    wait(city)
    page = enter(Role.facility_admin)
    page.goto("/bookings/waiting")
    examine(page)
    page.goto("/bookings/rounds")
    examine(page)
    page.get_by_role("link", name="抽選を始める").click()
    examine(page)
    page.get_by_label("名称", exact=True).fill("1月の大ホール")
    page.get_by_label("英語の名称").fill("January")
    page.get_by_label("申込みの開始").fill("2025-11-20T16:00")
    page.get_by_label("申込みの締切").fill("2025-11-27T17:00")
    page.locator("input[value=hall-evening]").check()
    page.get_by_label("枠の最初の日").fill("2026-01-10")
    page.get_by_label("枠の最後の日").fill("2026-01-13")
    page.locator("input[name=id]").evaluate(f"field => {{ field.value = '{ID}' }}")
    page.get_by_role("button", name="抽選を始める").click()
    expect(page.get_by_role("status")).to_contain_text("抽選を始めました")
    expect(page.locator(".bk-proof")).to_contain_text(hash_seed(derive_seed(city.context.settings.names_key_file, ID)))
    enter_round(city, SATO, "20260111-hall-evening")
    page.reload()
    examine(page)
    page.goto("/bookings/import")
    page.get_by_label("ファイル（CSV）").set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": GOOD.replace("8,句会", "800,句会").encode()}
    )
    page.get_by_role("button", name="確かめる").click()
    expect(page.get_by_role("alert")).to_contain_text("定員は 12 人です")
    examine(page)
    page.get_by_label("ファイル（CSV）").set_input_files(
        {"name": "old.csv", "mimeType": "text/csv", "buffer": GOOD.encode()}
    )
    page.get_by_role("button", name="確かめる").click()
    examine(page)
    page.get_by_role("button", name="2件を取り込む").click()
    expect(page.get_by_role("status")).to_contain_text("2件の予約を取り込みました")
    city.clock.at = END
    page = enter(Role.facility_admin)
    page.goto(f"/bookings/rounds/{ID}")
    page.get_by_role("button", name="いま抽選する").click()
    expect(page.get_by_text("結果が一致しました")).to_be_visible()
    examine(page)


def test_a_change_says_its_price_while_it_is_filled_in(pages_server: PagesServer, enter: Enter) -> None:
    build_houses(pages_server.city)
    page = enter(Role.facility_desk, f"/bookings/{TATAMI}/change")
    ahead = page.locator("#ahead")
    expect(ahead).to_contain_text("変わりません")
    page.get_by_label("利用日").fill("2025-11-26")
    page.get_by_label("終了").fill("17:00")
    page.get_by_label("利用目的").click()
    expect(ahead).to_contain_text("1,100円 増えます")
    page.get_by_label("人数").fill("21")
    page.get_by_label("利用目的").click()
    expect(ahead).to_contain_text("定員は 20 人です")
    examine(page)


def test_without_a_script_and_with_large_targets(
    pages_server: PagesServer, enter: Enter, enter_without_script: Callable[[Role, str], Page]
) -> None:
    build_houses(pages_server.city)
    plain = enter_without_script(Role.facility_admin, "/bookings/inbox")
    plain.get_by_text("補正・不許可 佐藤 花子").click()
    plain.get_by_label("理由（申請した人に伝わります）").nth(1).fill("日を変えてください")
    plain.get_by_role("button", name="補正を求める 佐藤 花子").click()
    expect(plain.get_by_role("status")).to_contain_text("補正を求めました")
    plain.get_by_role("button", name="許可する 青木合唱団").click()
    expect(plain.get_by_role("status")).to_contain_text("許可しました")
    plain.goto(f"/bookings/{EVENING}")
    plain.get_by_text("取り消す…", exact=True).click()
    plain.get_by_role("button", name="この予約を取り消す").click()
    assert state(pages_server, EVENING) is ReservationState.cancelled
    page = enter(Role.facility_admin)
    page.set_viewport_size(PHONE)
    for path in (
        "/bookings", "/bookings/inbox", f"/bookings/inbox/{TATAMI}", f"/bookings/{STAFF}", f"/bookings/{TATAMI}/change",
        "/bookings/rounds", "/bookings/rounds/new", "/bookings/waiting", "/bookings/import",
    ):  # fmt: skip
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .tick, .bk-row-room)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
