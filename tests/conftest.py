"""Fixtures that every layer shares: both databases, fresh and migrated for each test."""

import itertools
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from store.migrate import migrate
from store.tx import Store
from tests.servers import PostgresServer

_databases = itertools.count()

# A busy machine makes any example slow; how long one takes is for the benchmarks to say.
settings.register_profile("sekisho", deadline=None)
settings.load_profile("sekisho")


def pytest_configure() -> None:
    """Heed interrupts, which a shell has whatever it starts in the background ignore, and all that starts in turn."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the session (one per xdist worker), with a migrated template database.

    Not below pytest's own folder: each new pytest makes that private to its owner, and PostgreSQL runs as another.
    """
    with TemporaryDirectory(prefix="sekisho-postgres-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder))
        server.start()
        server.execute("CREATE DATABASE migrated")
        migrate(server.url("migrated"))
        yield server
        server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    name = f"test_{next(_databases)}"
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY wal_log")
    yield postgres_server.url(name)
    postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A fresh, migrated SQLite database file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/sekisho.db"
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The store on each of the two databases in turn."""
    opened = Store(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))
    yield opened
    opened.close()
