"""One transaction, one ``now``, one place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event

SQLITE_MIN = (3, 51, 3)
"""The first SQLite in which a checkpoint beside a commit of another connection cannot corrupt the file (WAL-reset)."""

WAIT_SECONDS = 15.0
"""So long a connection waits for another's write, from its first statement on."""


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction; everything in it happens at ``now`` and all of it or nothing."""

    connection: Connection
    now: datetime

    @property
    def is_postgresql(self) -> bool:
        """Tell which of the two databases this is, where a faster or stricter statement differs."""
        return self.connection.dialect.name == "postgresql"


class Store:
    """A database: ``sqlite:///path`` (WAL, synchronous FULL, one writer at a time) or ``postgresql+psycopg://…``."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = url
        self._engine = (
            _open_sqlite(url)
            if url.startswith("sqlite")
            else create_engine(url, pool_size=pool_size, hide_parameters=True)
        )

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[Tx]:
        """Open a writing transaction; commits at the end, rolls back on any exception."""
        with self._engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield Tx(connection, now)

    @contextmanager
    def reading(self, now: datetime) -> Iterator[Tx]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN")
                yield Tx(connection, now)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _open_sqlite(url: str) -> Engine:
    # The distribution's SQLite (3.40 on Debian 12) has the fault; gateway and connector share one file, so it matters.
    if sqlite.sqlite_version_info < SQLITE_MIN:
        raise RuntimeError(f"SQLite {sqlite.sqlite_version} may corrupt a shared WAL; expected 3.51.3 or later")
    # isolation_level None: the driver opens no transaction behind our back; Store says BEGIN itself.
    engine = create_engine(
        url, module=sqlite, connect_args={"isolation_level": None, "timeout": WAIT_SECONDS}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
