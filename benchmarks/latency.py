"""From a tap's publish to its receipt at the device, 100 taps a second on PostgreSQL, in the open loop.

The clock of each tap starts when it was due, not when a busy sender got to it. Baseline of the same run: the same
messages to the broker and straight back, and one bare row inserted and committed, as they take without us.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
from paho.mqtt.client import Client, MQTTMessage

from benchmarks.plant import (
    DEVICES,
    SIGNING_KEY,
    Plant,
    connect,
    consuming,
    make_journals,
    pack,
    running_plant,
    settle_journals,
    show,
    utc_now,
)
from contract.receipts import Receipt, decode_answer
from gateway.intake.ingest import Ingest

TAPS = 1600
A_SECOND = 100
SETTLING = 100
"""The first taps warm connections, caches and plans; they are not counted."""


def run() -> dict[str, Any]:
    """Measure; gives milliseconds at the 50th and 99th percentile."""
    with running_plant() as plant:
        journals = make_journals(TAPS, began_at=utc_now(), every_ms=1000 // A_SECOND)
        messages = pack(journals, 1, "live")
        store = settle_journals(plant.new_database("latency"), journals)
        with consuming(plant, store, Ingest(store, SIGNING_KEY, utc_now)):
            time.sleep(1)
            ours = _paced(plant, messages, "sekisho/1/receipt/+", _receipted)
        echo = _paced(plant, [("sekisho/1/echo/x", payload) for _, payload in messages], "sekisho/1/echo/+", _in_turn())
        store.close()
        insert = _bare_commits(plant)
    figures: dict[str, Any] = {"taps": TAPS, "a_second": A_SECOND}
    for name, values in (("receipt", ours), ("broker_echo", echo), ("bare_commit", insert)):
        figures[name] = {"p50_ms": _at(values, 0.50), "p99_ms": _at(values, 0.99)}
    floor = figures["broker_echo"]["p50_ms"] * 2 + figures["bare_commit"]["p50_ms"]
    figures["p50_of_the_floor"] = round(figures["receipt"]["p50_ms"] / floor, 1)
    show("publish to receipt", figures)
    return figures


def _paced(
    plant: Plant, messages: list[tuple[str, bytes]], back: str, told: Callable[[MQTTMessage], list[int]]
) -> list[float]:
    """Publish at the rate; gives for each message the milliseconds until ``told`` names its number."""
    due: list[float] = []
    took: dict[int, float] = {}
    ready, done = threading.Event(), threading.Event()

    def note(_client: Client, _data: Any, message: MQTTMessage) -> None:
        now = time.perf_counter()
        for number in told(message):
            took.setdefault(number, (now - due[number]) * 1000)
        if len(took) == len(messages):
            done.set()

    listener, sender = connect(plant.broker, "listener"), connect(plant.broker, "sender")
    listener.on_message = note
    listener.on_subscribe = lambda *_: ready.set()
    listener.subscribe(back, qos=1)
    ready.wait(10)
    began = time.perf_counter() + 0.1
    due.extend(began + number / A_SECOND for number in range(len(messages)))
    for (topic, payload), at in zip(messages, due, strict=True):
        time.sleep(max(0.0, at - time.perf_counter()))
        sender.publish(topic, payload, qos=1)
    if not done.wait(30):
        raise TimeoutError(f"{len(took)} of {len(messages)} came back")
    for client in (listener, sender):
        client.disconnect()
        client.loop_stop()
    return [took[number] for number in range(SETTLING, len(messages))]


def _receipted(message: MQTTMessage) -> list[int]:
    """Name the messages that a receipt covers: device k's record n was message (n-1) * DEVICES + k."""
    answer = decode_answer(message.payload)
    if not isinstance(answer, Receipt):
        raise TypeError(f"refused: {answer}")
    device = int(answer.device.removeprefix("box-"))
    return [(seq - 1) * DEVICES + device for seq in range(max(1, answer.upto_seq - 20), answer.upto_seq + 1)]


def _in_turn() -> Callable[[MQTTMessage], list[int]]:
    numbers = iter(range(TAPS))
    return lambda _: [next(numbers)]


def _bare_commits(plant: Plant, rows: int = 300) -> list[float]:
    took = []
    with psycopg.connect(plant.postgres.dsn("latency"), autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (number bigint PRIMARY KEY, body bytea)")
        for number in range(rows):
            began = time.perf_counter()
            connection.execute("INSERT INTO bare VALUES (%s, %s)", (number, b"x" * 400))
            took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.002)
    return took


def _at(values: list[float], share: float) -> float:
    return round(sorted(values)[int(len(values) * share)], 2)


if __name__ == "__main__":
    run()
