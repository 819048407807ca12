"""The consumer against a real broker with mutual TLS: receipts after commits, acknowledgement after both."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.receipts import Receipt
from domain.ids import DeviceId
from gateway.ingest import Ingest
from gateway.key_book import KeyBook
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.status_desk import StatusDesk
from store.records import list_records
from store.tx import Store
from tests.gateway.broker import Broker, DeviceClient
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap, settle

CENTRE = Ed25519PrivateKey.generate()
pytestmark = pytest.mark.real


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path)


@contextmanager
def consuming(store: Store, broker: Broker, ingest: Ingest | None = None) -> Iterator[Consumer]:
    """Run a consumer in a thread; what it raises is raised at the end."""
    settings = broker.settings()
    keys = KeyBook(store)
    consumer = Consumer(
        settings,
        CENTRE,
        clock,
        ingest=ingest or Ingest(store, CENTRE, clock, keys=keys),
        desk=StatusDesk(store, CENTRE, clock, keys=keys),
        herald=Herald(store, CENTRE, clock, settings.shards),
    )
    stop, raised = threading.Event(), []

    def run() -> None:
        try:
            consumer.run(stop)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield consumer
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert raised == []


def test_a_batch_is_stored_and_receipted(store: Store, broker: Broker) -> None:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    for person in PEOPLE:
        journal.append(make_tap(person, at=clock()))
    with broker.running(), consuming(store, broker), DeviceClient(broker, journal.device) as device:
        device.send(journal.batch())
        answer = device.answers.get(timeout=10)
        assert isinstance(answer, Receipt)
        answer.require_signature(CENTRE.public_key())
        assert (answer.upto_seq, answer.head) == (20, journal.hashes[20].hex())
        pointer = device.pointers.get(timeout=10)
        assert pointer.policy_version == 1
    with store.reading(NOW) as tx:
        assert len(list_records(tx, (journal.device, 7))) == 20
