"""The keys' desk on each of the two databases; SQLite's file is a copy of one that was migrated once."""

import shutil
from pathlib import Path

import pytest

from store.migrate import migrate
from store.tx import Store
from tests.gateway.keys.keyroom import NINE, put_keyroom


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database that nobody has opened since."""
    path = tmp_path_factory.mktemp("migrated") / "sekisho.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database file."""
    shutil.copyfile(migrated_file, tmp_path / "sekisho.db")
    return f"sqlite:///{tmp_path}/sekisho.db"


@pytest.fixture
def room(store: Store) -> Store:
    """A store with the keys' desk of ``keyroom``."""
    with store.transaction(NINE) as tx:
        put_keyroom(tx)
    return store
