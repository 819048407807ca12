"""The example civic hall behind the citizens' door, and a browser of somebody who reads the letters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.citizens.app import create_citizens
from gateway.settings import Address, CitizensListener
from gateway.site.keys import ensure_site_key
from sync.notify.letter_round import LetterRound
from sync.notify.way import SENT, Letter, Told
from tests.pages.city import City, make_city
from tests.pages.houses import build_houses

ORIGIN = "http://127.0.0.1:8090"
SETTINGS = CitizensListener.model_construct(
    listen=Address("127.0.0.1", 8090), public_url=ORIGIN, user_classes=("resident", "other")
)


class Postbox:
    """A way of sending that keeps the letters."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Told:
        self.letters.append(letter)
        return SENT

    def close(self) -> None:
        pass

    def fetch(self) -> list[Letter]:
        """Send what waits; gives what came in this time."""
        self.letters.clear()
        key = ensure_site_key(self._city.context.settings.site_key_file)
        LetterRound(self._city.store, self._city.clock, self, key, ORIGIN).run()
        return list(self.letters)

    def read_code(self, email: str) -> str:
        """Give the code of the letter that just came to an address."""
        [letter] = [each for each in self.fetch() if each.kind == "code"]
        assert letter.target == email
        return letter.text.split("確認番号は ")[1][:6]


@pytest.fixture
def city(sqlite_url: str, tmp_path: Path) -> Iterator[City]:
    """The seeded city with its civic hall."""
    made = make_city(sqlite_url, tmp_path)
    build_houses(made)
    yield made
    made.store.close()


@pytest.fixture
def door(city: City) -> FastAPI:
    """The citizens' application."""
    return create_citizens(city.context, SETTINGS)


@pytest.fixture
def post(city: City) -> Postbox:
    """Where letters come in."""
    box = Postbox(city)
    box.fetch()
    return box


@pytest.fixture
def guest(door: FastAPI) -> TestClient:
    """A browser of somebody who has not signed in."""
    return make_guest(door)


def make_guest(door: FastAPI) -> TestClient:
    """A browser that sends its forms from our own page."""
    return TestClient(
        door, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False, raise_server_exceptions=False
    )


def csrf_of(guest: TestClient) -> str:
    """Read the session's form token from a page."""
    text = guest.get("/").text
    return text.split('name="csrf" value="')[1].split('"')[0] if 'name="csrf"' in text else ""


def send(guest: TestClient, path: str, **form: object):
    """Send a form; gives the answer."""
    return guest.post(path, data={"csrf": csrf_of(guest), **form})


def enter(guest: TestClient, post: Postbox, email: str = "sato@example.jp") -> TestClient:
    """Sign in by the code that was sent."""
    assert send(guest, "/sign-in", email=email).status_code == 303
    assert send(guest, "/code", code=post.read_code(email)).status_code == 303
    return guest
