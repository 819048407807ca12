"""What a tap costs the centre for somebody's month: the CPU of an entrance's tap beyond that of any door's tap.

Both are taken one a message, as they come by day, into SQLite; waiting for the disk is no CPU. The entrance's tap is
also a punch and marks a changed day, since it lies in a month that is over; the other one only opens a door. An open
month is counted when somebody looks at it: ``months`` measures that. The baseline is the door's tap.
"""

import tempfile
import time
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from benchmarks.plant import PEOPLE, POLICY, SIGNING_KEY, settle_journals, show, utc_now
from benchmarks.spread import MILLISECONDS, spread, time_each
from domain.civil import month_end
from domain.ids import DeviceId
from gateway.intake.ingest import Ingest
from store.migrate import migrate
from tests.gateway.city import Journal, make_tap

TAPS = 2_000
WARM_UP = 100


def run() -> dict[str, Any]:
    """Give the spread of CPU milliseconds a tap, of both kinds, and what the month's share of it is."""
    at = datetime.combine(month_end(utc_now().date(), months=-1), datetime.min.time(), utc_now().tzinfo)
    with tempfile.TemporaryDirectory() as folder:
        figures: dict[str, Any] = {
            name: _take(f"sqlite:///{folder}/{name}.db", point, at)
            for name, point in (("door_cpu_ms", "server-in"), ("entrance_cpu_ms", "main-in"))
        }
    figures["month_cpu_ms"] = round(figures["entrance_cpu_ms"]["p50"] - figures["door_cpu_ms"]["p50"], 3)
    figures["ratio"] = round(figures["entrance_cpu_ms"]["p50"] / figures["door_cpu_ms"]["p50"], 2)
    show("a tap's way into a month", figures)
    return figures


def _take(url: str, point: str, at: datetime) -> dict[str, float]:
    migrate(url)
    journal, people = Journal(DeviceId("box")), cycle(PEOPLE[: len(PEOPLE) // 2])
    for number in range(TAPS + WARM_UP):
        journal.append(make_tap(next(people), point, at + timedelta(seconds=number), policy=POLICY))
    messages = [journal.message(seq, seq) for seq in range(1, TAPS + WARM_UP + 1)]
    store = settle_journals(url, [journal])
    ingest = Ingest(store, SIGNING_KEY, utc_now)
    taken = time_each((lambda message=message: ingest.take([message]) for message in messages), time.thread_time)
    with store.reading(utc_now()) as tx:
        punches = tx.connection.exec_driver_sql("SELECT count(*) FROM punch").scalar()
    store.close()
    if punches != (len(messages) if point == "main-in" else 0):
        raise AssertionError(f"{punches} punches of {len(messages)} taps at {point}")
    return spread(taken[WARM_UP:], MILLISECONDS, 3)
