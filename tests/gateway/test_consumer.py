"""The consumer against a real broker with mutual TLS: receipts after commits, acknowledgement after both."""

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from contract import topics
from contract.errors import Fault
from contract.receipts import Answer, Receipt, Rejection
from contract.status import DeviceBorn, DeviceLost
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.messages import Message
from gateway.intake.refusal_guard import RefusalGuard
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from store.alarms import list_open_alarms
from store.devices import load_device_status
from store.records import list_records
from store.tx import Store
from tests.editions import REVISIONS
from tests.gateway.broker import Broker, DeviceClient
from tests.gateway.city import NOW, PEOPLE, Journal, make_tap, settle

CENTRE = Ed25519PrivateKey.generate()
pytestmark = pytest.mark.real


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    return Broker(tmp_path)


@pytest.fixture
def journal(store: Store) -> Journal:
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    for person in PEOPLE:
        journal.append(make_tap(person, at=clock()))
    return journal


@contextmanager
def consuming(store: Store, broker: Broker, ingest: Ingest | None = None, hold_seconds: float = 5) -> Iterator[None]:
    """Run a consumer in a thread; what it raises is raised at the end."""
    settings = broker.settings()
    keys = KeyBook(store)
    consumer = Consumer(
        settings,
        CENTRE,
        clock,
        ingest=ingest or Ingest(store, CENTRE, clock, keys=keys),
        desk=StatusDesk(store, CENTRE, clock, keys=keys),
        herald=Herald(store, REVISIONS, CENTRE, clock, settings.shards),
        hold_seconds=hold_seconds,
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
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert raised == []


def receipt_from(device: DeviceClient) -> Receipt:
    answer = device.answers.get(timeout=15)
    assert isinstance(answer, Receipt), answer
    answer.require_signature(CENTRE.public_key())
    return answer


def make_birth(journal: Journal, session: str = "s1", first_seq: int = 1, **changes: object) -> DeviceBorn:
    return DeviceBorn(
        device=journal.device,
        session=session,
        epoch=journal.epoch,
        first_seq=first_seq,
        next_seq=len(journal.lines) + 1,
        pending=len(journal.lines),
        policy_version=1,
        software="test",
        at=NOW,
    ).model_copy(update=changes)


def test_a_batch_is_stored_and_receipted(store: Store, broker: Broker, journal: Journal) -> None:
    with broker.running(), DeviceClient(broker, journal.device) as device, consuming(store, broker):
        assert device.centre.get(timeout=10).up
        device.send(journal.batch())
        answer = receipt_from(device)
        assert (answer.upto_seq, answer.head) == (20, journal.hashes[20].hex())
    with store.reading(NOW) as tx:
        assert [record.body for record in list_records(tx, (journal.device, 7))] == journal.lines


def test_a_device_hears_the_policy_and_whether_the_centre_is_there(
    store: Store, broker: Broker, journal: Journal
) -> None:
    with broker.running(), DeviceClient(broker, journal.device) as device:
        with consuming(store, broker):
            pointer = device.pointers.get(timeout=10)
            pointer.require_signature(CENTRE.public_key())
            assert pointer.policy_version == 1
            assert device.centre.get(timeout=10).up
        down = device.centre.get(timeout=10)
        down.require_signature(CENTRE.public_key())
        assert not down.up


def test_a_birth_gets_the_receipt_it_missed(store: Store, broker: Broker, journal: Journal) -> None:
    with broker.running(), DeviceClient(broker, journal.device) as device, consuming(store, broker):
        assert device.centre.get(timeout=10).up
        device.send(journal.batch(1, 5))
        assert receipt_from(device).upto_seq == 5
        device.send_status(make_birth(journal).signed(journal.key).encoded())
        assert receipt_from(device).upto_seq == 5
    with store.reading(NOW) as tx:
        status = load_device_status(tx, journal.device)
        assert status is not None
        assert (status.online, status.session, status.pending) == (True, "s1", 20)
        assert list_open_alarms(tx) == []


def test_lost_records_are_named_with_their_range_once(store: Store, broker: Broker, journal: Journal) -> None:
    with broker.running(), DeviceClient(broker, journal.device) as device, consuming(store, broker):
        assert device.centre.get(timeout=10).up
        device.send(journal.batch(1, 5))
        assert receipt_from(device).upto_seq == 5
        for _ in range(2):
            device.send_status(make_birth(journal, first_seq=9).signed(journal.key).encoded())
            assert receipt_from(device).upto_seq == 5
    with store.reading(NOW) as tx:
        assert [tuple(raised.alarm) for raised in list_open_alarms(tx)] == [
            ("journal_gap", "west-1", "epoch 7: records 6-8 are gone")
        ]


def test_only_the_current_sessions_will_counts(store: Store, journal: Journal) -> None:
    desk = StatusDesk(store, CENTRE, clock, keys=KeyBook(store))

    def say(status: DeviceBorn | DeviceLost) -> Answer | None:
        signed = status.signed(journal.key).encoded()
        return desk.take([Message(topics.status(journal.device), journal.device, signed)])[0]

    def is_online() -> bool:
        with store.reading(NOW) as tx:
            status = load_device_status(tx, journal.device)
        return status is not None and status.online

    assert isinstance(say(make_birth(journal, "old")), Receipt)
    assert isinstance(say(make_birth(journal, "new")), Receipt)
    assert say(DeviceLost(device=journal.device, session="old")) is None
    assert is_online()
    assert say(DeviceLost(device=journal.device, session="new")) is None
    assert not is_online()


def test_a_forged_status_is_refused(store: Store, journal: Journal) -> None:
    desk = StatusDesk(store, CENTRE, clock, keys=KeyBook(store))
    forged = make_birth(journal).signed(Ed25519PrivateKey.generate()).encoded()
    other = make_birth(journal).signed(journal.key).encoded()
    answers = desk.take(
        [
            Message(topics.status(journal.device), journal.device, forged),
            Message("sekisho/1/status/east-1", DeviceId("east-1"), other),
            Message(topics.status(journal.device), journal.device, b"{}"),
            Message(topics.status(journal.device), journal.device, b"x" * 20_000),
        ]
    )
    reasons = [answer.reason for answer in answers if isinstance(answer, Rejection)]
    assert reasons == [Fault.forged, Fault.wrong_topic, Fault.malformed, Fault.oversize]


def test_killed_between_commit_and_acknowledgement(store: Store, broker: Broker, journal: Journal) -> None:
    """The broker delivers again, the watermark absorbs it, the receipt comes after all."""
    program = [sys.executable, "-m", "tests.gateway.dying_gateway", broker.settings().model_dump_json(), store.url]
    with broker.running(), DeviceClient(broker, journal.device) as device:
        victim = subprocess.Popen(program)
        assert device.centre.get(timeout=20).up
        device.send(journal.batch())
        assert victim.wait(20) == -signal.SIGKILL
        with store.reading(NOW) as tx:
            assert len(list_records(tx, (journal.device, 7))) == 20
        with pytest.raises(queue.Empty):
            device.answers.get(timeout=0.2)
        with consuming(store, broker):
            assert receipt_from(device).upto_seq == 20
    with store.reading(NOW) as tx:
        assert len(list_records(tx, (journal.device, 7))) == 20


def test_the_broker_may_die_and_forget_everything(store: Store, broker: Broker, journal: Journal) -> None:
    with consuming(store, broker):
        with broker.running() as process, DeviceClient(broker, journal.device) as device:
            assert device.centre.get(timeout=20).up
            device.send(journal.batch(1, 10))
            assert receipt_from(device).upto_seq == 10
            process.kill()
            process.wait()
        with broker.running(), DeviceClient(broker, journal.device) as device:
            assert device.centre.get(timeout=20).up  # consuming again
            device.send(journal.batch(5, 20))
            assert receipt_from(device).upto_seq == 20
    with store.reading(NOW) as tx:
        assert [record.body for record in list_records(tx, (journal.device, 7))] == journal.lines


class Stumbling(Ingest):
    """An ingest whose database is away for the first calls."""

    failures = 3
    calls = 0

    def take(self, messages: Sequence[Message]) -> list[Answer | None]:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise OperationalError("SELECT", {}, Exception("the server is away"))
        return super().take(messages)


@pytest.mark.parametrize("hold_seconds", [5, 0])
def test_while_the_database_is_away_nothing_is_lost(
    store: Store, broker: Broker, journal: Journal, hold_seconds: float
) -> None:
    ingest = Stumbling(store, CENTRE, clock)
    with (
        broker.running(),
        DeviceClient(broker, journal.device) as device,
        consuming(store, broker, ingest, hold_seconds),
    ):
        assert device.centre.get(timeout=15).up
        device.send(journal.batch())
        assert receipt_from(device).upto_seq == 20
    assert ingest.failures == 0


def test_a_connection_that_breaks_in_the_middle_is_replaced(postgres_url: str) -> None:
    store = Store(postgres_url, pool_size=1)
    journal = Journal(DeviceId("west-1"))
    settle(store, journal)
    journal.append(make_tap(PEOPLE[0], at=clock()))
    ingest = Ingest(store, CENTRE, clock)
    assert ingest.is_store_back()
    killer = Store(postgres_url, pool_size=1)
    with killer.transaction(NOW) as tx:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = "
        tx.connection.execute(text(others + "current_database()"))
    killer.close()
    assert not ingest.is_store_back()
    assert ingest.is_store_back()
    assert isinstance(ingest.take([journal.message()])[0], Receipt)
    store.close()


def test_too_much_nonsense_stops_the_consumer_loudly(store: Store, broker: Broker, journal: Journal) -> None:
    guard = RefusalGuard(refusals_max=3, window=timedelta(minutes=1))
    ingest = Ingest(store, CENTRE, clock, guard=guard)
    with broker.running(), DeviceClient(broker, journal.device) as device, consuming(store, broker, ingest):
        assert device.centre.get(timeout=10).up
        for _ in range(3):
            device.send(b"nonsense")
            assert isinstance(device.answers.get(timeout=10), Rejection)
        assert not device.centre.get(timeout=10).up
        device.send(journal.batch())
        with pytest.raises(queue.Empty):
            device.answers.get(timeout=0.5)
    with store.reading(NOW) as tx:
        assert [raised.alarm.kind for raised in list_open_alarms(tx)] == ["ingest_stopped"]
        assert list_records(tx, (journal.device, 7)) == []
