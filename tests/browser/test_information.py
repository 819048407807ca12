"""Moving information in a real browser: asked for and recorded; classes, 特定通信 and the refusal of digits."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from domain.zones.specific_link import Flow, Protocol, SpecificLink
from gateway.operations.identity.roles import Role
from gateway.operations.zones.keep_information_class import decide_information_class
from gateway.operations.zones.keep_link import decide_link, keep_link
from store.information_classes import list_class_versions
from store.specific_links import list_link_versions
from store.versions import VersionState
from tests.browser.screens import examine
from tests.browser.server import PagesServer
from tests.pages.city import NOW

pytestmark = pytest.mark.real

SHIPPED = Path(__file__).parents[2] / "firmware_configs/tiers/information.toml"
NUMBER = "1234-5678-9018"
"""The example number of published guides; nobody's."""


def approve_all(pages_server: PagesServer) -> None:
    """What waits is approved by somebody else."""
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        for version in list_class_versions(tx, state=VersionState.waiting):
            decide_information_class(tx, version.standing.id, VersionState.approved, by="another")
        for link in list_link_versions(tx, state=VersionState.waiting):
            decide_link(tx, link.standing.id, VersionState.approved, by="another")


def ask(page: Page, subject: str) -> None:
    """Fill in a request and send it."""
    page.goto("/movements")
    page.get_by_text("申請する", exact=True).first.click()
    examine(page)
    page.get_by_label("情報の名前").fill(subject)
    page.get_by_label("分類", exact=True).select_option("juyo-1")
    page.get_by_label("移す先の系").select_option("lgwan")
    page.get_by_label("理由").fill("照会のため")
    page.get_by_label("いつまでに行うか").fill(f"{NOW:%Y-%m-%d}T23:00")
    page.get_by_role("button", name="申請する").click()


def test_classes_come_from_a_file_and_wait_for_another(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.security)
    page.goto("/information-classes")
    expect(page.get_by_text("分類はまだ登録されていません。")).to_be_visible()
    page.get_by_text("分類を登録・変更する").click()
    page.get_by_label("ファイル（TOML）").set_input_files(SHIPPED)
    page.get_by_role("button", name="登録する").click()
    expect(page.get_by_role("heading", name="承認を待つ変更（11件）")).to_be_visible()
    examine(page)
    page.get_by_role("button", name="選んだものを承認する").click()
    expect(page.get_by_role("alert")).to_contain_text("別の人")
    approve_all(pages_server)
    page.goto("/information-classes")
    expect(page.get_by_role("rowheader", name="自治体機密性3A").first).to_be_visible()
    examine(page)


def test_a_movement_from_asking_to_its_record(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    officer = enter(Role.security)
    officer.goto("/information-classes")
    officer.get_by_text("分類を登録・変更する").click()
    officer.get_by_label("ファイル（TOML）").set_input_files(SHIPPED)
    officer.get_by_role("button", name="登録する").click()
    expect(officer.get_by_role("heading", name="承認を待つ変更")).to_be_visible()
    approve_all(pages_server)
    ask(officer, f"台帳 {NUMBER}")
    expect(officer.get_by_role("heading", name="受け付けませんでした")).to_be_visible()
    expect(officer.locator("body")).not_to_contain_text(NUMBER)
    examine(officer)
    ask(officer, "課税台帳の一覧")
    expect(officer.get_by_role("heading", name="課税台帳の一覧")).to_be_visible()
    expect(officer.locator("main")).to_contain_text("承認2人")
    examine(officer)
    officer.get_by_role("button", name="申請を取り下げる").click()
    expect(officer.locator("main .badge").first).to_have_text("取下げ")
    officer.goto("/movements")
    expect(officer.get_by_role("link", name="課税台帳の一覧").first).to_be_visible()
    examine(officer)


def test_allowed_connections_and_how_a_firewall_differs(
    pages_server: PagesServer, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    city = pages_server.city
    flow = Flow("10.1.0.0/16", "10.2.0.5/32", Protocol.tcp, 443, 443)
    with city.store.transaction(city.clock()) as tx:
        until = city.clock().date().replace(year=city.clock().year + 1)
        keep_link(tx, SpecificLink("tax", flow, "税の照会", "", None, until), by="ueda")
    page = enter(Role.security)
    page.goto("/specific-links")
    expect(page.get_by_role("heading", name="承認を待つ変更（1件）")).to_be_visible()
    examine(page)
    page.get_by_role("button", name="選んだものを承認する").click()
    expect(page.get_by_role("rowheader", name="tax")).to_be_visible()
    export = tmp_path / "fw.csv"
    export.write_text("source,destination,protocol,ports\n10.9.0.0/16,10.2.0.5,tcp,22\n")
    page.get_by_label("ファイアウォールの名前").fill("庁内")
    page.get_by_label("設定の書き出し").set_input_files(export)
    page.get_by_role("button", name="比べる").click()
    expect(page.get_by_text("一覧にないのに通している通信（1件）")).to_be_visible()
    examine(page)
    page.get_by_text("登録・変更する", exact=True).click()
    examine(page)
