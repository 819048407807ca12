"""200 clients race for the last place of a course on PostgreSQL: how long until the last of them has a clear answer.

The clients are spread over the processes and threads of a gateway; each sends its form at the same moment and is done
when the place is theirs or every fault is named. Every round has a course of its own with one place left. The baseline
is the bare transaction of one client who is told that nothing is left, alone on the machine.
"""

import multiprocessing
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from benchmarks.plant import show
from benchmarks.spread import MILLISECONDS, spread, time_each
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.facility import Room, SlotKind
from gateway.bookings.acting import SELF, Acting
from gateway.bookings.rule_book import change_rules, open_book
from gateway.operations.facilities.book_room import AskedBooking, book_room
from store.migrate import migrate
from store.tx import Store
from tests.domain.facilities.booking import EVERY_DAY, NOW, wish
from tests.gateway.bookings.house import RULES, keep_house
from tests.servers import PostgresServer

CLIENTS = 200
PROCESSES = 4
THREADS = 10
ROUNDS = 7
WAIT_SECONDS = 120
ALONE = 50

Answer = tuple[int, float, str]
"""The round, when it was had, and what it was."""


def run() -> dict[str, Any]:
    """Give milliseconds from the moment when all send until the last has an answer, of each round, and the baseline."""
    with tempfile.TemporaryDirectory(prefix="sekisho-race-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder)
        server.start()
        try:
            server.execute("CREATE DATABASE city")
            migrate(server.url("city"))
            figures = _race(server.url("city"))
        finally:
            server.stop()
    show("200 clients for the last place, ms", figures)
    return figures


def _race(url: str) -> dict[str, Any]:
    store = Store(url)
    _keep(store)
    context = multiprocessing.get_context("spawn")
    starts: list[Barrier] = [context.Barrier(PROCESSES + 1) for _ in range(ROUNDS)]
    answers: Queue[Answer] = context.Queue()
    arguments = [(url, part, starts, answers) for part in range(PROCESSES)]
    processes = [context.Process(target=_run_process, args=each) for each in arguments]
    for process in processes:
        process.start()
    lasts = []
    for number, start in enumerate(starts):
        start.wait(WAIT_SECONDS)
        begun = time.time()
        had = [answers.get(timeout=WAIT_SECONDS) for _ in range(CLIENTS)]
        told = Counter(answer for _, _, answer in had)
        if told != {"booked": 1, "places_left": CLIENTS - 1}:
            raise AssertionError(f"round {number}: {dict(told)}")
        lasts.append((max(at for _, at, _ in had) - begun) * MILLISECONDS)
    for process in processes:
        process.join(WAIT_SECONDS)
    alone = time_each([lambda number=number: _ask(store, number, _course(0, number)) for number in range(ALONE)])  # type: ignore[misc]
    store.close()
    return {
        "clients": CLIENTS,
        "processes": PROCESSES,
        "first_round_ms": round(lasts[0]),
        "last_answer_ms": {"p50": round(sorted(lasts[1:])[(ROUNDS - 1) // 2]), "max": round(max(lasts[1:]))},
        "baseline_ms": spread(alone, MILLISECONDS),
    }


def _keep(store: Store) -> None:
    """Lay a course down for every round, with all but one of its places taken."""
    rooms = tuple(Room(f"studio{number}", "center", "x", "x", (f"studio{number}",), 9) for number in range(ROUNDS))
    slots = tuple(
        SlotKind(f"course{number}", f"studio{number}", "x", "x", 540, 720, EVERY_DAY, places=2)
        for number in range(ROUNDS)
    )
    keep_house(
        store, replace(RULES, rooms=(*RULES.rooms, *rooms), slots=(*RULES.slots, *slots), quotas=()), reservees=CLIENTS
    )
    with store.transaction(NOW) as tx:
        before = open_book(tx, "center")
        change_rules(tx, before, replace(before, facility=replace(before.facility, operator="x")), by="head")
    for number in range(ROUNDS):
        with store.transaction(NOW) as tx:
            asked = replace(_course(number, 0), reservee_id="u1")
            book_room(tx, AskedBooking(f"first-{number}", asked), Acting(SELF, reservee_id="u1"))


def _run_process(url: str, part: int, starts: list[Barrier], answers: "Queue[Answer]") -> None:
    store = Store(url, pool_size=THREADS)
    clients = range(part, CLIENTS, PROCESSES)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(_connect, [store] * THREADS))
        for number, start in enumerate(starts):
            start.wait(WAIT_SECONDS)
            for answer in threads.map(lambda client, course=number: _timed(store, course, client), clients):  # type: ignore[misc]
                answers.put(answer)
    store.close()


def _connect(store: Store) -> None:
    with store.reading(NOW):
        time.sleep(0.1)  # so that each thread has a connection of its own


def _timed(store: Store, course: int, client: int) -> Answer:
    answer = _ask(store, client, _course(course, client), f"race-{course}-{client}")
    return course, time.time(), answer


def _course(number: int, client: int) -> Wish:
    at = {"room_id": f"studio{number}", "slot_id": f"course{number}"}
    return wish(places=1, party=1, reservee_id=f"x{client}", **at)


def _ask(store: Store, client: int, asked: Wish, id_: str = "") -> str:
    try:
        with store.transaction(NOW) as tx:
            book_room(tx, AskedBooking(id_ or f"alone-{client}", asked), Acting(SELF, reservee_id=f"x{client}"))
    except BookingFaultsError as error:
        return " ".join(fault.why.value for fault in error.faults)
    return "booked"
