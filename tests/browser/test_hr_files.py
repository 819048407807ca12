"""HR's files in a browser: handed in, columns told, refused."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.test_hr_files import STAFF, let_the_connector_look, staff_file


def test_a_file_is_handed_in_and_its_columns_told(
    pages_server: PagesServer, enter: Callable[[Role], Page], tmp_path: Path
) -> None:
    file = tmp_path / "職員.csv"
    head = "番号,氏名,フリガナ,所属コード,所属名\n"
    file.write_bytes(staff_file(head=head))
    page = enter(Role.hr)
    page.goto("/attendance/files")
    examine(page)
    click = Clicks(page)
    page.get_by_label("ファイル", exact=True).set_input_files(file)
    click("渡す", "button")
    expect(page.locator("#now")).to_contain_text("読み取り待ち")
    examine(page)
    let_the_connector_look(pages_server.city)
    expect(page.locator("#now")).to_contain_text("列の意味を教えてください", timeout=10_000)
    examine(page)
    page.get_by_role("combobox", name="番号 不明").select_option(label="職員番号")
    click("この意味で読む", "button")
    let_the_connector_look(pages_server.city)
    expect(page.locator("#now")).to_contain_text("適用日を待っています", timeout=10_000)
    expect(page.locator("#now")).to_contain_text("石井 健太")
    examine(page)
    assert click.count == 2


def test_a_file_is_refused_without_a_script(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page], tmp_path: Path
) -> None:
    file = tmp_path / "職員.csv"
    file.write_bytes(staff_file(*STAFF[:2]))
    page = enter_without_script(Role.hr, "/attendance/files")
    page.get_by_label("ファイル", exact=True).set_input_files(file)
    page.get_by_role("button", name="渡す").click()
    let_the_connector_look(pages_server.city)
    page.get_by_role("link", name="もう一度見る").click()
    expect(page.locator("#now")).to_contain_text("もう一人の同意を待っています")
    page.get_by_text("適用しない", exact=True).first.click()
    page.get_by_label("理由").fill("古い名簿でした")
    page.get_by_role("button", name="適用しない").click()
    expect(page.locator("#now")).to_contain_text("古い名簿でした")
