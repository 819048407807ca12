"""The keys' desk in a real browser: lent in two clicks and a tap, back by the tag alone, handed over by two taps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from domain.keys.custody import Holder, HolderKind
from domain.keys.due_rule import DueKind, DueRule
from domain.keys.entitlement import Entitlement, Source, Taker, TakerKind
from domain.keys.key import Target, TargetKind
from gateway.bookings.booking_code import write_booking_code
from gateway.operations.identity.roles import Role
from gateway.operations.keys.give_entitlement import give_entitlement
from gateway.operations.keys.lend_key import LoanWish, lend_key
from store.cards import insert_card
from store.visitor_cards import POOL, ensure_pool
from tests.browser.screens import PHONE, SOON, Clicks, examine
from tests.browser.server import PagesServer
from tests.pages.city import City
from tests.pages.edge import Edge
from tests.pages.houses import CHOIR, EVENING, HALL_KEY, MEETING_KEY, TAGS, build_houses
from tests.pages.test_booking_doors import open_by_booking

pytestmark = pytest.mark.real

CARDS = {"s0002": "a" * 32, "s0001": "b" * 32}
READER = "main_out"


def open_house(city: City) -> Edge:
    """The civic hall with its bookings, cards of Ishii and Aoki, and the desk's reader."""
    build_houses(city)
    with city.store.transaction(city.clock()) as tx:
        for person_id, token in CARDS.items():
            insert_card(tx, token, person_id, person_id)
        taker, key = Taker(TakerKind.person, "s0001"), Target(TargetKind.key, MEETING_KEY)
        rule = DueRule(DueKind.relative, 120)
        give_entitlement(tx, Entitlement("e-aoki", Source.person, "", taker, key, city.clock(), None, rule), by="root")
    return Edge(city, "west-1", desk_readers=(READER,))


