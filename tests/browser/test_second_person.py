"""A door that takes two persons, in two real browsers: asked here, seen and confirmed there, watched by both."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.operations.identity.change_roles import change_roles
from gateway.operations.identity.roles import Role
from tests.browser.screens import SOON, examine, sign_in
from tests.browser.server import PagesServer
from tests.pages.city import LOGIN_OF
from tests.pages.edge import Edge

pytestmark = pytest.mark.real


def test_one_asks_and_a_colleague_confirms(
    pages_server: PagesServer, enter: Callable[[Role], Page], chromium: Browser
) -> None:
    city, west = pages_server.city, Edge(pages_server.city, "west-1")
    site = city.context.site
    two = tuple(door.model_copy(update={"remote_unlock": "two_person"}) for door in site.doors)
    city.context.site = site.model_copy(update={"doors": two})
    with city.store.transaction(city.clock()) as tx:
        change_roles(tx, LOGIN_OF[Role.head], [Role.operator])
    page = enter(Role.operator)
    other = chromium.new_context(base_url=pages_server.url, locale="ja-JP").new_page()
    sign_in(other, LOGIN_OF[Role.head], "/doors")
    expect(other.locator("h1")).to_have_text("扉の状態")
    page.goto("/doors/main/view")
    page.get_by_role("button", name="一回解錠…").click()
    dialog = page.get_by_role("dialog", name="正面玄関を一回解錠する")
    expect(dialog).to_contain_text("二人で行う操作です")
    dialog.get_by_label("理由").fill("配送業者")
    dialog.get_by_label("操作する人の氏名").fill("石井 健太")
    examine(page)
    dialog.get_by_role("button", name="一回解錠する").click()
    expect(page.locator("#proposal-title")).to_have_text("一回解錠が、もう一人の確認を待っています")
    examine(page)
    other.get_by_role("link", name="内容を見て確認する").click(timeout=20 * SOON)
    examine(other)
    other.get_by_role("button", name="確認して送る（扉1か所）").click()
    expect(other.locator("#command")).to_contain_text("0/1 扉が応答")
    examine(other)
    west.obey()
    for window in (page, other):
        expect(window.locator("#command")).to_contain_text("1/1 扉が応答", timeout=10 * SOON)
    page.goto("/commands")
    expect(page.locator("tbody")).to_contain_text("青木 太郎")
    examine(page)
    other.context.close()
