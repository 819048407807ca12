"""A house that is open past midnight: in its file, on its rules' page, in the calendar, booked and changed."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant
from gateway.operations.identity.roles import Role
from store.reservations import load_reservation
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.houses import HALL_FILE, HOUSE, build_houses
from tests.pages.test_facilities import edit, form_of, keep
from tests.pages.test_rooms import FRIDAY, ID, send

Enter = Callable[[Role], TestClient]
ON = date.fromisoformat(FRIDAY)
LATE = (
    HALL_FILE.read_text(encoding="utf-8")
    .replace('hours:\n  - {opens: "09:00", closes: "22:00"}', 'hours:\n  - {opens: "09:00", closes: "26:00"}')
    .replace('closes: "23:00"', 'closes: "29:30"')
)


@pytest.fixture
def houses(city: City, sign_in_as: Enter) -> City:
    """The civic hall, open until two at night by its file, the city's own bookings until the very day."""
    build_houses(city)
    admin = sign_in_as(Role.facility_admin)
    form = {"csrf": csrf_of(admin), "text": LATE}
    looked = admin.post("/facility-file", data=form).text
    (seen,) = re.findall(r'name="seen" value="([0-9a-f]+)"', looked)
    assert admin.post("/facility-file", data=form | {"seen": seen}).status_code == 303
    return city


def span_of(city: City) -> tuple[object, object]:
    with city.store.reading(city.clock()) as tx:
        kept = load_reservation(tx, ID)
    assert kept is not None
    return kept.reservation.from_at, kept.reservation.until_at


def test_rules_say_it_and_are_kept_as_they_are_shown(houses: City, sign_in_as: Enter) -> None:
    admin = sign_in_as(Role.facility_admin)
    assert "毎日 09:00–26:00" in admin.get(f"/facilities/{HOUSE}").text
    page = edit(admin, "opening", f"{HOUSE}-hours-1")
    assert form_of(page)["to_minute"] == ["26:00"]
    assert keep(admin, page, "opening", to_minute="25:30")[0] == 303
    assert "毎日 09:00–25:30" in admin.get(f"/facilities/{HOUSE}").text
    assert "29:30" in admin.get(f"/facilities/{HOUSE}/file").text


def test_a_deadline_at_the_end_of_a_day_stays_one(houses: City, sign_in_as: Enter) -> None:
    admin = sign_in_as(Role.facility_admin)
    page = edit(admin, "terms", f"{HOUSE}-terms-1")
    assert keep(admin, page, "terms", cancel__by="days", cancel__days="3", cancel__at="24:00")[0] == 303
    page = edit(admin, "terms", f"{HOUSE}-terms-1")
    assert form_of(page)["cancel.at"] == ["24:00"]
    assert 'type="time"' not in page  # it knows no 24:00, and would send nothing


def test_a_night_is_booked_and_changed(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    assert send(client, from_at="23:00", until_at="25:30") == (303, f"/bookings/{ID}")
    assert span_of(houses) == (instant(ON, 1380), instant(ON, 1530))
    page = client.get(f"/bookings/{ID}/change").text
    assert re.findall(r'name="(from_at|until_at)" value="([^"]*)"', page) == [
        ("from_at", "23:00"),
        ("until_at", "25:30"),
    ]
    form = {
        "csrf": csrf_of(client),
        "room_id": "meeting-2",
        "seen": "1",
        "on": FRIDAY,
        "party": "8",
        "purpose": "打合せ",
    }
    assert (
        client.post(f"/bookings/{ID}/change", data=form | {"from_at": "22:30", "until_at": "25:30"}).status_code == 303
    )
    assert span_of(houses) == (instant(ON, 1350), instant(ON, 1530))


def test_what_is_free_near_it_past_midnight_is_chosen(houses: City, sign_in_as: Enter) -> None:
    client = sign_in_as(Role.employee)
    status, text = send(client, act="look", choose=f"{FRIDAY} - 1410 1500")
    assert status == 200
    assert 'value="25:00" selected' in text
    assert "終了" not in text.partition('class="notice notice-warn')[2][:300]
    taken = send(client, from_at="23:30", until_at="25:00")
    assert taken == (303, f"/bookings/{ID}")
