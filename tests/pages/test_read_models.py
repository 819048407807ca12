"""The read models behind board and taps: the same on both databases, bounded, along an index."""

from datetime import timedelta

import pytest

from domain.access.watermark import Watermark
from domain.ids import DeviceId
from gateway.pages.doors.alarm_view import AlarmList, list_alarms
from gateway.pages.doors.board_view import Board, BoardFacts, Trouble, derive_board
from gateway.site.description import load_site
from store.alarms import Alarm, RaisedAlarm
from store.board import list_last_taps, list_tap_lines
from store.devices import DeviceStatus, insert_device
from store.directory import list_people_by_department, load_directory_line, search_people
from store.door_states import DoorFacts, LastTap, save_last_taps
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


def test_the_last_taps_of_access_points(people: Store) -> None:
    with people.transaction(NOW) as tx:
        _keep(tx, _record(1, person_id="s0001"), _record(2, access_point_id="west_in"), _record(3, granted=False))
        _keep(tx, _record(5, device="d2", person_id="s0004", access_point_id="server_in"))
        save_last_taps(
            tx,
            [
                LastTap("main_in", "d1", 1, 1, NOW),
                LastTap("west_in", "d1", 1, 2, NOW),
                LastTap("server_in", "d2", 1, 5, NOW),
            ],
        )
        save_last_taps(tx, [LastTap("main_in", "d1", 1, 3, NOW - timedelta(hours=1))])  # the clock went back since
        save_last_taps(tx, [LastTap("west_in", "d1", 1, 1, NOW)])  # an older record of the same journal
        save_last_taps(tx, [LastTap("server_in", "d1", 1, 1, NOW - timedelta(hours=1))])  # of another one
    with people.reading(NOW) as tx:
        found = {line.access_point_id: (line.name, line.granted) for line in list_last_taps(tx)}
    assert found == {"main_in": ("", False), "west_in": ("", True), "server_in": ("江口 花子", True)}


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
        list_last_taps(spy)
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


def test_a_person_is_found_by_name_kana_or_number(people: Store) -> None:
    def found(words: str) -> list[str]:
        with people.reading(NOW) as tx:
            return [line.person_id for line in search_people(tx, words, limit=10)]

    assert (
        found("青木太郎") == found("青木　太郎") == found("アオキ") == found("あおき た") == found("S0001") == ["s0001"]
    )
    assert found("s000") == ["s0001", "s0002", "s0003", "s0004", "s0005"]
    assert found("%") == found("_") == []


SITE = load_site(SITE_FILE)


def _status(device: str, *, online: bool = True, version: int = 3) -> DeviceStatus:
    return DeviceStatus(DeviceId(device), online, "s", 1, 0, version, "1", NOW)


def _door(door: str, device: str = "west-1", **known: object) -> DoorFacts:
    return DoorFacts(door, device, 1, 1, NOW)._replace(**known)


def _board(*doors: DoorFacts, statuses: tuple[DeviceStatus, ...] | None = None) -> Board:
    statuses = tuple(map(_status, ("west-1", "east-1", "north-1"))) if statuses is None else statuses
    return derive_board(SITE, BoardFacts(doors=doors, statuses=statuses, policy_version=3), AlarmList())


def test_trouble_stands_first_the_worst_before_the_rest() -> None:
    board = _board(_door("server", alarm="held_open"), _door("staff", alarm="forced_open"), _door("main", fire=True))
    assert [view.door.id for view in board.doors] == ["staff", "main", "server", "west", "civic"]
    assert board.troubled == 3
    assert [view.mode for view in board.doors] == ["locked", "locked", "locked", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("known", "mode"),
    [
        ({}, "locked"),
        ({"lock": "released"}, "accessed"),
        ({"mode": "unlocked", "lock": "released"}, "unlocked"),
        ({"mode": "locked_open"}, "locked_open"),
        ({"mode": "locked_down"}, "locked_down"),
        ({"mode": "blocked", "lock": "released"}, "accessed"),  # somebody is let out
    ],
)
def test_a_door_shows_the_mode_in_force(known: dict[str, object], mode: str) -> None:
    assert _board(_door("main", **known)).door("main").mode == mode


def test_a_silent_controller_and_an_old_policy_are_trouble() -> None:
    board = _board(statuses=(_status("west-1"), _status("east-1", online=False), _status("north-1", version=2)))
    found = {view.door.id: view.troubles for view in board.doors}
    assert found["main"] == ()
    assert found["staff"] == (Trouble.device_silent,)
    assert found["server"] == (Trouble.policy_behind,)
    assert {reader.health for view in board.doors if view.door.id == "staff" for reader in view.readers} == {"silent"}
    never = {view.device.id: view.state for view in _board(statuses=()).devices}
    assert set(never.values()) == {"never_seen"}


def test_the_gravest_alarms_are_named_and_the_rest_counted() -> None:
    kinds = ["fork", "duress", *["disk_nearly_full"] * 8, "door_forced_open", "door_held_open"]
    raised = [RaisedAlarm(number, NOW, Alarm(kind, "west-1", "")) for number, kind in enumerate(kinds)]
    seen = list_alarms(raised, sees_secret=True)
    assert [alarm.id for alarm in seen.named] == [1, 10, 11, 0, 9, 8, 7, 6]
    assert seen.more == 4
    hidden = list_alarms(raised, sees_secret=False)
    assert [alarm.id for alarm in hidden.named] == [10, 11, 0, 9, 8, 7, 6, 5]
    assert hidden.more == 3
