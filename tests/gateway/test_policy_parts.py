"""A device's part, whole or as a change: at its points it decides as the edition does, through bytes and names."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.policy_reading import read_change, read_policy
from domain.access.change import apply_change
from domain.access.decide import Tap, decide
from domain.access.outcomes import find_difference
from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.access.situation import Situation
from domain.ids import AccessPointId, DeviceId
from domain.verdict import Verdict
from gateway.policy.editions import Standing, make_edition
from gateway.policy.names import DeviceNames
from gateway.policy.policy_parts import Parcel, PolicyParts
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision, Revision
from store.editions import insert_edition
from store.migrate import migrate
from store.tx import Store, Tx
from tests.domain.access.policies import POINTS, policies, situations, taps
from tests.editions import REVISION, REVISIONS, keep_policy
from tests.gateway.city import NOW, PEOPLE, make_policy, token_of

CENTRE = Ed25519PrivateKey.generate()
NAMES = DeviceNames(bytes(range(32)))
WEST = DeviceId("west-1")


class Edge:
    """Takes parcels as a box does: outcomes tried, changes applied over what it holds."""

    def __init__(self, device: DeviceId) -> None:
        self.device = device
        self.policy: PolicySnapshot | None = None

    @property
    def have(self) -> int:
        return self.policy.version if self.policy else 0

    def take(self, parcel: Parcel) -> None:
        parcel.offer.require_signature(CENTRE.public_key())
        lines = zlib.decompress(parcel.packed).split(b"\n")
        if parcel.offer.from_version == 0:
            found = read_policy(lines)
            self.policy, outcomes = found.policy, found.outcomes
        else:
            assert self.policy is not None
            change = read_change(lines, self.policy)
            self.policy, outcomes = apply_change(self.policy, change.change), change.outcomes
        assert self.policy.version == parcel.offer.policy_version
        assert find_difference(self.policy, outcomes) is None

    def decide(self, tap: Tap, situation: Situation) -> Verdict:
        assert self.policy is not None
        [name] = NAMES.of(self.device).name([tap.credential])
        return decide(self.policy, replace(tap, credential=name), situation)


def parts_of(shelf: PolicyShelf | None = None, revisions: OneRevision = REVISIONS) -> PolicyParts:
    return PolicyParts(shelf or PolicyShelf(), revisions, NAMES, CENTRE)


def publish(tx: Tx, before: Standing | None, policy: PolicySnapshot) -> Standing:
    version = before.edition.version + 1 if before else 1
    made = make_edition(before, policy, site_revision=REVISION.id, version=version, now=policy.issued_at)
    assert insert_edition(tx, made.standing.edition, made.data)
    return made.standing


def test_one_card_is_a_small_change_for_those_who_know_it(store: Store) -> None:
    site = REVISION.site
    assert site.readers_of(WEST)
    points = {reader.access_point for reader in site.readers_of(WEST)}
    whole = make_policy()
    drawn = dict(zip(whole.points, map(AccessPointId, sorted(points)), strict=False))
    policy = replace(
        whole,
        points={
            drawn[point.id]: replace(point, id=drawn[point.id]) for point in whole.points.values() if point.id in drawn
        },
        levels={
            level.id: replace(level, points={drawn[p]: held for p, held in level.points.items() if p in drawn})
            for level in whole.levels.values()
        },
    )
    token = token_of(PEOPLE[0])
    lost = replace(policy.credentials[token], status=CredentialStatus.lost)
    with store.transaction(NOW) as tx:
        first = publish(tx, None, policy)
        publish(tx, first, replace(policy, credentials={**policy.credentials, token: lost}))
        parts, edge = parts_of(), Edge(WEST)
        whole_parcel = parts.make(tx, WEST, 1)
        assert whole_parcel is not None
        assert whole_parcel.offer.from_version == 1
        assert whole_parcel.offer.inside is not None
        assert parts.make(tx, WEST, 2) is None
        assert parts.make(tx, WEST, 0, whole=False) is None
        assert parts.make(tx, WEST, 1) is whole_parcel
        again = PolicyParts(PolicyShelf(), REVISIONS, NAMES, CENTRE).make(tx, WEST, 1)
        assert again == whole_parcel, "another process answers with the same bytes"
        fresh = parts.make(tx, WEST, 0)
        assert fresh is not None
        edge.take(fresh)
        assert edge.policy is not None
        assert token not in edge.policy.credentials, "a box has names of its own"
        assert parts.find(WEST, fresh.offer.digest) is fresh
        assert parts.find(DeviceId("east-1"), fresh.offer.digest) is None
        assert parts.make(tx, WEST, 99) is None, "it holds what nobody published: the pointer says so, no offer"


def test_what_is_kept_is_bounded(store: Store) -> None:
    with store.transaction(NOW) as tx:
        keep_policy(tx, make_policy())
        parts = PolicyParts(PolicyShelf(), REVISIONS, NAMES, CENTRE, bytes_max=1)
        made = [parts.make(tx, DeviceId(device), 0) for device in ("west-1", "east-1", "north-1")]
    assert len(parts._kept) == 1
    assert parts._bytes == len(made[-1].packed if made[-1] else b"")


@pytest.fixture(scope="module")
def quick_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('parts')}/policies.db"
    migrate(url)
    store = Store(url)
    yield store
    store.close()


class Undone(Exception):  # noqa: N818 (no error: an example leaves nothing behind)
    """Ends an example."""


def site_with(points: Sequence[AccessPointId]) -> OneRevision:
    readers = tuple(
        REVISION.site.readers[0].model_copy(update={"id": f"r-{point}", "access_point": point, "device": WEST})
        for point in points
    )
    return OneRevision(Revision(REVISION.id, REVISION.site.model_copy(update={"readers": readers})))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(st.tuples(policies(1), st.booleans()), min_size=1, max_size=4),
    mine=st.lists(st.sampled_from(POINTS), unique=True, min_size=1, max_size=3),
    presented=st.lists(st.tuples(taps(), situations), min_size=10, max_size=30),
)
def test_the_box_and_the_centre_agree_on_every_tap(
    quick_store: Store,
    drawn: list[tuple[PolicySnapshot, bool]],
    mine: list[AccessPointId],
    presented: list[tuple[Tap, Situation]],
) -> None:
    shelf, edge, standing = PolicyShelf(), Edge(WEST), None
    parts = parts_of(shelf, site_with(mine))
    with suppress(Undone), quick_store.transaction(NOW) as tx:
        for policy, is_away in drawn:
            standing = publish(tx, standing, policy)
            if is_away:
                continue
            parcel = parts.make(tx, WEST, edge.have)
            assert parcel is not None
            edge.take(parcel)
            stored = PolicyShelf().load(tx, edge.have)
            assert stored is not None
            for tap, situation in presented:
                here = replace(tap, point=mine[int(tap.at.timestamp() // 3600) % len(mine)])
                assert edge.decide(here, situation) == decide(stored, here, situation)
        raise Undone
