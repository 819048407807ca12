"""The real Store on a database in memory: same tables, same statements, one connection, nothing on a disk.

A crash of the centre keeps what was committed and nothing else, which is what SQLite and PostgreSQL promise; that they
keep it is for tests with real processes to show.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Dialect, Engine, StaticPool, create_engine, make_url

from store.tables import metadata
from store.tx import Store, Tx

_COMPILED: dict[Any, Any] = {}


class MemoryStore(Store):
    """A fresh, migrated database in memory."""

    def __init__(self) -> None:
        self.url = "sqlite://"
        self._engine = _open()
        self.raw: sqlite3.Connection = self._engine.raw_connection().driver_connection  # type: ignore[assignment]
        self.raw.deserialize(_empty())
        self.raw.execute("PRAGMA foreign_keys=ON")
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None

    def put_back(self, backup: bytes) -> None:
        """Replace everything with what was serialised before."""
        self.raw.deserialize(backup)
        self.raw.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[Tx]:
        """Open a writing transaction as the real one does; the simulation looks in right before and after COMMIT."""
        with super().transaction(now) as tx:
            yield tx
            self.before_commit()
        self.after_commit()


def _open() -> Engine:
    """Open a database of its own; all share one dialect and what SQLAlchemy has compiled, for there are thousands."""
    connect: Any = partial(sqlite3.connect, ":memory:", isolation_level=None)
    pool = StaticPool(connect)
    return Engine(pool, _dialect(), make_url("sqlite://")).execution_options(compiled_cache=_COMPILED)


@cache
def _dialect() -> Dialect:
    engine = create_engine("sqlite://", connect_args={"isolation_level": None})
    engine.connect().close()
    return engine.dialect


@cache
def _empty() -> bytes:
    """Give a migrated, empty database's bytes, made once a process: making the tables costs more than most runs."""
    engine = _open()
    metadata.create_all(engine)
    connection: Any = engine.raw_connection().driver_connection
    data: bytes = connection.serialize()
    engine.dispose()
    return data
