"""Papers, payroll and the calendar in a browser: click counts, a bar that moves by itself, one run without a script."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from store.papers import save_progress
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.month_end import end_month, make_ready, work
from tests.pages.payday import begin_to_make, close_november, let_the_connector_make

SOON = 10_000


def test_a_closed_month_is_handed_over_in_two_clicks_and_checked_by_payrolls_list(
    pages_server: PagesServer, enter: Callable[[Role, str], Page], tmp_path: Path
) -> None:
    city = pages_server.city
    close_november(city)
    let_the_connector_make(city, tmp_path)
    page = enter(Role.hr, "/attendance/pay")
    examine(page)
    click = Clicks(page)
    click("令和7年（2025年）11月", "link")
    examine(page)
    click("給与ファイルを作る", "button")
    expect(page.locator("#now")).to_contain_text("順番待ち")
    examine(page)
    let_the_connector_make(city, tmp_path)
    expect(page.locator("#now")).to_contain_text("できました", timeout=SOON)
    examine(page)
    assert click.count == 2
    with page.expect_download() as fetched:
        click("受け取る", "link")
    ours = Path(fetched.value.path()).read_bytes()
    page.get_by_role("link", name="令和7年（2025年）11月の給与へ").click()
    theirs = tmp_path / "theirs.csv"
    theirs.write_bytes(b"\r\n".join([*ours.split(b"\r\n")[:-2], b""]))
    page.get_by_label("給与側の一覧").set_input_files(theirs)
    click("照合する", "button")
    let_the_connector_make(city, tmp_path)
    expect(page.locator("#now")).to_contain_text("差異", timeout=SOON)
    page.get_by_role("link", name="令和7年（2025年）11月の給与へ").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("差異")
    examine(page)


def test_closing_and_the_file_in_hand_are_three_clicks(
    pages_server: PagesServer, enter: Callable[[Role, str], Page], tmp_path: Path
) -> None:
    city = pages_server.city
    end_month(city)
    make_ready(city)
    page = enter(Role.hr, "/attendance/closing")
    click = Clicks(page)
    click("確定する", "button")
    work(city)
    expect(page.locator("#run")).to_contain_text("3人の月を締めました", timeout=SOON)
    click("給与ファイルを作る", "button")
    let_the_connector_make(city, tmp_path)
    expect(page.get_by_role("link", name="受け取る")).to_be_visible(timeout=SOON)
    with page.expect_download() as fetched:
        click("受け取る", "link")
    assert Path(fetched.value.path()).read_bytes().count(b"\r\n") == 4
    assert click.count == 3


def test_a_paper_is_ordered_in_one_click_and_its_bar_moves(
    pages_server: PagesServer, enter: Callable[[Role, str], Page], tmp_path: Path
) -> None:
    city = pages_server.city
    page = enter(Role.hr, "/attendance/papers")
    examine(page)
    page.get_by_label("だれの").select_option(label="全員")
    click = Clicks(page)
    click("作る", "button")
    expect(page.locator("#now")).to_contain_text("順番待ち")
    claimed = begin_to_make(city)
    with city.store.transaction(city.clock()) as tx:
        save_progress(tx, claimed, 2, 3)
    expect(page.locator("#now progress")).to_have_attribute("value", "2", timeout=SOON)
    examine(page)
    city.clock.advance(minutes=15)
    let_the_connector_make(city, tmp_path)
    expect(page.get_by_role("link", name="受け取る")).to_be_visible(timeout=SOON)
    assert click.count == 1
    page.goto("/attendance/papers")
    examine(page)


def test_a_calendars_address_is_made(enter: Callable[[Role, str], Page]) -> None:
    page = enter(Role.employee, "/attendance/calendar")
    examine(page)
    page.get_by_role("button", name="アドレスを作る").click()
    expect(page.get_by_label("購読のアドレス")).to_have_value(re.compile(r"\.ics$"))
    examine(page)


def test_a_paper_without_a_script(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page], tmp_path: Path
) -> None:
    page = enter_without_script(Role.employee, "/attendance/papers")
    page.get_by_role("button", name="作る").click()
    let_the_connector_make(pages_server.city, tmp_path)
    page.get_by_role("link", name="もう一度見る").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="受け取る").click()
    assert Path(fetched.value.path()).read_bytes().startswith(b"%PDF")
