"""Taps of uncertain clocks without a browser: shown beside their neighbours, judged once, by somebody else of HR."""

from collections.abc import Callable
from datetime import date

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant, parse_clock
from gateway.operations.identity.roles import Role
from tests.pages.city import City
from tests.pages.conftest import csrf_of
from tests.pages.divergent import doubt, look

SignIn = Callable[[Role], TestClient]
PUNCHES = "/attendance/punches"
ON = date(2025, 11, 14)


def judge(desk: TestClient, key: str, **form: str) -> tuple[int, str]:
    answer = desk.post(f"{PUNCHES}/{key}", data={"csrf": csrf_of(desk), "counts": "yes"} | form)
    return answer.status_code, answer.text


@pytest.fixture
def key(city: City) -> str:
    """Ishii's out of the 14th, by a clock that nobody had set."""
    return doubt(city, "s0002", instant(ON, parse_clock("17:31")))


def test_a_tap_stands_beside_its_neighbours(city: City, key: str, sign_in_as: SignIn) -> None:
    page = sign_in_as(Role.hr).get(PUNCHES).text
    for said in ("確かめる打刻（1件）", "石井 健太", "17:31:00", "受け取ったのは", key, "08:27:11", "この打刻"):
        assert said in page, said
    assert page.count("is-this") == 2  # in the journal, and among the own taps


def test_a_judged_tap_counts_and_is_told_as_judged(city: City, key: str, sign_in_as: SignIn) -> None:
    look(city)
    desk = sign_in_as(Role.hr)
    assert "打刻の確認待ち" in desk.get("/attendance/divergences", params={"turn": "tap"}).text
    assert judge(desk, key, reason="入館簿で確かめた")[0] == 303
    page = desk.get(PUNCHES).text
    assert "確かめる打刻はありません" in page
    assert "入館簿で確かめた" in page
    assert "eguchi" in page
    month = desk.get("/people/s0002/months/2025-11").text
    assert "17:31" in month


def test_one_that_does_not_count_stays_out_of_the_month(city: City, key: str, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    assert judge(desk, key, counts="no", reason="その日は出張だった")[0] == 303
    assert "数えない" in desk.get(PUNCHES).text


@pytest.mark.parametrize(
    ("role", "form", "said"),
    [(Role.hr, {"reason": "  "}, "どうして分かったかを書いてください")],
)
def test_what_is_missing_is_said(
    city: City, key: str, sign_in_as: SignIn, role: Role, form: dict[str, str], said: str
) -> None:
    status, page = judge(sign_in_as(role), key, **form)
    assert status == 422
    assert said in page


def test_a_tap_is_judged_once_and_what_was_typed_is_not_lost_silently(city: City, key: str, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.hr)
    assert judge(desk, key, reason="入館簿")[0] == 303
    status, page = judge(desk, key, counts="no", reason="違う")
    assert status == 422
    assert "ほかの人がもう確かめました" in page
    assert judge(desk, "west-1/9/9", reason="x")[0] == 422
    assert desk.post(f"{PUNCHES}/west-1/x/9", data={"csrf": csrf_of(desk)}).status_code in {400, 404, 422}


def test_nobody_judges_the_own_tap(city: City, sign_in_as: SignIn) -> None:
    own = doubt(city, "s0004", instant(ON, parse_clock("08:30")))
    desk = sign_in_as(Role.hr)
    page = desk.get(PUNCHES).text
    assert "自分の打刻は自分で確かめられません" in page
    assert 'name="counts"' not in page
    status, page = judge(desk, own, reason="覚えている")
    assert status == 422
    assert "自分の打刻は自分で確かめられません" in page


def test_the_auditor_reads_and_judges_nothing(city: City, key: str, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.auditor)
    page = desk.get(PUNCHES).text
    assert "石井 健太" in page
    assert 'name="counts"' not in page
    assert judge(desk, key, reason="x")[0] == 403
