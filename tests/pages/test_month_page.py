"""The month as its page tells it."""

import re
from datetime import date

import pytest
from fastapi.testclient import TestClient

from domain.civil import instant, parse_clock
from gateway.operations.identity.roles import Role
from store.people import Person, upsert_persons
from tests.pages.city import City


def _row(text: str, day: int) -> list[str]:
    row = text.split(f'<tr id="day-{day}"')[1].split("</tr>", maxsplit=1)[0]
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", cell).split() for cell in cells]


def test_the_four_cells_of_the_citys_own_screen(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    assert _row(text, 10)[2:7] == [["08:30"], ["17:15"], ["7.45"], [], []]
    assert _row(text, 11)[2:6] == [["08:25"], ["17:45"], ["8.20"], []]
    assert _row(text, 11)[6] == ["⚠", "確認が必要", "30分", "命令のない在庁"]
    assert _row(text, 13)[2:7] == [["08:20"], ["20:30"], ["11.10"], ["3.15"], []]
    assert _row(text, 17)[2:7] == [["08:24"], ["20:00"], ["10.36"], ["2.45"], []]
    assert '<span class="figure">6.00</span>' in text


def test_each_row_says_its_state_in_words(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    states = {day: _row(text, day)[7] for day in (1, 3, 4, 10, 11, 14, 20, 21)}
    assert states == {
        1: ["休み"], 3: ["休み"], 4: ["記録なし"], 10: ["乖離なし"], 11: ["要確認"], 14: ["打刻もれ"], 20: ["勤務中"],
        21: ["予定"],
    }  # fmt: skip
    assert _row(text, 3)[1] == ["月", "文化の日"]
    assert len(re.findall(r'<tr id="day-', text)) == 30


def test_why_shows_taps_orders_and_rule(sign_in_as) -> None:
    text = sign_in_as(Role.employee).get("/months/2025-11").text
    why = text.split('<div class="why" id="why-13"')[1].split('<div class="why"')[0]
    for word in (
        "08:20:11",
        "職員通用口・入",
        "20:30:42",
        "17:15–20:30",
        "議会資料の作成",
        "3.15",
        "給与条例：超過勤務手当",
    ):
        assert word in why
    assert '<div class="why" id="why-4"' not in text


def test_months_before_and_after(sign_in_as) -> None:
    client: TestClient = sign_in_as(Role.employee)
    now = client.get("/").text
    assert 'href="/months/2025-10"' in now
    assert 'href="/months/2025-12"' in now  # to plan ahead
    assert 'rel="next"' in client.get("/months/2026-01").text
    assert 'rel="next"' not in client.get("/months/2026-02").text
    assert 'href="/months/2025-11"' in client.get("/months/2025-10").text
    assert 'href="/people/s0002/months/2025-10"' in sign_in_as(Role.hr).get("/people/s0002/months/2025-11").text


@pytest.mark.parametrize(
    "period", ["2025-13", "2025-00", "1999-01", "9999-12", "2025-1", "x", "2025-11-01", "２０２５-11"]
)
def test_what_is_no_month_is_no_page(period: str, sign_in_as) -> None:
    assert sign_in_as(Role.employee).get(f"/months/{period}").status_code == 404


def test_a_tap_out_completes_the_day(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    city.clock.at = instant(date(2025, 11, 20), parse_clock("16:59"))
    city.tap("staff_out", "s0002")
    assert _row(client.get("/months/2025-11/part").text, 20)[2:5] == [["08:21"], ["16:59"], ["7.38"]]


def test_after_midnight_it_is_still_the_duty_day_before(city: City, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    city.clock.at = instant(date(2025, 11, 21), parse_clock("01:30"))
    with city.store.transaction(city.clock()) as tx:
        tx.connection.exec_driver_sql("UPDATE session SET seen_at = '2025-11-20T16:20:00.000000+00:00'")
    city.tap("staff_out", "s0002")
    text = client.get("/months/2025-11/part").text
    assert _row(text, 20)[3] == ["25:30"]
    assert 'is-today" aria-current="date"' in text.split('<tr id="day-20"')[1].split(">")[0] + '"'


def test_english(sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    client.cookies.set("sekisho_language", "en", domain="127.0.0.1")
    text = client.get("/").text
    assert '<html lang="en">' in text
    assert "November 2025" in text
    assert _row(text, 11)[7] == ["To", "explain"]
    client.cookies.set("sekisho_language", "xx", domain="127.0.0.1")
    assert '<html lang="ja">' in client.get("/").text


def test_only_staff_have_an_attendance_book(city: City, sign_in_as) -> None:
    with city.store.transaction(city.clock()) as tx:
        upsert_persons(tx, [Person("k0001", "委託 一郎", "", "somu", kind="contractor", sponsor_id="s0001")])
    for role in (Role.hr, Role.head, Role.auditor):
        client = sign_in_as(role)
        assert client.get("/people/k0001/months/2025-11").status_code == 404
        assert "委託 一郎" not in client.get("/people").text
