"""What the centre's benchmarks run on: PostgreSQL that syncs, mosquitto with mutual TLS, signed journals."""

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from contract import topics
from contract.batch import Mode
from domain.ids import DeviceId, PersonId
from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.commander import Commander
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from store.migrate import migrate
from store.tx import Store
from tests.editions import REVISIONS
from tests.gateway.broker import Broker
from tests.gateway.city import Journal, make_policy, make_tap, settle
from tests.servers import PostgresServer

PEOPLE = tuple(PersonId(f"p{number:04}") for number in range(1000))
POLICY = make_policy(people=PEOPLE)
POINTS = ("main-in", "main-out", "west")
DEVICES = 8
SIGNING_KEY = Ed25519PrivateKey.generate()


def utc_now() -> datetime:
    """Give the instant."""
    return datetime.now(UTC)


class Plant(NamedTuple):
    """Servers that run, in a folder of their own."""

    folder: Path
    postgres: PostgresServer
    broker: Broker

    def new_database(self, name: str) -> str:
        """Give the URL of a fresh PostgreSQL database of this schema."""
        self.postgres.execute(f"CREATE DATABASE {name}")
        url = self.postgres.url(name)
        migrate(url)
        return url

    def new_file(self, name: str) -> str:
        """Give the URL of a fresh SQLite database of this schema."""
        url = f"sqlite:///{self.folder}/{name}.db"
        migrate(url)
        return url


@contextmanager
def running_plant() -> Iterator[Plant]:
    """Run the servers while the context lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        (folder / "broker").mkdir()
        postgres = PostgresServer(folder / "postgres", durable=True)
        postgres.start()
        broker = Broker(folder / "broker")
        try:
            with broker.running():
                yield Plant(folder, postgres, broker)
        finally:
            postgres.stop()


def make_journals(records: int, *, began_at: datetime, every_ms: int) -> list[Journal]:
    """Give DEVICES journals with ``records`` taps in all: every record is of the kind that costs most."""
    journals = [Journal(DeviceId(f"box-{number}")) for number in range(DEVICES)]
    people, points = cycle(PEOPLE), cycle(POINTS)
    for number in range(records):
        at = began_at + timedelta(milliseconds=every_ms * number)
        journals[number % DEVICES].append(make_tap(next(people), next(points), at, policy=POLICY))
    return journals


def settle_journals(url: str, journals: list[Journal]) -> Store:
    """Open the store with the journals' devices enrolled and the policy published."""
    store = Store(url)
    settle(store, *journals, policy=POLICY)
    return store


def pack(journals: list[Journal], records: int, mode: Mode) -> list[tuple[str, bytes]]:
    """Give (topic, batch) for all records, ``records`` a batch, the devices in turn."""
    return [
        (topics.journal(journal.device), journal.batch(first, min(first + records - 1, len(journal.lines)), mode))
        for first in range(1, len(journals[0].lines) + 1, records)
        for journal in journals
    ]


def connect(broker: Broker, name: str) -> Client:
    """Give a client with the gateway's rights, its loop running in a thread."""
    settings = broker.settings("gateway")
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set(str(settings.ca_file), str(settings.certificate_file), str(settings.key_file))
    client.max_inflight_messages_set(1000)
    client.connect(settings.host, settings.port)
    client.loop_start()
    return client


def publish(broker: Broker, messages: list[tuple[str, bytes]]) -> None:
    """Publish and wait until the broker has them all."""
    client = connect(broker, "publisher")
    sent = [client.publish(topic, payload, qos=1) for topic, payload in messages]
    for info in sent:
        info.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()


@contextmanager
def consuming(plant: Plant, store: Store, ingest: Ingest, commander: Commander | None = None) -> Iterator[None]:
    """Run the real consumer in a thread; with a commander, it tells devices what they are asked, too."""
    settings = plant.broker.settings()
    consumer = Consumer(
        settings,
        SIGNING_KEY,
        utc_now,
        ingest=ingest,
        desk=StatusDesk(store, SIGNING_KEY, utc_now, keys=KeyBook(store)),
        herald=Herald(store, REVISIONS, SIGNING_KEY, utc_now, settings.shards),
        commander=commander,
    )
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def show(title: str, figures: dict[str, object]) -> None:
    """Print figures for people."""
    print(f"{title}: {json.dumps(figures, ensure_ascii=False)}", flush=True)  # noqa: T201 (a benchmark speaks)
