"""What the log's store functions promise, on both databases, beyond what the ingest's tests go through."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.access.watermark import Watermark
from domain.ids import DeviceId, PersonId
from store.alarm_desk import save_acknowledged
from store.alarms import Alarm, insert_alarms, list_open_alarms
from store.devices import insert_device
from store.failures import is_passing
from store.outbox import Notice, delete_sent, insert_notices, list_unsent, save_sent
from store.presence import Presence, list_presences, save_presences
from store.punches import PunchFact, delete_punches, insert_punches, list_punches
from store.records import Record, insert_records, list_records, list_taps, load_hash_range, load_hashes
from store.refused import Refused, count_refused, insert_refused, list_refused
from store.tx import Store
from store.watermarks import HeldJournal, insert_fork, list_journals, load_journals, save_journals

NOW = datetime(2026, 11, 20, 8, 30, 0, 123456, tzinfo=UTC)
WEST = DeviceId("west-1")
KEY = (WEST, 2**53 - 1)


def make_record(seq: int, **changes: object) -> Record:
    at = NOW + timedelta(minutes=seq)
    return Record(*KEY, seq, "tap.observed", at, NOW, live=True, hash=bytes([seq]), body=b"{}")._replace(**changes)


def test_a_record_comes_back_as_it_was(store: Store) -> None:
    records = [
        make_record(1, person_id="p1", granted=False, reason="漢字 'quoted' \\ \t", policy_version=2**53 - 1),
        make_record(2, kind="quarantined", occurred_at=None, fault="not_json: …", body=bytes(range(256))),
    ]
    with store.transaction(NOW) as tx:
        insert_records(tx, iter(records))
    with store.reading(NOW) as tx:
        assert list_records(tx, KEY) == records
        assert list_records(tx, KEY, after_seq=1, limit=1) == records[1:]
        assert load_hashes(tx, [(*KEY, 2), (*KEY, 3)]) == {(*KEY, 2): b"\2"}
        assert load_hashes(tx, []) == {}
        assert load_hash_range(tx, KEY, 1, 9) == {1: b"\1", 2: b"\2"}
        day = {"since": NOW, "until": NOW + timedelta(minutes=2)}
        assert list_taps(tx, **day) == list_taps(tx, **day, person_id=PersonId("p1")) == records[:1]
        assert list_taps(tx, **day, person_id=PersonId("p2")) == []


def test_a_record_that_is_there_is_never_overwritten(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_records(tx, [make_record(1)])

    def again() -> None:
        with store.transaction(NOW) as tx:
            insert_records(tx, [make_record(2), make_record(1, body=b"forged")])

    with pytest.raises(Exception, match=r"pk_record|UNIQUE constraint failed: record") as told:
        again()
    assert not is_passing(told.value)
    with store.reading(NOW) as tx:
        assert list_records(tx, KEY) == [make_record(1)]


def test_a_naive_instant_is_refused(store: Store) -> None:
    if store.url.startswith("sqlite"):
        with store.transaction(NOW) as tx, pytest.raises(ValueError, match="time zone"):
            insert_records(tx, [make_record(1, occurred_at=datetime(2026, 1, 1))])


def test_watermarks_move_and_forks_keep_their_first_seq(store: Store) -> None:
    with store.transaction(NOW) as tx:
        insert_device(tx, WEST, "key")
        assert load_journals(tx, [KEY]) == {}
        for upto in (3, 7):
            save_journals(tx, {KEY: HeldJournal(Watermark(upto, b"h" * upto), NOW)})
        for from_seq in (6, 4, 5):
            insert_fork(tx, KEY, from_seq, b"evidence")
    with store.reading(NOW) as tx:
        held = {KEY: HeldJournal(Watermark(7, b"h" * 7), NOW, forked_from_seq=4)}
        assert load_journals(tx, [KEY, (WEST, 1)]) == list_journals(tx, WEST) == held


def test_punches_by_person_and_time_and_none_after_a_fork(store: Store) -> None:
    punches = [
        PunchFact(*KEY, seq, "p1", NOW + timedelta(minutes=minutes), "in", "main") for seq, minutes in ((1, 5), (2, 1))
    ]
    with store.transaction(NOW) as tx:
        insert_punches(tx, punches)
    with store.transaction(NOW) as tx:
        until = NOW + timedelta(minutes=5)
        assert list_punches(tx, PersonId("p1"), since=NOW, until=until) == punches[1:]
        assert len(delete_punches(tx, KEY, 2)) == 1
        assert list_punches(tx, PersonId("p1"), since=NOW, until=until + timedelta(minutes=1)) == punches[:1]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_presence_is_the_latest_in_any_order(store: Store, order: tuple[int, ...]) -> None:
    places = [
        Presence("p1", "hall", "a", NOW),
        Presence("p1", "office", "b", NOW + timedelta(seconds=1)),
        Presence("p1", "server", "c", NOW + timedelta(seconds=1)),
    ]
    for index in order:
        with store.transaction(NOW) as tx:
            save_presences(tx, [places[index]])
            save_presences(tx, [])
    with store.reading(NOW) as tx:
        assert list_presences(tx) == [places[2]]


def test_the_outbox_keeps_order_and_forgets_what_was_told(store: Store) -> None:
    notices = [Notice("k", str(number), "{}") for number in range(5)]
    with store.transaction(NOW) as tx:
        insert_notices(tx, notices)
        insert_notices(tx, [])
    with store.transaction(NOW) as tx:
        first = list_unsent(tx, limit=3)
        assert [unsent.notice for unsent in first] == notices[:3]
        save_sent(tx, [unsent.id for unsent in first])
    with store.transaction(NOW) as tx:
        assert [unsent.notice for unsent in list_unsent(tx, limit=9)] == notices[3:]
        assert delete_sent(tx, NOW) == 0
        assert delete_sent(tx, NOW + timedelta(seconds=1)) == 3


def test_refusals_are_kept_and_counted(store: Store) -> None:
    refused = [Refused("t", "forged", "d", b"\0\xff"), Refused("t", "oversize", "d", b"")]
    with store.transaction(NOW) as tx:
        insert_refused(tx, [])
        insert_refused(tx, refused)
        assert list_refused(tx) == refused[::-1]
        assert count_refused(tx, since=NOW) == {"forged": 1, "oversize": 1}
        assert count_refused(tx, since=NOW + timedelta(seconds=1)) == {}


def test_an_alarm_stands_once_until_acknowledged(store: Store) -> None:
    alarm = Alarm("journal_gap", "west-1", "records 6-8 are gone")
    with store.transaction(NOW) as tx:
        assert insert_alarms(tx, []) == []
        assert insert_alarms(tx, [alarm, alarm]) == [alarm]
        assert insert_alarms(tx, [alarm]) == []
        [raised] = list_open_alarms(tx)
        assert save_acknowledged(tx, raised.id, "operator")
        assert not save_acknowledged(tx, raised.id, "operator")
        assert insert_alarms(tx, [alarm]) == [alarm]


def test_what_passes_and_what_does_not(store: Store) -> None:
    assert is_passing(psycopg.OperationalError())
    assert not is_passing(ValueError())
    with store.transaction(NOW) as tx:
        insert_device(tx, WEST, "key")

    def again() -> None:
        with store.transaction(NOW) as tx:
            insert_device(tx, WEST, "key")

    def nonsense() -> None:
        with store.reading(NOW) as tx:
            tx.connection.execute(text("SELECT 1/0 FROM nowhere"))

    with pytest.raises(IntegrityError) as told:
        again()
    assert not is_passing(told.value)
    with pytest.raises(Exception, match="nowhere") as missing:
        nonsense()
    if not store.url.startswith("sqlite"):  # sqlite3 has one class for both
        assert not is_passing(missing.value)
