"""Finding an event and why it was, keeping a view, and answering for an area, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.operations.identity.roles import Role
from store.rights import Grant, insert_grant
from tests.browser.screens import examine
from tests.browser.server import PagesServer
from tests.pages.city import City
from tests.pages.test_questions import CARD, publish, publish_card

pytestmark = pytest.mark.real


def refuse(city: City, **known: object) -> None:
    """Somebody without the right taps at the server room, a day ago and now."""
    for at in (city.clock() - timedelta(days=1), city.clock()):
        city.tap("server_in", "s0002", at, granted=False, reason="no_access_rights", **known)


def test_from_a_person_to_the_record_and_to_why_in_three_clicks(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    version = publish(pages_server.city)
    refuse(pages_server.city, credential=CARD, policy_version=version)
    page = enter(Role.operator)
    page.get_by_role("link", name="記録", exact=True).click()  # 1
    examine(page)
    page.get_by_label("氏名・カナ・職員番号").fill("いしい")
    page.get_by_label("結果", exact=True).select_option(label="拒否・読取不良")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="しぼり込む").click()  # 2
    expect(page.locator(".asked-person")).to_contain_text("石井 健太")
    expect(page.locator("tbody tr")).to_have_count(2)
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("通行の権限なし")
    href = first.get_by_role("link", name="なぜ?").get_attribute("href") or ""
    assert href.startswith("/questions?device=north-1&epoch=1&seq=")
    examine(page)
    first.get_by_role("link", name="なぜ?").click()  # 3
    expect(page.get_by_role("heading", name="扉の判断の根拠")).to_be_visible()
    expect(page.locator(".verdict .notice").first).to_contain_text("通行の権限なし")
    expect(page.locator(".verdict .card-facts")).to_contain_text("石井 健太")
    expect(page.locator(".verdict .card-facts")).to_contain_text(f"方針の版{version}")
    expect(page.locator(".rule-failed")).to_contain_text("この通行口を開ける権限")
    expect(page.locator(".rules tbody tr")).to_have_count(24)
    examine(page)
    page.go_back()
    first.get_by_role("link", name="記録を見る").click()
    expect(page.locator("h1")).to_contain_text("打刻")
    expect(page.locator(".raw-body")).to_contain_text('"reason": "no_access_rights"')
    examine(page)
    why = page.locator("main").get_by_role("link", name="なぜ?")
    why.click()
    expect(page.locator(".rule-failed")).to_contain_text("この通行口を開ける権限")
    page.get_by_label("通行口").select_option("west_in")
    page.get_by_label("日時").fill("")
    page.get_by_role("button", name="調べる").click()  # the same person at another door, now
    expect(page.get_by_role("heading", name="今かざすと")).to_be_visible()
    expect(page.locator(".verdict .notice")).to_contain_text("許可")


def test_a_policy_that_cannot_be_read_says_what_to_do(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    publish_card(pages_server.city)  # and the seeded edition is no policy
    page = enter(Role.operator)
    page.goto("/questions?who=s0002&point=west_in")
    expect(page.get_by_role("alert")).to_contain_text("今の方針（版3）を読めないため、答えられません")
    examine(page)


def test_a_view_is_kept_and_one_click_away_from_the_log(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    refuse(pages_server.city)
    page = enter(Role.operator)
    page.goto("/events")
    page.get_by_label("場所").select_option(label="サーバ室")
    page.get_by_label("理由・できごと").select_option(label="通行の権限なし")
    page.get_by_role("button", name="しぼり込む").click()
    page.get_by_label("見方の名前").fill("サーバ室で断られた人")
    page.get_by_text("ほかの人と共有する").click()
    examine(page)
    page.get_by_label("監査").check()
    page.get_by_role("button", name="保存する", exact=True).click()
    kept = page.get_by_role("navigation", name="保存した見方").get_by_role("link", name="サーバ室で断られた人")
    expect(kept).to_have_attribute("aria-current", "page")
    page.goto("/events")
    kept.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSVに保存（UTF-8）").click()
    assert download.value.path().read_bytes().count(b"\r\n") == 4
    page.get_by_role("button", name="「サーバ室で断られた人」を削除する").click()
    expect(page.get_by_role("navigation", name="保存した見方")).to_have_count(0)


def test_a_wrong_time_is_named_beside_its_field(enter: Callable[[Role], Page]) -> None:
    page = enter(Role.operator)
    page.goto("/events?since=2025-11-20T16:00&until=2025-11-20T15:00&who=s000")
    expect(page.get_by_role("alert")).to_contain_text("しぼり込みの条件を直してください")
    field = page.get_by_label("いつまで")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#fault-until")).to_contain_text("より後に")
    page.goto("/events?who=s000")
    expect(page.get_by_role("heading", name="どの人ですか")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="石井 健太").click()
    expect(page.locator(".asked-person")).to_contain_text("石井 健太")


@pytest.fixture
def granted(pages_server: PagesServer) -> City:
    city = pages_server.city
    with city.store.transaction(city.clock()) as tx:
        for who in ("s0002", "s0004", "s0005"):
            insert_grant(tx, Grant(f"g-{who}", "person", who, "it", "desk", "保守", "desk"))
    city.tap("server_in", "s0004", city.clock() - timedelta(days=3))
    return city


def test_an_area_is_reviewed_and_signed(
    granted: City, chromium: Browser, pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.operator)
    page.get_by_role("link", name="記録", exact=True).click()
    page.get_by_role("link", name="帳票", exact=True).click()
    examine(page)
    page.get_by_role("link", name="開く 権限の棚卸し").click()
    form = page.get_by_role("region", name="棚卸しを始める")
    form.get_by_label("区域").select_option(label="サーバ室")
    form.get_by_label("確かめる人").select_option(label="青木 太郎")
    examine(page)
    form.get_by_role("button", name="始める").click()
    expect(page.locator(".progress")).to_contain_text("0/3 件を確認")
    expect(page.get_by_role("button", name="判断を保存する")).to_have_count(0)
    page.get_by_role("button", name="サインアウト").click()
    page = enter(Role.head)
    page.get_by_role("link", name="記録", exact=True).click()
    page.get_by_role("link", name="帳票", exact=True).click()
    page.get_by_role("link", name="開く 権限の棚卸し").click()
    page.get_by_role("link", name="サーバ室").click()
    examine(page)
    page.get_by_role("group", name="石井 健太 情報政策課").get_by_label("外す").check()
    page.get_by_role("button", name="未確認をすべて「残す」にする").click()
    expect(page.locator(".progress")).to_contain_text("3/3 件を確認")
    sign = page.get_by_role("region", name="署名する")
    expect(sign).to_contain_text("2件を残し、1件を終わらせます")
    expect(sign.get_by_label("氏名（署名）")).to_have_value("青木 太郎")
    examine(page)
    sign.get_by_role("button", name="署名して1件を終わらせる").click()
    expect(page.locator(".person-line")).to_contain_text("青木 太郎 が署名")
    expect(page.get_by_role("row", name="石井 健太")).to_contain_text("終了")
    examine(page)


def test_reports_are_read_and_lead_into_the_log(granted: City, enter: Callable[[Role], Page]) -> None:
    granted.clock.at -= timedelta(minutes=30)
    granted.move_door("north-1", "server", "opened")
    granted.move_door("north-1", "server", "held_open")
    granted.clock.at += timedelta(minutes=30)
    page = enter(Role.operator)
    page.goto("/reports/entries?area=server_room")
    examine(page)
    page.get_by_role("link", name="江口 花子").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/reports/held")
    expect(page.get_by_role("row", name="サーバ室")).to_contain_text("まだ開いている")
    examine(page)
    page.goto("/reports/unused?days=30")
    examine(page)


def test_without_a_script_the_log_is_searched_and_a_view_kept(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    refuse(pages_server.city)
    page = enter_without_script(Role.operator, "/events")
    page.get_by_label("結果", exact=True).select_option(label="拒否・読取不良")
    page.get_by_role("button", name="しぼり込む").click()
    page.get_by_label("見方の名前").fill("拒否")
    page.get_by_role("button", name="保存する", exact=True).click()
    expect(page.get_by_role("link", name="拒否", exact=True)).to_be_visible()
