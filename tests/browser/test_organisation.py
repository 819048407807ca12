"""The organisation in a browser: departments and groups are given levels in three clicks; posts and contractors."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.levels import end_level, give_level
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.city import City
from tests.pages.organised import organise

pytestmark = pytest.mark.real


@pytest.fixture
def city(pages_server: PagesServer) -> City:
    """Everybody has a post, and both departments lie below one."""
    organise(pages_server.city)
    return pages_server.city


def test_a_department_is_given_a_level_in_three_clicks_with_the_number_of_people(
    city: City, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.hr)
    page.goto("/organisation")
    examine(page)
    click = Clicks(page)
    click("総務部", "link")
    given = give_level(click, "庁舎の引越し", "5人に認める")
    assert click.count == 3
    end_level(given, "引越しの終わり", "5人について終わらせる")


def test_a_department_is_denied_a_level_and_the_denial_is_lifted(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/organisation/bu")
    page.get_by_text("通行を禁止する").click()
    page.locator("#denial-level").select_option("it")
    page.locator("#denial-reason").fill("監査の間")
    examine(page)
    page.get_by_role("button", name="5人に禁止する").click()
    denied = page.locator(".row-denied", has_text="監査の間")
    expect(denied).to_contain_text("禁止")
    denied.get_by_text("禁止を解く").first.click()
    denied.get_by_label("理由").fill("監査の終わり")
    examine(page)
    denied.get_by_role("button", name="5人について解く").click()
    expect(page.locator(".row-denied")).to_have_count(0)


def test_an_acting_head_is_placed_and_shown_in_the_tree(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.hr)
    page.goto("/organisation/joho")
    page.get_by_text("兼務・代理を置く").click()
    page.locator("#post-who").fill("だれでもない")
    page.locator("#post-kind").select_option("acting")
    page.locator("#post-reason").fill("課長の休暇")
    page.get_by_role("button", name="置く", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("一人に決まりません")
    expect(page.locator("#post-reason")).to_have_value("課長の休暇")
    examine(page)
    page.locator("#post-who").fill("石井健太")
    page.get_by_role("button", name="置く", exact=True).click()
    expect(page.locator(".person-line")).to_contain_text("代理 石井 健太")
    examine(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="石井 健太").click()
    expect(page.locator("main")).to_contain_text("課長の休暇")
    examine(page)


def test_a_group_is_made_and_filled(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/groups")
    page.get_by_text("グループを作る").click()
    page.get_by_label("グループの名前").fill("選挙事務")
    examine(page)
    page.get_by_role("button", name="作る").click()
    page.get_by_text("メンバーを加える").click()
    page.locator("#member-who").fill("s0002")
    page.locator("#member-until").fill("2025-11-30")
    page.locator("#member-reason").fill("開票所")
    examine(page)
    page.get_by_role("button", name="加える", exact=True).click()
    expect(page.locator(".row-right", has_text="石井 健太")).to_contain_text("開票所")
    expect(page.locator("main")).to_contain_text("1人に届きます")
    examine(page)


def fill_contractor(page: Page, *, sponsor: str) -> None:
    page.locator("#name").fill("委託 一郎")
    page.locator("#company").fill("萩ビル管理")
    page.locator("#until").fill("2025-12-31")
    page.locator("#sponsor").fill(sponsor)
    page.locator("#reason").fill("清掃の委託")


def test_a_contractor_is_made_without_a_script_and_stands_against_the_sponsors_leaving(
    city: City, enter_without_script: Callable[[Role, str], Page]
) -> None:
    page = enter_without_script(Role.hr, "/contractors")
    page.locator("main .step summary").click()
    fill_contractor(page, sponsor="青木太郎")
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("main")).to_contain_text("責任者 青木 太郎")
    page.goto("/access/s0001/leave")
    expect(page.locator("main")).to_contain_text("責任者になっている人が1人います")


def test_contractors_are_listed_and_their_terms_changed(city: City, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/contractors")
    page.get_by_text("委託先の人を登録する").click()
    fill_contractor(page, sponsor="s0001")
    examine(page)
    page.get_by_role("button", name="登録する").click()
    expect(page.locator(".person-line")).to_contain_text("萩ビル管理")
    examine(page)
    page.get_by_role("link", name="委託の内容").click()
    page.locator("#sponsor").fill("s0002")
    page.locator("#reason").fill("担当替え")
    examine(page)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".person-line")).to_contain_text("責任者 石井 健太")
    page.goto("/contractors")
    expect(page.get_by_role("cell", name="石井 健太")).to_be_visible()
    examine(page)
