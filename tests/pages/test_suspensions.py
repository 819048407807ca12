"""休職・停職: HR enters that somebody is away for long, and that they are back; what is known for the tiers follows."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from domain.zones.tier import Method
from gateway.operations.identity.roles import Role
from gateway.zones.question import Question
from store.suspensions import list_suspensions
from tests.pages.city import City
from tests.pages.conftest import csrf_of

PATH = "/access/s0002/suspensions"
ENTERED = {"id": "0123456789abcdef", "from_on": "2025-11-01", "until_on": "", "reason": "休職"}


@pytest.fixture
def hr(sign_in_as: Callable[[Role], TestClient]) -> TestClient:
    return sign_in_as(Role.hr)


def post(client: TestClient, path: str = PATH, **form: str) -> int:
    return client.post(path, data={"csrf": csrf_of(client), **form}, follow_redirects=False).status_code


def is_suspended(city: City) -> bool:
    situations, now = city.context.situations, city.clock()
    with city.store.reading(now) as tx:
        situations.renew(tx, ["s0002"])
    known = situations.look(Question("agent:desk", Method.agent, tier_id="lgwan", person_id="s0002"), now)
    person = known.situation.person
    assert person is not None
    return any(span.holds_at(now) for span in person.suspended)


def test_somebody_is_away_from_the_first_day_until_hr_says_they_are_back(city: City, hr: TestClient) -> None:
    assert not is_suspended(city)
    assert post(hr, **ENTERED) == 303
    assert post(hr, **ENTERED) == 303  # the same form again
    assert is_suspended(city)
    assert "終わりは未定" in hr.get(PATH).text
    assert post(hr, f"{PATH}/{ENTERED['id']}/end") == 303
    assert not is_suspended(city)
    assert "復帰の登録" in hr.get(PATH).text
    with city.store.reading(city.clock()) as tx:
        assert [each.reason for each in list_suspensions(tx, ["s0002"])["s0002"]] == ["休職"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"from_on": ""}, "from_on"), ({"until_on": "2025-10-31"}, "until_on"), ({"reason": " "}, "reason")],
    ids=["no first day", "ends before it begins", "no reason"],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    city: City, hr: TestClient, changed: dict[str, str], field: str
) -> None:
    answer = hr.post(PATH, data={"csrf": csrf_of(hr), **ENTERED, **changed})
    assert answer.status_code == 422
    assert f'id="fault-{field}"' in answer.text
    with city.store.reading(city.clock()) as tx:
        assert not list_suspensions(tx, ["s0002"]).get("s0002")


def test_another_persons_time_is_not_ended_here(hr: TestClient) -> None:
    assert post(hr, **ENTERED) == 303
    assert post(hr, f"/access/s0003/suspensions/{ENTERED['id']}/end") == 404
