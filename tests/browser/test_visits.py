"""Visitors in a real browser: announced in two clicks, received in two, gone by one click or by the card alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from gateway.operations.access.announce_visit import NewVisit, announce_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, receive_visitor
from gateway.operations.identity.roles import Role
from store.cards import insert_card
from store.visitor_cards import POOL, ensure_pool
from store.visits import GuestVisit
from tests.browser.screens import PHONE, SOON, examine
from tests.browser.server import PagesServer
from tests.pages.city import City
from tests.pages.edge import Edge

pytestmark = pytest.mark.real

CARDS = ("1" * 32, "2" * 32)


def put_cards(city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        ensure_pool(tx)
        for number, token in enumerate(CARDS, start=1):
            insert_card(tx, token, POOL, f"来訪 {number}")


def put_visit(
    city: City, name: str, *, number: int = 1, begins_in: int = 0, minutes: int = 60, level: str = "visitor"
) -> GuestVisit:
    begins_at = city.clock() + timedelta(minutes=begins_in)
    asked = NewVisit(
        f"{number:016x}", name, "萩商会", "打合せ", "s0002", "内 2345",
        begins_at, begins_at + timedelta(minutes=minutes), (level,),
    )  # fmt: skip
    with city.store.transaction(city.clock()) as tx:
        return announce_visit(tx, city.context.site, asked, by="ishii", draw=lambda signs: signs[number])


def receive(city: City, visit: GuestVisit, token: str) -> None:
    with city.store.transaction(city.clock()) as tx:
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, token), identified=True, by="desk")


def test_a_visitor_is_announced_in_two_clicks_and_a_form(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    page = enter(Role.employee)
    page.get_by_role("link", name="来訪者", exact=True).click()
    examine(page)
    page.get_by_role("link", name="来訪者を登録").click()
    examine(page)
    expect(page.get_by_label("面会する職員", exact=True)).to_have_value("石井 健太")
    page.get_by_label("来訪者の氏名").fill("山田 一郎")
    page.get_by_label("入れる所").or_(page.get_by_text("来訪者（市民ホール）")).first.click()
    page.get_by_label("いつまで").fill("2025-11-20T16:00")  # over before it begins
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("終わりの時刻が早すぎます")
    expect(page.get_by_label("来訪者の氏名")).to_have_value("山田 一郎")
    examine(page)
    page.get_by_label("いつまで").fill("2025-11-20T18:00")
    page.get_by_role("button", name="登録する").click()
    expect(page.locator("h1")).to_contain_text("山田 一郎")
    expect(page.locator("#now")).to_contain_text("来訪予定")
    examine(page)


def test_the_desk_receives_in_two_clicks_and_lets_go_in_one(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    put_cards(city)
    put_visit(city, "山田 一郎")
    put_visit(city, "佐藤 花", number=2, begins_in=30)
    late = put_visit(city, "鈴木 次郎", number=3, minutes=30)
    receive(city, late, CARDS[1])
    city.clock.advance(minutes=31)
    page = enter(Role.operator)
    page.goto("/visits")
    expect(page.locator("#overdue-title")).to_contain_text("時間を過ぎた来訪者（1人）")
    expect(page.locator(".visit-overdue")).to_contain_text("内 2345")
    examine(page)
    page.get_by_role("searchbox").fill("山田一郎")
    page.keyboard.press("Enter")
    page.get_by_label("山田 一郎 さん本人であることを確かめた").click()  # 1
    examine(page)
    page.get_by_role("button", name="このカードを渡す").click()  # 2
    expect(page.locator("#now")).to_contain_text("来訪 1 を持っています")
    examine(page)
    page.get_by_role("link", name="来訪者の一覧へ").click()
    expect(page.locator("#inside-title")).to_contain_text("館内の来訪者（1人）")
    page.get_by_role("button", name="来訪 1 を受け取って退館 山田 一郎").click()
    expect(page.locator("#inside-title")).to_contain_text("館内の来訪者（0人）")
    expect(page.locator("#over-title")).to_be_visible()
    examine(page)


def test_the_next_card_is_lent_and_held_to_the_desk_given_back(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    put_cards(city)
    visit = put_visit(city, "山田 一郎")
    edge = Edge(city, "west-1", desk_readers=("main_in",))
    page = enter(Role.operator)
    page.goto(f"/visits/{visit.id}")
    page.get_by_label("山田 一郎 さん本人であることを確かめた").click()
    page.get_by_label("読取機").select_option("main_in")
    page.get_by_role("button", name="次にかざしたカードを渡す").click()
    now = page.locator("#now")
    expect(now).to_contain_text("来訪者カードをかざしてください")
    examine(page)
    edge.tap("main_in", CARDS[1])
    expect(now).to_contain_text("来訪 2 を貸し出しました", timeout=4 * SOON)
    examine(page)
    city.clock.advance(seconds=40)
    edge.tap("main_in", CARDS[1], granted=True, reason="granted")
    expect(now).to_contain_text("退館", timeout=2 * SOON)
    page.goto("/visits")
    expect(page.locator("#inside-title")).to_contain_text("（0人）")


def test_a_code_is_drawn_and_a_stranger_s_card_is_not_lent(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    visit = put_visit(city, "山田 一郎")
    edge = Edge(city, "west-1")
    page = enter(Role.operator)
    page.goto(f"/visits/{visit.id}")
    expect(page.locator("main")).to_contain_text("貸し出せるカードがありません")
    page.get_by_label("山田 一郎 さん本人であることを確かめた").click()
    page.get_by_role("button", name="QRコードを渡す").click()
    expect(page.get_by_role("img", name="扉のスキャナーにかざすQRコード")).to_be_visible()
    examine(page)
    page.get_by_role("link", name="受付の画面へ").click()
    page.get_by_text("別のカード・QRコードに替える").click()
    examine(page)
    page.get_by_label("読取機").select_option("main_in")
    page.get_by_role("button", name="次にかざしたカードを渡す").click()
    edge.tap("main_in", "e" * 32)
    expect(page.locator("#now")).to_contain_text("来訪者カードではありません", timeout=4 * SOON)


def test_the_head_approves_in_two_clicks_and_the_host_sees_the_arrival(
    pages_server: PagesServer, enter: Callable[[Role], Page], chromium: Browser
) -> None:
    city = pages_server.city
    put_cards(city)
    visit = put_visit(city, "山田 一郎", level="visitor_office")
    page = enter(Role.head)
    page.get_by_role("link", name="来訪者", exact=True).click()
    examine(page)
    page.get_by_role("button", name="承認する 山田 一郎").click()
    expect(page.locator("#now")).to_contain_text("承認済み")
    receive(city, visit, CARDS[0])
    city.context.committed.set()
    expect(page.locator("#now")).to_contain_text("館内", timeout=4 * SOON)


def test_without_a_script_a_visitor_comes_and_goes(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    put_cards(city)
    visit = put_visit(city, "山田 一郎")
    page = enter_without_script(Role.operator, f"/visits/{visit.id}")
    page.get_by_label("山田 一郎 さん本人であることを確かめた").check()
    page.get_by_label("貸し出すカード").select_option(label="来訪 2")
    page.get_by_role("button", name="このカードを渡す").click()
    page.get_by_role("button", name="来訪 2 を受け取って退館").click()
    expect(page.locator("#now")).to_contain_text("退館")


def test_targets_are_large_enough(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    put_cards(city)
    visit = put_visit(city, "山田 一郎")
    receive(city, put_visit(city, "鈴木 次郎", number=3), CARDS[1])
    page = enter(Role.operator)
    page.set_viewport_size(PHONE)
    for path in ("/visits", "/visits/new", f"/visits/{visit.id}", f"/visits/{3:016x}"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button), .tick, .visit-name')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
