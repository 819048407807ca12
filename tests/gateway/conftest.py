"""The ingest and one journal, on both databases."""

import pytest

from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from store.tx import Store
from tests.gateway.city import NOW, Journal, settle
from tests.gateway.ingesting import CENTRE


@pytest.fixture
def ingest(store: Store) -> Ingest:
    return Ingest(store, CENTRE, lambda: NOW)


@pytest.fixture
def journal(store: Store) -> Journal:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    return journal
