"""A description or an edition that cannot be read keeps nothing from going on, and widens nothing."""

import logging
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.access.decide import Tap, decide
from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.access.rollout import Phase
from domain.ids import AccessPointId, CredentialToken, DeviceId
from domain.verdict import Granted
from gateway.operations.access.decide_rollout import approve, stop
from gateway.policy.names import DeviceNames
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import RolledRevisions, load_any_revision
from gateway.rollouts.rollout_keeper import RolloutKeeper
from store.alarms import list_open_alarms
from store.editions import load_latest_edition, load_newest_version
from store.people import save_card_status
from store.policy_tables import policy_edition
from store.rollout_tables import site_revision
from store.tx import Store
from tests.gateway.rolling import DEVICES, FEWER, FIRST, LATER, RollingCity

CARD = CredentialToken("a" * 32)


@pytest.fixture
def city(store: Store) -> RollingCity:
    return RollingCity(store)


def make_unreadable(city: RollingCity, revision: str) -> None:
    """Let a description be one that a newer software wrote; then start the gateway anew."""
    with city.store.transaction(city.at) as tx:
        newer = site_revision.update().where(site_revision.c.id == revision)
        tx.connection.execute(newer.values(content="site: {id: hagi, holograms: true}\n"))
    restart(city)


def restart(city: RollingCity) -> None:
    city.revisions = RolledRevisions(FIRST)
    city.policy = PolicyKeeper(city.store, city.revisions, lambda: city.at)
    city.rollouts = RolloutKeeper(city.store, FIRST, lambda: city.at, settled=city.sites.append)
    city.look()


def policy_of(city: RollingCity, device: str) -> PolicySnapshot:
    with city.store.reading(city.at) as tx:
        policy = PolicyShelf().load(tx, city.wanted(device))
    assert policy is not None
    return policy


def settle_fewer(city: RollingCity) -> None:
    """Let the description with fewer rights hold everywhere."""
    city.propose(FEWER)
    with city.store.transaction(city.at) as tx:
        assert approve(tx, city.newest.id, by="second") is None
    for _ in range(4):
        city.look()
        city.obey(*DEVICES)
        city.pass_time(minutes=11)
    assert city.newest.state.phase is Phase.done


def opens(policy: PolicySnapshot, at: object) -> set[str]:
    return {
        point
        for point in policy.points
        if isinstance(decide(policy, Tap(CARD, AccessPointId(point), at, at)), Granted)  # type: ignore[arg-type]
    }


def test_the_gateway_starts_and_widens_nothing(city: RollingCity, caplog: pytest.LogCaptureFixture) -> None:
    wide = opens(policy_of(city, "west-1"), city.at)
    settle_fewer(city)
    narrow = opens(policy_of(city, "west-1"), city.at)
    assert narrow < wide
    held = city.wanted("west-1")
    with caplog.at_level(logging.CRITICAL):
        make_unreadable(city, FEWER.id)
    assert "cannot be read by this software" in caplog.text
    assert {city.follows(device) for device in DEVICES} == {FEWER.id}
    assert city.wanted("west-1") == held, "what holds goes on, and nothing older takes its place"
    assert city.sites[-1] == FIRST.site, "the pages go by the newest that can be read"
    with city.store.reading(city.at) as tx:
        assert [raised.alarm.kind for raised in list_open_alarms(tx)] == ["description_unreadable"]
        assert load_any_revision(tx, FIRST.id, FIRST).unread == ""
    city.at += timedelta(days=1)
    city.look()
    assert opens(policy_of(city, "west-1"), city.at) <= narrow


def test_rights_still_change_under_it(city: RollingCity) -> None:
    settle_fewer(city)
    make_unreadable(city, FEWER.id)
    before = policy_of(city, "west-1")
    with city.store.transaction(city.at) as tx:
        save_card_status(tx, [CARD], "lost")
    city.look()
    after = policy_of(city, "west-1")
    assert after.version > before.version
    assert after.credentials[CARD].status is CredentialStatus.lost
    assert (after.levels, after.points, after.schedules) == (before.levels, before.points, before.schedules)
    parts = PolicyParts(PolicyShelf(), city.revisions, DeviceNames(b"n" * 32), Ed25519PrivateKey.generate())
    with city.store.reading(city.at) as tx:
        parcel = parts.make(tx, DeviceId("west-1"), before.version)
    assert parcel is not None
    assert (parcel.offer.from_version, parcel.offer.policy_version) == (before.version, after.version)


def test_a_roll_out_to_it_moves_no_more_and_may_be_stopped(city: RollingCity) -> None:
    city.propose(LATER)
    city.obey("north-1")
    make_unreadable(city, LATER.id)
    city.at += timedelta(hours=2)
    city.look()
    assert city.newest.state.phase is Phase.running
    assert [city.follows(device) for device in ("north-1", "west-1", "east-1")] == [LATER.id, FIRST.id, FIRST.id]
    tried = city.wanted("north-1")
    with city.store.transaction(city.at) as tx:
        assert stop(tx, city.newest.id, by="desk", reason="zurück") is None
    city.look()
    assert city.follows("north-1") == FIRST.id
    assert city.wanted("north-1") > tried


@pytest.mark.parametrize("spoilt", [b"", b"no zlib", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_spoilt_edition_is_made_anew_from_the_people(
    city: RollingCity, caplog: pytest.LogCaptureFixture, spoilt: bytes
) -> None:
    held = city.wanted("west-1")
    with city.store.transaction(city.at) as tx:
        tx.connection.execute(policy_edition.update().values(data=spoilt))
        save_card_status(tx, [CARD], "lost")
    with caplog.at_level(logging.CRITICAL):
        restart(city)
    assert f"edition {held}" in caplog.text
    made = policy_of(city, "west-1")
    assert made.version > held
    assert made.credentials[CARD].status is CredentialStatus.lost
    parts = PolicyParts(PolicyShelf(), city.revisions, DeviceNames(b"n" * 32), Ed25519PrivateKey.generate())
    with city.store.reading(city.at) as tx:
        parcel = parts.make(tx, DeviceId("west-1"), held)
        edition = load_latest_edition(tx)
        assert edition is not None
        assert edition.base_version is None
        assert edition.version == load_newest_version(tx)
    assert parcel is not None
    assert parcel.offer.from_version == 0, "from what cannot be read no change leads on"
    city.at += timedelta(seconds=1)
    assert city.policy.keep() is None
