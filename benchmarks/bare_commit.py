"""The baseline of everything that is recorded: what the disk and SQLite alone take for one durable row."""

import time
from pathlib import Path

import apsw

LINE = b"x" * 480
"""As long as a tap's record."""


class BareCommits:
    """One table in WAL with synchronous=FULL, held alone, as the journal's."""

    def __init__(self, folder: Path) -> None:
        self._connection = apsw.Connection(str(folder / "bare.db"))
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "locking_mode=EXCLUSIVE"):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.execute("CREATE TABLE row(seq INTEGER PRIMARY KEY, line BLOB)")

    def commit(self) -> None:
        """Insert a row and commit it."""
        self._connection.execute("INSERT INTO row(line) VALUES (?)", (LINE,))

    def time(self) -> float:
        """Do so; gives the seconds it took."""
        begun = time.perf_counter()
        self.commit()
        return time.perf_counter() - begun

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
