"""Takings in a real browser: a fee in two clicks, a day closed in one, corrected, given back, a provider's file."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import PHONE, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages import houses, paid

pytestmark = pytest.mark.real

BOOKING = f"/takings/bookings/{houses.EVENING}"
DAY = f"/takings?facility={houses.HOUSE}"


@pytest.fixture
def hall(pages_server: PagesServer) -> PagesServer:
    """The civic hall on a day with two payments."""
    houses.build_houses(pages_server.city)
    paid.pay(pages_server.city, "a" * 16, houses.EVENING, 5_000)
    paid.pay(pages_server.city, "b" * 16, houses.GYM, 1_000, paid.card("T-1"))
    return pages_server


def test_a_fee_is_taken_in_one_click_and_its_receipt_in_another(
    hall: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.facility_desk, BOOKING)
    examine(page)
    click = Clicks(page)
    expect(page.get_by_label("金額", exact=True)).to_have_value("13,700")
    click("収納して領収書を出す", "button")
    expect(page.get_by_role("status")).to_contain_text("13,700円 を記録しました（2025-000003）")
    examine(page)
    click("領収書", "link", exact=True)
    expect(page.get_by_role("heading", name="領収書")).to_be_visible()
    expect(page.locator("article")).to_contain_text("13,700円")
    examine(page)
    assert click.count == 2


def test_a_card_s_reference_is_asked_for_beside_its_field(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin, BOOKING)
    expect(page.get_by_label("決済の伝票番号")).to_be_hidden()
    page.get_by_role("radio", name="クレジットカード").check()
    page.get_by_label("金額", exact=True).fill("３，０００円")
    page.get_by_role("button", name="収納して領収書を出す").click()
    field = page.get_by_label("決済の伝票番号")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("控えの番号.*決済の伝票番号を入力してください"))
    examine(page)
    field.fill("T-77")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("3,000円 を記録しました")


def test_a_day_is_closed_in_three_clicks_from_the_first_page(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    click = Clicks(page)
    page.goto("/rooms")
    click("収納", "link", exact=True)
    examine(page)
    click("市民館", "link", exact=True)
    examine(page)
    page.get_by_label("実際の現金").fill("4,900")
    click("この日を締める", "button")
    expect(page.get_by_label("備考")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("main")).to_contain_text("帳簿 5,000円")
    examine(page)
    page.get_by_label("備考").fill("100円硬貨が一枚足りない")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("締め済み")
    expect(page.locator(".till-differs")).to_contain_text("−100円")
    examine(page)
    assert click.count == 3


def test_an_entry_is_corrected_and_what_was_cancelled_given_back(
    hall: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.facility_admin, DAY)
    page.get_by_role("link", name="2025-000002", exact=True).click()
    examine(page)
    page.get_by_label("理由").fill("現金だった")
    page.get_by_role("button", name="反対の記録で訂正する").click()
    expect(page.locator("main")).to_contain_text("2025-C000001 で訂正されました")
    examine(page)
    paid.cancel(hall.city, houses.EVENING, houses.COUNTER)
    page.goto(BOOKING)
    page.get_by_role("radio", name="施設の都合").check()
    examine(page)
    page.get_by_role("button", name="還付して還付票を出す").click()
    page.get_by_role("link", name="還付票").click()
    expect(page.locator("article")).to_contain_text("上記の額を受け取りました")
    examine(page)


def test_a_provider_s_file_is_looked_at_and_brought_in_two_clicks(
    hall: PagesServer, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    file = tmp_path / "2025-11.csv"
    file.write_bytes(paid.payout_file(("2025/11/20", "T-1", 900), ("2025/11/20", "T-9", 700)))
    page = enter(Role.facility_admin, "/takings/payouts")
    examine(page)
    click = Clicks(page)
    page.get_by_label("明細のファイル").set_input_files(file)
    click("中身を確かめる", "button")
    expect(page.locator("main")).to_contain_text("額が違う 1件")
    examine(page)
    click("この 2行を取り込む", "button")
    expect(page.locator("main")).to_contain_text("確かめるもの 2件")
    examine(page)
    assert click.count == 2


def test_without_a_script_a_fee_is_taken_by_card_and_the_day_closed(
    hall: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    page = enter_without_script(Role.facility_desk, BOOKING)
    page.get_by_role("radio", name="コード決済").check()
    page.get_by_label("決済事業者").select_option(label="PayPay 取引履歴")
    page.get_by_label("決済の伝票番号").fill("P-1")
    page.get_by_role("button", name="収納して領収書を出す").click()
    expect(page.get_by_role("status")).to_contain_text("13,700円 を記録しました")
    page.goto(DAY)
    page.get_by_label("実際の現金").fill("5000")
    page.get_by_role("button", name="この日を締める").click()
    expect(page.locator("main")).to_contain_text("締め済み")


def test_targets_are_large_enough_on_a_phone(hall: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    page.set_viewport_size(PHONE)
    for path in ("/takings", DAY, BOOKING, "/takings/payouts", "/takings/refunds", f"/takings/entries/{'a' * 16}"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .till-link, .till-option)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
