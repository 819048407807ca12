"""Catch-up: N records wait at the broker, 100 a message; how fast are they in the database with all of hop 6.

Baselines of the same run, fed as one feeds them first, one record a message: ``mosquitto_sub | psql COPY`` (no check,
no dedup, one transaction, acknowledged before it commits) and a consumer that inserts and commits row by row. Fed with
our batches the pipe is a copy of bytes from broker to table; that figure stands beside them as ``raw_pipe_batched``.
"""

import json
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.plant import (
    SIGNING_KEY,
    Plant,
    consuming,
    make_journals,
    pack,
    publish,
    running_plant,
    settle_journals,
    show,
    utc_now,
)
from contract import topics
from contract.receipts import Answer, Receipt
from gateway.intake.ingest import Ingest
from gateway.intake.messages import Message
from store.tx import Store
from tests.gateway.city import Journal

RECORDS = 80_000
RECORDS_RAW = 40_000
RECORDS_ONE_BY_ONE = 3_000
A_MESSAGE = 100


class CountingIngest(Ingest):
    """Tells when everything that waits is committed and its receipts are signed."""

    def expect(self, records: int) -> threading.Event:
        """Give the event that is set once that many records are held."""
        self._expected, self._held, self.done = records, dict[str, int](), threading.Event()
        return self.done

    def take(self, messages: Sequence[Message]) -> list[Answer | None]:
        """Take, then count."""
        answers = super().take(messages)
        self._held.update({answer.device: answer.upto_seq for answer in answers if isinstance(answer, Receipt)})
        if sum(self._held.values()) >= self._expected:
            self.done.set()
        return answers


def run() -> dict[str, Any]:
    """Measure; gives records per second and the ratios."""
    with running_plant() as plant:
        journals = _a_day_ago(RECORDS)
        batches = pack(journals, A_MESSAGE, "catch_up")
        singles = _one_a_message(RECORDS_RAW)
        figures: dict[str, Any] = {
            "records": RECORDS,
            "a_message": A_MESSAGE,
            "postgresql": _ours(plant, plant.new_database("ours"), journals, batches),
            "raw_pipe": _raw_pipe(plant, "single", singles),
            "raw_pipe_batched": _raw_pipe(plant, "batched", batches),
            "sqlite": _ours(plant, plant.new_file("ours"), journals, batches),
            "one_row_postgresql": _one_by_one(plant, "naive-1", _postgres_insert(plant), singles[:RECORDS_ONE_BY_ONE]),
            "one_row_sqlite": _one_by_one(plant, "naive-2", _sqlite_insert(plant), singles[:RECORDS_ONE_BY_ONE]),
        }
    figures["of_raw_pipe"] = round(figures["postgresql"] / figures["raw_pipe"], 2)
    figures["of_raw_pipe_batched"] = round(figures["postgresql"] / figures["raw_pipe_batched"], 2)
    figures["times_one_row_postgresql"] = round(figures["postgresql"] / figures["one_row_postgresql"], 1)
    figures["times_one_row_sqlite"] = round(figures["sqlite"] / figures["one_row_sqlite"], 1)
    show("catch-up ingest, records/s", figures)
    return figures


def _a_day_ago(records: int) -> list[Journal]:
    return make_journals(records, began_at=utc_now() - timedelta(days=1), every_ms=500)


def _one_a_message(records: int) -> list[tuple[str, bytes]]:
    return [(topics.journal(journal.device), line) for journal in _a_day_ago(records) for line in journal.lines]


def _ours(plant: Plant, url: str, journals: list[Journal], messages: list[tuple[str, bytes]]) -> int:
    store = settle_journals(url, journals)
    with consuming(plant, store, Ingest(store, SIGNING_KEY, utc_now)):
        time.sleep(1)  # the session stands
    publish(plant.broker, messages)
    ingest = CountingIngest(store, SIGNING_KEY, utc_now)
    records = sum(len(journal.lines) for journal in journals)
    done = ingest.expect(records)
    began = time.perf_counter()
    with consuming(plant, store, ingest):
        if not done.wait(120):
            raise TimeoutError("the consumer did not catch up")
        seconds = time.perf_counter() - began
    _require_all(store, records)
    store.close()
    return round(records / seconds)


