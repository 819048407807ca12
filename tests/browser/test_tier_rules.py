"""規則 in a real browser: a rule written with its reading beside it, tried, proposed, and approved in two clicks."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.create_account import create_account
from gateway.operations.identity.roles import Role
from gateway.operations.zones.waive_rules import WishedWaiver, propose_waiver
from store.tier_rules import load_active_hash, load_rule_set
from tests.browser.screens import Clicks, examine, sign_in
from tests.browser.server import PagesServer
from tests.pages.city import PASSWORD_HASH, City
from tests.pages.tiered import build_tiers

pytestmark = pytest.mark.real


@pytest.fixture
def built(pages_server: PagesServer) -> City:
    """The city with its rules and past decisions, and a second security officer."""
    city = pages_server.city
    build_tiers(city)
    city.clock.advance(minutes=1)
    with city.store.transaction(city.clock()) as tx:
        create_account(tx, "anzen", password_hash=PASSWORD_HASH, roles=[Role.security])
    return city


def switch_to(page: Page, login: str, path: str) -> None:
    """Somebody else signs in at this browser."""
    page.get_by_role("button", name="サインアウト").click()
    sign_in(page, login, path)


def test_a_rule_is_written_tried_proposed_and_approved(built: City, enter: Callable[[Role, str], Page]) -> None:
    page = enter(Role.security, "/tier-rules")
    expect(page.get_by_role("heading", level=1)).to_have_text("ネットワークの規則")
    examine(page)
    page.get_by_role("link", name="規則を変える").click()
    examine(page)
    page.get_by_role("link", name="規則を加える").click()
    page.get_by_label("規則の符号").fill("two_persons")
    page.get_by_label("LGWAN接続系").check()
    page.get_by_label("条件の式").fill("others_cleared >= 1 and presnt")
    expect(page.locator("#reading")).to_contain_text("「presnt」という項目はありません")
    expect(page.locator("#reading mark")).to_have_text("presnt")
    examine(page)
    page.get_by_label("条件の式").fill("others_cleared >= 1")
    expect(page.locator("#reading")).to_have_text("「同じ部屋にいる認められた人」が1以上")
    page.get_by_label("つながらないときの言葉（日本語）").fill("認められた人がほかにいません。")
    page.get_by_label("つながらないときの言葉（英語）").fill("Nobody else is cleared.")
    page.get_by_label("どうすればよいか（日本語）").fill("二人以上で作業してください。")
    page.get_by_label("どうすればよいか（英語）").fill("Work together.")
    page.get_by_role("button", name="下書きに入れる").click()
    expect(page.locator(".tier-row-added")).to_contain_text("two_persons")
    examine(page)
    page.get_by_role("link", name="直近の判定で試す").click()
    expect(page.get_by_text("つながらなくなる人（1人）")).to_be_visible()
    expect(page.get_by_role("rowheader", name="石井 健太")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="変更案").click()
    page.get_by_label("変更の理由").fill("一人での作業をなくすため")
    page.get_by_role("button", name="承認を申請する").click()
    expect(page.get_by_text("申請した人とは別の人が行います")).to_be_visible()
    examine(page)
    switch_to(page, "anzen", "/tiers")
    click = Clicks(page)
    click("規則", "link", exact=True)
    expect(page.locator(".tier-proposal")).to_contain_text("一人での作業をなくすため")
    expect(page.locator(".tier-trial-here")).to_contain_text("つながらなくなる人 1 人")
    examine(page)
    click("承認する", "button")
    expect(page.locator(".tier-proposal")).to_have_count(0)
    expect(page.get_by_role("rowheader", name="two_persons")).to_be_visible()
    assert click.count == 2
    with built.store.reading(built.clock()) as tx:
        assert "two_persons" in {each.code for each in load_rule_set(tx, load_active_hash(tx, tx.now) or "") or ()}
    page.locator("#history ~ .table-scroll a").first.click()
    expect(page.get_by_role("heading", name="前の規則から変わったところ")).to_be_visible()
    examine(page)


def test_rules_are_changed_by_the_keyboard(built: City, enter: Callable[[Role, str], Page]) -> None:
    page = enter(Role.security, "/tier-rules/draft")
    page.get_by_role("button", name="廃止する drill").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="元に戻す drill")).to_be_visible()
    page.get_by_role("button", name="元に戻す drill").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("今の規則と同じです")).to_be_visible()


def test_z13_an_exception_is_asked_and_granted(built: City, enter: Callable[[Role, str], Page]) -> None:
    with built.store.transaction(built.clock()) as tx:
        wish = WishedWaiver("0123456789abcdef", "s0003", "internet", frozenset(("hours",)), 2, "復旧作業")
        propose_waiver(tx, wish, hours_max=24, by="anzen")
    page = enter(Role.security, "/tier-waivers?tier=lgwan")
    examine(page)
    page.get_by_label("職員番号").fill("s0002")
    page.get_by_label("系の利用時間外").check()
    page.get_by_label("時間", exact=True).select_option("4")
    page.get_by_label("理由").last.fill("夜間の障害対応")
    page.get_by_role("button", name="申請する", exact=True).click()
    expect(page.locator(".tier-proposal")).to_have_count(2)
    examine(page)
    page.get_by_role("button", name="承認する").click()  # of what the colleague asked for; not the own one
    expect(page.locator("#now-held ~ .table-scroll")).to_contain_text("復旧作業")
    page.get_by_role("button", name="今すぐ終える").first.click()
    expect(page.locator("#past ~ .table-scroll")).to_contain_text("途中で終了")
    examine(page)


def test_without_a_script_a_rule_is_corrected(built: City, enter_without_script: Callable[[Role, str], Page]) -> None:
    page = enter_without_script(Role.security, "/tier-rules/draft")
    page.get_by_role("link", name="直す hours").click()
    page.get_by_label("条件の式").fill("in_hours or")
    page.get_by_role("button", name="下書きに入れる").click()
    expect(page.locator("#reading")).to_contain_text("12文字目")
    page.get_by_label("条件の式").fill("in_hours")
    page.get_by_role("button", name="下書きに入れる").click()
    expect(page.locator(".tier-row-changed")).to_contain_text("hours")
