"""Rights and descriptions of the site on their way, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from store.people import Card, upsert_cards
from tests.browser.server import PagesServer
from tests.browser.test_door_desk import SOON, examine
from tests.pages.delivery import Delivery

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
