"""Brings a database to the schema of this version: alembic's steps, one process at a time, all of them or none."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from store.tx import Store, Tx

_LOCK = 0x5E_C1_50
"""The advisory lock of PostgreSQL under which schemas change; SQLite's writer lock does it there."""


class SchemaError(Exception):
    """The database is not of the schema that this version works on."""


def migrate(url: str) -> None:
    """Create or upgrade the database at ``url``; two at once are harmless, a killed one leaves the old schema."""
    store = Store(url, pool_size=1)
    try:
        with store.transaction(datetime.now(UTC)) as tx:  # on SQLite the writer lock is held from here on
            if tx.is_postgresql:
                tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            configuration = _configuration()
            configuration.attributes["connection"] = tx.connection
            command.upgrade(configuration, "head")
    finally:
        store.close()


def require_schema(tx: Tx) -> None:
    """Check that the database is exactly of this version's schema.

    Raises:
        SchemaError: it is older (run the migration) or newer (run the newer program).
    """
    found = MigrationContext.configure(tx.connection).get_current_revision()
    expected = ScriptDirectory.from_config(_configuration()).get_current_head()
    if found != expected:
        raise SchemaError(
            f"データベースの版が合いません（{found} → {expected}）。`sekisho gateway migrate` を実行してください / "
            f"the database is at schema {found}, this version works on {expected}: run `sekisho gateway migrate`"
        )


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration
