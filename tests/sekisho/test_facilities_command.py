"""``sekisho facilities``: a file is checked field by field and imported in one go; again, it changes nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import insert
from typer.testing import CliRunner

from domain.civil import civil_minute, instant
from domain.facilities.opening import SpecialDays, SpecialKind
from gateway.bookings.facility_rules import load_facility_rules, load_houses
from gateway.operations.facilities.close_days import close_days
from gateway.site.layout import FIRMWARE_CONFIGS
from sekisho.facilities import app
from store.facility_changes import list_changes
from store.reservation_tables import reservation, reservee
from store.tables import department
from store.tx import Store

EXAMPLE = FIRMWARE_CONFIGS / "facilities" / "shimin-kan.yaml"
NOW = datetime.now(UTC)


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    """A gateway's settings that know the database, and nothing else that these commands need."""
    for name in ("site.yaml", "ca.crt", "server.crt"):
        (tmp_path / name).touch()
    for name in ("site.key", "server.key"):
        (tmp_path / name).touch(mode=0o600)
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'database_url = "{sqlite_url}"\nsite_file = "site.yaml"\npublic_url = "http://localhost:8080"\n'
        'signing_key_file = "site.key"\nsite_key_file = "site.key"\nnames_key_file = "site.key"\n'
        'listen = "127.0.0.1:8080"\n[devices]\nlisten = "127.0.0.1:8443"\nca_file = "ca.crt"\n'
        'certificate_file = "server.crt"\nkey_file = "server.key"\n'
    )
    store = Store(sqlite_url)
    with store.transaction(NOW) as tx:
        tx.connection.execute(insert(department).values(id="shisetsu", name="施設管理課"))
    store.close()
    return file


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def imported(config: Path, file: Path = EXAMPLE, *more: str) -> Any:
    return run("import", file, "--config", config, *more)


def changed(tmp_path: Path, **changes: Any) -> Path:
    """The example with some of its sections otherwise."""
    said = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")) | changes
    file = tmp_path / "changed.yaml"
    file.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def open_store(config: Path) -> Store:
    return Store(config.read_text().partition('database_url = "')[2].partition('"')[0])


def test_the_example_is_checked_imported_and_imported_again(config: Path) -> None:
    checked = run("check", EXAMPLE)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "7 部屋 rooms" in checked.stdout
    first = imported(config)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "+ 部屋 room hall\n" in first.stdout
    again = imported(config)
    assert (again.exit_code, again.stdout) == (0, "変わったところはありません / nothing changed\n")
    store = open_store(config)
    with store.reading(NOW) as tx:
        rules = load_facility_rules(tx)["shimin-kan"]
        assert rules.room("hall").spaces == ("hall-east", "hall-west")  # type: ignore[union-attr]
        assert [room.id for room in rules.rooms][:3] == ["hall-east", "hall-west", "hall"]
        assert (len(rules.slots), len(rules.windows), len(rules.quotas), len(rules.terms)) == (16, 5, 4, 1)
        assert {each.changed_by for each in list_changes(tx, "shimin-kan", limit=999)} == {"command"}
        monday = datetime(2027, 4, 12).date()
        days = load_houses(tx, monday, monday).open_days([monday])
        assert {id_: day.windows for (id_, _), day in days.items() if day.windows} == {"meeting-1": ((360, 1380),)}
    store.close()


