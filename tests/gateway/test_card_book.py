"""Cards that are looked for ring when tapped, and a tap that comes late is its holder's of that time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.access.policy import CredentialStatus
from domain.ids import PersonId
from gateway.intake.ingest import Ingest
from store.card_lives import save_card_holder
from store.cards import save_desk_status
from store.people import Card, Department, Person, upsert_cards, upsert_departments, upsert_persons
from store.tx import Store
from tests.editions import keep_policy
from tests.gateway.city import NOW, PEOPLE, Journal, make_policy, make_tap, token_of
from tests.gateway.ingesting import alarms_of, records_of

FIRST, SECOND = PEOPLE[:2]
CARD = token_of(FIRST)


def register(store: Store, at: datetime) -> None:
    with store.transaction(at) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person(who, who, who, "d") for who in (FIRST, SECOND)])
        upsert_cards(tx, [Card(CARD, FIRST, "No.1")])


@pytest.mark.parametrize("status", ["lost", "stolen"])
def test_by_the_policy_of_the_door(store: Store, ingest: Ingest, journal: Journal, status: str) -> None:
    policy = make_policy(2)
    lost = replace(policy.credentials[CARD], status=CredentialStatus(status))
    policy = replace(policy, credentials={**policy.credentials, CARD: lost})
    with store.transaction(NOW) as tx:
        keep_policy(tx, policy)
    journal.append(make_tap(FIRST, policy=policy))
    ingest.take([journal.message()])
    assert (f"{status}_card_tapped", "main-in") in alarms_of(store)
    assert [record.person_id for record in records_of(store, journal)] == [FIRST]


def test_a_door_that_has_not_heard_of_it_yet_rings_as_well_and_an_earlier_tap_does_not(
    store: Store, ingest: Ingest, journal: Journal
) -> None:
    register(store, NOW)
    with store.transaction(NOW + timedelta(minutes=5)) as tx:
        save_desk_status(tx, CARD, "lost")
    journal.append(make_tap(FIRST, at=NOW + timedelta(minutes=4)))
    ingest.take([journal.message(1, 1, "catch_up")])
    assert alarms_of(store) == []
    journal.append(make_tap(FIRST, at=NOW + timedelta(minutes=6)))
    ingest.take([journal.message(2, 2, "catch_up")])
    assert alarms_of(store) == [("lost_card_tapped", "main-in")]


def test_where_no_edition_tells_the_history_of_holders_does(store: Store, ingest: Ingest, journal: Journal) -> None:
    register(store, NOW)
    with store.transaction(NOW + timedelta(hours=1)) as tx:
        save_desk_status(tx, CARD, "returned")
        save_card_holder(tx, CARD, SECOND, "No.1", "active")
    for minutes in (59, 60, 61):
        journal.append(make_tap(FIRST, at=NOW + timedelta(minutes=minutes), policy_version=77))
    journal.append(make_tap(FIRST, at=NOW + timedelta(minutes=62)))  # by an edition that we have
    ingest.take([journal.message(mode="catch_up")])
    people: list[PersonId | None] = [FIRST, SECOND, SECOND, FIRST]
    assert [record.person_id for record in records_of(store, journal)] == people
