"""The reports of use without a browser: shares, takings and ends that add up, months, files, and whose they are."""

import csv
import io
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from gateway.operations.identity.roles import Role
from tests.pages import houses, paid
from tests.pages.city import City

SignIn = Callable[[Role], TestClient]
PAGE = "/facility-reports"


@pytest.fixture
def hall(city: City) -> City:
    """The civic hall on a day with two payments and a booking that was cancelled."""
    houses.build_houses(city)
    paid.pay(city, "a" * 16, houses.EVENING, 5_000)
    paid.pay(city, "b" * 16, houses.GYM, 1_000, paid.card("T-1"))
    paid.cancel(city, houses.TATAMI, houses.COUNTER)
    return city


def rows(client: TestClient, table: str, **query: str) -> list[list[str]]:
    answer = client.get(f"{PAGE}/file", params={"table": table, "facility": houses.HOUSE, **query})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_month_tells_use_money_and_ends(hall: City, sign_in_as: SignIn) -> None:
    text = sign_in_as(Role.facility_admin).get(PAGE).text
    for word in ("令和7年（2025年）11月", "大ホール 全面", "体育館", "6,000円", "取消し", "図書館"):
        assert word in text
    assert " style=" not in text
    assert text.count("<svg") > 3


def test_the_files_say_what_the_page_says(hall: City, sign_in_as: SignIn) -> None:
    admin = sign_in_as(Role.facility_admin)
    head, *rooms = rows(admin, "rooms")
    assert head == ["部屋", "開館（分）", "利用（分）", "利用率", "利用件数", "利用人数"]
    by_name = {row[0]: row for row in rooms}
    assert by_name["体育館"][2:] == ["180", f"{180 * 1000 // int(by_name['体育館'][1]) / 10:.1f}", "1", "20"]
    assert by_name["大ホール 全面"][2] == "240"
    assert by_name["和室"][2] == "0"  # a cancelled booking is no use
    head, *hours = rows(admin, "hours")
    assert head[:2] == ["部屋", "9:00"]
    assert all(len(row) == len(head) for row in hours)
    assert sorted(rows(admin, "takings")[1:]) == [
        ["市民館", "2025-11-20", "クレジットカード", "1", "1000", "0", "1000"],
        ["市民館", "2025-11-20", "現金", "1", "5000", "0", "5000"],
    ]
    head, *ends = rows(admin, "ends")
    assert sum(int(cell) for row in ends for cell in row[1:]) == 5
    assert dict(zip(head, next(row for row in ends if row[0] == "和室"), strict=True))["取消し"] == "1"


def test_another_month_and_one_that_is_none(hall: City, sign_in_as: SignIn) -> None:
    admin = sign_in_as(Role.facility_admin)
    text = admin.get(f"{PAGE}?month=2025-10").text
    assert "10月" in text
    assert "この月の収納はありません" in text
    assert "この月の予約はありません" in text
    assert "month=2025-11" in text
    assert "11月" in admin.get(f"{PAGE}?month=x").text
    assert admin.get(f"{PAGE}/file?table=x").status_code == 400


def test_a_contracted_desk_sees_its_own_house_alone(hall: City, sign_in_as: SignIn) -> None:
    desk = sign_in_as(Role.facility_desk)
    text = desk.get(PAGE).text
    assert "図書館" not in text
    assert "学習室" not in text
    assert desk.get(f"{PAGE}?facility=library").status_code == 404
    assert desk.get(f"{PAGE}/file?table=rooms&facility=library").status_code == 404


def test_a_house_that_is_never_open_says_so(city: City, sign_in_as: SignIn) -> None:
    assert "開いている部屋がありません" in sign_in_as(Role.auditor).get(PAGE).text
