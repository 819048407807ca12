"""Clearances, trainings and terminals in a real browser: a department's training in two clicks, approval in one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gateway.operations.identity.roles import Role
from tests.browser.screens import Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.qualified import qualify

pytestmark = pytest.mark.real

PATHS = (
    "/clearances", "/clearances?tier=lgwan", "/trainings", "/trainings?department=somu", "/trainings/kinds",
    "/trainings/attendances?training=security&department=somu", "/trainings/drills", "/trainings/import",
    "/trainings/drills/import", "/terminals", "/terminals?shown=ended", "/terminals/form",
    "/terminals/form?terminal=pc-001", "/terminals/import",
)  # fmt: skip


@pytest.fixture(autouse=True)
def qualified(pages_server: PagesServer) -> None:
    """Trainings, clearances and terminals behind the pages."""
    qualify(pages_server.city)


def test_every_screen_holds(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.security)
    for path in PATHS:
        page.goto(path)
        for each in page.locator("main details").all():
            each.locator("summary").click()
        examine(page)
    page.get_by_role("button", name="English").click()
    for path in PATHS[:1] + PATHS[3:5] + PATHS[9:10]:
        page.goto(path)
        examine(page)


def test_a_training_of_a_whole_department_is_entered_in_three_clicks(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.security)
    page.goto("/trainings?department=somu")
    click = Clicks(page)
    click("受講を記録する 情報セキュリティ研修", "link")
    click("全員に印を付ける", "link")
    click("受講を記録する", "button")
    assert click.count == 3
    expect(page.get_by_role("status")).to_contain_text("3人の受講を記録しました")
    expect(page.locator(".tr-head").last).to_contain_text("100%（3 / 3人）")
    examine(page)


def test_what_others_asked_for_is_approved_in_a_click(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.security)
    page.goto("/clearances")
    Clicks(page)("選んだものを承認する", "button")
    expect(page.locator("#waiting-title")).to_have_text("承認待ち 1件")
    expect(page.locator("table").first).to_contain_text("住民記録の保守")


def test_wrong_lines_of_a_file_are_readable(enter: Callable[[Role], Page], tmp_path: Path) -> None:
    page = enter(Role.security)
    page.goto("/trainings/import")
    bad = tmp_path / "bad.csv"
    bad.write_text("職員番号,研修,受講日\ns9999,security,2025-11-19\n", encoding="cp932")
    page.get_by_label("CSVファイル").set_input_files(bad)
    page.get_by_role("button", name="中身を確かめる").click()
    expect(page.get_by_role("alert")).to_contain_text("取り込めない行が 1行")
    examine(page)
    good = tmp_path / "good.csv"
    good.write_text("職員番号,研修,受講日\ns0005,security,2025-11-19\n", encoding="utf-8")
    page.get_by_label("CSVファイル").set_input_files(good)
    page.get_by_role("button", name="中身を確かめる").click()
    examine(page)
    page.get_by_role("button", name="1件を取り込む").click()
    expect(page.get_by_role("status")).to_contain_text("1件を取り込みました")


def test_a_lost_terminal_is_ended_in_three_clicks(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.security)
    page.goto("/terminals")
    click = Clicks(page)
    click("使用を終える 窓口の端末")
    row = page.get_by_role("row", name="窓口の端末")
    row.get_by_label("紛失").check()
    row.get_by_role("button", name="今すぐ終わらせる").click()
    expect(page.get_by_role("row", name="窓口の端末")).to_have_count(0)
    page.goto("/terminals?shown=ended")
    expect(page.get_by_role("row", name="窓口の端末")).to_contain_text("紛失")