def test_a_key_is_lent_in_two_clicks_and_a_tap_and_is_back_without_any(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    edge = open_house(city)
    page = enter(Role.facility_admin)
    expect(page).to_have_url(f"{pages_server.url}/desk")  # the desk is the home of whoever serves it
    examine(page)
    click = Clicks(page)
    click("貸出 第1会議室 石井 健太", "link")
    expect(page.get_by_label("鍵番号（刻印）")).to_have_value("meeting-0")
    expect(page.locator("#due-why")).to_contain_text("19:30まで")
    examine(page)
    click("職員証を待つ", "button")
    assert click.count == 2
    expect(page.locator("#wait")).to_contain_text("借りる人の職員証を")
    examine(page)
    edge.tap(READER, CARDS["s0002"])
    expect(page.locator("#wait")).to_contain_text("石井 健太 さんが借りています", timeout=4 * SOON)
    examine(page)
    page.get_by_role("link", name="窓口へ", exact=True).click()
    row = page.locator("#booking-b-staff")
    expect(row).to_contain_text("期限 19:30")
    examine(page)
    city.clock.advance(minutes=20)
    edge.tap(READER, TAGS["meeting-0"])  # nobody touches the page
    expect(row).to_contain_text("返却済み", timeout=4 * SOON)
    expect(page.locator("#out-title")).to_contain_text("（0件）")


def test_the_code_of_a_booking_is_scanned_and_the_key_goes_out(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    open_house(pages_server.city)
    page = enter(Role.facility_desk)
    click = Clicks(page)
    page.get_by_role("searchbox").fill(write_booking_code(EVENING))
    page.keyboard.press("Enter")  # as a scanner does
    expect(page.get_by_role("status")).to_contain_text("予約のQRコードを読み取りました")
    examine(page)
    click("予約のQRコードで貸し出す", "button")
    assert click.count == 1
    expect(page.locator(".answer")).to_contain_text("青木合唱団 青木 望 さんが借りています")
    examine(page)
    click("返却", "button")
    expect(page.locator("#out-title")).to_contain_text("（0件）")


def test_a_citizen_signs_on_the_screen(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    open_house(pages_server.city)
    page = enter(Role.facility_admin)
    page.goto(f"/desk/lend?booking={EVENING}")
    page.get_by_role("button", name="署名で貸し出す").click()
    expect(page.locator(".today-fault")).to_contain_text("署名がありません")
    examine(page)
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 90, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="署名で貸し出す").click()
    expect(page.locator(".answer")).to_contain_text("さんが借りています")


def test_two_hand_a_key_over_by_their_cards(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    city = pages_server.city
    edge = open_house(city)
    with city.store.transaction(city.clock()) as tx:
        who = Holder(HolderKind.person, "s0002")
        lend_key(tx, LoanWish("l1", Target(TargetKind.key, MEETING_KEY), who, "ueda"))
    page = enter(Role.facility_admin)
    page.locator("#day").get_by_role("link", name="第1会議室", exact=True).last.click()
    examine(page)
    page.get_by_role("button", name="二人の職員証を待つ").click()
    wait = page.locator("#wait")
    expect(wait).to_contain_text("いま鍵を持っている人の職員証を")
    edge.tap(READER, CARDS["s0002"])
    expect(wait).to_contain_text("石井 健太 さんから引き継ぐ人の職員証を", timeout=4 * SOON)
    edge.tap(READER, CARDS["s0001"])
    expect(wait).to_contain_text("鍵を引き継ぎました", timeout=4 * SOON)
    page.goto("/desk")
    expect(page.locator(".today-holder")).to_contain_text("青木 太郎")


def test_a_refusal_names_the_holder_and_a_wrong_card_is_told(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    edge = open_house(city)
    page = enter(Role.facility_admin)
    page.goto(f"/desk/lend?target=key:{HALL_KEY}")
    page.get_by_role("button", name="職員証を待つ").click()
    edge.tap(READER, CARDS["s0002"])
    expect(page.locator("#wait")).to_contain_text("貸し出せませんでした", timeout=4 * SOON)
    examine(page)
    page.get_by_role("button", name="もう一度待つ").click()
    expect(page.locator("#wait")).to_contain_text("借りる人の職員証を")
    page.get_by_role("button", name="待つのをやめる").click()
    with city.store.transaction(city.clock()) as tx:
        for number in (1, 2):
            whose = Holder(HolderKind.reservee, CHOIR)
            lend_key(tx, LoanWish(f"l{number}", Target(TargetKind.key, HALL_KEY), whose, "ueda"))
    page.goto(f"/desk/lend?booking={EVENING}")
    expect(page.locator(".notice-error")).to_contain_text("青木合唱団 青木 望")
    examine(page)


def test_without_a_script_a_key_goes_out_on_paper_and_comes_back(
    pages_server: PagesServer, enter_without_script: Callable[[Role, str], Page]
) -> None:
    open_house(pages_server.city)
    page = enter_without_script(Role.facility_admin, "/desk")
    page.get_by_role("link", name="貸出 大ホール 全面 青木合唱団").click()
    expect(page.locator("canvas")).to_be_hidden()
    page.get_by_text("紙に署名を受けた").click()
    page.get_by_label("用紙の番号").fill("12")
    page.get_by_role("button", name="紙の署名で貸し出す").click()
    expect(page.locator(".answer")).to_contain_text("さんが借りています")
    page.get_by_role("link", name="窓口へ戻る").click()
    page.locator("#booking-b-evening").get_by_role("button", name="返却").click()
    expect(page.locator("#out-title")).to_contain_text("（0件）")


def test_the_desk_by_keyboard_on_a_phone(pages_server: PagesServer, enter: Callable[[Role], Page]) -> None:
    open_house(pages_server.city)
    page = enter(Role.facility_desk)
    page.set_viewport_size(PHONE)
    for path in ("/desk", f"/desk/lend?booking={EVENING}", "/desk/lend", "/desk?on=2025-11-23"):
        page.goto(path)
        small = page.evaluate(
            """[...document.querySelectorAll('main :is(button, select, summary, .button), .today-room, .today-key a')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44).map(([text, box]) => `${text}: ${box.width}x${box.height}`)"""
        )
        assert small == [], path
        examine(page)
        page.set_viewport_size(PHONE)
    page.goto("/desk")
    page.get_by_role("link", name="貸出 大ホール 全面 青木合唱団").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("鍵の貸出")


def test_a_party_gets_a_card_in_two_clicks_and_a_tap_and_it_is_back_without_any(
    pages_server: PagesServer, enter: Callable[[Role], Page], enter_without_script: Callable[[Role, str], Page]
) -> None:
    city = pages_server.city
    edge = open_house(city)
    open_by_booking(city)
    with city.store.transaction(city.clock()) as tx:
        ensure_pool(tx)
        for number in (1, 2):
            insert_card(tx, f"{0xA0 + number:032x}", POOL, f"来訪 {number}")
    page = enter(Role.facility_desk)
    click = Clicks(page)
    click("入室カード 大ホール 全面 青木合唱団", "link")
    examine(page)
    click("次にかざすカードを渡す", "button")
    assert click.count == 2
    expect(page.locator("#cards")).to_contain_text("来訪者カードをかざしてください")
    examine(page)
    edge.tap(READER, f"{0xA1:032x}")
    expect(page.locator("#cards")).to_contain_text("渡しているカード（1枚）", timeout=4 * SOON)
    examine(page)
    city.clock.advance(minutes=5)
    edge.tap(READER, f"{0xA1:032x}")
    expect(page.locator("#cards")).to_contain_text("カードは渡していません", timeout=8 * SOON)
    plain = enter_without_script(Role.facility_admin, f"/desk/cards?booking={EVENING}")
    plain.get_by_label("カードの番号").select_option("来訪 2")
    plain.get_by_role("button", name="この番号を渡す").click()
    expect(plain.locator("#cards")).to_contain_text("渡しているカード（1枚）")
    plain.get_by_role("button", name="返却 来訪 2").click()
    expect(plain.locator("#cards")).to_contain_text("カードは渡していません")


def test_no_button_becomes_another_keys_under_the_focus(
    pages_server: PagesServer, enter: Callable[[Role], Page]
) -> None:
    city = pages_server.city
    edge = open_house(city)
    with city.store.transaction(city.clock()) as tx:
        for number in (1, 2):
            whose = Holder(HolderKind.reservee, CHOIR)
            lend_key(
                tx,
                LoanWish(f"l{number}", Target(TargetKind.key, HALL_KEY), whose, "ueda", copy_id=f"hall-{number % 2}"),
            )
    page = enter(Role.facility_admin)
    out = page.locator("section[aria-labelledby=out-title]")
    out.get_by_role("button", name="返却 大ホール HALL-0").focus()
    city.clock.advance(minutes=2)
    edge.tap(READER, TAGS["hall-1"])
    expect(out.get_by_role("button")).to_have_count(1, timeout=4 * SOON)
    expect(out.get_by_role("button", name="返却 大ホール HALL-0")).to_be_focused()
    edge.tap(READER, TAGS["hall-0"])
    expect(page.locator("#out-title")).to_contain_text("（0件）", timeout=4 * SOON)
    assert page.evaluate("document.querySelector('#day').contains(document.activeElement)")
    assert page.evaluate("document.activeElement.tagName") != "BUTTON"
