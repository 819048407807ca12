"""Rights and descriptions of the site on their way, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from store.people import Card, upsert_cards
from tests.browser.screens import SOON, examine
from tests.browser.server import PagesServer
from tests.gateway.rolling import FEWER
from tests.pages.city import LOGIN_OF
from tests.pages.delivery import Delivery, Rolling

pytestmark = pytest.mark.real


@pytest.fixture
def delivery(pages_server: PagesServer) -> Delivery:
    """A city hall whose controllers hold a policy with a card of s0002; the north one has been silent since."""
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        upsert_cards(tx, [Card("c" * 32, "s0002", "No.77")])
    city.clock.advance(minutes=1)
    made = Delivery(city)
    made.confirm("west-1", "east-1", "north-1", version=made.publish())
    made.lose("north-1")
    city.clock.advance(minutes=14)
    return made


def test_a_lost_card_is_stopped_and_its_way_to_the_doors_counted_up(
    delivery: Delivery, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    version = delivery.stop_card()
    page.goto("/cards/s0002/revocation")
    expect(page).to_have_url(f"{page.url.partition('/revocations')[0]}/revocations/{version}")
    progress = page.locator("#revocation")
    expect(progress).to_contain_text("3台中0台が確認済み")
    delivery.confirm("west-1", version=version)
    expect(progress).to_contain_text("3台中1台が確認済み", timeout=2 * SOON)
    examine(page)
    delivery.confirm("east-1", version=version)
    expect(progress).to_contain_text("3台中2台が確認済み", timeout=2 * SOON)
    expect(progress.locator("#untold-north-1")).to_contain_text("西口 14分間 応答なし、遅くとも 11月21日")
    expect(progress.locator("#untold-north-1")).to_contain_text(
        "サーバ室 14分間 応答なし、遅くとも 16:46 には拒否します"
    )
    expect(page.locator(".changed-cards")).to_contain_text("石井 健太")
    examine(page)
    delivery.confirm("north-1", version=version)
    expect(progress).to_contain_text("すべての制御盤が新しい方針で判定しています", timeout=2 * SOON)
    examine(page)
    page.get_by_role("link", name="一覧へ").click()
    expect(page.locator(f"#change-{version}")).to_contain_text("3台中3台が確認済み")
    examine(page)


@pytest.fixture
def proposed(pages_server: PagesServer) -> Rolling:
    """Somebody proposed to take the staff's doors away; nothing has gone out yet."""
    made = Rolling(pages_server.city)
    made.propose(FEWER, by="kikaku")
    return made


def test_a_second_person_approves_and_the_canary_is_watched(proposed: Rolling, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.get_by_role("link", name="設備", exact=True).click()
    page.get_by_role("link", name="庁舎の設定の配信").click()
    examine(page)
    page.get_by_role("link", name="配信 2").click()
    expect(page.locator("#rollout")).to_contain_text("承認待ち")
    expect(page.locator(".site-plan")).to_contain_text("失われる 3")
    examine(page)
    page.get_by_role("button", name="承認する…").click()
    ask = page.get_by_role("dialog", name="この設定の配信を承認する")
    expect(ask).to_contain_text("権限 3件（1人）が失われます。まず 1台で試します。")
    examine(page)
    ask.get_by_role("button", name="承認して始める").click()
    line = page.locator("#line-north-1")
    expect(line).to_contain_text("受け取り待ち")
    proposed.take("north-1")
    expect(line).to_contain_text("新しい設定", timeout=6 * SOON)
    examine(page)
    page.get_by_role("button", name="止めて戻す…").click()
    stop = page.get_by_role("dialog", name="配信を止めて前の設定に戻す")
    stop.get_by_label("理由").fill("西口が開かない")
    stop.get_by_role("button", name="止めて戻す").click()
    expect(page.locator("#rollout")).to_contain_text("停止・前の設定に戻した")
    expect(page.locator("#rollout")).to_contain_text("西口が開かない")
    examine(page)


def test_its_proposer_cannot_approve_it(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    made = Rolling(pages_server.city)
    made.propose(FEWER, by=LOGIN_OF[Role.operator])
    page = enter(Role.operator)
    page.goto("/rollouts/2")
    expect(page.locator(".acts")).to_contain_text("別の人の承認が要ります")
    expect(page.get_by_role("button", name="承認する…")).to_have_count(0)
    examine(page)
