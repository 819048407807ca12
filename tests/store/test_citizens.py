"""What the citizens' door keeps, on both databases: sessions that end, programs that are let in once, addresses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store.api_clients import find_api_client, insert_api_client, list_api_clients, revoke_api_client
from store.citizen_sessions import (
    delete_citizen_session,
    delete_expired_citizen_sessions,
    insert_citizen_session,
    load_citizen_session,
    save_citizen_seen,
)
from store.reservees import insert_reservee, list_reservees_at, load_reservee, save_reservee
from store.tx import Store
from tests.domain.facilities.booking import CITIZEN, NOW
from tests.gateway.bookings.house import keep_house

IDLE, DAY = timedelta(minutes=30), timedelta(days=1)


@pytest.fixture
def house(store: Store) -> Store:
    """A house with citizens, of whom ``u1`` has a session that is confirmed and nobody one that is not."""
    keep_house(store)
    with store.transaction(NOW) as tx:
        insert_citizen_session(tx, "a" * 64, "u1", csrf="c", lasts=timedelta(hours=12), is_confirmed=True)
        insert_citizen_session(tx, "b" * 64, None, csrf="c", lasts=timedelta(hours=12), is_confirmed=False)
    return store


def test_a_session_counts_while_it_is_used_and_not_too_old(house: Store) -> None:
    with house.transaction(NOW + IDLE / 2) as tx:
        found = load_citizen_session(tx, "a" * 64, idle_max=IDLE)
        assert found is not None
        assert found.reservee is not None
        assert (found.reservee.id, found.confirmed_at) == ("u1", NOW)
        waiting = load_citizen_session(tx, "b" * 64, idle_max=IDLE)
        assert waiting is not None
        assert (waiting.reservee, waiting.confirmed_at) == (None, None)
        save_citizen_seen(tx, "a" * 64)
    with house.transaction(NOW + IDLE) as tx:
        assert load_citizen_session(tx, "a" * 64, idle_max=IDLE) is not None
        assert load_citizen_session(tx, "b" * 64, idle_max=IDLE) is None
        delete_expired_citizen_sessions(tx, idle_max=IDLE)
        assert load_citizen_session(tx, "b" * 64, idle_max=DAY) is None
        assert load_citizen_session(tx, "a" * 64, idle_max=DAY) is not None
        delete_citizen_session(tx, "a" * 64)
        assert load_citizen_session(tx, "a" * 64, idle_max=DAY) is None


def test_a_session_ends_with_its_reservee(house: Store) -> None:
    with house.transaction(NOW) as tx:
        standing = load_reservee(tx, "u1")
        assert standing is not None
        assert save_reservee(tx, standing, replace(standing, merged_into="u2"))
        assert load_citizen_session(tx, "a" * 64, idle_max=IDLE) is None


def test_those_at_an_address_come_with_the_confirmed_ones_first(house: Store) -> None:
    at = replace(CITIZEN, email="a@mail.example")
    with house.transaction(NOW) as tx:
        for id_, told in (
            ("n1", {"confirmed_at": None, "registered_at": NOW + DAY}),
            ("n2", {}),
            ("n3", {"registered_at": NOW + DAY}),
            ("n4", {"merged_into": "n3"}),
            ("n5", {"email": "b@mail.example"}),
        ):
            insert_reservee(tx, replace(at, id=id_, **told))
        assert [each.id for each in list_reservees_at(tx, "a@mail.example")] == ["n3", "n2", "n1"]
        assert list_reservees_at(tx, "") == []


def test_a_program_is_let_in_once_and_its_key_taken_back_for_good(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert insert_api_client(tx, "navi", "はぎなび", "k1", by="root")
        assert not insert_api_client(tx, "navi", "again", "k2", by="root")
        found = find_api_client(tx, "k1")
        assert found is not None
        assert (found.id, found.name, found.added_at) == ("navi", "はぎなび", NOW)
        assert find_api_client(tx, "k2") is None
        assert revoke_api_client(tx, "navi")
        assert not revoke_api_client(tx, "navi")
        assert find_api_client(tx, "k1") is None
        assert [each.revoked_at for each in list_api_clients(tx)] == [NOW]
