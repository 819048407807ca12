"""Two who act at once, in real threads on both databases: one act stands, the other is told that it moved on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from domain.attendance.requests import Request
from domain.workflow.application import Application, Refusal, RefusedActError
from domain.workflow.states import Act, State
from gateway.requests.refusals import RequestFaultsError
from store.applications import load_application
from store.tx import Store
from tests.gateway.attendance.town import CLERK, HEAD, MAYOR, NOW, act, ask, list_in_force, overtime, put_town

ROUNDS = 4


@pytest.fixture
def town(store: Store) -> Store:
    with store.transaction(NOW) as tx:
        put_town(tx)
    return store


def at_once(*works: Callable[[], Application]) -> list[State | Refusal | str]:
    """Start all at the same moment; gives the state that each led to, or why it was refused."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Application]) -> State | Refusal | str:
        barrier.wait()
        try:
            return work().state
        except RefusedActError as error:
            return error.refusal
        except RequestFaultsError as error:
            return error.faults[0].why.value

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_browsers_approve_once(town: Store, number: int) -> None:
    asked = ask(town, overtime(), name=f"a{number}")
    ended = at_once(lambda: act(town, asked, Act.approve, HEAD), lambda: act(town, asked, Act.approve, HEAD))
    assert sorted(map(str, ended)) == ["approved", "moved_on"]
    with town.reading(NOW) as tx:
        filed = load_application(tx, f"a{number}")
        assert list_in_force(tx) == {f"a{number}": 1}
    assert filed is not None
    assert [deed.act for deed in filed.application.deeds] == [Act.submit, Act.approve]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_an_approval_and_a_withdrawal_never_both_stand(town: Store, number: int) -> None:
    asked = ask(town, overtime(), name=f"a{number}")
    ended = at_once(lambda: act(town, asked, Act.approve, HEAD), lambda: act(town, asked, Act.withdraw, CLERK))
    assert sum(each is Refusal.moved_on for each in ended) == 1
    with town.reading(NOW) as tx:
        assert bool(list_in_force(tx)) == (State.approved in ended)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_two_requests_for_the_same_hours_are_not_both_taken(town: Store, number: int) -> None:
    def apply(name: str, request: Request) -> Callable[[], Application]:
        return lambda: ask(town, request, name=f"{name}{number}")

    ended = at_once(apply("a", overtime()), apply("b", overtime("18:00", "21:00")))
    assert sorted(map(str, ended)) == ["overlaps_request", "submitted"]


def test_the_same_form_sent_twice_at_once_is_one(town: Store) -> None:
    ended = at_once(lambda: ask(town, overtime()), lambda: ask(town, overtime()))
    assert State.submitted in ended
    assert set(ended) <= {State.submitted, Refusal.moved_on}
    again = ask(town, overtime())
    assert len(again.deeds) == 1
    assert act(town, again, Act.approve, HEAD).state is State.approved
    assert act(town, ask(town, overtime(), name="h", who=HEAD), Act.approve, MAYOR).state is State.approved
