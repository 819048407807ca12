"""Editions: looking at whoever changed gives the same as looking at everything; two keepers get along."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from domain.access.policy import CredentialStatus, PolicySnapshot
from domain.ids import CredentialToken
from gateway.operations.access.publish_policy import derive_whole
from gateway.policy import editions
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision, Revision
from store.calendar import CalendarDay, save_year
from store.editions import list_changes, load_latest_edition, load_newest_version
from store.hr_grants import save_level_grants
from store.people import Card, Department, Person, save_card_status, upsert_cards, upsert_departments, upsert_persons
from store.policy_inputs import CHANGES_KEPT, load_changes_since, load_inputs_revision, save_inputs_changed
from store.rights import load_policy_inputs
from store.tx import Store
from tests.editions import REVISION, REVISIONS

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PEOPLE = [f"p{number}" for number in range(12)]


def clock() -> datetime:
    return NOW


def token(number: int) -> CredentialToken:
    return CredentialToken(f"{number:032x}")


def hire(store: Store) -> None:
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person(who, "萩 太郎", "ハギ タロウ", "d") for who in PEOPLE])
        upsert_cards(tx, [Card(token(number), who, "1") for number, who in enumerate(PEOPLE)])
        save_level_grants(tx, dict.fromkeys(PEOPLE, ("staff",)))


def stored(store: Store, version: int) -> PolicySnapshot:
    with store.reading(NOW) as tx:
        policy = PolicyShelf().load(tx, version)
    assert policy is not None
    return policy


def test_each_change_gives_what_a_look_at_everything_gives(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editions, "CHANGES_MAX", 5)
    hire(store)
    keeper, chance = PolicyKeeper(store, REVISIONS, clock), Random(4)
    assert keeper.keep() == 1
    levels = [level.id for level in REVISION.site.levels]
    for _ in range(14):
        with store.transaction(NOW) as tx:
            who, card = chance.choice(PEOPLE), token(chance.randrange(16))
            match chance.randrange(3):
                case 0:
                    save_card_status(tx, [card], chance.choice(["active", "lost", "suspended"]))
                case 1:
                    upsert_cards(tx, [Card(card, who, "1")])
                case _:
                    save_level_grants(tx, {who: chance.sample(levels, chance.randrange(3))})
        keeper.keep()
        with store.reading(NOW) as tx:
            version = load_newest_version(tx)
            whole = derive_whole(REVISION, load_policy_inputs(tx), now=NOW)
        found = stored(store, version)
        assert dict(found.credentials) == dict(whole.credentials)
        assert replace(found, credentials={}, version=1, issued_at=NOW) == replace(whole, credentials={})
    with store.reading(NOW) as tx:
        latest = load_latest_edition(tx, REVISION.id)
        assert latest is not None
        assert latest.rests_on > 1, "after some changes there was another base"


def test_of_two_keepers_one_publishes_and_the_other_goes_on_from_there(store: Store) -> None:
    hire(store)
    one, other = PolicyKeeper(store, REVISIONS, clock), PolicyKeeper(store, REVISIONS, clock)
    assert one.keep() == 1
    assert other.keep() is None
    for number, (keeper, idle) in enumerate([(one, other), (other, one), (one, other)]):
        with store.transaction(NOW) as tx:
            save_card_status(tx, [token(number)], "lost")
        assert keeper.keep() == number + 2
        assert idle.keep() is None
    assert [stored(store, 4).credentials[token(number)].status for number in range(4)] == [
        *[CredentialStatus.lost] * 3,
        CredentialStatus.active,
    ]
    with store.reading(NOW) as tx:
        assert [each.edition.from_version for each in list_changes(tx, 1, after=1, through=4)] == [1, 2, 3]


def test_a_former_revision_comes_back_under_a_greater_number(store: Store) -> None:
    hire(store)
    assert PolicyKeeper(store, REVISIONS, clock).keep() == 1
    fewer = REVISION.site.model_copy(update={"levels": REVISION.site.levels[:1]})
    assert PolicyKeeper(store, OneRevision(Revision("other", fewer)), clock).keep() == 2
    keeper = PolicyKeeper(store, REVISIONS, clock)
    assert keeper.keep() == 3, "devices hold 2 and would take nothing older"
    assert keeper.keep() is None
    assert stored(store, 3).levels == stored(store, 1).levels


def test_who_changed_is_remembered_for_a_while(store: Store) -> None:
    with store.transaction(NOW) as tx:
        before = load_inputs_revision(tx)
        save_inputs_changed(tx, ["p1", "p2"])
        save_inputs_changed(tx, [])
        save_inputs_changed(tx, ["p2", "p3"])
        changes = load_changes_since(tx, before)
        assert (changes.revision, changes.persons) == (before + 2, frozenset(("p1", "p2", "p3")))
        assert load_changes_since(tx, before + 2).persons == frozenset()
        save_year(tx, 2026, [CalendarDay(NOW.date(), "市民の日")])
        assert load_changes_since(tx, before).persons is None
        assert load_changes_since(tx, before - 1).persons is None, "from before the table was kept"
        assert CHANGES_KEPT >= 1_000
