"""The steps' sum is the schema; two at once are harmless; a step that fails leaves nothing."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import column, insert, inspect, text
from sqlalchemy import table as lightweight

import store.migrations as migrations
from domain.access.rights import Rights
from domain.ids import LevelId
from store.board import list_last_taps
from store.door_states import DoorFacts, list_door_facts, list_reader_facts
from store.holdings import Holding, list_holdings
from store.hr_grants import list_level_grants
from store.migrate import SchemaError, migrate, require_schema
from store.people import Card, list_cards
from store.posts import list_posts
from store.rights import load_policy_inputs
from store.tables import metadata
from store.tx import Store, Tx
from tests.servers import PostgresServer

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MIGRATIONS = Path(migrations.__file__).parent


def test_the_steps_sum_up_to_the_tables(store: Store) -> None:
    with store.reading(NOW) as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_primary_keys_and_foreign_keys_are_the_tables(store: Store) -> None:
    with store.reading(NOW) as tx:
        found = inspect(tx.connection)
        for table in metadata.sorted_tables:
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            assert len(found.get_foreign_keys(table.name)) == len(table.foreign_key_constraints)


def test_migrating_twice_changes_nothing(store: Store) -> None:
    migrate(store.url)
    with store.reading(NOW) as tx:
        require_schema(tx)


def race(url: str) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_new_sqlite_waits_for_who_makes_it_longer_than_the_driver_would(tmp_path: Path) -> None:
    """The first of all statements, which makes the file's log, waited five seconds and failed on a busy machine."""
    first = sqlite.connect(tmp_path / "fresh.db", isolation_level=None, check_same_thread=False)
    first.execute("BEGIN EXCLUSIVE")
    threading.Timer(6, first.rollback).start()
    migrate(f"sqlite:///{tmp_path}/fresh.db")
    first.close()


def test_three_at_once_on_an_empty_sqlite(tmp_path: Path) -> None:
    race(f"sqlite:///{tmp_path}/fresh.db")


def test_three_at_once_on_an_empty_postgresql(postgres_server: PostgresServer) -> None:
    postgres_server.execute("CREATE DATABASE fresh")
    race(postgres_server.url("fresh"))
    postgres_server.execute("DROP DATABASE fresh WITH (FORCE)")


def test_a_failing_step_leaves_the_old_schema(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/fresh.db")
    with store.transaction(NOW) as tx:
        tx.connection.execute(text("CREATE TABLE outbox (id INTEGER)"))  # a step will stumble over it
    with pytest.raises(Exception, match="outbox"):
        migrate(store.url)
    with store.reading(NOW) as tx:
        assert inspect(tx.connection).get_table_names() == ["outbox"]
    store.close()


def first_step(url: str) -> None:
    """Bring an empty database to the schema of the first version."""
    store = Store(url)
    with store.transaction(NOW) as tx:
        configuration = Config()
        configuration.set_main_option("script_location", str(MIGRATIONS))
        configuration.set_main_option("path_separator", "os")
        configuration.attributes["connection"] = tx.connection
        command.upgrade(configuration, "0001")
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the first version on each of the two databases in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/old.db"
        first_step(url)
        yield url
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.execute("CREATE DATABASE old")
    first_step(server.url("old"))
    yield server.url("old")
    server.execute("DROP DATABASE old WITH (FORCE)")


def test_the_second_step_keeps_cards_and_what_the_board_knew(old_url: str) -> None:
    store = Store(old_url)
    with store.transaction(NOW) as tx:
        _live_a_little(tx)
    migrate(old_url)
    with store.reading(NOW) as tx:
        require_schema(tx)
        assert list_cards(tx) == [Card("a" * 32, "p1", "No.1", "lost")]
        [card] = load_policy_inputs(tx).cards
        assert (card.pin, card.escorted, card.extended, card.passback_exempt) == (None, False, False, False)
        doors = {facts.door_id: facts for facts in list_door_facts(tx)}
        assert doors["main"] == DoorFacts("main", "d1", 9, 4, at(4), contact="opened", alarm="held_open")
        assert doors["west"] == DoorFacts("west", "d1", 9, 5, at(5), lock="released")
        assert [(reader.reader_id, reader.health) for reader in list_reader_facts(tx)] == [("r1", "ready")]
        [tap] = list_last_taps(tx)
        assert (tap.access_point_id, tap.occurred_at, tap.person_id) == ("main_in", at(6), "p1")
    store.close()


def test_the_third_step_keeps_levels_departments_and_holders(old_url: str) -> None:
    store = Store(old_url)
    with store.transaction(NOW) as tx:
        _live_a_little(tx)
        tx.connection.execute(text("INSERT INTO level_grant (person_id, level_id) VALUES ('p1', 'staff')"))
    migrate(old_url)
    with store.reading(NOW) as tx:
        assert list_level_grants(tx) == {"p1": {"staff"}}
        assert load_policy_inputs(tx).rights == {"p1": Rights((LevelId("staff"),))}
        assert [(post.department_id, post.kind, post.from_on) for post in list_posts(tx, "p1")] == [
            ("x", "regular", None)
        ]
        assert list_holdings(tx, ["a" * 32]) == [Holding("a" * 32, "p1", None, None)]
    store.close()


def at(seq: int) -> datetime:
    return NOW + timedelta(seconds=seq)


def _live_a_little(tx: Tx) -> None:
    """What the first version's program leaves behind."""
    person = {"id": "p1", "name": "青木 太郎", "kana": "アオキ タロウ", "department_id": "x", "employment": "full_time"}
    card = {"token": "a" * 32, "person_id": "p1", "label": "No.1", "status": "lost"}
    for table, row in (
        ("department", {"id": "x", "name": "総務課"}),
        ("person", {**person, "is_manager": False}),
        ("credential", card),
        ("device", {"id": "d1", "public_key": "A" * 44, "state": "active", "enrolled_at": NOW}),
    ):
        _insert(tx, table, row)
    told: list[tuple[int, str, dict[str, str]]] = [
        (1, "reader.reported", {"reader": "r1", "health": "ready", "cause": ""}),
        (2, "door.moved", {"door": "main", "state": "closed"}),
        (3, "door.moved", {"door": "main", "state": "opened"}),
        (4, "door.moved", {"door": "main", "state": "held_open"}),
        (5, "door.moved", {"door": "west", "state": "released"}),
        (6, "tap.observed", {}),
    ]
    for epoch, moved in ((9, told), (3, [(1, "door.moved", {"door": "main", "state": "forced_open"})])):
        for seq, kind, body in moved:
            tapped = (
                {"access_point_id": "main_in", "person_id": "p1", "granted": True} if kind == "tap.observed" else {}
            )
            when = at(seq) if epoch == 9 else at(0)
            record = {"kind": kind, "occurred_at": when, "received_at": NOW, "live": True, "hash": b""}
            key = {"device_id": "d1", "epoch": epoch, "seq": seq, "body": json.dumps(body).encode()}
            _insert(tx, "record", key | record | tapped)
        mark = {"upto_seq": len(moved), "head": b"", "complete_through_at": at(len(moved) if epoch == 9 else 0)}
        _insert(tx, "watermark", {"device_id": "d1", "epoch": epoch} | mark)


def _insert(tx: Tx, table: str, row: dict[str, object]) -> None:
    columns = [column(name, metadata.tables[table].c[name].type) for name in row]
    tx.connection.execute(insert(lightweight(table, *columns)).values(row))


def test_another_schema_is_refused_with_what_to_do(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with store.reading(NOW) as tx, pytest.raises(SchemaError, match="sekisho gateway migrate"):
        require_schema(tx)
