"""The read models behind board and taps: the same on both databases, bounded, along an index."""

from datetime import timedelta

import pytest

from contract.records import DoorMoved, encode_record
from domain.access.watermark import Watermark
from domain.ids import DeviceId
from gateway.pages.board_view import Board, Trouble, derive_board
from gateway.site.description import load_site
from store.alarms import Alarm, RaisedAlarm
from store.board import list_board_records, list_tap_lines
from store.devices import DeviceStatus, insert_device
from store.directory import list_people_by_department, load_directory_line
from store.records import Record, insert_records
from store.tables import department, person
from store.tx import Store, Tx
from store.watermarks import HeldJournal, save_journals
from tests.pages.city import DEPARTMENTS, NOW, PEOPLE, SITE_FILE

DAY = NOW - timedelta(hours=8), NOW + timedelta(hours=1)


def _record(seq: int, *, device: str = "d1", epoch: int = 1, **known: object) -> Record:
    at = NOW - timedelta(minutes=60) + timedelta(seconds=seq)
    blank = dict.fromkeys(Record._fields)
    base = {
        "device_id": device,
        "epoch": epoch,
        "seq": seq,
        "kind": "tap.observed",
        "occurred_at": at,
        "received_at": at,
        "live": True,
        "access_point_id": "main_in",
        "granted": True,
        "reason": "granted",
        "policy_version": 1,
        "hash": b"",
        "body": b"{}",
    }
    return Record(**(blank | base | known))


def _keep(tx: Tx, *records: Record) -> None:
    insert_records(tx, records)
    for record in records:
        journal = HeldJournal(Watermark(record.seq, b""), record.occurred_at or NOW)
        save_journals(tx, {(DeviceId(record.device_id), record.epoch): journal})


@pytest.fixture
def people(store: Store) -> Store:
    """The store with people and two devices."""
    with store.transaction(NOW) as tx:
        tx.connection.execute(
            department.insert(), [{"id": code, "name": name, "head_id": head} for code, name, head in DEPARTMENTS]
        )
        for code, name, kana, where in PEOPLE:
            values = {"id": code, "name": name, "kana": kana, "department_id": where}
            tx.connection.execute(person.insert().values(employment="full_time", is_manager=False, **values))
        for device in ("d1", "d2"):
            insert_device(tx, DeviceId(device), "A" * 44)
    return store


def test_taps_come_newest_first_with_names_and_filters(people: Store) -> None:
    with people.transaction(NOW) as tx:
        _keep(
            tx,
            _record(1, person_id="s0001"),
            _record(2, granted=False, reason="expired", person_id="s0002", central_reason="granted"),
            _record(3, kind="read.failed", granted=None, reason=None, access_point_id="west_in"),
            _record(4, kind="door.moved", granted=None),
            _record(5, occurred_at=None, kind="quarantined"),
            _record(6, person_id="nobody-we-know", access_point_id="west_in"),
        )

    def seen(**filters: object) -> list[tuple[str, str]]:
        with people.reading(NOW) as tx:
            lines = list_tap_lines(tx, **{"since": DAY[0], "until": DAY[1], "limit": 10, **filters})
        return [(line.name or line.person_id, line.reason) for line in lines]

    everything = [("nobody-we-know", "granted"), ("", ""), ("石井 健太", "expired"), ("青木 太郎", "granted")]
    assert seen() == everything
    assert seen(limit=2) == everything[:2]
    assert seen(granted=True) == [everything[0], everything[3]]
    assert seen(granted=False) == [everything[1], everything[2]]
    assert seen(access_points=["west_in"]) == everything[:2]
    assert seen(access_points=[]) == []
    assert seen(person_id="s0002") == [everything[2]]
    assert seen(until=DAY[0]) == []


def test_the_board_reads_each_devices_newest_records_of_its_current_journal(people: Store) -> None:
    with people.transaction(NOW) as tx:
        _keep(tx, *(_record(seq, epoch=1, access_point_id="old") for seq in (1, 2, 3)))
        _keep(tx, *(_record(seq, epoch=9) for seq in (1000, 1001, 1002)))
        _keep(tx, _record(1003, epoch=9, kind="agent.started"))
        _keep(tx, _record(5, device="d2", person_id="s0004"))
    with people.reading(NOW) as tx:
        found = list_board_records(tx, kinds=("tap.observed",), each_max=3)
    assert [(item.device_id, item.access_point_id, item.name) for item in found] == [
        ("d1", "main_in", ""),
        ("d1", "main_in", ""),
        ("d2", "main_in", "江口 花子"),
    ]
    with people.reading(NOW) as tx:
        assert list_board_records(tx, kinds=("door.moved",)) == []


