"""The published policy follows what it is made from, and only that."""

from datetime import UTC, datetime, timedelta

from domain.access.policy import CredentialStatus
from domain.ids import CredentialToken
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_shelf import PolicyShelf
from store.people import Card, Department, Person, save_card_status, upsert_cards, upsert_departments, upsert_persons
from store.tx import Store
from tests.editions import REVISIONS

CARD = CredentialToken("a" * 32)
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = MONDAY

    def __call__(self) -> datetime:
        return self.at


def hire(store: Store, clock: Clock) -> None:
    with store.transaction(clock.at) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person("p1", "萩 太郎", "ハギ タロウ", "d")])
        upsert_cards(tx, [Card(CARD, "p1", "1")])


def test_a_change_is_published_once(store: Store) -> None:
    clock = Clock()
    keeper = PolicyKeeper(store, REVISIONS, clock)
    assert keeper.keep() == 1
    assert keeper.keep() is None
    hire(store, clock)
    assert keeper.keep() == 2
    assert keeper.keep() is None


def test_a_revoked_card_is_in_the_next_version(store: Store) -> None:
    clock = Clock()
    hire(store, clock)
    keeper = PolicyKeeper(store, REVISIONS, clock)
    keeper.keep()
    with store.transaction(clock.at) as tx:
        save_card_status(tx, [CARD], "lost")
    version = keeper.keep()
    assert version is not None
    with store.reading(clock.at) as tx:
        policy = PolicyShelf().load(tx, version)
    assert policy is not None
    assert policy.credentials[CARD].status is CredentialStatus.lost


def test_a_rolled_back_change_publishes_nothing(store: Store) -> None:
    clock = Clock()
    keeper = PolicyKeeper(store, REVISIONS, clock)
    keeper.keep()
    try:
        with store.transaction(clock.at) as tx:
            upsert_departments(tx, [Department("d", "課")])
            upsert_persons(tx, [Person("p1", "萩 太郎", "ハギ タロウ", "d")])
            raise InterruptedError
    except InterruptedError:
        pass
    assert keeper.keep() is None


def test_a_new_week_moves_the_horizon(store: Store) -> None:
    clock = Clock()
    keeper = PolicyKeeper(store, REVISIONS, clock)
    keeper.keep()
    clock.at += timedelta(days=1)
    assert keeper.keep() is None, "the same week has the same windows"
    clock.at += timedelta(days=6)
    assert keeper.keep() == 2
