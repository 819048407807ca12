"""Full lock-down of 200 doors on 50 controllers: from the operator's operation to the last lock and the last answer.

The whole way is real: the operation's commit, outbox, relay and commander, mosquitto with mutual TLS, fifty agents with
journals and links (:mod:`benchmarks.fleet`, one process), a keeper that moves the locks, and back: journal, link,
broker, ingest, commit. Before each round every door stands free by command, so that a lock really moves. All of it
shares this machine's processors and its one disk, where a building has a processor and a disk a box.

Baselines of the same run: one bare commit, as many bare messages of that size through the same broker, and what fifty
boxes must have on the disk before a lock moves (a small file each, replaced and synced), written by nobody else.
"""

import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.bare_commit import BareCommits
from benchmarks.bare_messages import time_bare_messages
from benchmarks.fleet import BoxPlan, FleetPlan, LockMove, Move, read_moves
from benchmarks.plant import SIGNING_KEY, Plant, consuming, running_plant, show, utc_now
from benchmarks.sites import describe_doors
from benchmarks.spread import MILLISECONDS, ratio, spread
from contract.signatures import public_key_text
from contract.topics import SHARDS
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from gateway.live import Broadcast
from gateway.mqtt.commander import Commander
from gateway.operations.access.command_doors import DoorRequest, command_doors
from gateway.orders.command_post import CommandPost
from gateway.orders.place_mail import PlaceMail
from gateway.relay import Relay
from gateway.site.description import Site
from readers.settings import MqttSettings
from readers.whole_file import replace_file
from store.commands import CommandState, list_request
from store.devices import insert_device, list_device_statuses
from store.tx import Store

BOXES, DOORS_A_BOX = 50, 4
ROUNDS = 20
COMMAND_BYTES = 450
WAIT_SECONDS = 30.0
SETTLE_SECONDS = 0.5

Action = Literal["unlock", "lock_down"]


def run() -> dict[str, Any]:
    """Measure on both databases; gives milliseconds from the operation's begin."""
    figures: dict[str, Any] = {"boxes": BOXES, "doors": BOXES * DOORS_A_BOX, "rounds": ROUNDS}
    with running_plant() as plant:
        for name, url in (("sqlite", plant.new_file("lockdown")), ("postgresql", plant.new_database("lockdown"))):
            figures[name] = _measure(plant, plant.folder / f"fleet-{name}", Store(url))
            show(f"lock-down, {name}", figures[name])
    return figures


def describe_site() -> Site:
    """A site of BOXES boxes with DOORS_A_BOX doors each, and a reader at every door."""
    doors = {f"box-{box}-door-{at}": f"box-{box}" for box in range(BOXES) for at in range(DOORS_A_BOX)}
    return describe_doors("試験庁舎", "Test hall", doors, {})


class _Centre:
    """The centre's part: asks, and hears when everybody has answered."""

    def __init__(self, store: Store, site: Site) -> None:
        self.store = store
        self.site = site
        self.committed = threading.Event()
        self.post = CommandPost(store, SIGNING_KEY, utc_now, PlaceMail(site, utc_now))
        self.relay = Relay(store, Broadcast(), utc_now, committed=self.committed, hear=self.post.hear)
        self.ingest = Ingest(store, SIGNING_KEY, utc_now, committed=self._note_commit)
        self._news = threading.Event()
        self._took_mono = 0.0

    def _note_commit(self) -> None:
        self._took_mono = time.monotonic()
        self._news.set()
        self.relay.wake()

    @contextmanager
    def running(self, plant: Plant) -> Iterator[None]:
        """Run the consumer with its commander, and the relay."""
        stop = threading.Event()
        relaying = threading.Thread(target=self.relay.run, args=(stop,))
        relaying.start()
        try:
            with consuming(plant, self.store, self.ingest, Commander(self.post, range(SHARDS))):
                yield
        finally:
            stop.set()
            self.relay.wake()
            relaying.join()

    def ask(self, action: Action) -> tuple[str, float, float]:
        """Ask it of all doors; gives the request, when the operation began and when it was committed."""
        request = secrets.token_hex(8)
        asked = DoorRequest(request, "site", "", action, "desk", "当直", "訓練")
        begun = time.monotonic()
        with self.store.transaction(utc_now()) as tx:
            command_doors(tx, self.site, asked, draw_id=lambda: secrets.token_hex(12))
        committed = time.monotonic()
        self.committed.set()
        return request, begun, committed

    def await_answers(self, request: str) -> float:
        """Wait until the answer of every box is committed; gives when the last one was.

        Raises:
            TimeoutError: not all of them answered in time, or one refused.
        """
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            self._news.wait(1)
            self._news.clear()
            took_mono = self._took_mono
            with self.store.reading(utc_now()) as tx:
                states = {command.state(tx.now) for command in list_request(tx, request)}
            if states == {CommandState.obeyed}:
                return took_mono
        raise TimeoutError(f"not every box answered: {states}")

    def await_boxes(self) -> None:
        """Wait until every box is online and nothing comes any more."""
        until = time.monotonic() + WAIT_SECONDS
        online = 0
        while online < BOXES or self._news.wait(2 * SETTLE_SECONDS):
            self._news.clear()
            with self.store.reading(utc_now()) as tx:
                online = sum(status.online for status in list_device_statuses(tx))
            if time.monotonic() > until:
                raise TimeoutError(f"{online} of {BOXES} boxes are online")
            time.sleep(0.1)


