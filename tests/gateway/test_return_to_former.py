"""A finished roll-out is returned from by another one: by stages, with its own plan, under the rule of two persons."""

import pytest

from domain.access.rollout import Phase
from gateway.operations.access.decide_rollout import RolloutFault, approve
from gateway.operations.access.return_to_former import Return, may_return, plan_return, propose_return
from gateway.site.plan import read_plan
from store.rollout_tables import site_revision
from store.rollouts import StoredRollout
from store.tx import Store
from tests.gateway.rolling import DEVICES, FEWER, FIRST, LATER, RollingCity


@pytest.fixture
def city(store: Store) -> RollingCity:
    return RollingCity(store)


def finish(city: RollingCity) -> None:
    """Let what runs go through to its end."""
    for _ in DEVICES:
        city.obey(*DEVICES)
        city.pass_time(minutes=10.5)
    assert city.newest.state.phase is Phase.done


def give_back(city: RollingCity, number: int, reason: str = "扉が開かない") -> StoredRollout | RolloutFault:
    with city.store.reading(city.at) as tx:
        planned = plan_return(tx, number)
    if not isinstance(planned, Return):
        return planned
    with city.store.transaction(city.at) as tx:
        made = propose_return(tx, planned, by="desk", reason=reason)
    city.look()
    return made


def test_a_return_goes_by_stages_and_by_greater_numbers(city: RollingCity) -> None:
    city.propose(LATER)
    finish(city)
    held = city.wanted("east-1")
    made = give_back(city, city.newest.id)
    assert isinstance(made, StoredRollout)
    assert (made.proposal.former_id, made.proposal.revision_id, made.proposal.reason) == (
        LATER.id, FIRST.id, "扉が開かない",
    )  # fmt: skip
    assert made.state.phase is Phase.running
    assert (city.follows("north-1"), city.follows("east-1")) == (FIRST.id, LATER.id)
    assert city.wanted("north-1") > held
    finish(city)
    assert {city.follows(device) for device in DEVICES} == {FIRST.id}


def test_a_return_that_takes_much_away_waits_for_a_second_person(city: RollingCity) -> None:
    city.propose(FEWER)
    with city.store.transaction(city.at) as tx:
        assert approve(tx, city.newest.id, by="second") is None
    city.look()
    finish(city)
    back = give_back(city, city.newest.id)
    assert isinstance(back, StoredRollout)
    plan = read_plan(back.proposal.plan)
    assert plan is not None
    assert (plan.rights.gained, plan.rights.lost) == (3, 0)
    finish(city)
    again = give_back(city, city.newest.id)
    assert isinstance(again, StoredRollout)
    assert again.state.phase is Phase.proposed, "it takes the three away once more"


def test_what_cannot_be_returned_from(city: RollingCity) -> None:
    first = city.newest.id
    assert give_back(city, first) is RolloutFault.no_former
    assert give_back(city, first + 9) is RolloutFault.no_rollout
    running = city.propose(LATER).id
    assert give_back(city, running) is RolloutFault.another_is_live
    finish(city)
    assert give_back(city, running, reason=" ") is RolloutFault.no_reason
    assert give_back(city, running, reason="x" * 201) is RolloutFault.long_reason
    with city.store.reading(city.at) as tx:
        planned = plan_return(tx, running)
        assert may_return(tx, city.newest)
    assert isinstance(planned, Return)
    back = give_back(city, running)
    assert isinstance(back, StoredRollout)
    with city.store.transaction(city.at) as tx:
        assert propose_return(tx, planned, by="desk", reason="again") is RolloutFault.another_is_live
        assert not may_return(tx, city.newest)
    finish(city)
    assert give_back(city, running) is RolloutFault.is_over, "another description holds"
    with city.store.transaction(city.at) as tx:
        assert propose_return(tx, planned, by="desk", reason="again") is RolloutFault.is_over
        tx.connection.execute(site_revision.update().where(site_revision.c.id == LATER.id).values(content="site: 1\n"))
    assert give_back(city, back.id) is RolloutFault.unreadable
