"""The small things that keep a gateway honest: refusal guard, policy shelf, key book, herald, plain text."""

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.topics import SHARDS, shard_of
from domain.ids import DeviceId
from gateway.intake.key_book import KeyBook
from gateway.intake.plain_text import LENGTH_MAX, plain_text
from gateway.intake.refusal_guard import RefusalGuard
from gateway.mqtt.herald import AT_ONCE, HEARTBEAT_SECONDS, LOOK_SECONDS, Herald
from gateway.policy.policy_shelf import PolicyShelf
from store.devices import DeviceState, insert_device, save_device_state
from store.tx import Store
from tests.editions import REVISIONS, keep_policy
from tests.gateway.city import NOW, Journal, make_policy, settle

CENTRE = Ed25519PrivateKey.generate()
ONE, TWO, THREE = (DeviceId(f"box-{number}") for number in range(3))


def guard_after(*notes: tuple[float, DeviceId | None, bool]) -> RefusalGuard:
    guard = RefusalGuard(refusals_max=3, window=timedelta(seconds=60))
    for seconds, device, refused in notes:
        guard.note(NOW + timedelta(seconds=seconds), device, refused=refused)
    return guard


def test_everybody_refused_is_our_fault() -> None:
    assert guard_after((0, ONE, True), (1, TWO, True), (2, THREE, True)).has_tripped()


def test_one_that_talks_nonsense_among_others_stops_nobody() -> None:
    noise = [(float(number), ONE, True) for number in range(50)]
    assert not guard_after((0, TWO, False), *noise).has_tripped()


def test_refusals_far_apart_are_no_flood() -> None:
    assert not guard_after((0, ONE, True), (1, ONE, True), (62, ONE, True)).has_tripped()


def test_the_shelf_is_bounded_and_reads_again(store: Store) -> None:
    with store.transaction(NOW) as tx:
        for version in range(1, 6):
            keep_policy(tx, make_policy(version))
    shelf = PolicyShelf(bases=2)
    with store.reading(NOW) as tx:
        for version in (1, 2, 3, 1, 5):
            assert shelf.load(tx, version) == make_policy(version)
        assert shelf.load(tx, 9) is None
        assert shelf.load(tx, 5) is shelf.load(tx, 5)
        assert shelf.load(tx, 0) is None
    assert len(shelf._bases) == 2


def test_the_key_book_learns_only_enrolled_devices(store: Store) -> None:
    journal = Journal(ONE)
    settle(store, journal)
    keys = KeyBook(store)
    assert keys.find(ONE) is None
    keys.refresh([ONE, TWO], NOW)
    known = keys.find(ONE)
    assert known is not None
    assert known.key.public_bytes_raw() == journal.key.public_key().public_bytes_raw()
    assert keys.find(TWO) is None


class Fleet:
    """A herald on a clock of the test's own."""

    def __init__(self, store: Store, shards: range = range(SHARDS)) -> None:
        self.seconds = 0.0
        self.herald = Herald(store, REVISIONS, CENTRE, self.now, shards, clock=lambda: self.seconds)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def told(self) -> list[tuple[str, int]]:
        pointers = self.herald.due()
        for pointer in pointers:
            pointer.require_signature(CENTRE.public_key())
            assert pointer.confirmed_at == self.now()
        return [(pointer.device, pointer.policy_version) for pointer in pointers]


def test_pointers_at_start_on_birth_on_a_new_version_and_each_minute(store: Store) -> None:
    settle(store, Journal(ONE), Journal(TWO))
    fleet = Fleet(store)
    assert fleet.told() == [(ONE, 1), (TWO, 1)]
    fleet.seconds = LOOK_SECONDS
    assert fleet.told() == []
    fleet.herald.greet(TWO)
    assert fleet.told() == [(TWO, 1)]
    with store.transaction(NOW) as tx:
        keep_policy(tx, make_policy(2))
    fleet.seconds = 2 * LOOK_SECONDS
    assert fleet.told() == [(ONE, 2), (TWO, 2)]
    fleet.seconds += HEARTBEAT_SECONDS
    assert fleet.told() == [(ONE, 2), (TWO, 2)]
    with store.transaction(NOW) as tx:
        save_device_state(tx, ONE, DeviceState.revoked)
    fleet.herald.restart()
    assert fleet.told() == [(TWO, 2)]


def test_each_worker_tells_its_own_shards(store: Store) -> None:
    settle(store, Journal(ONE), Journal(TWO), Journal(THREE))
    mine = shard_of(ONE)
    told = Fleet(store, range(mine, mine + 1)).told()
    assert {device for device, _ in told} == {device for device in (ONE, TWO, THREE) if shard_of(device) == mine}


def test_before_the_first_policy_nothing_is_said(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_device(tx, ONE, "key")
    assert Fleet(store).told() == []


def test_a_large_fleet_is_told_in_turns(store: Store) -> None:
    settle(store, *(Journal(DeviceId(f"box-{number:03}")) for number in range(AT_ONCE + 10)))
    fleet = Fleet(store)
    assert [len(fleet.told()) for _ in range(3)] == [AT_ONCE, 10, 0]


@given(st.text())
def test_plain_text_is_one_harmless_line(text: str) -> None:
    plain = plain_text(text)
    assert len(plain) <= LENGTH_MAX
    assert plain.isprintable()


@pytest.mark.parametrize("text", ["氏名 field: expected", "a" * LENGTH_MAX])
def test_ordinary_words_stay(text: str) -> None:
    assert plain_text(text) == text
