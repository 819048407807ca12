"""A card is suspended in the database: until each of 500 controllers refuses it, in a city of 100,000 persons.

The whole way is real: the commit, the keeper, the edition, each device's own part, mosquitto with mutual TLS, and at
the boxes the real intake, cache, known outcomes and rename. Ten boxes hold every card and fetched them over the same
road; the others were put up with the cards of :data:`FEW` persons, for reading 100,000 lines 490 times would measure
this machine's patience. All of it shares this machine's two processors, where a city has a processor a box; boxes keep
their files in memory, where each has a disk of its own. Baseline of the same run: as many bare messages of a change's
size through the same broker to the same processes.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.lockdown import _named
from benchmarks.plant import SIGNING_KEY, connect, show, utc_now
from benchmarks.spread import MILLISECONDS, spread
from contract import topics
from contract.policy import PolicyPointer, make_offer
from contract.policy_snapshot import encode_snapshot
from contract.signatures import public_key_text
from contract.tokens import derive_device_key
from domain.access.cutting import cut_structure
from domain.ids import AccessPointId, CredentialToken, DeviceId
from gateway.command_post import CommandPost
from gateway.ingest import Ingest
from gateway.key_book import KeyBook
from gateway.mqtt.commander import Commander
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.names import DeviceNames
from gateway.place_mail import PlaceMail
from gateway.policy_keeper import PolicyKeeper
from gateway.policy_parts import PolicyParts
from gateway.policy_post import PolicyPost
from gateway.policy_shelf import PolicyShelf
from gateway.revisions import OneRevision, Revision
from gateway.site.description import Site
from gateway.status_desk import StatusDesk
from store.devices import insert_device
from store.hr_grants import save_level_grants
from store.migrate import migrate
from store.people import Card, Department, Person, save_card_status, upsert_cards, upsert_departments, upsert_persons
from store.tx import Store
from tests.gateway.broker import Broker

PERSONS, BOXES, FULL, FEW = 100_000, 500, 10, 1_000
PROCESSES, ROUNDS = 2, 20
BARE_BYTES = 1_500
WAIT_SECONDS = 60.0
NAMES_KEY = bytes(range(32))
MEMORY = Path("/dev/shm")  # noqa: S108 (folders of our own, drawn by mkdtemp)


def run() -> dict[str, Any]:
    """Measure; seconds from the commit of the card's new status."""
    folder = Path(tempfile.mkdtemp(prefix="sekisho-revocation-"))
    state = Path(tempfile.mkdtemp(prefix="sekisho-edges-", dir=MEMORY if MEMORY.is_dir() else None))
    folder.chmod(0o755)
    try:
        broker = Broker(folder)
        with broker.running():
            figures = _measure(folder, state, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(state, ignore_errors=True)
    show("revocation", figures)
    return figures


def _measure(folder: Path, state: Path, broker: Broker) -> dict[str, Any]:
    store = _fill(folder)
    revisions = OneRevision(Revision("bench", describe_site()))
    names, shelf, keys = DeviceNames(NAMES_KEY), PolicyShelf(), KeyBook(store)
    parts = PolicyParts(shelf, revisions, names, SIGNING_KEY)
    keeper = PolicyKeeper(store, revisions, utc_now, shelf=shelf)
    began = time.perf_counter()
    keeper.keep()
    figures: dict[str, Any] = {"persons": PERSONS, "boxes": BOXES, "boxes_with_all_cards": FULL, "rounds": ROUNDS}
    figures["first_edition_s"] = round(time.perf_counter() - began, 2)
    figures |= _time_parts(store, parts, keeper)
    post = PolicyPost(store, parts, keys, utc_now)
    with _edges(folder, state, broker, _plan(store, shelf, names)) as heard:
        with _centre(store, broker, revisions, keeper, post, keys):
            figures["all_cards_at_ten_boxes_s"] = _await_full(heard)
            refused, arrived = _rounds(store, heard)
        figures["bare_ms"] = spread(_bare(broker, heard), MILLISECONDS)
    figures["refused_ms"] = spread(refused, MILLISECONDS)
    figures["offer_arrived_ms"] = spread(arrived, MILLISECONDS)
    store.close()
    return figures


def device(number: int) -> DeviceId:
    """Name a box."""
    return DeviceId(f"box-{number}")


def token(person: int) -> CredentialToken:
    """Give a person's card."""
    return CredentialToken(f"{person + 1:032x}")


def describe_site() -> Site:
    """A site of BOXES boxes with a door each; everybody may pass the first FULL, and ten others by department."""
    doors = [device(number) for number in range(BOXES)]
    groups = [doors[first : first + 10] for first in range(FULL, BOXES, 10)]
    levels = {"all": doors[:FULL], **{f"level-{number}": group for number, group in enumerate(groups)}}
    return Site.model_validate(
        {
            "name": "試験市",
            "name_en": "Test city",
            "areas": [_named(area) | {"offline_minutes_max": 60} for area in ("outside", "hall")],
            "doors": [_named(door) | {"release_seconds": 3} for door in doors],
            "access_points": [
                _named(door) | {"door": door, "area_from": "outside", "area_to": "hall"} for door in doors
            ],
            "devices": [_named(door) for door in doors],
            "readers": [
                {"id": door, "name": door, "device": door, "access_point": door, "driver": "simulated", "path": "r"}
                for door in doors
            ],
            "levels": [
                {"id": level, "name": level, "points": dict.fromkeys(held, "always")} for level, held in levels.items()
            ],
        }
    )


def _device_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def _fill(folder: Path) -> Store:
    url = f"sqlite:///{folder}/centre.db"
    migrate(url)
    store = Store(url)
    people = [f"p{number}" for number in range(PERSONS)]
    with store.transaction(utc_now()) as tx:
        upsert_departments(tx, [Department("d", "課")])
        upsert_persons(tx, [Person(who, who, who, "d") for who in people])
        upsert_cards(tx, [Card(token(number), who, who) for number, who in enumerate(people)])
        save_level_grants(tx, {who: ("all", f"level-{number % 49}") for number, who in enumerate(people)})
        for number in range(BOXES):
            insert_device(tx, device(number), public_key_text(_device_key(number).public_key()))
    return store


def _time_parts(store: Store, parts: PolicyParts, keeper: PolicyKeeper) -> dict[str, Any]:
    """Time a whole part of all cards, and weigh the change of a hundred of them."""
    with store.reading(utc_now()) as tx:
        began = time.perf_counter()
        whole = parts.make(tx, device(0), 0)
        took = time.perf_counter() - began
    assert whole is not None  # noqa: S101 (there is an edition)
    with store.transaction(utc_now()) as tx:
        save_card_status(tx, [token(PERSONS - 1 - number) for number in range(100)], "lost")
    began = time.perf_counter()
    version = keeper.keep()
    kept = time.perf_counter() - began
    assert version is not None  # noqa: S101 (cards changed)
    with store.reading(utc_now()) as tx:
        began = time.perf_counter()
        change = parts.make(tx, device(0), version - 1)
        cut = time.perf_counter() - began
    assert change is not None  # noqa: S101
    return {
        "whole_part_s": round(took, 2),
        "whole_part_packed_mib": round(len(whole.packed) / 2**20, 2),
        "edition_of_100_cards_s": round(kept, 3),
        "change_of_100_cards_s": round(cut, 4),
        "change_of_100_cards_kb": round(change.offer.unpacked_size / 1000, 1),
        "change_of_100_cards_packed_kb": round(change.offer.size / 1000, 1),
        "change_of_100_cards_offer_kb": round(len(change.offer.encoded()) / 1000, 1),
    }


def _plan(store: Store, shelf: PolicyShelf, names: DeviceNames) -> list[dict[str, Any]]:
    """Give each box's plan; those with few cards are put up with a policy that holds them."""
    with store.reading(utc_now()) as tx:
        policy = shelf.load(tx, 2)
    assert policy is not None  # noqa: S101
    few = {token(number): policy.credentials[token(number)] for number in range(FEW)}
    boxes = []
    for number in range(BOXES):
        name = device(number)
        box: dict[str, Any] = {
            "device": name,
            "key": _device_key(number).private_bytes_raw().hex(),
            "names_key": derive_device_key(NAMES_KEY, name).hex(),
        }
        if number >= FULL:
            cut = cut_structure(policy, [AccessPointId(name)])
            part = replace(cut.structure, credentials={card: cut.credential(held) for card, held in few.items()})
            offer, packed = make_offer(name, 0, policy.version, encode_snapshot(part, (), names.of(name).name))
            pointer = PolicyPointer(device=name, policy_version=policy.version, confirmed_at=utc_now())
            box |= {"offer": offer.signed(SIGNING_KEY).encoded().decode(), "packed": b64encode(packed).decode()}
            box["pointer"] = pointer.signed(SIGNING_KEY).encoded().decode()
        boxes.append(box)
    return boxes


@contextmanager
def _edges(
    folder: Path, state: Path, broker: Broker, boxes: list[dict[str, Any]]
) -> Iterator["SimpleQueue[dict[str, Any]]"]:
    for box in boxes:
        certificate, key = broker.certify(box["device"])
        box |= {"certificate": str(certificate), "certificate_key": str(key)}
    heard: SimpleQueue[dict[str, Any]] = SimpleQueue()
    processes = []
    for number in range(PROCESSES):
        plan = {
            "boxes": boxes[number::PROCESSES],
            "centre_key": public_key_text(SIGNING_KEY.public_key()),
            "cards": [token(person) for person in range(ROUNDS)],
            "state": str(state),
            "ca_file": str(broker.ca_file),
            "port": broker.port,
        }
        file = folder / f"edges-{number}.json"
        file.write_text(json.dumps(plan))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.revocation_edges", file],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        threading.Thread(target=_listen, args=(process, heard), daemon=True).start()
    for _ in processes:
        while "ready" not in heard.get(timeout=600):
            pass
    try:
        yield heard
    finally:
        for process in processes:
            process.communicate(timeout=60)


def _listen(process: "subprocess.Popen[str]", heard: "SimpleQueue[dict[str, Any]]") -> None:
    for line in process.stdout or ():
        heard.put(json.loads(line))


@contextmanager
def _centre(  # noqa: PLR0917 (the parts of a centre)
    store: Store, broker: Broker, revisions: OneRevision, keeper: PolicyKeeper, post: PolicyPost, keys: KeyBook
) -> Iterator[None]:
    settings = broker.settings()
    commands = CommandPost(store, SIGNING_KEY, utc_now, PlaceMail(describe_site(), utc_now))
    consumer = Consumer(
        settings,
        SIGNING_KEY,
        utc_now,
        ingest=Ingest(store, SIGNING_KEY, utc_now, keys=keys),
        desk=StatusDesk(store, SIGNING_KEY, utc_now, keys=keys),
        herald=Herald(store, revisions, SIGNING_KEY, utc_now, settings.shards, push=post.push),
        commander=Commander(commands, settings.shards),
        policies=post,
    )
    stop = threading.Event()
    threads = [threading.Thread(target=task, args=(stop,)) for task in (consumer.run, keeper.run, post.run)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def _await_full(heard: "SimpleQueue[dict[str, Any]]") -> float:
    """Wait until the boxes that began with nothing hold every card; gives how long the last took."""
    began, waiting = time.monotonic(), {device(number) for number in range(FULL)}
    while waiting:
        told = heard.get(timeout=300)
        if told.get("cards") == PERSONS:
            waiting.discard(told["device"])
    took = time.monotonic() - began
    time.sleep(5)  # births are still being written down
    return round(took, 1)


def _rounds(store: Store, heard: "SimpleQueue[dict[str, Any]]") -> tuple[list[float], list[float]]:
    """Suspend a card at a time; gives the seconds until each box refused it, and until its change had arrived."""
    refused, arrived = [], []
    for number in range(ROUNDS):
        with store.transaction(utc_now()) as tx:
            save_card_status(tx, [token(number)], "suspended")
        began, seen = time.monotonic(), 0
        while seen < BOXES:
            told = heard.get(timeout=WAIT_SECONDS)
            if "alarm" in told:
                raise RuntimeError(str(told))
            if told.get("round") == number:
                refused.append(told["refused"] - began)
                arrived.append(told["arrived"] - began)
                seen += 1
        time.sleep(3)
    return refused, arrived


def _bare(broker: Broker, heard: "SimpleQueue[dict[str, Any]]") -> list[float]:
    """Publish a bare message to every box, some times; gives the seconds until each was heard."""
    client, times = connect(broker, "bare"), []
    for _ in range(5):
        began = time.monotonic()
        for number in range(BOXES):
            client.publish(topics.command(device(number)), bytes(BARE_BYTES), qos=1)
        seen = 0
        try:
            while seen < BOXES:
                told = heard.get(timeout=WAIT_SECONDS)
                if "bare" in told:
                    times.append(told["bare"] - began)
                    seen += 1
        except Empty:
            raise TimeoutError("bare messages were lost") from None
        time.sleep(1)
    client.disconnect()
    client.loop_stop()
    return times
