"""The headers of every answer, the addresses answered under, and what may come in."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from gateway.pages.access.routes import ROUTES
from gateway.pages.app import create_pages
from gateway.pages.entrance.origins import read_origins, safe_path
from tests.pages.city import PASSWORD, City, make_city
from tests.pages.conftest import PLACES, csrf_of, make_client

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@pytest.fixture
def tls_client(sqlite_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """A browser at the same pages under https."""
    url = "https://sekisho.example.lg.jp"
    made: City = make_city(sqlite_url, tmp_path, public_url=url)
    yield TestClient(create_pages(made.context), base_url=url, headers={"Origin": url}, follow_redirects=False)
    made.store.close()


def test_every_answer_carries_the_headers(sign_in_as, client: TestClient, monkeypatch) -> None:
    monkeypatch.setattr("gateway.pages.entrance.live.STREAMS_MAX", 0)
    inside = sign_in_as(Role.auditor)
    for browser in (client, inside):
        for method, path in [*ROUTES, ("GET", "/nowhere"), ("PUT", "/"), ("GET", "/static/css/base.css")]:
            answer = browser.request(method, path.format(**PLACES), data={})
            assert answer.headers["content-security-policy"] == POLICY, path
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] == "same-origin", path
            assert "strict-transport-security" not in answer.headers, path
            is_static = path.startswith("/static/")
            assert answer.headers["cache-control"] == ("no-cache" if is_static else "no-store"), path


def test_pages_hold_no_inline_script_or_style_and_no_outside_address(sign_in_as) -> None:
    for role, paths in (
        (Role.employee, ("/", "/taps", "/stage", "/password")),
        (Role.operator, ("/doors", "/doors?shape=list", "/doors/main/view", "/commands", "/taps")),
        (Role.hr, ("/people", "/cards?q=s", "/cards/s0002")),
    ):
        client = sign_in_as(role)
        for path in paths:
            text = client.get(path).text
            for never in (" style=", "<style", " onclick", "<script>", "http://", "https://", 'src="//'):
                assert never not in text, f"{path}: {never}"


def test_versioned_static_files_may_be_kept(client: TestClient) -> None:
    answer = client.get("/static/css/base.css?v=1")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_tls_adds_hsts_and_a_host_bound_cookie(tls_client: TestClient) -> None:
    answer = tls_client.post("/sign-in", data={"login": "ishii", "password": PASSWORD})
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sekisho=")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly", "secure", "samesite=lax", "path=/", "max-age=43200",
    }  # fmt: skip


def test_the_plain_cookie_is_for_loopback_alone(client: TestClient) -> None:
    cookie = client.post("/sign-in", data={"login": "ishii", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("sekisho=")
    assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


def test_only_the_public_address_is_answered(client: TestClient) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/sign-in", headers={"Host": "localhost:8080"}).status_code == 200


def test_a_body_must_tell_its_length_and_stay_small(client: TestClient) -> None:
    assert client.post("/sign-in", data={"login": "x" * 20_000}).status_code == 413
    assert client.post("/sign-in", content=iter([b"login=x"])).status_code == 411


def _forms(sign_in_as) -> Iterator[tuple[TestClient, str, dict[str, str]]]:
    for path, fields in (
        ("/sign-out", {}),
        ("/language", {"language": "en"}),
        ("/password", {"current": PASSWORD, "new": "まったく別の長いことば 99", "again": "まったく別の長いことば 99"}),
        ("/stage/taps", {"card": "s0002", "reader": "main_in"}),
    ):
        client = sign_in_as(Role.employee)
        yield client, path, {"csrf": csrf_of(client), **fields}


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8080"]
)
def test_forms_from_elsewhere_change_nothing(origin: str | None, sign_in_as, stage) -> None:
    for client, path, fields in _forms(sign_in_as):
        del client.headers["origin"]
        answer = client.post(path, data=fields, headers={"Origin": origin} if origin else {})
        assert answer.status_code == 403, path
        assert "set-cookie" not in answer.headers
        assert client.get("/password").status_code == 200  # still signed in, the password unchanged
    assert stage.tapped == []


@pytest.mark.parametrize("token", ["", "wrong", "あ"])
def test_forms_without_the_sessions_token_change_nothing(token: str, sign_in_as, stage) -> None:
    for client, path, fields in _forms(sign_in_as):
        assert client.post(path, data=fields | {"csrf": token}).status_code == 403, path
        assert client.get("/password").status_code == 200
    assert stage.tapped == []


def test_another_sessions_token_is_worth_nothing(sign_in_as) -> None:
    one, other = sign_in_as(Role.employee), sign_in_as(Role.hr)
    assert one.post("/sign-out", data={"csrf": csrf_of(other)}).status_code == 403


def test_signing_in_from_another_site_is_refused(pages: FastAPI) -> None:
    client = make_client(pages)
    answer = client.post(
        "/sign-in", data={"login": "ishii", "password": PASSWORD}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_nothing_changes_by_get(sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    for method, path in ROUTES:
        if method == "POST" and ("GET", path) not in ROUTES:
            assert client.get(path).status_code == 405, path


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", "", "/\t/evil.example", " /x"],
)
def test_a_form_never_leads_away(path: str, client: TestClient) -> None:
    assert safe_path(path) == "/"
    answer = client.post("/sign-in", data={"login": "ishii", "password": PASSWORD, "then": path})
    assert answer.headers["location"] == "/"
    assert client.get("/sign-in", params={"then": path}).headers["location"] == "/"
    answer = client.post("/language", data={"language": "en", "then": path, "csrf": csrf_of(client)})
    assert answer.headers["location"] == "/"


def test_a_form_leads_back_into_the_pages(client: TestClient) -> None:
    assert client.get("/months/2025-10").headers["location"] == "/sign-in?then=%2Fmonths%2F2025-10"
    then = "/months/2025-10?x=1&y=石#day-3"
    answer = client.post("/sign-in", data={"login": "ishii", "password": PASSWORD, "then": then})
    assert answer.headers["location"] == "/months/2025-10?x=1&y=%E7%9F%B3#day-3"


def test_a_part_asked_for_without_a_session_leads_the_page_to_sign_in(client: TestClient) -> None:
    answer = client.get("/months/2025-11/part", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize(
    ("public_url", "secure", "hosts"),
    [
        ("https://a.example", True, {"a.example"}),
        ("https://a.example:8443", True, {"a.example:8443"}),
        ("http://127.0.0.1:80", False, {"127.0.0.1:80", "localhost:80", "[::1]:80"}),
        ("http://[::1]:8080", False, {"127.0.0.1:8080", "localhost:8080", "[::1]:8080"}),
    ],
)
def test_origins(public_url: str, secure: bool, hosts: set[str]) -> None:
    origins = read_origins(public_url)
    assert (origins.secure, set(origins.hosts)) == (secure, hosts)


def test_a_fault_tells_nothing_but_a_number(city: City, client: TestClient, caplog) -> None:
    def fail() -> datetime:
        raise RuntimeError("秘密 石井 健太")

    client.post("/sign-in", data={"login": "ishii", "password": PASSWORD})
    object.__setattr__(city.context, "now", fail)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "番号" in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "秘密" not in answer.text + caplog.text
