"""Commanding doors and giving cards in a real browser, with a controller that answers through the real ingest."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.access.command_doors import COMMAND_AGE_MAX
from gateway.operations.identity.roles import Role
from store.alarms import Alarm, insert_alarms
from store.people import Card, upsert_cards
from tests.browser.screens import PHONE, SOON, examine
from tests.browser.server import PagesServer
from tests.pages.edge import Edge

pytestmark = pytest.mark.real


@pytest.fixture
def edges(pages_server: PagesServer) -> dict[str, Edge]:
    return {name: Edge(pages_server.city, name) for name in ("west-1", "east-1")}


def test_a_lock_down_is_asked_confirmed_watched_and_released(
    pages_server: PagesServer, edges: dict[str, Edge], enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.goto("/doors")
    page.get_by_role("button", name="一斉施錠…").click()
    ask = page.get_by_role("dialog", name="扉を一斉施錠する")
    expect(ask).to_be_visible()
    examine(page)
    ask.get_by_role("button", name="一斉施錠する").click()  # the reason is missing: the browser itself stops it
    expect(ask).to_be_visible()
    ask.get_by_label("理由").fill("不審者の通報")
    ask.get_by_label("操作する人の氏名").fill("青木 太郎")
    ask.get_by_role("button", name="一斉施錠する").click()
    expect(page.locator("h1")).to_have_text("一斉施錠 全館")
    progress = page.locator("#command")
    expect(progress).to_contain_text("0/5 扉が応答")
    edges["west-1"].obey()
    expect(progress).to_contain_text("1/5 扉が応答", timeout=2 * SOON)
    edges["east-1"].obey(refuse="not_wired: staff")
    expect(progress).to_contain_text("2/5 扉が応答", timeout=2 * SOON)
    expect(progress).to_contain_text("応答を待っている扉（3）")
    examine(page)
    pages_server.city.clock.advance(seconds=COMMAND_AGE_MAX.total_seconds())
    expect(progress).to_contain_text("応答なし（3）", timeout=5 * SOON)
    examine(page)
    page.get_by_role("link", name="扉の状態へ").click()
    expect(page.locator("#door-main")).to_contain_text("一斉施錠")
    expect(page.locator(".request-silent")).to_contain_text("2/5 扉が応答")
    page.get_by_role("button", name="解除…").click()
    ask = page.get_by_role("dialog", name="扉の操作を解除する")
    ask.get_by_label("操作する人の氏名").fill("青木 太郎")
    ask.get_by_role("button", name="解除する").click()
    edges["west-1"].obey()
    expect(page.locator("#command")).to_contain_text("1/5 扉が応答", timeout=2 * SOON)
    page.goto("/commands")
    expect(page.locator("tbody tr")).to_have_count(2)
    examine(page)


def test_a_door_is_opened_once_and_by_the_keyboard_unlocked_for_a_while(
    edges: dict[str, Edge], enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.goto("/doors")
    page.get_by_role("link", name="操作 正面玄関").click()
    page.get_by_role("button", name="一回解錠").click()
    [command] = edges["west-1"].obey()
    assert (command.action, command.doors) == ("open_once", ("main",))
    expect(page.locator("#command")).to_contain_text("すべての扉が操作どおりになりました", timeout=2 * SOON)
    page.goto("/doors/main/view")
    expect(page.locator("#door")).to_contain_text("解錠中")
    page.get_by_role("button", name="開放…").focus()
    page.keyboard.press("Enter")
    ask = page.get_by_role("dialog", name="正面玄関を開放する")
    expect(ask).to_be_visible()
    examine(page)
    ask.get_by_label("いつまで").select_option(label="60分間")
    ask.get_by_label("理由").fill("搬入")
    ask.get_by_label("操作する人の氏名").fill("青木 太郎")
    page.keyboard.press("Escape")
    expect(ask).to_be_hidden()
    page.keyboard.press("Enter")
    ask.get_by_role("button", name="開放する").click()
    page.wait_for_url("**/commands/*")
    [command] = edges["west-1"].obey()
    assert (command.action, command.seconds) == ("unlock", 3600)
    page.goto("/doors/main/view")
    expect(page.locator(".door-now")).to_contain_text("開放")
    expect(page.locator("#door")).to_contain_text("搬入")


def test_a_dialog_stays_while_the_board_renews_itself(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    with page.expect_response(lambda answer: "/doors/part" in answer.url):
        page.goto("/doors")
    page.get_by_role("button", name="一斉施錠…").click()
    page.get_by_label("理由").first.fill("途中の")
    pages_server.city.move_door("west-1", "main", "forced_open")
    expect(page.locator("#door-main")).to_contain_text("こじ開け", timeout=2 * SOON)
    expect(page.get_by_role("dialog", name="扉を一斉施錠する")).to_be_visible()
    expect(page.get_by_label("理由").first).to_have_value("途中の")


def test_an_alarm_is_acknowledged(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        insert_alarms(tx, [Alarm("duress", "main_in", "x")])
    page = enter(Role.operator)
    page.goto("/doors")
    first = page.locator(".alarms li").first
    expect(first).to_contain_text("脅されて")
    first.get_by_role("button", name="確認した").click()
    expect(page.locator(".alarms li").first).to_contain_text("開け放し")
    page.get_by_text("確認済み（24時間で1件）").click()
    expect(page.locator("#acknowledged")).to_contain_text("desk")
    examine(page)


def test_a_card_is_given_in_three_clicks_and_a_tap(
    pages_server: PagesServer, edges: dict[str, Edge], enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.hr)
    page.goto("/cards")
    page.get_by_label("氏名・カナ・職員番号").fill("いしい")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="石井 健太").click()
    page.get_by_role("button", name="次にかざしたカードを登録").click()
    waiting = page.locator("#enrolment")
    expect(waiting).to_contain_text("「正面玄関・外側」にカードをかざしてください")
    examine(page)
    edges["west-1"].fail_read("main_in", "several_cards")
    expect(waiting).to_contain_text("カードを1枚だけかざしてください", timeout=5 * SOON)
    edges["west-1"].tap("main_in", "a" * 32)
    expect(waiting).to_contain_text("登録しました", timeout=2 * SOON)
    examine(page)
    page.get_by_role("link", name="この人のカードへ").click()
    expect(page.get_by_role("heading", name="s0002-1")).to_be_visible()


def test_a_card_of_somebody_else_is_named(
    pages_server: PagesServer, edges: dict[str, Edge], enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card("b" * 32, "s0003", "No.77")])
    page = enter(Role.hr)
    page.goto("/cards/s0002")
    page.get_by_role("button", name="次にかざしたカードを登録").click()
    expect(page.locator("#enrolment")).to_contain_text("かざしてください")
    edges["west-1"].tap("main_in", "b" * 32)
    expect(page.locator("#enrolment")).to_contain_text("「No.77」として 上田 翔", timeout=2 * SOON)
    examine(page)


def test_nobody_comes_and_the_time_is_over(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/cards/s0002")
    page.get_by_role("button", name="次にかざしたカードを登録").click()
    expect(page.locator("#enrolment")).to_contain_text("あと約60秒")
    pages_server.city.clock.at += timedelta(seconds=60)
    expect(page.locator("#enrolment")).to_contain_text("時間切れです", timeout=5 * SOON)


def test_a_pin_is_typed_twice_and_seen_by_nobody(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card("b" * 32, "s0002", "No.77")])
    page = enter(Role.hr)
    page.goto("/cards/s0002")
    page.get_by_text("通行の扱いと暗証番号").click()
    examine(page)
    pin = page.get_by_role("group", name="暗証番号")
    pin.get_by_label("番号", exact=True).fill("2468")
    pin.get_by_label("もう一度").fill("2469")
    page.get_by_role("button", name="設定する 暗証番号 No.77").click()
    expect(page.get_by_role("alert")).to_contain_text("二つの番号が一致しません")
    examine(page)
    pin.get_by_label("番号", exact=True).fill("2468")
    pin.get_by_label("もう一度").fill("2468")
    page.get_by_role("button", name="設定する 暗証番号 No.77").click()
    page.get_by_text("通行の扱いと暗証番号").click()
    expect(pin).to_contain_text("設定済み")
    assert "2468" not in page.content()
    page.get_by_text("紛失…").click()
    page.get_by_role("button", name="停止する No.77 紛失").click()
    expect(page.locator("main")).to_contain_text("active → lost")


def test_without_a_script_doors_are_commanded_and_cards_given(
    edges: dict[str, Edge], enter_without_script: Callable[[Role, str], Page]
) -> None:
    page = enter_without_script(Role.operator, "/doors")
    page.get_by_role("button", name="一斉施錠…").click()
    ask = page.get_by_role("dialog", name="扉を一斉施錠する")
    ask.get_by_label("理由").fill("訓練")
    ask.get_by_label("操作する人の氏名").fill("青木 太郎")
    ask.get_by_label("範囲").select_option(label="市民ホール")
    ask.get_by_role("button", name="一斉施錠する").click()
    edges["west-1"].obey()
    page.reload()
    expect(page.locator("#command")).to_contain_text("1/2 扉が応答")
    page.goto("/cards/s0002")
    page.get_by_role("button", name="次にかざしたカードを登録").click()
    edges["west-1"].tap("main_in", "a" * 32)
    page.reload()
    expect(page.locator("#enrolment")).to_contain_text("登録しました")


def test_targets_of_the_door_and_card_screens_are_large_enough(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.set_viewport_size(PHONE)
    for path in ("/doors", "/doors/main/view", "/commands", "/cards?q=s", "/cards/s0002"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('button, select, summary, .tick, input:not([type=hidden], .tick input)')]
            .filter(e => e.checkVisibility() && !e.closest('[popover]'))
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