def test_a_changed_file_tells_what_it_changes_and_what_it_does_not_have(config: Path, tmp_path: Path) -> None:
    imported(config)
    said = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    said["rooms"][3]["capacity"] = 20
    file = changed(tmp_path, rooms=said["rooms"][:4], equipment=said["equipment"][1:3], closures=[], fees={"a": 1})
    file.write_text(file.read_text(encoding="utf-8").replace("room: gym", "room: meeting-1"), encoding="utf-8")
    done = imported(config, file)
    assert done.exit_code == 0, done.stderr
    assert "~ 部屋 room meeting-1\n" in done.stdout
    assert "- 休館日 closure shimin-kan-closure-1\n" in done.stdout
    assert "= 部屋 room gym: ファイルにありません" in done.stdout
    assert "= 備品 equipment piano" in done.stdout
    assert "fees are not read from here" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("capacity: 320", "capacity: 0", "rooms[2].capacity: 1〜99999"),
        ("capacity: 320", 'capacity: "many"', "rooms[2].capacity: 整数にしてください"),
        ("made_of: [hall-east, hall-west]", "made_of: [hall-east, attic]", "rooms[2].made_of: attic という部屋は"),
        ("made_of: [hall-east, hall-west]", "made_of: [hall]", "rooms[2].made_of: 区画がありません"),
        ("minutes_max: 780", "minutes_max: 781", "rooms[2].minutes_max: 予約の単位"),
        (
            'opens: "18:00", closes: "22:00"}\n      - {id: hall-daytime',
            'opens: "18:00", closes: "22:30"}\n      - {id: hall-daytime',
            "rooms[2].slots[2].opens: 開館時間の外",
        ),
        ('"10:00", closes: "20:00"', '"20:00", closes: "10:00"', "rooms[5].hours[0].closes"),
        ("kind: monthly", "kind: fortnightly", "closures[2].kind"),
        ('from_day: "12-29"', 'from_day: "02-30"', "closures[1].from_day: 暦にある月日"),
        ("user_class: reduced}", "user_class: friends}", "quotas[2].user_class: friends という利用者区分"),
        ('days: 7, at: "17:00"}\n    no_shows', "days: 7}\n    no_shows", "days と at、または minutes_before"),
        ("block_days: 60", "block_days: 0", "terms[0].block_days: 停止する日数"),
        ("opens: {by: days, before: 30", "opens: {by: days, before: 2000", "windows[4].opens: 0〜1100"),
    ],
)
def test_every_fault_names_line_field_and_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file = tmp_path / "faulty.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused = run("check", file)
    assert refused.exit_code == 2
    line = next(line for line in refused.stderr.splitlines() if told in line)
    assert int(line.split(":")[1]) > 1
    assert " / " in line


def test_a_city_without_the_department_is_told_where_it_is_named(config: Path, tmp_path: Path) -> None:
    said = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    refused = imported(config, changed(tmp_path, facility=said["facility"] | {"department": "moon"}))
    assert refused.exit_code == 2
    assert "facility.department: moon という所属はありません" in refused.stderr
    store = open_store(config)
    with store.reading(NOW) as tx:
        assert load_facility_rules(tx) == {}
    store.close()


def test_a_closure_meets_reservations_and_special_days_of_the_page_stay(config: Path, tmp_path: Path) -> None:
    imported(config, changed(tmp_path, special_days=[]))
    on = civil_minute(NOW)[0] + timedelta(days=30)
    store = open_store(config)
    with store.transaction(NOW) as tx:
        close_days(tx, "shimin-kan", SpecialDays("mine", SpecialKind.opened, on, on, "催し"), by="sato")
        texts = ("name", "kana", "contact_name", "email", "phone", "registered_by", "blocked_reason")
        who = dict.fromkeys(texts, "") | {"kind": "citizen", "user_class": "resident", "registered_at": NOW}
        tx.connection.execute(insert(reservee).values(id="u", **who))
        what = {"party": 1, "purpose": "", "state": "applied", "version": 1, "made_by": "self", "made_at": NOW}
        ids = {"id": "r", "room_id": "meeting-1", "reservee_id": "u", "user_class": "resident"}
        times = {"from_at": instant(on, 600), "until_at": instant(on, 720)}
        tx.connection.execute(insert(reservation).values(**ids, **times, **what))
    store.close()
    closed = {"kind": "closed", "first_on": on, "reason": "工事", "room": "meeting-1"}
    file = changed(tmp_path, special_days=[closed])
    refused = imported(config, file)
    assert refused.exit_code == 2
    assert "1 件" in refused.stderr
    done = imported(config, file, "--even-so")
    assert done.exit_code == 0, done.stderr
    assert "+ 臨時の開館・休館 special days shimin-kan-special-1\n" in done.stdout
    assert "= 臨時の開館・休館 special days mine: " in done.stdout


def test_a_room_s_area_must_stand_in_the_description_of_the_site(config: Path, tmp_path: Path) -> None:
    site = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
    (tmp_path / "site.yaml").write_text(site.read_text(encoding="utf-8"), encoding="utf-8")
    rooms = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["rooms"]
    index = next(number for number, room in enumerate(rooms) if not room.get("made_of"))
    rooms[index]["area"] = "cellar"
    refused = imported(config, changed(tmp_path, rooms=rooms))
    assert refused.exit_code == 2
    assert f"rooms[{index}].area: cellar という区域はサイトの設定にありません" in refused.stderr
    rooms[index]["area"] = "hall"
    card = [{"ways": ["card"], "room": rooms[index]["id"]}]
    refused = imported(config, changed(tmp_path, rooms=rooms, entry=card))
    assert f"rooms[{index}].area: サイトの設定で区域 hall に booked_level" in refused.stderr
    assert imported(config, changed(tmp_path, rooms=rooms)).exit_code == 0
