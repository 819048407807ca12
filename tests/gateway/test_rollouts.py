"""A description of the site goes out by stages, stops, comes back; on both databases."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.access.rollout import Cause, Phase
from domain.ids import DeviceId
from gateway.operations.access.decide_rollout import RolloutFault, approve, stop
from gateway.operations.access.propose_revision import ProposalFault, ProposalFaultError
from gateway.policy.names import DeviceNames
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_shelf import PolicyShelf
from gateway.site.plan import read_plan
from store.alarms import list_open_alarms
from store.people import save_card_status
from store.rollouts import AnotherRolloutError, insert_rollout, list_revisions_of
from store.tx import Store
from tests.gateway.rolling import DEVICES, FEWER, FIRST, LATER, RollingCity


@pytest.fixture
def city(store: Store) -> RollingCity:
    return RollingCity(store)


def test_what_the_settings_name_is_settled_first(city: RollingCity) -> None:
    assert (city.newest.state.phase, city.newest.proposal.revision_id) == (Phase.done, FIRST.id)
    assert [city.follows(device) for device in DEVICES] == [FIRST.id] * 3
    assert city.sites == [FIRST.site]


def test_canary_group_all(city: RollingCity) -> None:
    before = city.wanted("west-1")
    city.propose(LATER)
    assert city.newest.state.phase is Phase.running
    assert (city.follows("north-1"), city.follows("west-1"), city.follows("east-1")) == (LATER.id, FIRST.id, FIRST.id)
    assert city.wanted("north-1") > city.wanted("west-1") >= before
    for device in ("north-1", "west-1", "east-1"):
        assert city.follows(device) == LATER.id
        city.obey(device)
        city.pass_time(minutes=10.5)
    assert (city.newest.state.phase, city.newest.ended_by) == (Phase.done, None)
    assert city.sites == [FIRST.site, LATER.site]
    assert [city.follows(device) for device in DEVICES] == [LATER.id] * 3


def test_rights_go_to_everybody_while_it_runs(city: RollingCity) -> None:
    city.propose(LATER)
    held = {device: city.wanted(device) for device in DEVICES}
    with city.store.transaction(city.at) as tx:
        save_card_status(tx, ["a" * 32], "lost")
    city.look()
    assert all(city.wanted(device) > held[device] for device in DEVICES)
    with city.store.reading(city.at) as tx:
        found = list_revisions_of(tx, [city.wanted("north-1"), city.wanted("west-1")])
    assert set(found.values()) == {LATER.id, FIRST.id}


def test_refusals_stop_it_and_the_devices_return_by_a_new_edition(city: RollingCity) -> None:
    city.tap("north-1", granted=40, refused=2)
    city.pass_time(minutes=1)
    city.propose(LATER)
    city.obey("north-1")
    tried = city.wanted("north-1")
    city.pass_time(minutes=1)
    city.tap("north-1", granted=8, refused=12)
    city.pass_time(minutes=1)
    assert (city.newest.state.phase, city.newest.state.cause) == (Phase.stopped, Cause.refusals)
    assert city.newest.state.blamed == "north-1"
    assert city.follows("north-1") == FIRST.id
    assert city.wanted("north-1") > tried, "a device takes only what is newer"
    with city.store.reading(city.at) as tx:
        assert [raised.alarm[:2] for raised in list_open_alarms(tx)] == [("rollout_stopped", "north-1")]
    city.propose(LATER)
    assert city.newest.state.phase is Phase.running, "it may be tried again"
    assert city.wanted("north-1") > tried


def test_what_the_canary_is_sent_there_and_back(city: RollingCity) -> None:
    """A change leads from one living description to the other; from a dead one only the whole does."""
    key = Ed25519PrivateKey.generate()
    parts = PolicyParts(PolicyShelf(), city.revisions, DeviceNames(b"n" * 32), key)

    def offered(device: str, have: int) -> tuple[int, int] | None:
        with city.store.reading(city.at) as tx:
            parcel = parts.make(tx, DeviceId(device), have)
        return None if parcel is None else (parcel.offer.from_version, parcel.offer.policy_version)

    first = city.wanted("north-1")
    city.propose(LATER)
    tried = city.wanted("north-1")
    assert offered("north-1", first) == (first, tried)
    assert offered("west-1", first) == (first, city.wanted("west-1")), "the same description under a new number"
    city.obey("north-1")
    assert offered("north-1", tried) is None
    with city.store.transaction(city.at) as tx:
        assert stop(tx, city.newest.id, by="desk", reason="zurück") is None
    city.look()
    assert offered("north-1", tried) == (0, city.wanted("north-1"))
    assert city.wanted("north-1") > tried


def test_a_canary_that_falls_silent_or_takes_nothing_stops_it(city: RollingCity) -> None:
    city.propose(LATER)
    city.obey("north-1")
    city.pass_time(minutes=1)
    city.obey("north-1", online=False)
    city.pass_time(minutes=3)
    assert (city.newest.state.cause, city.newest.state.blamed) == (Cause.health, "north-1")
    city.obey("north-1")
    city.propose(LATER)
    city.pass_time(minutes=15)
    assert (city.newest.state.cause, city.newest.state.blamed) == (Cause.not_held, "north-1")


def test_a_second_person_approves_what_takes_much_away(city: RollingCity) -> None:
    city.propose(FEWER)
    number = city.newest.id
    assert city.newest.state.phase is Phase.proposed
    assert city.newest.proposal.lost_pairs > 0.1 * city.newest.proposal.held_pairs
    assert city.follows("north-1") == FIRST.id
    city.pass_time(minutes=60)
    assert city.newest.state.phase is Phase.proposed, "nothing moves it but a person"
    with city.store.transaction(city.at) as tx:
        assert approve(tx, number, by="planner") is RolloutFault.same_person
        assert approve(tx, number + 1, by="second") is RolloutFault.no_rollout
        assert approve(tx, number, by="second") is None
        assert approve(tx, number, by="third") is RolloutFault.is_over
    assert (city.newest.approved_by, city.newest.state.phase) == ("second", Phase.running)
    assert city.follows("north-1") == FEWER.id


def test_a_person_stops_or_rejects_with_a_reason(city: RollingCity) -> None:
    city.propose(LATER)
    with city.store.transaction(city.at) as tx:
        assert stop(tx, city.newest.id, by="desk", reason=" ") is RolloutFault.no_reason
        assert stop(tx, city.newest.id, by="desk", reason="x" * 201) is RolloutFault.long_reason
        assert stop(tx, city.newest.id, by="desk", reason="扉が開かない") is None
        assert stop(tx, city.newest.id, by="desk", reason="again") is RolloutFault.is_over
    assert (city.newest.state.phase, city.newest.ended_by, city.newest.end_reason) == (
        Phase.stopped, "desk", "扉が開かない",
    )  # fmt: skip
    city.propose(FEWER)
    with city.store.transaction(city.at) as tx:
        assert stop(tx, city.newest.id, by="desk", reason="nein") is None
    assert city.newest.state.phase is Phase.rejected


def test_what_cannot_be_proposed(city: RollingCity) -> None:
    with pytest.raises(ProposalFaultError) as error:
        city.propose(FIRST)
    assert error.value.fault is ProposalFault.holds_already
    with pytest.raises(ProposalFaultError) as error:
        city.propose(FIRST, former=LATER)
    assert error.value.fault is ProposalFault.moved_on
    city.propose(LATER)
    with pytest.raises(ProposalFaultError) as error:
        city.propose(FEWER)
    assert error.value.fault is ProposalFault.another_is_live


def test_two_at_once_are_one(city: RollingCity) -> None:
    made = city.propose(LATER)
    with pytest.raises(AnotherRolloutError), city.store.transaction(city.at) as tx:
        insert_rollout(tx, made.proposal, made.state)


def test_the_plan_is_kept_with_it_and_names_nobody(city: RollingCity) -> None:
    made = city.propose(FEWER)
    plan = read_plan(made.proposal.plan)
    assert plan is not None
    [level] = plan.those("levels")
    assert (level.id, level.kind) == ("staff", "changed")
    assert [change.field for change in level.fields] == ["points.staff_in", "points.staff_out", "points.west_in"]
    assert (plan.rights.held, plan.rights.lost, plan.rights.gained, plan.rights.persons) == (6, 3, 0, 1)
    assert "萩" not in made.proposal.plan
