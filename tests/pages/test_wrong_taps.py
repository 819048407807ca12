"""A tap that was no work, without a browser: offered where taps are shown, told struck through, HR's own way to it."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient

from domain.attendance.closing import MonthStanding, MonthState
from domain.attendance.requests import WrongTapRequest
from domain.workflow.states import Act
from gateway.operations.identity.roles import Role
from gateway.requests.content import read_request
from store.applications import load_application
from store.closings import save_standings
from tests.pages.asking import decide
from tests.pages.city import City
from tests.pages.conftest import csrf_of, told
from tests.pages.divergent import diverge

SignIn = Callable[[Role], TestClient]
DAY, FIRST = "2025-11-11", "00000000000000aa"
PAGE = f"/attendance/days/{DAY}"


def links(page: str) -> list[str]:
    """Give where the page leads from each tap that counts."""
    return [unescape(found) for found in re.findall(r'class="wrong-tap-link" href="([^"]+)"', page)]


def chosen(page: str) -> str:
    """Give the tap that the form would send."""
    found = re.search(r'<input type="radio" name="tap" value="([^"]+)" id="[^"]+" checked', page)
    return "" if found is None else unescape(found[1])


def send(client: TestClient, tap: str, *, reason: str = "傘を取りに来た", **more: str) -> int:
    form = {"csrf": csrf_of(client), "id": FIRST, "form": "wrong_tap", "day": DAY, "tap": tap, "reason": reason}
    return client.post("/attendance/applications", data=form | more).status_code


def close(city: City) -> None:
    with city.store.transaction(city.clock()) as tx:
        save_standings(tx, [MonthStanding("s0002", "2025-11", MonthState.closed, "", 1)])


def test_each_tap_of_the_day_leads_to_its_own_form(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.employee)
    found = links(client.get(PAGE).text)
    assert len(found) == 2
    page = client.get(found[1]).text
    assert chosen(page).endswith(f"@{17 * 60 + 45}")
    assert "17:45 退勤" in page
    assert chosen(client.get(f"{PAGE}?kind=wrong_tap").text) == ""  # nobody guesses which of two


def test_it_is_decided_and_then_struck_through_with_who_and_why(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    tap = chosen(client.get(links(client.get(PAGE).text)[1]).text)
    assert send(client, tap) == 303
    with city.store.reading(city.clock()) as tx:
        filed = load_application(tx, FIRST)
    assert filed is not None
    request = read_request(filed)
    assert isinstance(request, WrongTapRequest)
    assert f"{request.tap}@{request.minute}" == tap
    waiting = client.get(PAGE).text
    assert len(links(waiting)) == 1  # it is asked for already
    assert "<s>" not in waiting
    matter = sign_in_as(Role.head).get(f"/attendance/inbox/{FIRST}").text
    assert "勤務でない打刻" in matter
    assert "17:45" in matter
    assert "傘を取りに来た" in matter
    decide(city, FIRST, Act.approve)
    for page in (client.get(PAGE).text, client.get("/months/2025-11").text):
        struck = page.split("<s>")[1].split("</li>")[0]
        assert "17:45" in struck
        assert "青木 太郎" in struck
        assert "傘を取りに来た" in struck
    assert "退勤の打刻がありません" in client.get(PAGE).text  # the day is counted without it


@pytest.mark.parametrize(
    ("tap", "reason", "said"),
    [
        ("", "傘", "一つ選んでください"),
        ("a b@500", "傘", "一つ選んでください"),
        ("west-1/1/9999@500", "傘", "その打刻は今は勤務の打刻ではありません"),
        ("west-1/1/9999@500", " ", "理由を入力してください"),
    ],
)
def test_faults_stand_beside_their_field(sign_in_as: SignIn, tap: str, reason: str, said: str) -> None:
    client = sign_in_as(Role.employee)
    form = {"id": FIRST, "form": "wrong_tap", "day": DAY, "tap": tap, "reason": reason}
    page = told(client, "/attendance/applications", **form)
    field = "reason" if "理由" in said else "tap"
    assert f'id="fault-{field}"' in page
    assert said in page


def test_a_closed_month_offers_this_alone(sign_in_as: SignIn, city: City) -> None:
    close(city)
    client = sign_in_as(Role.employee)
    page = client.get(PAGE).text
    assert "締めた月の日です" in page
    assert 'class="asking-kinds"' not in page
    form = client.get(links(page)[0]).text
    assert "締めた月では、決裁の後に調整として扱われます" in form
    assert send(client, chosen(form)) == 303


def test_what_came_back_is_filled_in_as_it_was(sign_in_as: SignIn, city: City) -> None:
    client = sign_in_as(Role.employee)
    tap = chosen(client.get(links(client.get(PAGE).text)[0]).text)
    send(client, tap)
    decide(city, FIRST, Act.send_back, reason="どの用事ですか")
    assert chosen(client.get(f"/attendance/applications/{FIRST}/edit").text) == tap


def test_hr_comes_to_it_from_the_days_sheet_and_somebody_else_decides(sign_in_as: SignIn, city: City) -> None:
    diverge(city)
    hr = sign_in_as(Role.hr)
    sheet = hr.get(f"/attendance/divergences?period=2025-11&turn=all&person=s0002&on={DAY}").text
    found = links(sheet)
    assert len(found) == 2
    tap = chosen(hr.get(found[1]).text)
    assert send(hr, tap, person="s0002") == 303
    assert hr.get(f"/attendance/inbox/{FIRST}").text.count("/decide") == 0  # who proposes it decides nothing of it
    decide(city, FIRST, Act.approve)
    again = hr.get(f"/attendance/divergences?period=2025-11&turn=all&person=s0002&on={DAY}").text
    assert "<s>17:45</s>" in again
    assert "勤務でない打刻（数えない）" in again
    assert len(links(again)) == 1


def test_whoever_only_reads_is_led_nowhere(sign_in_as: SignIn, city: City) -> None:
    diverge(city)
    sheet = sign_in_as(Role.auditor).get(f"/attendance/divergences?period=2025-11&turn=all&person=s0002&on={DAY}")
    assert links(sheet.text) == []
