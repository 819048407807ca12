"""Existing bookings from a file: every line's faults first, then all in one commit; the same file changes nothing."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.reservation import ReservationState
from gateway.bookings.booking_file import BYTES_MAX, NEEDED, ROWS_MAX, FaultyLine, read_booking_file
from gateway.operations.facilities.import_bookings import (
    ImportPreview,
    RefusedImportError,
    import_bookings,
    preview_bookings,
)
from sekisho.facilities import app
from store.messages import list_messages
from store.outbox import list_unsent
from store.reservations import list_reservation_steps, list_reservations
from store.reservees import list_reservees_named
from store.tx import Store
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.house import book, citizen, keep_house

HEAD = "予約番号,部屋,利用区分,利用日,開始,終了,氏名・団体名,種類,利用者区分,電話,人数,口数,利用目的,備品,状態\n"
FILE = (
    HEAD
    + "old-1,half,,2026-12-01,09:00,12:00,合唱団 ひびき,団体,resident,0838-00-0000,20,,練習,chairs:3,許可済\n"
    + "old-2,gym,course,2026-12-01,9:00,12:00,青木 花子,個人,outside,,1,2,体操,,\n"
    + "old-3,meeting,,2026-12-02,13:00,15:00,合唱団 ひびき,団体,resident,0838-00-0000,8,,打合せ,,申請中\n"
)


@pytest.fixture
def house(store: Store) -> Store:
    keep_house(store)
    return store


def brought(store: Store, text: str = FILE) -> ImportPreview:
    rows, faulty = read_booking_file(text.encode())
    assert faulty == []
    with store.transaction(NOW) as tx:
        return import_bookings(tx, rows, by="command")


def words(lines: tuple[FaultyLine, ...] | list[FaultyLine]) -> dict[int, list[tuple[str, str]]]:
    return {each.line: [(fault.field, fault.why.value) for fault in each.faults] for each in lines}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_is_read_in_its_encoding(encoding: str) -> None:
    rows, faulty = read_booking_file(FILE.encode(encoding))
    assert (len(rows), faulty) == (3, [])
    assert rows[0].wish.units == (("chairs", 3),)
    assert (rows[1].line, rows[1].name, rows[1].state) == (3, "青木 花子", ReservationState.permitted)


def test_bookings_come_with_their_reservees_deeds_and_quiet_notices(house: Store) -> None:
    assert brought(house) == ImportPreview(3, 0, ())
    with house.reading(NOW) as tx:
        kept = {each.reservation.id: each.reservation for each in list_reservations(tx, ["old-1", "old-2", "old-3"])}
        choir = list_reservees_named(tx, ["合唱団 ひびき"])
        steps = [step.act.value for step in list_reservation_steps(tx, "old-1")]
        notices = [each.notice.payload for each in list_unsent(tx, limit=9)]
        assert list_messages(tx, "p9") == []
    assert [each.state.value for each in kept.values()] == ["permitted", "permitted", "applied"]
    assert [each.phone for each in choir] == ["0838-00-0000"]
    assert kept["old-1"].reservee_id == kept["old-3"].reservee_id == choir[0].id
    assert steps == ["apply", "permit"]
    assert len(notices) == 5
    assert all('"quiet": true' in each for each in notices)


def test_the_same_file_twice_changes_nothing_and_a_longer_one_adds(house: Store) -> None:
    brought(house)
    assert brought(house) == ImportPreview(0, 3, ())
    more = FILE + "old-4,half,,2026-12-03,09:00,12:00,合唱団 ひびき,団体,resident,0838-00-0000,20,,練習,,\n"
    assert brought(house, more) == ImportPreview(1, 3, ())
    with house.reading(NOW) as tx:
        assert len(list_reservees_named(tx, ["合唱団 ひびき"])) == 1


def test_every_line_that_is_wrong_is_named_and_nothing_is_written(house: Store) -> None:
    book(house, "r1", wish(room_id="meeting"), citizen(1))
    text = HEAD + (
        "old-1,half,,2026-12-01,09:00,12:00,甲,個人,resident,,20,,練習,,\n"
        "old-2,hall,,2026-12-01,11:00,13:00,乙,個人,nobody,,999,,練習,piano:2,\n"
        "old-1,half,,2026-12-02,09:00,12:00,甲,個人,resident,,20,,練習,,\n"
        "old-3,meeting,,2026-12-01,11:00,11:45,丙,個人,resident,,1,,練習,,\n"
        "old-4,half,,2026-11-01,09:00,12:00,甲,個人,resident,,20,,練習,,\n"
        "rounds,half,,2026-12-03,09:00,12:00,甲,個人,resident,,20,,練習,,\n"
    )
    rows, _ = read_booking_file(text.encode())
    with pytest.raises(RefusedImportError) as told, house.transaction(NOW) as tx:
        import_bookings(tx, rows, by="command")
    assert words(told.value.lines) == {
        3: [("party", "over_capacity"), ("user_class", "unknown_class"), ("from_at", "taken"), ("units", "units_left")],
        4: [("id", "id_taken")],
        5: [("until_at", "off_step"), ("from_at", "taken")],
        6: [("from_at", "past")],
        7: [("id", "id_is_address")],
    }
    with house.reading(NOW) as tx:
        assert preview_bookings(tx, rows).new == 1
        assert list_reservations(tx, ["old-1"]) == []
        assert list_reservees_named(tx, ["甲", "乙", "丙"]) == []


def test_cells_that_are_none_are_named_by_line() -> None:
    text = HEAD + (
        "A B,half,,1.12.2026,9,12:00,,誰か,resident,tel,many,,練習,chairs,いつか\n"
        '\nold-2,half,,2026-12-01,09:00,12:00,"甲\n乙",個人,resident,,1,,練習,,\n'
    )
    rows, faulty = read_booking_file(text.encode())
    assert rows == []
    assert words(faulty) == {
        2: [(name, "bad_cell") for name in ("from_at", "id", "kind", "name", "on", "party", "phone", "state", "units")],
        5: [("name", "bad_cell")],
    }


@pytest.mark.parametrize(
    "data",
    [b"\x81", b"x" * (BYTES_MAX + 1), (HEAD + "x\n" * (ROWS_MAX + 1)).encode(), (HEAD + '"open').encode()],
)
def test_what_is_no_such_file_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(BookingFaultsError) as told:
        read_booking_file(data)
    assert [fault.field for fault in told.value.faults] == ["file"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BookingFaultsError) as told:
        read_booking_file(b"id,room_id\n")
    missing = [fault.values["name"] for fault in told.value.faults if fault.why is BookingWhy.no_column]
    assert missing == [
        "利用日 (on)",
        "開始 (from_at)",
        "終了 (until_at)",
        "氏名・団体名 (name)",
        "利用者区分 (user_class)",
        "人数 (party)",
        "利用目的 (purpose)",
    ]
    assert len(missing) == len(NEEDED) - 2


def test_the_command_says_what_it_would_do_and_does_it_once(sqlite_url: str, tmp_path: Path) -> None:
    for name in ("site.yaml", "ca.crt", "server.crt"):
        (tmp_path / name).touch()
    for name in ("site.key", "server.key"):
        (tmp_path / name).touch(mode=0o600)
    config = tmp_path / "gateway.toml"
    config.write_text(
        f'database_url = "{sqlite_url}"\nsite_file = "site.yaml"\npublic_url = "http://localhost:8080"\n'
        'signing_key_file = "site.key"\nsite_key_file = "site.key"\nnames_key_file = "site.key"\n'
        'listen = "127.0.0.1:8080"\n[devices]\nlisten = "127.0.0.1:8443"\nca_file = "ca.crt"\n'
        'certificate_file = "server.crt"\nkey_file = "server.key"\n'
    )
    keep_house(Store(sqlite_url))
    file = tmp_path / "bookings.csv"
    file.write_text(FILE.replace("2026-", "2096-").replace("2096-12-02", "2096-12-03"), encoding="cp932")
    said = [
        CliRunner().invoke(app, ["import-bookings", str(file), "--config", str(config), *more])
        for more in (["--preview"], [], [])
    ]
    assert [each.exit_code for each in said] == [0, 0, 0]
    assert "3 new, 0 standing" in said[0].stdout
    assert "3 imported, 0 stood already" in said[1].stdout
    assert "0 imported, 3 stood already" in said[2].stdout
    file.write_text(FILE, encoding="utf-8")
    past = CliRunner().invoke(app, ["import-bookings", str(file), "--config", str(config)])
    assert past.exit_code == 2
    assert "2 行目 line 2 · 予約番号" in past.stderr
