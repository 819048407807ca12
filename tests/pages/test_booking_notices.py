"""What was just done is said: every page of the section knows each word that another one sends somebody to it with."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.facilities.reservation import ReservationAct
from gateway.operations.identity.roles import Role
from tests.pages.city import City
from tests.pages.houses import EVENING, build_houses
from tests.pages.test_booking_rounds import FORM, ID
from tests.pages.test_bookings import send

PAGES = Path(__file__).parents[2] / "gateway/pages"
SECTION = ("bookings", "desk", "facilities", "keys", "reservees", "rooms", "takings")
LED = re.compile(r'"(/[^"?]*)\?done=([^"&]*)"')

PLACES = {
    "/bookings/waiting": "/bookings/waiting",
    "/bookings/{}": f"/bookings/{EVENING}",
    "/bookings/rounds/{}": f"/bookings/rounds/{ID}",
}
"""Where one is sent with a word of what was done; everywhere else it is an id, which the page itself looks up."""


def list_led() -> Iterator[tuple[str, str]]:
    """Give each place with each word that the section's own redirects name."""
    for path in sorted(path for folder in SECTION for path in (PAGES / folder).glob("*.py")):
        for place, done in LED.findall(path.read_text()):
            shape = re.sub(r"\{[^}]*\}", "{}", place)
            if done == "{act}":
                yield from ((shape, act.value) for act in ReservationAct)
            elif not done.startswith("{"):
                yield shape, done


@pytest.fixture
def client(city: City, sign_in_as: Callable[[Role], TestClient]) -> TestClient:
    build_houses(city)
    admin = sign_in_as(Role.facility_admin)
    assert send(admin, "/bookings/rounds", **FORM) == 303
    return admin


def test_every_word_of_what_was_done_is_said_and_no_other(client: TestClient) -> None:
    led = sorted(set(list_led()))
    assert {place for place, _ in led} == set(PLACES)
    unsaid = [
        (place, done)
        for place, done in led
        if "notice notice-done" not in client.get(PLACES[place], params={"done": done}).text
    ]
    assert unsaid == []
    for place in PLACES.values():
        answer = client.get(place, params={"done": "nothing"})
        assert (answer.status_code, "notice notice-done" in answer.text) == (200, False), place
