"""The network tiers in a real browser: the board lives, a person learns why not in a click, evidence in three."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from domain.zones.tier_session import PortSession
from gateway.operations.identity.roles import Role
from gateway.zones.evidence_worker import EvidenceWorker
from gateway.zones.tier_news import SESSION_MOVED
from store.outbox import Notice, insert_notices
from tests.browser.screens import SOON, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.tiered import build_tiers, log_on

pytestmark = pytest.mark.real


@pytest.fixture
def sessions(pages_server: PagesServer) -> dict[str, PortSession]:
    """The tiers at work behind the pages."""
    return build_tiers(pages_server.city)


def test_every_screen_holds(sessions: dict[str, PortSession], enter: Callable[[Role], Page]) -> None:
    page = enter(Role.security)
    paths = [
        "/tiers", "/tiers?q=nobody", "/tiers/people/s0001", "/tiers/people/s0002", "/tiers/sessions",
        f"/tiers/sessions/{sessions['pc-1'].id}", f"/tiers/sessions/{sessions['web-5'].id}", "/network", "/evidence",
    ]  # fmt: skip
    for path in paths:
        page.goto(path)
        for each in page.locator("main details").all():
            each.locator("summary").click()
        examine(page)
    page.get_by_role("button", name="English").click()
    for path in paths[:1] + paths[2:3] + paths[4:6] + paths[-1:]:
        page.goto(path)
        examine(page)


def test_the_board_is_a_click_away_and_lives(
    pages_server: PagesServer, sessions: dict[str, PortSession], enter: Callable[[Role], Page]
) -> None:
    city, page = pages_server.city, enter(Role.operator)
    Clicks(page)("ネットワーク", "link", exact=True)
    expect(page.locator("h1")).to_have_text("系の状況")
    waiting = page.locator(f"#session-{sessions['pc-1'].id}")
    expect(waiting).to_contain_text("待機中")
    new = log_on(city, "web-4", port="1/0/9")
    assert new is not None
    with city.store.transaction(city.clock()) as tx:
        insert_notices(tx, [Notice(SESSION_MOVED, new.id, "{}")])
    city.context.committed.set()
    expect(page.locator(f"#session-{new.id}")).to_contain_text("江口 花子", timeout=8 * SOON)


def test_a_person_learns_why_not_in_a_click(sessions: dict[str, PortSession], enter: Callable[[Role], Page]) -> None:
    page = enter(Role.head)
    Clicks(page)("ネットワーク", "link", exact=True)
    expect(page.locator("h1")).to_have_text("つながらないとき")
    lgwan = page.locator("section", has=page.locator("#network-lgwan"))
    expect(lgwan).to_contain_text("いまはつなげません")
    expect(lgwan).to_contain_text("扉の読取機へ職員証をかざしてください")


def test_a_port_that_was_shut_is_recorded_in_three_clicks(
    sessions: dict[str, PortSession], enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.goto("/tiers")
    top = page.locator(".tier-disobeyed")
    expect(top).to_contain_text("スイッチ office-sw のポート 1/0/4")
    top.get_by_role("link", name="ポートを閉じた記録をつける").click()
    page.get_by_role("button", name="閉じた…").click()
    examine(page)
    page.get_by_role("dialog").get_by_role("button", name="閉じた").click()
    expect(page.locator("h1")).to_have_text("系の状況")
    expect(page.locator(".tier-disobeyed")).to_have_count(0)


def test_evidence_is_fetched_in_three_clicks(
    pages_server: PagesServer, sessions: dict[str, PortSession], enter: Callable[[Role], Page]
) -> None:
    city, page = pages_server.city, enter(Role.auditor)
    context = city.context
    page.goto("/evidence")
    click = Clicks(page)
    click("この期間でつくる", "button")
    expect(page.locator("#pack")).to_contain_text("順番を待っています")
    examine(page)
    EvidenceWorker(city.store, city.clock, site=lambda: context.site, key=context.signing_key).look()
    fetch = page.get_by_role("link", name="ZIPを保存")
    expect(fetch).to_be_visible(timeout=8 * SOON)
    examine(page)
    with page.expect_download() as fetched:
        fetch.click()
    assert fetched.value.suggested_filename.startswith("監査資料_")
    page.goto("/evidence")
    expect(page.locator("table")).to_contain_text("できました")
    examine(page)
