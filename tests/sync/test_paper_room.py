"""The connector itself makes what pages ordered, two connectors make it once, and a failing look does not end it."""

import threading
from datetime import UTC, datetime
from pathlib import Path

from domain.attendance.paper import PaperKind, PaperOrder, PaperState
from store.papers import insert_paper, load_paper
from store.pay_checks import load_payroll_form
from store.tx import Store
from sync.firing import Desk
from sync.paper_room import PaperRoom
from tests.sync.desks import put_city, settings


def now() -> datetime:
    return datetime.now(UTC)


def test_two_connectors_make_each_order_once(store: Store, tmp_path: Path) -> None:
    put_city(store, "萩 太郎")
    rooms = [PaperRoom(Desk(store, settings(tmp_path, store.url), now), look_every_seconds=0.05) for _ in range(2)]
    ids = [f"{number:016x}" for number in range(4)]
    for room in rooms:
        room.start()
    try:
        with store.transaction(now()) as tx:
            for paper_id in ids:
                insert_paper(tx, PaperOrder(paper_id, PaperKind.workbook, "2025-11", "jinji", "p1"))
        patience = threading.Event()
        for _ in range(600):
            if states(store, ids) == [PaperState.done] * len(ids):
                break
            patience.wait(0.05)
    finally:
        for room in rooms:
            room.stop()
    assert states(store, ids) == [PaperState.done] * len(ids)
    with store.reading(now()) as tx:
        form = load_payroll_form(tx)
    assert form is not None
    assert (form.layout, form.is_file, form.trouble) == ("generic", True, "")


def states(store: Store, ids: list[str]) -> list[PaperState]:
    with store.reading(now()) as tx:
        found = [load_paper(tx, paper_id) for paper_id in ids]
    return [each.state for each in found if each is not None]


def test_a_database_that_is_gone_is_looked_for_again(tmp_path: Path, caplog) -> None:
    store = Store(f"sqlite:///{tmp_path}/none.db")  # no table of it is there
    room = PaperRoom(Desk(store, settings(tmp_path, store.url), now), look_every_seconds=0.02)
    room.start()
    patience = threading.Event()
    for _ in range(500):
        if caplog.text.count("no paper made") >= 2:
            break
        patience.wait(0.02)
    room.stop()
    store.close()
    assert caplog.text.count("no paper made: OperationalError") >= 2