def test_an_empty_centre_has_an_empty_board(store: Store) -> None:
    with store.reading(NOW) as tx:
        assert list_board_records(tx, kinds=("tap.observed",)) == []


def test_screens_never_scan_the_log(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    with store.transaction(NOW) as tx:
        insert_device(tx, DeviceId("d1"), "A" * 44)
        _keep(tx, *(_record(seq) for seq in range(1, 3)))
    plans: list[str] = []
    with store.reading(NOW) as tx:
        statements: list[str] = []
        connection = tx.connection

        class Spy:
            def execute(self, statement: object) -> object:
                compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
                statements.append(str(compiled))
                return connection.execute(statement)

        spy = Tx(Spy(), tx.now)
        list_board_records(spy, kinds=("tap.observed",))
        list_tap_lines(spy, since=DAY[0], until=DAY[1], limit=5)
        list_tap_lines(spy, since=DAY[0], until=DAY[1], person_id="s0001", limit=5)
        for statement in statements:
            if "record" in statement:
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
                plans.append(" / ".join(str(row[-1]) for row in rows))
    store.close()
    assert "sqlite_autoindex_record" in plans[0] or "PRIMARY KEY" in plans[0]
    assert "ix_record_occurred" in plans[1]
    assert "ix_record_person_occurred" in plans[2]
    assert not any("SCAN record" in plan for plan in plans)


def test_people_by_department(people: Store) -> None:
    with people.transaction(NOW) as tx:
        left = person.update().where(person.c.id == "s0003")
        tx.connection.execute(left.values(left_on=NOW.date() - timedelta(days=1)))
    with people.reading(NOW) as tx:
        everybody = list_people_by_department(tx)
        assert [line.person_id for line in everybody] == ["s0004", "s0005", "s0001", "s0002"]
        assert [line.person_id for line in everybody if line.is_head] == ["s0004", "s0001"]
        assert [line.name for line in list_people_by_department(tx, ("somu",))] == ["青木 太郎", "石井 健太"]
        assert list_people_by_department(tx, ()) == []
        gone = load_directory_line(tx, "s0003")
        assert gone is not None
        assert gone.department == "総務課"
        assert load_directory_line(tx, "s9999") is None


SITE = load_site(SITE_FILE)


def _status(device: str, *, online: bool = True, version: int = 3) -> DeviceStatus:
    return DeviceStatus(DeviceId(device), online, "s", 1, 0, version, "1", NOW)


def _board(*states: tuple[str, str], statuses: tuple[DeviceStatus, ...] | None = None) -> Board:
    from store.board import BoardRecord

    stamp = {"at": NOW, "mono_ms": 1, "boot": "b", "clock": "synced"}
    records = [
        BoardRecord("west-1", "door.moved", NOW, True, "", False, "", "", "",
                    encode_record(DoorMoved(door=door, state=state, **stamp)))
        for door, state in states
    ]  # fmt: skip
    statuses = tuple(map(_status, ("west-1", "east-1", "north-1"))) if statuses is None else statuses
    alarms = [RaisedAlarm(number, NOW, Alarm("fork", "west-1", "")) for number in range(10)]
    return derive_board(SITE, records, statuses, alarms, policy_version=3)


def test_trouble_stands_first_the_worst_before_the_rest() -> None:
    board = _board(("server", "held_open"), ("staff", "forced_open"), ("main", "relocked"))
    assert [view.door.id for view in board.doors] == ["staff", "server", "main", "west"]
    assert board.troubled == 2
    assert [view.state for view in board.doors] == ["forced_open", "held_open", "relocked", "unknown"]


def test_the_newest_word_of_a_door_counts() -> None:
    assert _board(("main", "closed"), ("main", "forced_open")).troubled == 0


def test_a_silent_controller_and_an_old_policy_are_trouble() -> None:
    board = _board(statuses=(_status("west-1"), _status("east-1", online=False), _status("north-1", version=2)))
    found = {view.door.id: view.troubles for view in board.doors}
    assert found["main"] == ()
    assert found["staff"] == (Trouble.device_silent,)
    assert found["server"] == (Trouble.policy_behind,)
    assert {reader.health for view in board.doors if view.door.id == "staff" for reader in view.readers} == {"silent"}
    never = {view.device.id: view.state for view in _board(statuses=()).devices}
    assert set(never.values()) == {"never_seen"}


def test_the_newest_alarms_are_named_and_the_rest_counted() -> None:
    board = _board()
    assert [alarm.id for alarm in board.alarms] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert board.more_alarms == 2
