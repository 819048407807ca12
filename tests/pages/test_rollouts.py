"""A roll-out on the pages: who sees it, who may say what, and what is answered to a word that comes too late."""

import pytest

from domain.access.rollout import Phase
from gateway.operations.identity.roles import Role
from store.rollouts import load_rollout
from tests.gateway.rolling import FEWER, LATER
from tests.pages.city import LOGIN_OF, City
from tests.pages.conftest import csrf_of
from tests.pages.delivery import Rolling


@pytest.fixture
def rolling(city: City) -> Rolling:
    return Rolling(city)


def phase_of(city: City, number: int) -> Phase:
    with city.store.reading(city.clock()) as tx:
        rollout = load_rollout(tx, number)
    assert rollout is not None
    return rollout.state.phase


def test_whoever_proposed_it_cannot_approve_it_by_any_way(rolling: Rolling, sign_in_as) -> None:
    number = rolling.propose(FEWER, by=LOGIN_OF[Role.operator])
    client = sign_in_as(Role.operator)
    answer = client.post(f"/rollouts/{number}/approve", data={"csrf": csrf_of(client)})
    assert answer.status_code == 422
    assert "提案した人は承認できません" in answer.text
    assert phase_of(rolling.city, number) is Phase.proposed


def test_a_second_person_approves_once(rolling: Rolling, sign_in_as) -> None:
    number = rolling.propose(FEWER, by="kikaku")
    client = sign_in_as(Role.operator)
    form = {"csrf": csrf_of(client)}
    assert client.post(f"/rollouts/{number}/approve", data=form).headers["location"] == f"/rollouts/{number}"
    assert phase_of(rolling.city, number) is Phase.running
    assert "もう次へ進んでいます" in client.post(f"/rollouts/{number}/approve", data=form).text
    assert client.post("/rollouts/4711/approve", data=form).status_code == 404


def test_a_stop_needs_its_reason(rolling: Rolling, sign_in_as) -> None:
    number = rolling.propose(LATER, by="kikaku")
    client = sign_in_as(Role.operator)
    form = {"csrf": csrf_of(client)}
    for reason, told in (("", "理由がありません"), ("x" * 201, "200文字以内")):
        answer = client.post(f"/rollouts/{number}/stop", data=form | {"reason": reason})
        assert answer.status_code == 422
        assert told in answer.text
    assert phase_of(rolling.city, number) is Phase.running
    assert client.post(f"/rollouts/{number}/stop", data=form | {"reason": "扉"}).status_code == 303
    assert phase_of(rolling.city, number) is Phase.stopped


def test_those_who_only_look_get_no_buttons(rolling: Rolling, sign_in_as) -> None:
    number = rolling.propose(FEWER, by="kikaku")
    for role, decides in ((Role.operator, True), (Role.facility_admin, False), (Role.auditor, False)):
        text = sign_in_as(role).get(f"/rollouts/{number}").text
        assert ("承認して始める" in text) is decides
        assert "失われる 3" in text
        assert "石井" not in text


def test_the_first_description_has_no_plan_and_no_stages(rolling: Rolling, sign_in_as) -> None:
    text = sign_in_as(Role.auditor).get("/rollouts/1").text
    assert "最初の設定です" in text
    assert "試す装置" not in text


def test_what_holds_is_returned_from_by_another_roll_out(rolling: Rolling, sign_in_as) -> None:
    number = rolling.propose(LATER, by="kikaku")
    operator = sign_in_as(Role.operator)
    address, form = f"/rollouts/{number}", {"csrf": csrf_of(operator), "reason": "扉が開かない"}
    assert "戻し始める" not in operator.get(address).text, "it is still on its way"
    assert "ほかの配信が進んでいます" in operator.post(f"{address}/return", data=form).text
    for device in ("north-1", "west-1", "east-1"):
        rolling.take(device)
        rolling.city.clock.advance(minutes=11)
        rolling.look()
    assert phase_of(rolling.city, number) is Phase.done
    operator, auditor = sign_in_as(Role.operator), sign_in_as(Role.auditor)
    form |= {"csrf": csrf_of(operator)}
    assert "戻し始める" in operator.get(address).text
    assert "戻し始める" not in auditor.get(address).text
    assert "理由がありません" in operator.post(f"{address}/return", data=form | {"reason": ""}).text
    assert operator.post(f"{address}/return", data=form).headers["location"] == f"/rollouts/{number + 1}"
    assert phase_of(rolling.city, number + 1) is Phase.running
    assert "扉が開かない" in auditor.get(f"/rollouts/{number + 1}").text
    assert "最初の設定です" in operator.post("/rollouts/1/return", data=form).text
