"""Chromium of the distribution against the pages on a real server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gateway.operations.identity.roles import Role
from tests.browser.screens import sign_in
from tests.browser.server import PagesServer, serve_pages
from tests.pages.city import LOGIN_OF

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def pages_server(sqlite_url: str, tmp_path: Path) -> Iterator[PagesServer]:
    """The seeded city hall's pages on a real server, with a stage."""
    with serve_pages(sqlite_url, tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One headless browser for a module; no longer, for while it is open no other test can have an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browsing(chromium: Browser, pages_server: PagesServer) -> Iterator[BrowserContext]:
    """A fresh browser profile whose log of requests and complaints is judged at the end of each test."""
    context = chromium.new_context(base_url=pages_server.url, locale="ja-JP", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    outside: list[str] = []
    complaints: list[str] = []
    context.on(
        "request", lambda request: None if request.url.startswith(pages_server.url) else outside.append(request.url)
    )
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield context
    context.close()
    assert outside == []
    assert [text for text in complaints if "401" not in text and "status of 4" not in text] == []


@pytest.fixture
def enter(browsing: BrowserContext) -> Callable[[Role], Page]:
    """A page signed in with the one account of a role, by the form."""

    def enter(role: Role, path: str = "/") -> Page:
        page = browsing.new_page()
        sign_in(page, LOGIN_OF[role], path)
        page.wait_for_load_state()
        return page

    return enter


@pytest.fixture
def enter_without_script(chromium: Browser, pages_server: PagesServer) -> Iterator[Callable[[Role, str], Page]]:
    """A page that runs no script, signed in with the one account of a role."""
    context = chromium.new_context(base_url=pages_server.url, java_script_enabled=False)

    def enter(role: Role, path: str) -> Page:
        page = context.new_page()
        sign_in(page, LOGIN_OF[role], path)
        return page

    yield enter
    context.close()
