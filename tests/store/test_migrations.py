"""The steps' sum is the schema; two at once are harmless; a step that fails leaves nothing."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from store.migrate import SchemaError, migrate, require_schema
from store.tables import metadata
from store.tx import Store
from tests.servers import PostgresServer

NOW = datetime(2026, 11, 20, tzinfo=UTC)


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


def test_another_schema_is_refused_with_what_to_do(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with store.reading(NOW) as tx, pytest.raises(SchemaError, match="sekisho gateway migrate"):
        require_schema(tx)
