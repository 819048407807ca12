"""The two rows that lead through the pages: each page in one section, each visitor only what decides something."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from gateway.pages.access.rights import Right
from gateway.pages.access.roles import allow
from gateway.pages.access.routes import ROUTES, SECTION_ROWS
from gateway.pages.app import list_routes
from gateway.pages.navigation import SECTIONS, Navigation, derive_navigation
from store.alarms import Alarm, insert_alarms
from tests.pages.city import City

OUTSIDE = {"/sign-in", "/password", "/live", "/threats/banner", "/calendar/{token}.ics"} | {
    "/messages",
    "/messages/{message_id}",
    "/messages/addresses",
}
"""What no row leads to: it stands in the masthead, or is a part of every page."""

TABS = [tab for section in SECTIONS for tab in section.tabs]


def see(*roles: Role, here: str = "/", closed: frozenset[str] = frozenset()) -> Navigation:
    """The rows of somebody with these roles."""
    return derive_navigation(lambda right: any(allow(role, right) for role in roles), here, closed)


class Rows(HTMLParser):
    """Reads the rows of a page: label → its links as (path, words, aria-current)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str, str]]] = []
        self.labels: list[str] = []
        self._link: list[str] | None = None
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "nav" and "tabs" in said.get("class", "").split():
            self._inside = True
            self.rows.append([])
            self.labels.append(said["aria-label"])
        if tag == "a" and self._inside:
            self._link = [said["href"], "", said.get("aria-current", "")]

    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self._link[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "nav":
            self._inside = False
        if tag == "a" and self._link is not None:
            path, words, current = self._link
            self.rows[-1].append((path, " ".join(words.split()), current))
            self._link = None


def test_every_page_belongs_to_one_section(pages: FastAPI) -> None:
    for method, path in list_routes(pages):
        if method == "GET" and path not in OUTSIDE:
            holding = [tab.path for tab in TABS if tab.holds(path)]
            assert len(holding) == 1, f"{path} lies in {holding}: name it in gateway.pages.navigation.SECTIONS"


def test_the_rights_of_a_page_stand_in_the_file_of_its_section() -> None:
    for section in SECTIONS:
        for _, path in SECTION_ROWS[section.name.removeprefix("nav.section_")]:
            holding = {each.name for each in SECTIONS for tab in each.tabs if tab.holds(path)}
            assert holding == {section.name} or path in OUTSIDE, path


def test_every_tab_is_a_page_that_its_rights_open() -> None:
    assert len({tab.path for tab in TABS}) == len(TABS)
    for tab in TABS:
        if tab.path != "/":
            opens = ROUTES["GET", tab.path]  # a page for everybody may be a tab of few
            assert opens in (set(tab.rights), {Right.signed_in})


@pytest.mark.parametrize("role", Role)
def test_a_section_leads_to_its_first_page_and_every_page_is_within_two_clicks(role: Role) -> None:
    open_ = [tab.path for tab in TABS if any(allow(role, right) for right in tab.rights)]
    reached = set()
    for path in [link.path for link in see(role).sections] or open_[:1]:  # of one section its first page is the home
        reached.add(path)
        rows = see(role, here=path)
        if rows.pages:
            assert rows.pages[0].path == path
        reached |= {page.path for page in rows.pages}
    assert reached == set(open_)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("here", [tab.path for tab in TABS])
def test_no_row_holds_but_one_word(role: Role, here: str) -> None:
    rows = see(role, here=here)
    assert len(rows.sections) != 1
    assert len(rows.pages) != 1
    assert sum(bool(link.current) for link in rows.sections) <= 1
    assert sum(bool(link.current) for link in rows.pages) <= 1
    assert sum(link.counts_alarms for link in (*rows.sections, *rows.pages)) == allow(role, Right.door_board)


def test_an_employee_finds_the_own_time_in_one_section() -> None:
    rows = see(Role.employee)
    others = ["nav.section_facilities", "nav.visits", "nav.section_tiers", "nav.taps", "nav.stage"]
    assert [link.name for link in rows.sections] == ["nav.section_attendance", *others]
    assert [link.name for link in rows.pages][:2] == ["nav.month", "nav.applications"]
    closed = frozenset(tab.path for tab in TABS) - {"/"}
    assert see(Role.employee, closed=closed) == Navigation((), (), SECTIONS[0].name)


def test_of_one_section_only_its_pages_are_seen() -> None:
    rows = see(Role.auditor, here="/people", closed=frozenset(tab.path for tab in TABS) - {"/", "/people"})
    assert rows.sections == ()
    assert [(link.path, link.current) for link in rows.pages] == [("/", ""), ("/people", "page")]


@pytest.mark.parametrize(
    ("here", "page"),
    [
        ("/months/2025-11", "/"),
        ("/attendance/days/2025-11-11", "/attendance/applications"),
        ("/attendance/people/s0002/days/2025-11-11", "/attendance/applications"),
        ("/people/s0002/months/2025-11", "/people"),
        ("/commands/0123456789abcdef", "/doors"),
        ("/muster/1/point", "/inside"),
        ("/access/s0002/leave", "/cards"),
        ("/reviews/1", "/reports"),
        ("/rollouts/2", "/revocations"),
    ],
)
def test_what_lies_beneath_a_page_is_marked_there(here: str, page: str) -> None:
    assert [tab.path for tab in TABS if tab.holds(here)] == [page]


@pytest.mark.parametrize("here", ["/doorsteps", "/monthly", "/password", "/nowhere", "/peoples"])
def test_what_lies_nowhere_opens_no_section(here: str) -> None:
    rows = see(Role.operator, here=here)
    assert rows.pages == ()
    assert not any(link.current for link in rows.sections)


def test_the_rows_of_a_page(sign_in_as: Callable[[Role], TestClient]) -> None:
    client = sign_in_as(Role.operator)
    found = Rows(client.get("/doors/main/view").text)
    assert found.labels == ["主な画面", "扉の画面"]
    assert [link for link in found.rows[0] if link[2]] == [("/doors", "扉", "true")]
    assert [link for link in found.rows[1] if link[2]] == [("/doors", "扉の状態", "true")]
    assert [link for link in Rows(client.get("/plans?x=1").text).rows[1] if link[2]] == [("/plans", "見取図", "page")]
    employee = Rows(sign_in_as(Role.employee).get("/").text)
    assert employee.labels == ["主な画面", "勤怠の画面"]
    assert employee.rows[1][0] == ("/", "出勤簿", "page")


def test_alarms_that_wait_are_counted_in_words(city: City, sign_in_as: Callable[[Role], TestClient]) -> None:
    operator, helper = sign_in_as(Role.operator), sign_in_as(Role.facility_admin)
    before = _count(operator)
    with city.store.transaction(city.clock()) as tx:
        insert_alarms(tx, [Alarm("duress", "main", "tap")])
    assert _count(operator) == before + 1
    assert _count(helper) == before  # who forces a person must not learn of it from a screen
    said = f"警報 未確認 {before + 1}件"
    assert ("/alarms", said, "page") in Rows(operator.get("/alarms").text).rows[1]
    assert ("/alarms", said, "") in Rows(operator.get("/events").text).rows[0]
    assert 'hx-get="/alarms/count?shape=words"' in operator.get("/doors").text
    assert 'hx-get="/alarms/count' not in operator.get("/doors?live=off").text
    assert 'hx-get="/alarms/count' not in operator.get("/events").text


def _count(client: TestClient) -> int:
    text = client.get("/alarms/count").text
    return int(text.split("未確認 ")[1].split("件")[0]) if "未確認" in text else 0


def test_the_style_sheets_come_as_one(client: TestClient) -> None:
    text = client.get("/sign-in").text
    href = text.split('href="/static/sheets.css')[1].split('"')[0]
    answer = client.get(f"/static/sheets.css{href}")
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert text.count('rel="stylesheet"') == 2
    rules = answer.text
    assert rules.index("--ink:") < rules.index(".masthead {") < rules.index(".event-filters") < rules.index("@page")
    assert client.post("/static/sheets.css").status_code == 405
