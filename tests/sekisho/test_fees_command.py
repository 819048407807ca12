"""``sekisho fees``: the example is whole and valid, wrong files are refused by field, importing twice is once."""

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import insert
from typer.testing import CliRunner

from contract.fee_tables import fee_table_schema, read_fee_toml
from domain.civil import parse_clock
from domain.facilities.check_fee_table import check_fee_table
from domain.facilities.fee_quote import FeeWish
from domain.facilities.fees import price_wish
from gateway.bookings.facility_file import load_facility_file
from gateway.bookings.file_rules import lay_down
from gateway.operations.facilities.import_facility import import_facility
from gateway.site.layout import FIRMWARE_CONFIGS
from sekisho.fees import app
from store.fees import list_fee_tables
from store.tables import department
from store.tx import Store

EXAMPLE = FIRMWARE_CONFIGS / "fees" / "shimin-kan.toml"
FACILITY = FIRMWARE_CONFIGS / "facilities" / "shimin-kan.yaml"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    """A gateway's settings whose database has the facility of the example."""
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
        import_facility(tx, lay_down(load_facility_file(FACILITY)[0]), by="kanri")
    store.close()
    return file


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_example_is_valid_and_fits_its_schema() -> None:
    done = run("check", EXAMPLE)
    assert (done.exit_code, "valid" in done.stdout) == (0, True)
    schema = json.loads(fee_table_schema()["fee_table.schema.json"])
    plain = json.loads(json.dumps(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")), default=str))
    Draft202012Validator(schema).validate(plain)


def test_every_slot_and_room_of_the_example_has_a_price() -> None:
    table = read_fee_toml(EXAMPLE.read_bytes())
    rules = lay_down(load_facility_file(FACILITY)[0]).rules
    slotted = {slot.room_id for slot in rules.slots}
    for on, is_holiday in ((date(2026, 7, 1), False), (date(2026, 7, 4), False), (date(2026, 7, 20), True)):
        wishes = [
            FeeWish(*(slot.room_id, on, is_holiday, slot.from_minute, slot.to_minute, "other", "profit"), slot=span)
            for slot in rules.slots
            for span in [(slot.id, slot.from_minute, slot.to_minute)]
        ]
        free = (parse_clock("10:00"), parse_clock("20:00"), "resident", "general")
        wishes += [FeeWish(room.id, on, is_holiday, *free) for room in rules.rooms if room.id not in slotted]
        assert len({wish.room_id for wish in wishes}) == len(rules.rooms)
        assert all(price_wish(wish, table).total_yen > 0 for wish in wishes)
    things = {rate.subject for rate in table.rates if rate.charge == "equipment"}
    assert things == {each.id for each in rules.equipment}
    assert check_fee_table(table) == ()


def test_importing_twice_is_one_version(config: Path, sqlite_url: str) -> None:
    for version in (1, 1):
        done = run("import", EXAMPLE, "--config", config)
        assert (done.exit_code, f"version {version}" in done.stdout) == (0, True), done.output
    store = Store(sqlite_url)
    with store.reading(NOW) as tx:
        assert [(each.id, each.version, each.kept_by) for each in list_fee_tables(tx, "shimin-kan")] == [
            ("shimin-kan-r8", 1, "command")
        ]
    store.close()


def test_wrong_files_are_refused_by_field(config: Path, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new, told in (
        ('charge = "extra"', 'charge = "extras"', "rates.18.charge"),
        ('slots = ["hall-morning"], days = ["sat", "sun", "holiday"]', 'slots = ["hall-morning"]', "two rows"),
        ('user_classes = ["other"]', 'user_classes = ["alien"]', "no such user class"),
        ("name =", "name", "TOML"),
    ):
        file = tmp_path / "wrong.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        done = run("check", file)
        assert (done.exit_code, told in done.stderr) == (2, True), done.output
    file.write_text(text.replace('rooms = ["gym"]', 'rooms = ["pool"]'), encoding="utf-8")
    done = run("import", file, "--config", config)
    assert (done.exit_code, "no such room" in done.stderr) == (2, True)
    assert run("import", EXAMPLE, "--config", tmp_path / "none.toml").exit_code == 2
    assert run("check", tmp_path / "none.toml").exit_code == 2
