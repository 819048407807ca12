"""Searching the log: what is found is what a plain reading of the log would find, page by page, on both databases."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from store.event_log import EventKey, EventLine, EventSearch, load_event, search_events
from store.people import Department, Person, upsert_departments, upsert_persons
from store.records import QUARANTINED, Record, insert_records
from store.tx import Store

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KINDS = {
    "tap.observed": ("granted", "granted", "granted", "expired", "lost"),
    "read.failed": ("torn",),
    "access.ended": ("taken", "not_taken"),
    "door.moved": ("opened", "closed", "forced_open", "held_open"),
    "reader.reported": ("lost", "ready"),
    "alarm.raised": ("duress", "disk_nearly_full"),
    "agent.started": (None,),
    QUARANTINED: (None,),
}
SUBJECTS = tuple(f"place-{number}" for number in range(5))
PERSONS = ("p1", "p2", None)


def draw_record(draw: random.Random, seq: int) -> Record:
    kind = draw.choice(list(KINDS))
    tap = kind == "tap.observed"
    word = draw.choice(KINDS[kind])
    return Record(
        f"box-{seq % 3}",
        1,
        seq,
        kind,
        None if kind == QUARANTINED else NOW - timedelta(minutes=draw.randrange(200)),
        NOW - timedelta(minutes=draw.randrange(200)),
        live=True,
        hash=b"h",
        body=b"{}",
        subject=draw.choice(SUBJECTS),
        person_id=draw.choice(PERSONS) if tap else None,
        granted=word == "granted" if tap else None,
        reason=word,
    )


@pytest.fixture
def log(store: Store) -> tuple[Store, list[Record]]:
    draw = random.Random(1)
    records = [draw_record(draw, seq) for seq in range(1, 400)]
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("x", "総務課")])
        upsert_persons(tx, [Person("p1", "青木 太郎", "アオキ タロウ", "x")])
        insert_records(tx, records)
    return store, records


def expected(records: list[Record], wanted: EventSearch) -> list[EventKey]:
    def at(record: Record) -> datetime:
        return record.occurred_at or record.received_at

    def fits(record: Record) -> bool:
        undated = record.occurred_at is None
        asks_of_taps = wanted.person_id or wanted.words or wanted.granted is not None
        return not (
            (wanted.since and at(record) < wanted.since)
            or (wanted.until and at(record) >= wanted.until)
            or (wanted.person_id and record.person_id != wanted.person_id)
            or (wanted.subjects is not None and record.subject not in wanted.subjects)
            or (wanted.kinds and record.kind not in wanted.kinds)
            or (wanted.words and record.reason not in wanted.words)
            or (wanted.granted is True and record.granted is not True)
            or (wanted.granted is False and record.granted is not False and record.kind != "read.failed")
            or (record.kind == "alarm.raised" and record.reason in wanted.hidden)
            or (undated and asks_of_taps)
        )

    found = sorted(
        filter(fits, records), key=lambda each: (at(each), each.device_id, each.epoch, each.seq), reverse=True
    )
    return [EventKey(*each[:3]) for each in found]


def draw_search(draw: random.Random) -> EventSearch:
    def maybe(value: Any, otherwise: Any) -> Any:
        return value if draw.random() < 0.4 else otherwise

    since = maybe(NOW - timedelta(minutes=draw.randrange(250)), None)
    return EventSearch(
        since=since,
        until=maybe((since or NOW - timedelta(minutes=150)) + timedelta(minutes=draw.randrange(1, 200)), None),
        person_id=maybe(draw.choice(("p1", "p2", "nobody")), None),
        subjects=maybe(tuple(draw.sample(SUBJECTS, draw.randrange(4))), None),
        kinds=maybe(tuple(draw.sample(list(KINDS), draw.randrange(1, 4))), ()),
        words=maybe((draw.choice(("granted", "expired", "lost", "opened", "forced_open", "torn")),), ()),
        granted=maybe(draw.choice((True, False)), None),
        hidden=draw.choice(((), ("duress",))),
    )


def walk(store: Store, wanted: EventSearch, limit: int) -> list[EventLine]:
    found: list[EventLine] = []
    with store.reading(NOW) as tx:
        while page := search_events(tx, wanted, after=found[-1].place if found else None, limit=limit):
            found += page
    return found


def test_every_search_finds_what_the_log_holds_page_by_page(log: tuple[Store, list[Record]]) -> None:
    store, records = log
    draw = random.Random(2)
    for _ in range(120):
        wanted = draw_search(draw)
        assert [line.key for line in walk(store, wanted, draw.choice((7, 1000)))] == expected(records, wanted), wanted


def test_many_places_at_once(log: tuple[Store, list[Record]]) -> None:
    store, records = log
    wanted = EventSearch(subjects=(*SUBJECTS, *(f"elsewhere-{number}" for number in range(200))))
    assert [line.key for line in walk(store, wanted, 50)] == expected(records, wanted)


def test_a_line_has_the_name_and_a_record_its_bytes(log: tuple[Store, list[Record]]) -> None:
    store, _ = log
    [line, *_] = walk(store, EventSearch(person_id="p1"), 1)
    assert line.name == "青木 太郎"
    with store.reading(NOW) as tx:
        raw = load_event(tx, line.key)
        assert load_event(tx, EventKey("box-0", 9, 9)) is None
    assert raw is not None
    assert (raw.line, raw.body, raw.hash) == (line, b"{}", b"h")
    unreadable = walk(store, EventSearch(kinds=(QUARANTINED,)), 10)
    assert all(line.at == line.received_at for line in unreadable)


ASKED = {
    "person": EventSearch(person_id="p1"),
    "door": EventSearch(subjects=("place-1", "place-2")),
    "time": EventSearch(since=NOW - timedelta(hours=1)),
    "reason": EventSearch(words=("expired",)),
    "door and reason": EventSearch(subjects=("place-1",), words=("expired",)),
    "door and refused": EventSearch(subjects=("place-1",), granted=False),
    "alarms": EventSearch(kinds=("alarm.raised",)),
    "everything": EventSearch(),
}
INDEX = {
    "person": "ix_record_person_occurred",
    "door": "ix_record_subject_occurred",
    "time": "ix_record_occurred",
    "reason": "ix_record_reason",
    "door and reason": "ix_record_subject_reason",
    "door and refused": "ix_record_refused",
    "alarms": "ix_record_kind",
    "everything": "ix_record_occurred",
}


@pytest.mark.parametrize("name", ASKED)
def test_no_search_reads_the_whole_log(name: str, log: tuple[Store, list[Record]]) -> None:
    store, _ = log
    statements: list[tuple[str, Any]] = []
    with store.reading(NOW) as tx:

        @event.listens_for(tx.connection, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
            statements.append((statement, parameters))

        search_events(tx, ASKED[name], limit=10)
        [(statement, parameters)] = list(statements)
        if tx.is_postgresql:
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            tx.connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        explain = "EXPLAIN " if tx.is_postgresql else "EXPLAIN QUERY PLAN "
        plan = "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain + statement, parameters))
    if tx.is_postgresql:  # which index it prefers depends on its statistics; that it reads no table whole does not
        assert "Seq Scan on record" not in plan
    else:
        assert INDEX[name] in plan, plan
        assert "SCAN record\n" not in plan
