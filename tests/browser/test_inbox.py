"""決裁 in a real browser: one click a card, one for all of which nothing diverges, keys, and no script at all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from domain.workflow.states import State
from gateway.operations.identity.roles import Role
from store.applications import load_application
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.asked import AHEAD, CLAIMED, CLEAR, LEAVE, PUNCH, put_asked

pytestmark = pytest.mark.real


def state(server: PagesServer, name: str) -> State:
    with server.city.store.reading(server.city.clock()) as tx:
        found = load_application(tx, name)
    assert found is not None
    return found.application.state


def test_one_click_a_card_and_one_for_the_rest(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    put_asked(pages_server.city)
    page = enter(Role.head)
    clicks = Clicks(page)
    clicks("決裁 待ち 5件", "link")
    expect(page.locator("h1")).to_contain_text("5件が待っています")
    examine(page)
    clicks("承認する 石井 健太 打刻訂正", "button")
    expect(page.get_by_role("status")).to_contain_text("石井 健太 さんの申請を承認しました")
    assert (clicks.count, state(pages_server, PUNCH)) == (2, State.approved)  # from home: the tab, the card
    clicks("乖離のない 3件をまとめて承認する", "button")
    expect(page.get_by_role("status")).to_contain_text("3件を承認しました")
    assert [state(pages_server, name) for name in (LEAVE, AHEAD)] == [State.approved] * 2
    expect(page.locator(".inbox-card")).to_have_count(1)  # what diverges stays
    examine(page)
    page.get_by_text("差戻・却下 石井 健太").click()
    page.get_by_role("button", name="差し戻す 石井 健太").click()  # the browser asks for the sentence
    page.get_by_label("理由（申請した人に伝わります）").fill("20時までの記録しかありません")
    examine(page)
    page.get_by_role("button", name="差し戻す 石井 健太").click()
    expect(page.get_by_role("status")).to_contain_text("差し戻しました")
    assert state(pages_server, CLAIMED) is State.returned
    expect(page.get_by_text("決裁を待つ申請はありません")).to_be_visible()
    examine(page)


def test_keys_walk_approve_send_back_and_can_be_turned_off(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    put_asked(pages_server.city)
    page = enter(Role.head)
    page.goto("/attendance/inbox")
    for key in ("j", "j", "j", "k", "j"):
        page.keyboard.press(key)
    expect(page.locator("#card-3")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#card-3 input[name=reason]")).to_be_focused()
    page.keyboard.type("ajkr")  # a field has the focus: these are letters
    expect(page.locator("#card-3 input[name=reason]")).to_have_value("ajkr")
    page.get_by_role("button", name="キー操作を切る").click()
    page.locator("#card-3").focus()
    page.keyboard.press("a")
    expect(page.locator(".inbox-card")).to_have_count(5)
    page.reload()
    page.get_by_role("button", name="キー操作を入れる").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("a")
    expect(page.locator(".inbox-card")).to_have_count(4)
    page.goto(f"/attendance/inbox/{CLAIMED}")
    examine(page)
    with page.expect_navigation():
        page.keyboard.press("j")
    expect(page).to_have_url(f"{pages_server.url}/attendance/inbox/{PUNCH}")
    with page.expect_navigation():
        page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("承認しました")
    expect(page).to_have_url(f"{pages_server.url}/attendance/inbox/{LEAVE}?done={PUNCH}")
    assert state(pages_server, PUNCH) is State.approved


def test_overtime_is_ordered_in_two_clicks_and_ended(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.head)
    page.goto("/attendance/inbox")
    clicks = Clicks(page)
    clicks("時間外勤務を命じる", "link")
    examine(page)
    page.get_by_label("石井 健太").check()
    page.get_by_label("理由", exact=True).fill("窓口の混雑")
    clicks("命じる", "button")
    expect(page.locator("h1")).to_have_text("時間外勤務命令")
    assert clicks.count == 2
    expect(page.get_by_role("row", name="石井 健太").first).to_contain_text("2.00")
    examine(page)
    page.get_by_role("button", name="取り消す… 石井 健太 11月20日（木）").click()
    examine(page)
    page.get_by_role("button", name="命令を取り消す").click()
    expect(page.locator("#coming-title")).to_contain_text("0件")


def test_a_stand_in_is_named_and_decides_in_the_head_s_place(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    put_asked(pages_server.city)
    page = enter(Role.head)
    page.goto("/attendance/inbox")
    page.get_by_role("link", name="代決者").click()
    page.get_by_label("代決する職員").fill("だれか")
    page.get_by_role("button", name="代決者にする").click()
    expect(page.locator("#fault-delegate_id")).to_contain_text("その職員が見つかりません")
    examine(page)
    page.get_by_label("代決する職員").fill("上田")
    page.get_by_role("button", name="代決者にする").click()
    expect(page.locator(".stand-in")).to_contain_text("代決中")
    examine(page)
    page.get_by_role("button", name="サインアウト").click()
    other = enter(Role.facility_admin)
    other.goto("/attendance/inbox")
    expect(other.locator(".inbox-card").first).to_contain_text("青木 太郎 さんの代決")
    other.get_by_role("button", name="承認する 石井 健太 打刻訂正").click()
    other.get_by_role("link", name="経過を見る").click()
    expect(other.locator(".inbox-course")).to_contain_text("上田 翔（青木 太郎 の代決）")


def test_without_a_script_and_with_large_targets(
    pages_server: PagesServer, enter: Callable[[Role], Page], enter_without_script: Callable[[Role, str], Page]
) -> None:
    put_asked(pages_server.city)
    plain = enter_without_script(Role.head, "/attendance/inbox")
    plain.get_by_text("差戻・却下 上田 翔").first.click()
    plain.get_by_label("理由（申請した人に伝わります）").nth(3).fill("日を変えてください")
    plain.get_by_role("button", name="却下する 上田 翔").first.click()
    expect(plain.get_by_role("status")).to_contain_text("却下しました")
    expect(plain.get_by_role("button", name="キー操作を切る")).to_have_count(0)
    plain.get_by_role("button", name="乖離のない 3件をまとめて承認する").click()
    expect(plain.get_by_role("status")).to_contain_text("3件を承認しました")
    page = enter(Role.head)
    page.set_viewport_size(PHONE)
    for path in (
        "/attendance/inbox", f"/attendance/inbox/{CLAIMED}", f"/attendance/inbox/{CLEAR}", "/attendance/stand-ins",
        "/attendance/orders", "/attendance/orders/new",
    ):  # fmt: skip
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .tick, h2 a)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
