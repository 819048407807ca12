"""A counter's day of many bookings: what is over stands last, pages are turned, and the figures are of all of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import instant
from domain.facilities.reservation import ReservationState
from gateway.operations.identity.roles import Role
from gateway.pages.desk.day_order import ROWS_MOST, choose_page, put_in_order
from store.desk_days import DeskBooking
from store.reservation_tables import reservation
from tests.pages.city import NOW, City
from tests.pages.houses import CHOIR, EVENING, STAFF, SUNDAY, TODAY, build_houses

SignIn = Callable[[Role], TestClient]


def booking(
    id_: str, state: ReservationState = ReservationState.permitted, *, over: bool = True, owed_yen: int = 0
) -> DeskBooking:
    until_at = NOW + timedelta(minutes=0 if over else 1)
    return DeskBooking(
        id_, 1, state, "f", "r", "室", "Room", until_at - timedelta(hours=1), until_at, "u", "", "", None, 1, "",
        owed_yen, 0, 0, 0,
    )  # fmt: skip


def test_what_is_over_stands_last_unless_something_is_left_to_be_done() -> None:
    over, done = booking("over"), booking("done", ReservationState.completed, over=False)
    owes, out = booking("owes", owed_yen=100), booking("out", ReservationState.completed)
    used, ahead = booking("used", ReservationState.in_use), booking("ahead", over=False)
    told = put_in_order([over, done, owes, out, used, ahead], {"out"}, NOW)
    assert [each.id for each in told] == ["owes", "out", "used", "ahead", "over", "done"]


@given(many=st.integers(0, 3 * ROWS_MOST), wanted=st.integers(1, 5))
def test_every_booking_stands_on_one_page(many: int, wanted: int) -> None:
    bookings = [booking(str(number)) for number in range(many)]
    pages = [choose_page(bookings, page + 1) for page in range(choose_page(bookings, 1).pages)]
    assert [each for page in pages for each in page.shown] == bookings
    assert choose_page(bookings, wanted) == pages[min(wanted, len(pages)) - 1]
    assert all(page.offset == sum(len(each.shown) for each in pages[: page.page - 1]) for page in pages)


@pytest.fixture
def busy(city: City) -> City:
    """The houses with so many bookings of this morning and of Sunday that a page cannot hold them."""
    build_houses(city)
    rows = [
        {
            "id": f"b-{on.day}-{number}", "room_id": "study", "from_at": instant(on, 540), "until_at": instant(on, 600),
            "reservee_id": CHOIR, "user_class": "resident", "party": 1, "purpose": "", "state": "permitted",
            "version": 1, "made_by": "self", "made_at": NOW,
        }
        for on in (TODAY, TODAY + timedelta(days=3))
        for number in range(ROWS_MOST)
    ]  # fmt: skip
    with city.store.transaction(city.clock()) as tx:
        tx.connection.execute(reservation.insert(), rows)
    return city


def test_a_day_of_very_many_bookings_is_turned_page_by_page(busy: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_admin)
    first, second = (desk.get("/desk/part", params={"page": page}).text for page in (1, 2))
    for text in (first, second):
        assert f"予約（{ROWS_MOST + 3}件）" in text
    for id_ in (EVENING, STAFF):
        assert f'id="booking-{id_}"' in first
    assert f"1〜{ROWS_MOST}件目（全{ROWS_MOST + 3}件）" in first
    assert f"/desk?on={TODAY}&amp;page=2" in first
    assert second.count('class="today-row is-') == 3
    assert f'href="/desk?on={TODAY}"' in second
    whole = desk.get("/desk", params={"page": 99}).text  # of fewer the last one
    assert f'hx-get="/desk/part?on={TODAY}&amp;page=2"' in whole
    assert desk.get("/desk", params={"page": 0}).status_code == 400


def test_another_day_is_shown_by_time_alone(busy: City, sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.facility_admin).get("/desk", params={"on": "2025-11-23"}).text
    assert f'id="booking-{SUNDAY}"' not in text  # it is in the afternoon
    assert "終わった予約" not in text
