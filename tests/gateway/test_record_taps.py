"""From messages to the log and what follows from it, on both databases."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.receipts import Receipt
from domain.ids import DeviceId
from gateway.ingest import Ingest
from store.punches import list_punches
from store.records import list_records
from store.tx import Store
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap, settle

CENTRE = Ed25519PrivateKey.generate()


@pytest.fixture
def ingest(store: Store) -> Ingest:
    return Ingest(store, CENTRE, lambda: NOW)


def test_smoke(store: Store, ingest: Ingest) -> None:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    for person in PEOPLE:
        journal.append(make_tap(person))
    [answer] = ingest.take([journal.message()])
    assert isinstance(answer, Receipt)
    assert answer.upto_seq == 20
    with store.reading(NOW) as tx:
        assert len(list_records(tx, (journal.device, 7))) == 20
        assert len(list_punches(tx, PEOPLE[0], since=NOW, until=NOW + timedelta(seconds=1))) == 1