@contextmanager
def _running_fleet(plant: Plant, folder: Path, centre: _Centre) -> Iterator[Path]:
    """Enrol the boxes and run them; gives the file of the locks' moves."""
    folder.mkdir()
    moves = folder / "moves"
    boxes = []
    with centre.store.transaction(utc_now()) as tx:
        for device in centre.site.devices:
            key = Ed25519PrivateKey.generate()
            insert_device(tx, DeviceId(device.id), public_key_text(key.public_key()))
            broker = plant.broker.settings(device.id)
            mqtt = MqttSettings.model_validate(broker.model_dump(exclude={"client_id", "shards"}))
            doors = tuple(door.id for door in centre.site.doors if door.id.startswith(f"{device.id}-"))
            boxes.append(BoxPlan(device=device.id, key=key.private_bytes_raw().hex(), doors=doors, mqtt=mqtt))
    plan = FleetPlan(centre_key=public_key_text(SIGNING_KEY.public_key()), boxes=tuple(boxes), moves=moves)
    (folder / "fleet.json").write_text(plan.model_dump_json())
    with (folder / "log").open("wb") as log:
        fleet = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fleet", folder], stdin=subprocess.PIPE, stdout=log, stderr=log
        )
    try:
        centre.await_boxes()
        yield moves
    finally:
        fleet.communicate(timeout=WAIT_SECONDS)


def _measure(plant: Plant, folder: Path, store: Store) -> dict[str, Any]:
    taken: dict[str, list[float]] = {
        name: []
        for name in (
            "committed",
            "first_lock",
            "last_lock",
            "last_answer",
            "bare_messages",
            "bare_syncs",
            "bare_commit",
        )
    }
    centre = _Centre(store, describe_site())
    with ExitStack() as running:
        running.callback(store.close)
        running.enter_context(centre.running(plant))
        moves = running.enter_context(_running_fleet(plant, folder, centre))
        commits = BareCommits(folder)
        running.callback(commits.close)
        for _ in range(ROUNDS):
            _turn(centre, moves, "unlock")
            begun, instants = _turn(centre, moves, "lock_down")
            for name, mono in instants.items():
                taken[name].append(mono - begun)
            taken["bare_messages"].append(time_bare_messages(plant.broker, BOXES, COMMAND_BYTES))
            taken["bare_syncs"].append(_time_bare_syncs(folder))
            taken["bare_commit"].append(commits.time())
    figures: dict[str, Any] = {name: spread(values, MILLISECONDS) for name, values in taken.items()}
    for share in ("p50", "p99"):
        figures[f"last_lock_over_bare_syncs_{share}"] = ratio(figures, "last_lock", "bare_syncs", share)
    return figures


def _turn(centre: _Centre, moves: Path, action: Action) -> tuple[float, dict[str, float]]:
    """Ask it of all doors and wait until all did it and said so; gives the begin, and when what was done.

    Raises:
        RuntimeError: not every door moved exactly as it should.
    """
    before = len(read_moves(moves))
    request, begun, committed = centre.ask(action)
    answered = centre.await_answers(request)
    made = _await_moves(moves, before, len(centre.site.doors))
    wanted: Move = "freed" if action == "unlock" else "locked"
    if {(move.door, move.action) for move in made} != {(door.id, wanted) for door in centre.site.doors}:
        raise RuntimeError(f"{action}: {len(made)} moves of {len(centre.site.doors)} doors, not each {wanted} once")
    instants = [move.mono for move in made]
    return begun, {
        "committed": committed,
        "first_lock": min(instants),
        "last_lock": max(instants),
        "last_answer": answered,
    }


def _await_moves(moves: Path, before: int, count: int) -> list[LockMove]:
    """Wait for so many moves, and then a little whether there are more; gives them."""
    until = time.monotonic() + WAIT_SECONDS
    while len(read_moves(moves)) < before + count and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(SETTLE_SECONDS)
    return read_moves(moves)[before:]


def _time_bare_syncs(folder: Path) -> float:
    """Replace and sync as many small files as there are boxes, one after the other; gives the seconds."""
    begun = time.perf_counter()
    for at in range(BOXES):
        replace_file(folder / f"bare-{at}.json", b"x" * 500)
    return time.perf_counter() - begun
