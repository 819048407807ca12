"""A seeded city hall on SQLite, its pages, and a browserless client for each role."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.operations.identity import sign_in as operation
from gateway.operations.identity.roles import Role
from gateway.operations.identity.session_tokens import draw_session_tokens
from gateway.pages.app import create_pages
from tests.pages.city import LOGIN_OF, PASSWORD, PASSWORD_HASH, City, FakeStage, make_city

ORIGIN = "http://127.0.0.1:8080"
PLACES = {
    "period": "2025-11",
    "person_id": "s0002",
    "door_id": "main",
    "alarm_id": "1",
    "muster_id": "0123456789abcdef",
    "plan_id": "1",
    "request_id": "0123456789abcdef",
    "enrolment_id": "0123456789abcdef",
    "visit_id": "0123456789abcdef",
    "device_id": "west-1",
    "epoch": "1",
    "seq": "1",
    "review_id": "0123456789abcdef",
    "version": "3",
    "number": "1",
    "department_id": "somu",
    "group_id": "0123456789abcdef",
    "member_id": "1",
    "post_id": "1",
    "grant_id": "0123456789abcdef",
    "denial_id": "0123456789abcdef",
    "order_id": "0123456789abcdef",
    "suspension_id": "0123456789abcdef",
    "threat_id": "0123456789abcdef",
    "stand_in_id": "1",
    "on": "2025-11-11",
    "application_id": "0123456789abcdef",
    "message_id": "1",
    "file_id": "1",
    "adjustment_id": "0123456789abcdef",
    "way": "mail",
    "paper_id": "0123456789abcdef",
    "batch_id": "0123456789abcdef",
    "taking_id": "t-none",
    "reservation_id": "b-none",
    "reservee_id": "nobody",
    "token": "nobody",
    "loan_id": "0123456789abcdef",
    "wait_id": "0123456789abcdef",
    "key_id": "0123456789abcdef",
    "count_id": "0123456789abcdef",
    "case_id": "0123456789abcdef",
    "sheet_id": "0123456789abcdef",
    "photo_id": "0123456789abcdef",
    "entitlement_id": "0123456789abcdef",
    "facility_id": "nobody",
    "thing": "room",
    "booking_id": "0123456789abcdef",
    "movement_id": "0123456789abcdef",
    "room_id": "meeting-1",
    "series_id": "0123456789abcdef",
    "part": "ahead",
    "round_id": "0123456789abcdef",
    "offer_id": "0123456789abcdef",
    "waiting_id": "0123456789abcdef",
    "session_id": "0123456789abcdef",
    "proposal_id": "0123456789abcdef",
    "set_hash": "0" * 64,
    "waiver_id": "0123456789abcdef",
}
"""What stands in the paths of routes."""


@pytest.fixture
def city(sqlite_url: str, tmp_path: Path) -> Iterator[City]:
    """The seeded city hall."""
    made = make_city(sqlite_url, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def stage(city: City) -> FakeStage:
    """A stage over it."""
    return FakeStage(city)


@pytest.fixture
def pages(city: City, stage: FakeStage) -> FastAPI:
    """The pages with that stage."""
    return create_pages(city.context, stage)


def make_client(pages: FastAPI) -> TestClient:
    """A browser without a session that sends its forms from our own page."""
    return TestClient(
        pages, base_url=ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False, raise_server_exceptions=False
    )


@pytest.fixture
def client(pages: FastAPI) -> TestClient:
    """Nobody signed in."""
    return make_client(pages)


def sign_in(client: TestClient, login: str, password: str = PASSWORD, **extra: str) -> int:
    """Send the sign-in form; gives the status."""
    return client.post("/sign-in", data={"login": login, "password": password, **extra}).status_code


def set_cookie(client: TestClient, cookie: str) -> None:
    """Put a session cookie into a browser."""
    client.cookies.set("sekisho", cookie, domain="127.0.0.1")


@pytest.fixture
def sign_in_as(city: City, pages: FastAPI) -> Callable[[Role], TestClient]:
    """A client signed in with a role's one account; the password's slow hash is left to the tests of signing in."""

    def enter(role: Role) -> TestClient:
        client, tokens = make_client(pages), draw_session_tokens()
        with city.store.transaction(city.clock()) as tx:
            assert operation.sign_in(tx, operation.Attempt(LOGIN_OF[role], PASSWORD_HASH, right=True), tokens)
        set_cookie(client, tokens.cookie)
        return client

    return enter


def csrf_of(client: TestClient) -> str:
    """Read the session's form token from a page, as a browser would send it."""
    text = client.get("/password").text
    return text.split('name="csrf" value="')[1].split('"')[0]


def send(desk: TestClient, path: str, **form: object) -> int:
    """Send a form; gives the answer's status."""
    return desk.post(path, data={"csrf": csrf_of(desk), **form}).status_code


def told(desk: TestClient, path: str, **form: object) -> str:
    """Send a form that something is wrong with; gives the page that says so."""
    answer = desk.post(path, data={"csrf": csrf_of(desk), **form})
    assert answer.status_code == 422
    return answer.text
