"""Files leave the pages as the city has classified them: marked, by a request, or not at all."""

from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from domain.zones.export import Export
from gateway.operations.identity.roles import Role
from gateway.operations.zones.ask_movement import TEXT_MAX
from gateway.pages.drawing.leaving import Leaving
from gateway.pages.information.let_out import name_request
from store.movements import list_movements
from store.read_log import list_readings
from tests.pages.city import City
from tests.pages.classified import classify_exports, register_classes
from tests.pages.conftest import csrf_of, send

FILE = "/events/file"
HIDDEN = ("request", "handling", "subject", "class_id", "from_tier", "to_tier", "place", "until")


def name_of(answer) -> str:
    return unquote(answer.headers["content-disposition"].partition("''")[2])


def hidden(text: str) -> dict[str, str]:
    """The fields of the form as the page filled them."""
    return {name: text.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0] for name in HIDDEN}


@pytest.fixture
def operator(city: City, sign_in_as) -> TestClient:
    register_classes(city)
    return sign_in_as(Role.operator)


def test_a_city_that_has_classified_nothing_gives_files_unmarked(operator: TestClient) -> None:
    answer = operator.get(FILE)
    assert (answer.status_code, name_of(answer)) == (200, "記録_2025-11-20.csv")


def test_a_file_bears_its_class_and_the_tier_it_is_for(city: City, operator: TestClient) -> None:
    classify_exports(city)
    assert name_of(operator.get(FILE)) == "【自治体機密性2・LGWAN接続系】記録_2025-11-20.csv"
    operator.cookies.set("sekisho_language", "en")
    assert name_of(operator.get(FILE)).startswith("【Confidentiality 2・LGWAN tier】")


def test_where_its_class_asks_a_file_is_asked_for_approved_and_fetched_once(
    city: City, operator: TestClient, sign_in_as
) -> None:
    classify_exports(city, records={"to": "internet"})
    refused = operator.get(FILE + "?group=doors")
    assert refused.status_code == 403
    assert "content-disposition" not in refused.headers
    assert "1人の承認が要ります" in refused.text
    assert "自治体機密性2" in refused.text
    assert send(operator, "/movements", **hidden(refused.text), reason="警察からの照会") == 303
    with city.store.reading(city.clock()) as tx:
        (asked,) = list_movements(tx)
    at = f"/movements/{asked.kept.id}"
    assert at in operator.get(FILE + "?group=doors").text
    assert "書き出す" not in operator.get(at).text
    assert send(sign_in_as(Role.security), f"{at}/decide", verdict="approve") == 303
    text = operator.get(at).text
    assert f'href="{FILE}?group=doors"' in text
    assert operator.get(FILE).status_code == 403  # another question
    answer = operator.get(FILE + "?group=doors")
    assert (answer.status_code, name_of(answer)[:19]) == (200, "【自治体機密性2・インターネット接続系】"[:19])
    assert "実施済み" in operator.get(at).text
    city.clock.advance(minutes=11)
    assert operator.get(FILE + "?group=doors").status_code == 403


def test_what_its_class_forbids_is_refused_and_that_is_written_down(city: City, operator: TestClient) -> None:
    classify_exports(city, records={"class": "3b", "to": "internet"})
    answer = operator.get(FILE)
    assert answer.status_code == 403
    assert "書き出せません" in answer.text
    assert "<form class=" not in answer.text.split("<main")[1]
    with city.store.reading(city.clock()) as tx:
        found = [each.reading for each in list_readings(tx, limit=5)]
    assert [(each.what, each.query) for each in found][:1] == [
        ("export_refused", "export=records&class=3b&to=internet")
    ]


def test_an_auditor_who_cannot_ask_is_told_who_can(city: City, operator: TestClient, sign_in_as) -> None:
    classify_exports(city, records={"to": "internet"})
    text = sign_in_as(Role.auditor).get(FILE).text
    assert "情報セキュリティ管理者に書き出しを頼んでください" in text
    assert 'name="reason"' not in text


def test_a_calendar_that_would_need_approval_does_not_flow(city: City, operator: TestClient, sign_in_as) -> None:
    client = sign_in_as(Role.employee)
    token = (
        client.post("/attendance/calendar", data={"csrf": csrf_of(client)}).text.split("/calendar/")[1].split(".ics")[0]
    )
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    classify_exports(city)
    assert client.get(f"/calendar/{token}.ics").status_code == 200
    classify_exports(city, calendars={"to": "internet"})
    assert client.get(f"/calendar/{token}.ics").status_code == 403


def test_a_long_address_is_told_apart_by_its_end() -> None:
    assert len(name_request(Export.records, "/x" * 150)[1]) == TEXT_MAX
    assert name_request(Export.records, "/x" * 150 + "1")[1] != name_request(Export.records, "/x" * 150 + "2")[1]


def test_only_asking_makes_a_leave() -> None:
    assert Leaving("").disposition("a.csv") == "attachment; filename*=UTF-8''a.csv"
    assert unquote(Leaving("2・LGWAN").disposition("a.csv")).endswith("【2・LGWAN】a.csv")
