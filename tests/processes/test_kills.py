"""Real processes under load, killed at random: nothing lost, nothing twice, nothing from nowhere."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select

from emulation.simulated import send_simulated
from store.tables import punch, record, watermark
from store.tx import Store
from tests.processes.installation import Installation, JournalRow
from tests.servers import PostgresServer

CARDS = [bytes([1, number]) for number in range(20)]
LOAD_SECONDS = 15.0
TAPS_PER_SECOND = 30
DRAIN_SECONDS = 150.0
STILL_SECONDS = 20
"""Longer than an edge waits before it tries the broker again, on a slow machine too."""


class Load(threading.Thread):
    """Taps cards at every device until it is stopped; what a dead agent does not hear is no tap."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(daemon=True)
        self._installation, self._stopping, self.sent = installation, threading.Event(), 0

    def run(self) -> None:
        chooser = random.Random(1)
        while not self._stopping.wait(1 / TAPS_PER_SECOND):
            device = chooser.choice(self._installation.devices)
            with suppress(OSError):
                send_simulated(self._installation.socket_path(device), chooser.choice(CARDS))
                self.sent += 1

    def stop(self) -> None:
        self._stopping.set()
        self.join()


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    with TemporaryDirectory(prefix="sekisho-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), durable=True)
        server.start()
        server.execute("CREATE DATABASE sekisho")
        yield server
        server.stop()


def kill_one(installation: Installation, chooser: random.Random) -> None:
    name = chooser.choice(["broker", "gateway", *installation.devices])
    installation.kill(name)
    time.sleep(chooser.uniform(0.05, 0.5))
    installation.start(name)


def kill_host(installation: Installation, _chooser: random.Random) -> None:
    """The machine that holds broker and gateway goes down, and the broker with all it had acknowledged."""
    installation.kill("gateway")
    time.sleep(1.0)  # the broker goes on acknowledging to nobody's benefit
    installation.kill("broker")
    installation.start("broker")
    installation.start("gateway")


def centre_rows(url: str) -> tuple[list[JournalRow], int, int]:
    """Give the log's rows, the number of punches and the number of grants of known people."""
    store = Store(url)
    with store.reading(datetime.now(UTC)) as tx:
        columns = (record.c.device_id, record.c.epoch, record.c.seq, record.c.hash)
        rows = [
            (device, epoch, seq, bytes(digest))
            for device, epoch, seq, digest in tx.connection.execute(select(*columns))
        ]
        punches = tx.connection.scalar(select(func.count()).select_from(punch)) or 0
        grants = tx.connection.scalar(
            select(func.count()).where(record.c.granted.is_(True), record.c.person_id.is_not(None))
        )
    store.close()
    return rows, punches, grants or 0


def watermarks(url: str) -> dict[tuple[str, int], int]:
    store = Store(url)
    with store.reading(datetime.now(UTC)) as tx:
        rows = tx.connection.execute(select(watermark.c.device_id, watermark.c.epoch, watermark.c.upto_seq)).all()
    store.close()
    return {(device, epoch): upto for device, epoch, upto in rows}


def wait_until_drained(installation: Installation) -> None:
    """Wait until the centre's watermarks have stood still for a while under a centre that answers."""
    deadline, known, since = time.monotonic() + DRAIN_SECONDS, {}, time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now_known = watermarks(installation.database_url)
        if now_known != known:
            known, since = now_known, time.monotonic()
        elif time.monotonic() - since > STILL_SECONDS:
            return
    raise AssertionError("the watermarks still move after the load has ended")


def live_through(
    installation: Installation, fault: Callable[[Installation, random.Random], None], seed: int, *, faults_min: int
) -> None:
    """Tap and let faults strike for LOAD_SECONDS; on a slow machine for longer, until so many have struck."""
    chooser = random.Random(seed)
    for name in ("broker", "gateway", *installation.devices):
        installation.start(name)
    time.sleep(3)
    load = Load(installation)
    load.start()
    ends, faults = time.monotonic() + LOAD_SECONDS, 0
    while time.monotonic() < ends or faults < faults_min:
        time.sleep(chooser.uniform(1.0, 3.0))
        fault(installation, chooser)
        faults += 1
    load.stop()
    wait_until_drained(installation)
    ended = [name for name in ("broker", "gateway", *installation.devices) if installation.has_ended(name)]
    installation.stop_all()
    assert ended == [], "these ended without being killed"
    assert load.sent > LOAD_SECONDS * TAPS_PER_SECOND / 4, "the load was no load"


def assert_exactly_once(installation: Installation) -> None:
    at_the_edges = installation.journal_rows()
    rows, punches, grants = centre_rows(installation.database_url)
    lost = at_the_edges - set(rows)
    unexpected = set(rows) - at_the_edges
    duplicated = len(rows) - len(set(rows))
    assert (len(lost), duplicated, len(unexpected)) == (0, 0, 0)
    assert punches == grants
    assert len(rows) > 100


@pytest.mark.real
@pytest.mark.timeout(420)
def test_one_process_at_a_time_is_killed(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "site", database_url=None, cards=CARDS)
    try:
        live_through(installation, kill_one, seed=7, faults_min=4)
    finally:
        installation.stop_all()
    assert_exactly_once(installation)


@pytest.mark.real
@pytest.mark.timeout(420)
def test_the_host_of_broker_and_gateway_goes_down(tmp_path: Path, durable_postgres: PostgresServer) -> None:
    installation = Installation(tmp_path / "site", database_url=durable_postgres.url("sekisho"), cards=CARDS)
    try:
        live_through(installation, kill_host, seed=8, faults_min=2)
    finally:
        installation.stop_all()
    assert_exactly_once(installation)