def _require_all(store: Store, records: int) -> None:
    with store.reading(utc_now()) as tx:
        for table in ("record", "punch"):
            found = tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608
            if found != records:
                raise AssertionError(f"{found} of {records} rows in {table}")


def _raw_pipe(plant: Plant, name: str, messages: list[tuple[str, bytes]]) -> int:
    settings = plant.broker.settings("gateway")
    subscribe = ["mosquitto_sub", "-V", "5", "-c", "-x", "600", "-q", "1", "-i", name, "-h", settings.host]
    subscribe += ["-p", str(settings.port), "-t", f"sekisho/1/{name}", "--cafile", str(settings.ca_file)]
    subscribe += ["--cert", str(settings.certificate_file), "--key", str(settings.key_file)]
    subprocess.run([*subscribe, "-E"], check=True)  # the session stands
    publish(plant.broker, [(f"sekisho/1/{name}", payload) for _, payload in messages])
    dsn = plant.postgres.dsn("ours")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE raw (line text)")
    copy = "COPY raw FROM STDIN WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"
    began = time.perf_counter()
    source = subprocess.Popen([*subscribe, "-C", str(len(messages))], stdout=subprocess.PIPE)
    subprocess.run(["psql", dsn, "-qAt", "-c", copy], stdin=source.stdout, check=True)
    seconds = time.perf_counter() - began
    source.wait()
    lines = sum(payload.count(b"\n") + 1 for _, payload in messages)
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute("SELECT count(*) FROM raw").fetchone()
        connection.execute("DROP TABLE raw")
    if found != (lines,):
        raise AssertionError(f"the raw pipe holds {found} of {lines} lines")
    return round(lines / seconds)


_COLUMNS = """(number bigint PRIMARY KEY, topic text, at text, access_point text, credential text, granted boolean,
    reason text)"""


def _postgres_insert(plant: Plant) -> Callable[[tuple[Any, ...]], object]:
    connection = psycopg.connect(plant.postgres.dsn("ours"), autocommit=True)
    connection.execute(f"CREATE TABLE naive {_COLUMNS}".encode())
    statement = b"INSERT INTO naive VALUES (%s,%s,%s,%s,%s,%s,%s) ON CONFLICT DO NOTHING"
    return lambda row: connection.execute(statement, row)


def _sqlite_insert(plant: Plant) -> Callable[[tuple[Any, ...]], object]:
    connection = sqlite3.connect(plant.folder / "naive.db", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE naive {_COLUMNS}")
    statement = "INSERT INTO naive VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
    return lambda row: connection.execute(statement, row)


def _one_by_one(
    plant: Plant, name: str, insert: Callable[[tuple[Any, ...]], object], messages: list[tuple[str, bytes]]
) -> int:
    """A consumer as one writes it first: parse, insert, commit, next; acknowledged when the callback returns."""
    settings, topic = plant.broker.settings("gateway"), f"sekisho/1/{name}"
    taken, done, ready = count(1), threading.Event(), threading.Event()

    def note(_client: Client, _data: Any, message: MQTTMessage) -> None:
        body, number = json.loads(message.payload), next(taken)
        insert(
            (number, message.topic, *(body[name] for name in ("at", "access_point", "credential", "granted", "reason")))
        )
        if number == len(messages):
            done.set()

    def open_client() -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
        client.tls_set(str(settings.ca_file), str(settings.certificate_file), str(settings.key_file))
        client.on_message = note
        client.on_connect = lambda *_: client.subscribe(topic, qos=1)
        client.on_subscribe = lambda *_: ready.set()
        lasting = Properties(PacketTypes.CONNECT)
        lasting.SessionExpiryInterval = 600
        client.connect(settings.host, settings.port, clean_start=False, properties=lasting)
        client.loop_start()
        ready.wait(10)
        return client

    first = open_client()
    first.disconnect()
    first.loop_stop()
    publish(plant.broker, [(topic, payload) for _, payload in messages])
    began = time.perf_counter()
    client = open_client()
    if not done.wait(120):
        raise TimeoutError("the one-row consumer did not catch up")
    seconds = time.perf_counter() - began
    client.disconnect()
    client.loop_stop()
    return round(len(messages) / seconds)


if __name__ == "__main__":
    run()
