"""A person's rights in a browser: a lost card stops in two clicks, a level is given in three, a leaver is previewed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from store.people import Card, list_persons, upsert_cards, upsert_persons
from store.rights import Grant, insert_grant
from tests.browser.levels import end_level, give_level
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.city import City

pytestmark = pytest.mark.real


@pytest.fixture
def city(pages_server: PagesServer) -> City:
    """Everybody has a post, one person a card, the department a level."""
    made = pages_server.city
    with made.store.transaction(made.clock()) as tx:
        upsert_persons(tx, list_persons(tx))
        upsert_cards(tx, [Card("b" * 32, "s0002", "No.77")])
        insert_grant(tx, Grant("d1", "department", "somu", "staff", "desk", "課の権限", "eguchi"))
        insert_grant(tx, Grant("d2", "department", "joho", "it", "desk", "課の権限", "eguchi"))
    made.clock.advance(seconds=1)
    return made


def test_a_lost_card_stops_in_two_clicks_and_is_counted_through_the_doors(
    city: City, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.goto("/access/s0002")
    examine(page)
    click = Clicks(page)
    click("紛失…")
    examine(page)
    click("停止する No.77 紛失", "button")
    expect(page.locator("#progress")).to_contain_text("変更を扉へ送っています")
    expect(page.locator(".id-card .badge").first).to_have_text("紛失")
    assert click.count == 2
    examine(page)


def test_a_level_is_given_in_three_clicks_and_ended_in_two(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/cards/s0002")
    click = Clicks(page)
    click("通行権限", "link")
    given = give_level(click, "更新作業の応援", "認める")
    assert click.count == 3
    end_level(given, "応援の終わり", "いま終わらせる")


def test_a_denial_says_that_it_wins(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/access/s0002")
    page.get_by_text("通行を禁止する").click()
    page.locator("#denial-level").select_option("staff")
    page.locator("#denial-reason").fill("調査のため")
    page.locator("#denial-until").fill("2025-11-01")
    page.locator("form[action$=denials]").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="禁止する", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("日付が正しくありません")
    expect(page.locator("#denial-reason")).to_have_value("調査のため")
    examine(page)
    page.locator("#denial-until").fill("")
    page.get_by_role("button", name="禁止する", exact=True).click()
    expect(page.locator(".row-denied")).to_contain_text("調査のため")
    examine(page)


def test_a_leaver_is_previewed_with_numbers_and_ended(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/access/s0002")
    page.get_by_role("link", name="退職・終了…").click()
    expect(page.locator(".counts")).to_contain_text("1 枚のカード No.77")
    examine(page)
    page.set_viewport_size(PHONE)
    page.locator("#now-reason").fill("退職")
    page.get_by_role("button", name="いますぐ終える（カード1枚）").click()
    expect(page.locator(".id-card .badge").first).to_have_text("失効")
    expect(page.locator("main")).to_contain_text("どの扉も開きません")
    examine(page)


def test_a_leaver_is_ordered_without_a_script(city: City, enter_without_script: Callable[[Role, str], Page]) -> None:
    page = enter_without_script(Role.hr, "/access/s0002/leave")
    page.locator("#last-on").fill("2025-11-30")
    page.locator("#later-reason").fill("任期満了")
    page.get_by_role("button", name="この日で終える").click()
    expect(page.locator("main")).to_contain_text("退職・終了の予定")
    page.get_by_role("button", name="予定を取り消す").click()
    expect(page.locator("main")).not_to_contain_text("退職・終了の予定")


def test_a_transfer_shows_what_changes_before_it_does(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/access/s0002")
    page.get_by_role("link", name="異動…").click()
    page.get_by_label("異動先").select_option("joho")
    page.get_by_role("button", name="変わることを見る").click()
    expect(page.locator(".counts")).to_contain_text("−1 件の権限がなくなります")
    expect(page.locator(".counts")).to_contain_text("＋1 件の権限が加わります")
    examine(page)
    page.get_by_label("理由").fill("定期異動")
    page.get_by_role("button", name="異動させる").click()
    expect(page.locator(".person-line")).to_contain_text("情報政策課")
    examine(page)
