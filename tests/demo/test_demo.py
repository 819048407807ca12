"""The demo as a visitor starts it: pages answer, cards are tapped on every stack, months and payroll are there."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest
from sqlalchemy import func, select

from demo.history import HISTORY_EPOCH
from domain.attendance.paper import PaperKind, PaperOrder, PaperState
from store.papers import insert_paper, load_paper
from store.tables import punch, record
from store.tx import Store
from tests.servers import free_port, stop

DEVICES = {"west-1", "east-1", "north-1"}


@contextmanager
def running_demo(folder: Path, *options: str) -> Iterator[None]:
    port = free_port()
    command = [sys.executable, "-m", "sekisho", "demo", "run", "--port", str(port), "--folder", folder, *options]
    with (folder.parent / "demo.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            until(lambda: process.poll() is not None or answers(port), 150)
            assert process.poll() is None, (folder.parent / "demo.log").read_text()
            yield
            assert process.poll() is None, (folder.parent / "demo.log").read_text()
        finally:
            stop(process)


def until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.2)


def answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/sign-in").status_code == 200
    except httpx2.TransportError:
        return False


def devices_that_tapped(store: Store) -> set[str]:
    with store.reading(datetime.now(UTC)) as tx:
        taps = select(record.c.device_id).where(record.c.epoch != HISTORY_EPOCH, record.c.kind == "tap.observed")
        return set(tx.connection.scalars(taps))


def is_made(store: Store, paper_id: str) -> bool:
    with store.reading(datetime.now(UTC)) as tx:
        paper = load_paper(tx, paper_id)
    return paper is not None and paper.state is PaperState.done


@pytest.mark.real
@pytest.mark.parametrize("options", [(), ("--https",)], ids=["mqtt", "https"])
def test_a_visitor_finds_a_hall_that_lives(options: tuple[str, ...]) -> None:
    with TemporaryDirectory(prefix="sekisho-demo-") as name:  # short: a socket's path has little room
        folder = Path(name) / "demo"
        with running_demo(folder, *options):
            assert json.loads((folder / "state" / "accounts.json").read_text()).keys() >= {"shokuin", "kacho", "jinji"}
            store = Store(f"sqlite:///{folder}/state/gateway/sekisho.db")
            until(lambda: devices_that_tapped(store) == DEVICES, 240)
            order = PaperOrder("0" * 16, PaperKind.attendance_book, "2026-01", "jinji", "s0001")
            with store.transaction(datetime.now(UTC)) as tx:
                insert_paper(tx, order)
            until(lambda: is_made(store, order.id), 180)
            with store.reading(datetime.now(UTC)) as tx:
                assert (tx.connection.scalar(select(func.count()).select_from(punch)) or 0) > 1000
                differs = tx.connection.scalar(select(func.count()).where(record.c.central_reason.is_not(None)))
            store.close()
            assert differs == 0, "edge and centre decide alike"
        (payroll,) = (folder / "state" / "sync" / "payroll").glob("*.csv")
        assert len(payroll.read_bytes().split(b"\r\n")) == 42, "a heading, forty people, an end"


@pytest.mark.real
def test_the_second_start_finds_everything_in_place() -> None:
    with TemporaryDirectory(prefix="sekisho-demo-") as name:
        folder = Path(name) / "demo"
        for _ in range(2):
            with running_demo(folder):
                pass
        assert (Path(name) / "demo.log").read_text().count("40人の職員") == 1
