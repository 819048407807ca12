"""The journal's file: opened by one owner, its chain checked, or set aside and begun anew.

Theory of operation. The file is a SQLite database in WAL mode with ``synchronous=FULL``: when COMMIT returns, the
record has survived a power cut. ``locking_mode=EXCLUSIVE`` keeps the file lock for the owner's life (and needs no
shared-memory file), so a second agent on one journal is refused instead of writing a second truth. Checkpoints happen
when we say so, never inside a tap. Nothing is ever deleted: a file that cannot be trusted is renamed to
``<name>.aside-<epoch of the new file>`` for a person to look at.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from contract.chain import chain_start, chain_step
from domain.ids import DeviceId

LAYOUT = 1
"""``user_version`` of the file."""

SCHEMA = """
CREATE TABLE record(
  seq INTEGER PRIMARY KEY, line BLOB NOT NULL, hash BLOB NOT NULL, journaled_at INTEGER NOT NULL
);
CREATE TABLE state(
  id INTEGER PRIMARY KEY CHECK (id = 1), device TEXT NOT NULL, epoch INTEGER NOT NULL, previous_epoch INTEGER,
  first_seq INTEGER NOT NULL, base BLOB NOT NULL, next_seq INTEGER NOT NULL, head BLOB NOT NULL,
  receipted_upto INTEGER NOT NULL, receipted_at INTEGER NOT NULL, receipt_issued_at INTEGER NOT NULL,
  condemned INTEGER NOT NULL
);
CREATE TABLE receipt_mark(upto_seq INTEGER PRIMARY KEY, received_at INTEGER NOT NULL);
"""


def select(connection: apsw.Connection, sql: str, values: tuple[int, ...] = ()) -> list[Any]:
    """Give all rows of a query; the schema above says what they hold."""
    return connection.execute(sql, values).fetchall()


class JournalError(Exception):
    """The journal cannot be used; the text says why and what to do."""


class JournalOwnedError(JournalError):
    """Another process holds this journal."""


class JournalFailedError(JournalError):
    """Writing failed: nothing after the last returned append is recorded, and this object refuses everything."""


class _UntrustedError(Exception):
    """The file is no sound journal any more; ``epoch`` is its epoch where that can still be read."""

    def __init__(self, cause: str, epoch: int | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.epoch = epoch


@dataclass(frozen=True, slots=True)
class Storage:
    """An opened file; ``set_aside`` says why this opening put older storage away, or is empty."""

    connection: apsw.Connection
    set_aside: str


def open_storage(path: Path, device: DeviceId, *, new_epoch: int, vfs: str | None) -> Storage:
    """Open or begin the journal file of ``device`` at ``path``; ``new_epoch`` names it if it is begun.

    Raises:
        JournalOwnedError: another process has it open.
        JournalError: it belongs to another device or to newer software.
        JournalFailedError: the disk refuses.
    """
    try:
        _put_orphan_aside(path, new_epoch)
        try:
            return Storage(_open_or_begin(path, device, new_epoch, vfs), "")
        except _UntrustedError as untrusted:
            cause, previous_epoch = untrusted.cause, untrusted.epoch
        except (apsw.CorruptError, apsw.NotADBError) as corrupt:
            cause, previous_epoch = f"the file is damaged: {corrupt}", None
        _put_aside(path, new_epoch)
        connection = _connect(path, vfs)
        _begin(connection, device, new_epoch, previous_epoch=previous_epoch)
        return Storage(connection, cause)
    except (apsw.BusyError, apsw.LockedError) as busy:
        raise JournalOwnedError(f"{path}: 別のプロセスが使用中です / another process holds this journal") from busy
    except (apsw.Error, OSError) as error:
        raise JournalFailedError(f"{path}: cannot be opened: {error}") from error


def _open_or_begin(path: Path, device: DeviceId, new_epoch: int, vfs: str | None) -> apsw.Connection:
    connection = _connect(path, vfs)
    try:
        layout = connection.pragma("user_version")
        if layout == 0 and not select(connection, "SELECT 1 FROM sqlite_schema LIMIT 1"):
            _begin(connection, device, new_epoch, previous_epoch=None)
        else:
            _require_sound(connection, device)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(path: Path, vfs: str | None) -> apsw.Connection:
    connection = apsw.Connection(str(path), vfs=vfs)
    try:
        # Closing must neither checkpoint nor delete: stopping is a crash like any other, and evidence stays.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.wal_autocheckpoint(0)
        # EXTRA while the file turns to WAL: it makes the removal of the rollback journal durable too. Were that journal
        # there again after a power cut, it would undo the turn, and every record in the WAL would be out of reach.
        for pragma in ("locking_mode=EXCLUSIVE", "synchronous=EXTRA", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # takes the lock that EXCLUSIVE keeps
    except BaseException:
        connection.close()
        raise
    return connection


def _require_sound(connection: apsw.Connection, device: DeviceId) -> None:
    layout = connection.pragma("user_version")
    if layout != LAYOUT:
        raise JournalError(f"the journal has layout {layout}, this software reads {LAYOUT}; update the software")
    structure = select(connection, "PRAGMA quick_check(1)")[0][0]
    rows = select(connection, "SELECT device, epoch, condemned FROM state")
    if len(rows) != 1:
        raise _UntrustedError("the state row is missing")
    owner, epoch, condemned = rows[0]
    if structure != "ok":
        raise _UntrustedError(f"structure check: {structure}", epoch)
    if owner != device:
        raise JournalError(f"the journal belongs to device {owner}, this is {device}; the storage was swapped")
    if condemned:
        raise _UntrustedError("the centre holds more records than this storage: it was rolled back", epoch)
    broken_at = _find_break(connection)
    if broken_at:
        raise _UntrustedError(f"the chain breaks at record {broken_at}", epoch)


def _find_break(connection: apsw.Connection) -> int:
    """Give the first record behind the receipted ones that the chain or the counter contradicts; 0 if none."""
    sql = "SELECT device, epoch, first_seq, base, next_seq, head, receipted_upto FROM state"
    device, epoch, first_seq, previous, next_seq, head, after = select(connection, sql)[0]
    if first_seq == 1 and previous != chain_start(device, epoch):
        return 1
    if after >= first_seq:
        found = select(connection, "SELECT hash FROM record WHERE seq = ?", (after,))
        previous = found[0][0] if found else b""
    for row in connection.execute("SELECT seq, line, hash FROM record WHERE seq > ? ORDER BY seq", (after,)):
        kept: Any = row
        after += 1
        previous = chain_step(previous, kept[1])
        if (after, previous) != (kept[0], kept[2]):
            return int(after)
    return 0 if (after + 1, previous) == (next_seq, head) else int(after) + 1


def _begin(connection: apsw.Connection, device: DeviceId, epoch: int, *, previous_epoch: int | None) -> None:
    start = chain_start(device, epoch)
    with connection:
        connection.execute(SCHEMA)
        connection.execute(
            "INSERT INTO state VALUES (1, ?, ?, ?, 1, ?, 1, ?, 0, 0, 0, 0)",
            (device, epoch, previous_epoch, start, start),
        )
        connection.execute(f"PRAGMA user_version = {LAYOUT}")


def _put_aside(path: Path, tag: int) -> None:
    # The database first: should power go between the two, the orphaned WAL is put beside it at the next opening,
    # while a database without its WAL would look like a shorter, sound journal.
    path.rename(f"{path}.aside-{tag}")
    wal = Path(f"{path}-wal")
    if wal.exists():
        wal.rename(f"{path}.aside-{tag}-wal")
    _sync_directory(path.parent)


def _put_orphan_aside(path: Path, tag: int) -> None:
    wal = Path(f"{path}-wal")
    if wal.exists() and not path.exists():
        wal.rename(f"{path}.aside-{tag}-wal")


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
