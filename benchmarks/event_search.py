"""Searching a log of 10,000,000 records on PostgreSQL: what each filter of the event page takes, beside a key look-up.

The log is made by the database itself (``generate_series``): a year of 300 readers and 5,000 people, five records a tap
as a door tells them, 3 % refused, a few alarms and reports. Each filter is asked 50 times, each time for another
person, place, word or hour, and the second page every other time. Nothing runs beside it; the tables are analysed, the
cache is whatever the making left. It needs about 8 GB below the folder for temporary files and some ten minutes.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from store.event_log import EventSearch, load_event, search_events
from store.migrate import migrate
from store.tx import Store
from tests.servers import PostgresServer

RECORDS = 10_000_000
POINTS = 300
PEOPLE = 5_000
DEVICES = 150
TIMES = 50
A_PAGE = 101
A_RECORD = timedelta(days=365) / RECORDS
BEGAN_AT = datetime(2025, 4, 1, tzinfo=UTC)
ENDED_AT = BEGAN_AT + timedelta(days=365)
REFUSALS = ("no_access_rights", "out_of_schedule", "expired", "unknown_credential", "lost")

_MAKE = """
INSERT INTO record (device_id, epoch, seq, kind, occurred_at, received_at, live, access_point_id, credential,
                    person_id, granted, reason, subject, policy_version, hash, body)
SELECT 'box-' || point % {devices}, 1, n, kind, at, at + interval '0.2 s', true,
       CASE WHEN kind IN ('tap.observed', 'access.ended') THEN 'point-' || point END,
       CASE WHEN kind = 'tap.observed' THEN md5(person::text) END,
       CASE WHEN kind = 'tap.observed' THEN 'p' || person END,
       CASE WHEN kind = 'tap.observed' THEN refusal IS NULL END,
       CASE kind WHEN 'tap.observed' THEN coalesce(refusal, 'granted') WHEN 'access.ended' THEN 'taken'
                 WHEN 'door.moved' THEN CASE WHEN n % 20011 = 0 THEN 'forced_open' WHEN n % 5003 = 0 THEN 'held_open'
                      ELSE (ARRAY['released', 'opened', 'closed', 'relocked'])[1 + n % 4] END
                 WHEN 'reader.reported' THEN (ARRAY['lost', 'ready'])[1 + n % 2] ELSE 'disk_nearly_full' END,
       CASE WHEN kind IN ('tap.observed', 'access.ended') THEN 'point-' || point
            WHEN kind = 'reader.reported' THEN 'reader-' || point
            WHEN kind = 'alarm.raised' THEN 'box-' || point % {devices}
            ELSE 'door-' || point / 2 END,
       7, decode(md5(n::text) || md5(n::text), 'hex'), convert_to(repeat('x', 380), 'UTF8')
FROM (SELECT n, timestamptz '{began}' + n * interval '{step} s' AS at,
             (hashint8(n / 5) & 2147483647) % {points} AS point,
             floor({people} * power(((hashint8(n / 5 + 77777777) & 2147483647) % 100000) / 100000.0, 1.5))::int
                  AS person,
             CASE WHEN (hashint8(n / 5 + 5) & 2147483647) % 33 = 0
                  THEN (ARRAY{refusals})[1 + (hashint8(n / 5 + 6) & 2147483647) % 5] END AS refusal,
             CASE WHEN n % 5 = 0 THEN 'tap.observed' WHEN n % 5 = 4 THEN 'access.ended'
                  WHEN n % 9973 = 1 THEN 'alarm.raised' WHEN n % 1009 = 2 THEN 'reader.reported'
                  ELSE 'door.moved' END AS kind
      FROM generate_series({first}::bigint, {last}::bigint) AS n) AS made
"""


def run(records: int = RECORDS) -> dict[str, Any]:
    """Make the log, ask, and give each filter's p50 and p95 in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="sekisho-search-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        server = PostgresServer(folder / "postgres")
        server.start()
        try:
            server.execute("CREATE DATABASE log")
            url = server.url("log")
            migrate(url)
            seconds = _fill(server.dsn("log"), records)
            sizes = _measure_sizes(server.dsn("log"))
            store = Store(url)
            figures = {"records": records, "made_in_seconds": seconds, "bytes": sizes, "ms": _ask(store)}
            store.close()
        finally:
            server.stop()
    print(json.dumps(figures, indent=1))  # noqa: T201
    return figures


