"""What a booking opens stands on its page: to whom, until when, and what somebody has to see to."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from gateway.bookings.rule_book import change_rules, open_book
from gateway.operations.facilities.repair_promises import repair_promises
from gateway.operations.identity.roles import Role
from gateway.site.booked_areas import list_booked_areas
from gateway.site.description import LevelDescription
from store.party_passes import DrawnCode, insert_drawn_codes
from store.rights_tables import right_grant
from store.site_areas import save_site_areas
from tests.pages.city import City
from tests.pages.houses import EVENING, GYM, HOUSE, STAFF, TATAMI, build_houses

SignIn = Callable[[Role], TestClient]


@pytest.fixture(autouse=True)
def doors(city: City) -> None:
    build_houses(city)
    open_by_booking(city)


def open_by_booking(city: City) -> None:
    """Let the great hall and the first meeting room lie in the public hall, which bookings open."""
    site = city.context.site
    level = LevelDescription(id="hall_booked", name="市民ホール（予約）", areas={"hall": "always"})
    areas = tuple(
        area.model_copy(update={"booked_level": level.id}) if area.id == "hall" else area for area in site.areas
    )
    city.context.site = site.model_copy(update={"areas": areas, "levels": (*site.levels, level)})
    with city.store.transaction(city.clock()) as tx:
        save_site_areas(tx, list_booked_areas(city.context.site))
        insert_drawn_codes(tx, [DrawnCode(f"{number:032x}", f"{number:032x}") for number in range(0xC0DE, 0xC0E0)])
        book = open_book(tx, HOUSE)
        rooms = (replace(room, area_id="hall") if room.id in {"hall", "meeting-1"} else room for room in book.rooms)
        change_rules(tx, book, replace(book, rooms=tuple(rooms)), by="root")
        for booking_id in (EVENING, STAFF):
            assert repair_promises(tx, booking_id)


def test_a_party_has_a_code_and_staff_their_cards(sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    page = desk.get(f"/bookings/{EVENING}").text
    assert "予約のコード、または窓口で貸し出すカードで「市民ホール」の扉が開きます" in page
    assert "QRコードは「西口」で読み取ります。利用時間のあいだ何度でも使えます" in page
    assert "17:30 から 22:30 まで" in page
    assert "職員証で「市民ホール」の扉が開きます" in desk.get(f"/bookings/{STAFF}").text
    assert "許可されると、ここに開く扉と時間が出ます" in desk.get(f"/bookings/{TATAMI}").text
    assert "この予約で開く扉はありません" in desk.get(f"/bookings/{GYM}").text


def test_what_lacks_is_marked_with_what_to_do(sign_in_as: SignIn, city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(delete(right_grant).where(right_grant.c.source_id == EVENING))
    page = sign_in_as(Role.facility_admin).get(f"/bookings/{EVENING}").text
    assert "要対応" in page
    assert "扉の権限がまだ付いていません" in page
