"""A card is suspended in the database: until each of 500 controllers refuses it, in a city of 100,000 persons.

The whole way is real: the commit, the keeper, the edition, each device's own part, mosquitto with mutual TLS, and at
the boxes the real intake, cache, known outcomes and rename. Ten boxes hold every card and fetched them over the same
road; the others were put up with the cards of a thousand persons, for reading 100,000 lines 490 times would measure
this machine's patience. All of it shares this machine's two processors, where a city has a processor a box; boxes keep
their files in memory, where each has a disk of its own. Baseline of the same run: as many bare messages of a change's
size through the same broker to the same processes.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from benchmarks.plant import SIGNING_KEY, connect, show, utc_now
from benchmarks.revocation_city import BOXES, FULL, NAMES_KEY, PERSONS, describe_site, device, fill_store, token
from benchmarks.revocation_edges import HELD_FROM
from benchmarks.revocation_fleet import plan_boxes, running_boxes
from benchmarks.spread import MILLISECONDS, spread
from contract import topics
from gateway.intake.ingest import Ingest
from gateway.intake.key_book import KeyBook
from gateway.intake.status_desk import StatusDesk
from gateway.mqtt.commander import Commander
from gateway.mqtt.consumer import Consumer
from gateway.mqtt.herald import Herald
from gateway.orders.command_post import CommandPost
from gateway.orders.place_mail import PlaceMail
from gateway.policy.names import DeviceNames
from gateway.policy.policy_keeper import PolicyKeeper
from gateway.policy.policy_parts import PolicyParts
from gateway.policy.policy_post import PolicyPost
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import OneRevision, Revision
from store.people import save_card_status
from store.tx import Store
from tests.gateway.broker import Broker

ROUNDS = 20
BARE_BYTES = 1_500
WAIT_SECONDS = 60.0
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
    store = fill_store(folder)
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
    watched = [token(person) for person in range(ROUNDS)]
    with running_boxes(folder, state, broker, plan_boxes(store, shelf, names), watched) as heard:
        with _centre(store, broker, revisions, keeper, post, keys):
            figures["all_cards_at_ten_boxes_s"] = _await_full(heard)
            told = _rounds(store, heard)
        figures["bare_ms"] = spread(_bare(broker, heard), MILLISECONDS)
    crowded = [each for each in told if each["round"] < HELD_FROM]
    alone = [each for each in told if each["round"] >= HELD_FROM]
    figures["refused_ms"] = spread([each["refused"] - each["from"] for each in crowded], MILLISECONDS)
    figures["offer_arrived_ms"] = spread([each["arrived"] - each["from"] for each in crowded], MILLISECONDS)
    figures["offer_arrived_alone_ms"] = spread([each["arrived"] - each["from"] for each in alone], MILLISECONDS)
    figures["own_part_alone_ms"] = spread([each["refused"] - each["began"] for each in alone], MILLISECONDS)
    store.close()
    return figures


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


def _rounds(store: Store, heard: "SimpleQueue[dict[str, Any]]") -> list[dict[str, float]]:
    """Suspend a card at a time; gives what each box said of it, and ``from`` when it was suspended."""
    all_told = []
    for number in range(ROUNDS):
        with store.transaction(utc_now()) as tx:
            save_card_status(tx, [token(number)], "suspended")
        began, seen = time.monotonic(), 0
        while seen < BOXES:
            told = heard.get(timeout=WAIT_SECONDS)
            if "alarm" in told:
                raise RuntimeError(str(told))
            if told.get("round") == number:
                all_told.append(told | {"from": began})
                seen += 1
        time.sleep(3)
    return all_told


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