def _fill(dsn: str, records: int) -> int:
    began, some = time.perf_counter(), 250_000
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO department (id, name) VALUES ('x', 'x')")
        connection.execute(
            "INSERT INTO person (id, name, kana, department_id, employment, is_manager) "
            "SELECT 'p' || n, 'n', 'k', 'x', 'full_time', false FROM generate_series(0, %s) n",
            [PEOPLE - 1],
        )
        for first in range(1, records + 1, some):
            values = {
                "devices": DEVICES, "points": POINTS, "people": PEOPLE, "began": BEGAN_AT.isoformat(),
                "step": 365 * 86400 / records, "refusals": list(REFUSALS), "first": first,
                "last": min(first + some - 1, records),
            }  # fmt: skip
            connection.execute(_MAKE.format(**values).encode())
        connection.execute("VACUUM ANALYZE record")
    return round(time.perf_counter() - began)


def _measure_sizes(dsn: str) -> dict[str, int]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class "
            "WHERE relname = 'record' OR relname LIKE 'ix_record%' OR relname = 'pk_record' ORDER BY 2 DESC"
        )
        return {str(name): int(size) for name, size in rows}


def _ask(store: Store) -> dict[str, dict[str, float]]:
    draw = random.Random(4)  # noqa: S311 (which filter is asked, not a secret)

    def door() -> tuple[str, ...]:
        number = draw.randrange(POINTS // 2)
        points = [name for side in (2 * number, 2 * number + 1) for name in (f"point-{side}", f"reader-{side}")]
        return (f"door-{number}", *points)

    def area() -> tuple[str, ...]:
        return tuple(name for _ in range(10) for name in door())

    def hour() -> dict[str, Any]:
        since = BEGAN_AT + draw.random() * timedelta(days=364)
        return {"since": since, "until": since + timedelta(hours=draw.choice((1, 24)))}

    def someone() -> str:
        return f"p{draw.randrange(PEOPLE)}"

    def refusal() -> tuple[str, ...]:
        return (draw.choice(REFUSALS),)

    asked: dict[str, Callable[[], EventSearch]] = {
        "newest of all": EventSearch,
        "time": lambda: EventSearch(**hour()),
        "person": lambda: EventSearch(person_id=someone()),
        "person and time": lambda: EventSearch(person_id=someone(), **hour()),
        "door": lambda: EventSearch(subjects=door()),
        "door and time": lambda: EventSearch(subjects=door(), **hour()),
        "area of ten doors": lambda: EventSearch(subjects=area()),
        "area and time": lambda: EventSearch(subjects=area(), **hour()),
        "person and door": lambda: EventSearch(person_id=someone(), subjects=door()),
        "refused": lambda: EventSearch(granted=False),
        "door and refused": lambda: EventSearch(subjects=door(), granted=False),
        "door and reason": lambda: EventSearch(subjects=door(), words=refusal()),
        "reason": lambda: EventSearch(words=refusal()),
        "person and refused": lambda: EventSearch(person_id=someone(), granted=False),
        "forced open": lambda: EventSearch(words=("forced_open",)),
        "alarms": lambda: EventSearch(kinds=("alarm.raised",)),
        "readers at a door": lambda: EventSearch(kinds=("reader.reported",), subjects=door()),
        "unreadable (none)": lambda: EventSearch(kinds=("quarantined",)),
        "person who never came": lambda: EventSearch(person_id="nobody"),
        "door nobody used": lambda: EventSearch(subjects=("door-x", "point-x")),
    }
    figures = {name: _time(partial(_search, store, make, draw)) for name, make in asked.items()}

    with store.reading(ENDED_AT) as tx:
        keys = [line.key for _ in range(20) for line in search_events(tx, EventSearch(**hour()), limit=100)]

    def look_up() -> None:
        with store.reading(ENDED_AT) as tx:
            if load_event(tx, draw.choice(keys)) is None:
                raise LookupError("a record that was listed is not held")

    return {"primary key": _time(look_up), **figures}


def _search(store: Store, make: Callable[[], EventSearch], draw: random.Random) -> None:
    wanted = make()
    with store.reading(ENDED_AT) as tx:
        found = search_events(tx, wanted, limit=A_PAGE)
        if len(found) == A_PAGE and draw.random() < 0.5:
            search_events(tx, wanted, after=found[-1].place, limit=A_PAGE)


def _time(ask: Callable[[], object]) -> dict[str, float]:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {"p50": round(taken[TIMES // 2], 2), "p95": round(taken[int(TIMES * 0.95)], 2), "max": round(taken[-1], 2)}


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
