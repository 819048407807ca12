"""Keys in a real browser: found in a click, back in two, lost in three, counted by scanning, handed over by two."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from contract.key_labels import encode_key_label
from gateway.operations.identity.roles import Role
from store.accounts import save_roles
from tests.browser.screens import PHONE, SOON, Clicks, examine, sign_in
from tests.browser.server import PagesServer
from tests.pages.city import LOGIN_OF, PASSWORD
from tests.pages.edge import Edge
from tests.pages.houses import TAGS
from tests.pages.hung import hang_keys

pytestmark = pytest.mark.real

PATHS = (
    "/keys", "/keys?shape=list", "/keys/overdue", "/keys/counts", "/keys/cases", "/keys/cases/lost-gym-1",
    "/keys/handovers", "/keys/last-leaver", "/keys/shelter-boxes", "/keys/labels", "/keys/register",
    "/keys/register/key?key=hall-key", "/keys/hall-key", "/keys/store-key", "/keys/master-key",
)  # fmt: skip


@pytest.fixture
def hung(pages_server: PagesServer) -> PagesServer:
    """The pages before a full wall."""
    hang_keys(pages_server.city)
    return pages_server


def test_every_screen_holds(hung: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    for path in PATHS:
        page.goto(path)
        examine(page)
    page.get_by_role("button", name="English").click()
    for path in ("/keys", "/keys/store-key", "/keys/cases/lost-gym-1"):
        page.goto(path)
        examine(page)


def test_the_wall_is_two_clicks_away_and_a_key_comes_back_in_two_more(
    hung: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.facility_admin)
    click = Clicks(page)
    click("施設", "link", exact=True)
    click("鍵", "link", exact=True)
    assert click.count == 2
    expect(page.locator(".key-hook-overdue")).to_contain_text("石井 健太")
    click("通用口", "link")
    click("返却を受ける STORE-0", "button")
    assert click.count == 4
    expect(page.locator("#copy-store-0")).to_contain_text("保管")
    expect(page.locator(".key-trail")).to_contain_text("返却")


def test_a_return_by_tag_shows_on_the_wall_without_a_click(hung: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = hung.city
    page = enter(Role.facility_admin)
    page.goto("/keys/store-key")
    page.get_by_text("タグを登録 STORE-0").click()
    page.locator("#copy-store-0").get_by_role("button", name="タグを待つ").click()
    now = page.locator("#tag")
    expect(now).to_contain_text("タグをかざしてください")
    examine(page)
    edge = Edge(city, "west-1", desk_readers=("main_out",))
    edge.tap("main_out", "d" * 32)
    expect(now).to_contain_text("タグを登録しました", timeout=4 * SOON)
    page.goto("/keys")
    expect(page.locator(".key-hook-overdue")).to_have_count(1)
    edge.tap("main_out", "d" * 32)
    expect(page.locator(".key-hook-overdue")).to_have_count(0, timeout=4 * SOON)


def test_a_lost_key_is_reported_in_three_clicks_and_leads_to_every_place(
    hung: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.facility_admin)
    page.goto("/keys")
    click = Clicks(page)
    click("館内マスター", "link")
    click("紛失の届出 MASTER-0")
    examine(page)
    page.locator("#copy-master-0").get_by_label("失くした状況").fill("巡回中に落とした")
    click("紛失を届け出る", "button")
    assert click.count == 3
    expect(page.locator("h1")).to_contain_text("館内マスター MASTER-0 の鍵交換")
    expect(page.locator(".key-opens-large li")).to_have_count(7)
    click("錠を交換した", "button")
    expect(page.locator(".key-steps .is-now")).to_contain_text("錠の交換")
    examine(page)


def test_a_cabinet_is_counted_by_scanning(hung: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    page.goto("/keys")
    click = Clicks(page)
    click("棚卸し", "link", exact=True)
    click("棚卸しを始める 事務室の鍵箱", "button")
    field = page.get_by_label("ラベルまたは刻印番号")
    for text in (encode_key_label("hall-0"), "HALL-1", encode_key_label("meeting-0")):
        expect(field).to_be_focused()  # a scanner types where the page waits
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    expect(page.locator("#count")).to_contain_text("5本中 3本")
    Edge(hung.city, "west-1", desk_readers=("main_out",)).tap("main_out", TAGS["hall-0"])
    click("ある 館内マスター MASTER-0", "button")
    expect(page.locator("#count")).to_contain_text("5本中 4本")
    examine(page)
    click("差異 1件で終える", "button")
    assert click.count == 4
    expect(page.locator("#count")).to_contain_text("見当たりません サーバ室 VAULT-0")
    examine(page)


def test_two_officers_hand_over_in_two_clicks_each(hung: PagesServer, chromium: Browser) -> None:
    with hung.city.store.transaction(hung.city.clock()) as tx:
        save_roles(tx, "aoki", ("head", "facility_admin"))
    pages = []
    for login in ("ueda", "aoki"):
        page = chromium.new_context(base_url=hung.url, locale="ja-JP").new_page()
        page.set_default_timeout(8000)
        sign_in(page, login, "/keys")
        pages.append(page)
    giver, taker = Clicks(pages[0]), Clicks(pages[1])
    giver("宿日直の引継ぎ", "link")
    giver("引継書を作って署名する", "button")
    assert giver.count == 2
    expect(giver.page.locator("article")).to_contain_text("署名するのを待っています")
    examine(giver.page)
    taker.page.goto("/keys/handovers")
    taker("受け取りの署名を待っています")
    taker("読んで受け取った（署名する）", "button")
    assert taker.count == 2
    expect(taker.page.locator(".key-signed")).to_contain_text("青木 太郎")
    examine(taker.page)
    for page in pages:
        page.context.close()


def test_a_key_is_registered_with_its_first_copy(hung: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    page.goto("/keys/register")
    click = Clicks(page)
    click("鍵を登録", "link")
    page.get_by_label("名称", exact=True).fill("和室")
    page.get_by_label("和室").check()
    click("保存する", "button")
    expect(page.locator("h1")).to_contain_text("和室")
    click("鍵を1本加える")
    page.get_by_label("刻印番号").fill("W-1")
    page.get_by_label("掛ける場所").select_option("office-box")
    page.get_by_label("掛け位置の番号").last.fill("10")
    examine(page)
    click("加える", "button", exact=True)
    assert click.count == 4
    expect(page.locator(".key-copy")).to_contain_text("W-1")
    click("ラベル", "link")
    expect(page.get_by_role("img", name="W-1 のQRコード")).to_be_visible()


def test_without_a_script_keys_come_back_and_are_counted(
    hung: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    page = enter_without_script(Role.facility_admin, "/keys/store-key")
    page.get_by_role("button", name="返却を受ける STORE-0").click()
    expect(page.locator("#copy-store-0")).to_contain_text("保管")
    page.goto("/keys/counts")
    page.get_by_role("button", name="棚卸しを始める 体育館キーボックス").click()
    page.get_by_role("button", name="ある 体育館（避難所） SHELTER-0").click()
    page.get_by_role("button", name="差異なしで終える").click()
    expect(page.locator("#count")).to_contain_text("差異なし")


def test_targets_are_large_enough_on_a_phone(hung: PagesServer, enter: Callable[[Role], Page]) -> None:
    page = enter(Role.facility_admin)
    page.set_viewport_size(PHONE)
    for path in PATHS:
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button, .tick, .key-name, nav a)')]
            .filter(e => !e.closest('.crumbs')).filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path


def test_two_lend_in_an_emergency_and_a_third_looks_it_over(
    hung: PagesServer, enter: Callable[[Role], Page], chromium: Browser
) -> None:
    page = enter(Role.facility_admin)
    page.goto("/keys/hall-key")
    page.get_by_role("link", name="緊急の貸出").click()
    examine(page)
    for label, text in (
        ("借りる人（氏名・番号）", "江口"),
        ("何が起きたか", "舞台袖の天井から"),
        ("立会人のログイン名", "eguchi"),
        ("立会人のパスワード", "x"),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_label("漏水・浸水").check()
    page.get_by_role("button", name="二人で貸し出す").click()
    expect(page.locator("#second-fault")).to_contain_text("立会人を確かめられません")
    expect(page.get_by_label("漏水・浸水")).to_be_checked()
    examine(page)
    page.get_by_label("立会人のパスワード").fill(PASSWORD)
    page.get_by_role("button", name="二人で貸し出す").click()
    expect(page.locator(".answer")).to_contain_text("江口 花子 さんが借りています")
    for path in ("/desk", "/keys", "/keys/overdue"):
        page.goto(path)
        expect(page.locator(".key-emergencies")).to_contain_text("漏水・浸水: 舞台袖の天井から")
        examine(page)
    page.goto("/keys/hall-key")
    expect(page.get_by_role("button", name="確認を記録する")).to_have_count(0)  # who lent it does not
    head = chromium.new_context(base_url=hung.url, locale="ja-JP").new_page()
    sign_in(head, LOGIN_OF[Role.head])
    click = Clicks(head)
    click("お知らせ", "link")
    click("鍵が緊急に貸し出されました", "link")
    head.get_by_label("確認した内容").fill("漏水の復旧を確かめた")
    examine(head)
    click("確認を記録する", "button")
    assert click.count == 3
    expect(head.locator(".key-emergencies")).to_have_count(0)
    expect(head.locator(".key-trail")).to_contain_text("確認: 漏水の復旧を確かめた（青木 太郎）")
    head.context.close()
