"""The edge's journal: what is appended here has survived a power cut when ``append`` returns, and is never edited.

Each record's seq comes from a counter row in the same transaction, never from the rows (pruning removes rows), and its
hash covers the one before. One connection does everything under one short lock: the decision thread appends, the link
thread reads a batch in well under a millisecond. It stays one module because what one lock guards belongs before
one pair of eyes.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import apsw

from contract.chain import chain_step
from contract.receipts import Receipt
from domain.ids import DeviceId
from readers.receipt_book import ReceiptBook
from readers.space import Reserve
from readers.storage import JournalError, JournalFailedError, JournalOwnedError, open_storage, select

__all__ = ["Journal", "JournalError", "JournalFailedError", "JournalOwnedError", "ReceiptDivergesError"]

CHECKPOINT_PAGES = 1000
"""WAL pages (4 KiB) after which an idle moment is used to move them into the database."""

CHECKPOINT_PAGES_MAX = 8000
"""WAL pages after which an append moves them itself, idle or not, so that the disk stays bounded."""

PRUNE_ROWS_MAX = 500
"""Rows deleted in one transaction: what a tap may have to wait for."""

_T = TypeVar("_T")


class ReceiptDivergesError(JournalError):
    """A receipt does not fit this journal. ``rolled_back``: the centre holds more than we do, so our storage is old."""

    def __init__(self, detail: str, *, rolled_back: bool = False) -> None:
        super().__init__(detail)
        self.rolled_back = rolled_back


class Journal:
    """An open journal; use :meth:`open`. Safe to call from several threads."""

    def __init__(self, connection: apsw.Connection, path: Path, *, set_aside: str, reserve: Reserve | None) -> None:
        self.set_aside = set_aside
        """Why older storage was put away when this journal was opened; empty if it was not."""
        self._connection = connection
        self._path = path
        self._reserve = reserve
        self._lock = threading.Lock()
        self._failure: str | None = None
        self._wal_pages = 0
        connection.set_wal_hook(self._count_wal)
        row = select(connection, "SELECT epoch, previous_epoch, first_seq, base, next_seq, head FROM state")[0]
        self.epoch: int = row[0]
        self.previous_epoch: int | None = row[1]
        self.first_seq: int = row[2]
        self._base: bytes = row[3]
        self.next_seq: int = row[4]
        self._head: bytes = row[5]
        self._receipts = ReceiptBook(connection)
        self._inodes = self._look_up_inodes()

    @classmethod
    def open(
        cls,
        path: Path,
        device: DeviceId,
        *,
        new_epoch: int,
        vfs: str | None = None,
        reserve: Reserve | None = None,
    ) -> "Journal":
        """Open the journal of ``device`` at ``path``, or begin one with ``new_epoch`` if there is none to trust.

        Args:
            path: the database file; ``-wal`` stands beside it.
            device: whose journal it is; another device's is refused.
            new_epoch: the name of a journal begun now, drawn at random by the caller (1 to 2**48).
            vfs: an APSW VFS by name, for tests that own the disk.
            reserve: space that is given up when the disk is full.

        Raises:
            JournalOwnedError: another process has it open.
            JournalFailedError: the disk refuses.
            JournalError: it belongs to another device or to newer software.
        """
        storage = open_storage(Path(path), device, new_epoch=new_epoch, vfs=vfs)
        return cls(storage.connection, Path(path), set_aside=storage.set_aside, reserve=reserve)

    @property
    def receipted_upto(self) -> int:
        """The last record that the centre is known to hold; 0 for none."""
        return self._receipts.upto_seq

    def append(self, lines: Sequence[bytes], now: datetime) -> int:
        """Write ``lines`` as the next records in one transaction; gives the last one's seq. Durable when it returns.

        Raises:
            JournalFailedError: the disk refused. Nothing of this call counts as recorded, though it may be found after
                a restart; from here on this object refuses everything.
        """
        with self._lock:
            return self._guarded(lambda: self._append(lines, _to_ms(now)))

    def pending(self, after_seq: int, limit: int, bytes_max: int) -> list[tuple[int, bytes]]:
        """Give the records behind ``after_seq`` in order as (seq, line): at most ``limit``, at most ``bytes_max``.

        A single record longer than ``bytes_max`` is given alone, so that it cannot block what follows.
        """
        rows: list[tuple[int, bytes]] = []
        room = bytes_max
        with self._lock:
            for seq, line in self._guarded(lambda: self._select_after(after_seq, limit)):
                room -= len(line) + 1
                if room < 0 and rows:
                    break
                rows.append((seq, line))
        return rows

    def head_at(self, seq: int) -> bytes:
        """Give the chain hash of record ``seq``; of ``first_seq - 1`` the hash that the first held record follows.

        Raises:
            JournalError: the record is not held.
        """
        with self._lock:
            return self._guarded(lambda: self._head_at(seq))

    def record_receipt(self, receipt: Receipt, now: datetime) -> None:
        """Take note that the centre holds our records through ``receipt.upto_seq``; its signature is checked before.

        A receipt issued later than the last one that covers less means that the centre lost records: they become
        pending again. An older receipt that comes late changes nothing.

        Raises:
            ReceiptDivergesError: it is another device's or epoch's, its hash is not our chain's, or it covers more than
                we ever wrote (then the next opening puts this storage aside and begins a new epoch).
        """
        with self._lock:
            self._guarded(lambda: self._record_receipt(receipt, _to_ms(now)))

    def prune(self, now: datetime, keep: timedelta) -> int:
        """Delete records that a receipt held for at least ``keep`` covers; gives how many."""
        with self._lock:
            upto = self._guarded(lambda: self._receipts.find_prunable(_to_ms(now - keep)))
        pruned = 0
        while self.first_seq <= upto:
            with self._lock:
                pruned += self._guarded(lambda: self._prune(min(upto, self.first_seq + PRUNE_ROWS_MAX - 1)))
        return pruned

    def checkpoint(self) -> bool:
        """Move the WAL into the database if it has grown; gives whether it had. For idle moments."""
        with self._lock:
            if self._wal_pages < CHECKPOINT_PAGES:
                return False
            self._guarded(self._checkpoint)
            return True

    def close(self) -> None:
        """Give the file back; equal to a crash as far as the records go."""
        with self._lock:
            self._failure = self._failure or "closed"
            self._connection.close()

    def _guarded(self, work: Callable[[], _T]) -> _T:
        """Run one piece of work; whatever the disk refuses ends this object, for no sync may ever be tried twice."""
        if self._failure is not None:
            raise JournalFailedError(self._failure)
        try:
            try:
                return work()
            except apsw.FullError:
                # Nothing was synced yet, so trying again is safe, unlike after a failed sync.
                if self._reserve is None or not self._reserve.give_up():
                    raise
                self._roll_back()
                return work()
        except (apsw.Error, OSError) as error:
            self._failure = f"the journal failed: {error}"
            raise JournalFailedError(self._failure) from error

    def _append(self, lines: Sequence[bytes], now_ms: int) -> int:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        seq, head = select(self._connection, "SELECT next_seq, head FROM state")[0]
        for line in lines:
            head = chain_step(head, line)
            execute("INSERT INTO record VALUES (?, ?, ?, ?)", (seq, line, head, now_ms))
            seq += 1
        execute("UPDATE state SET next_seq = ?, head = ?", (seq, head))
        self._receipts.write()
        execute("COMMIT")
        self._receipts.settle()
        self._require_same_files()
        self.next_seq, self._head = seq, head
        if self._wal_pages >= CHECKPOINT_PAGES_MAX:
            self._checkpoint()
        return int(seq) - 1

    def _select_after(self, after_seq: int, limit: int) -> list[tuple[int, bytes]]:
        sql = "SELECT seq, line FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
        return select(self._connection, sql, (after_seq, limit))

    def _head_at(self, seq: int) -> bytes:
        if seq == self.first_seq - 1:
            return self._base
        if seq == self.next_seq - 1:
            return self._head
        found = select(self._connection, "SELECT hash FROM record WHERE seq = ?", (seq,))
        if not found:
            raise JournalError(f"record {seq} is not held; the journal holds {self.first_seq} to {self.next_seq - 1}")
        return bytes(found[0][0])

    def _record_receipt(self, receipt: Receipt, now_ms: int) -> None:
        if receipt.epoch != self.epoch:
            raise ReceiptDivergesError(f"the receipt is for epoch {receipt.epoch}, this journal's is {self.epoch}")
        if receipt.upto_seq >= self.next_seq:
            self._connection.execute("UPDATE state SET condemned = 1")
            self._failure = "the storage was rolled back; it is put aside at the next start"
            detail = f"the centre holds {receipt.upto_seq} records, this storage only {self.next_seq - 1}"
            raise ReceiptDivergesError(detail, rolled_back=True)
        if receipt.upto_seq < self.first_seq - 1:
            detail = f"the centre holds {receipt.upto_seq} records; those to {self.first_seq - 1} are pruned here"
            raise ReceiptDivergesError(detail)
        if self._head_at(receipt.upto_seq).hex() != receipt.head:
            raise ReceiptDivergesError(f"the centre's record {receipt.upto_seq} is not ours")
        self._receipts.take(receipt.upto_seq, issued_ms=_to_ms(receipt.issued_at), now_ms=now_ms)

    def _prune(self, upto: int) -> int:
        base = self._head_at(upto)
        count = upto - self.first_seq + 1
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute("DELETE FROM record WHERE seq <= ?", (upto,))
        execute("DELETE FROM receipt_mark WHERE upto_seq < ?", (upto,))
        execute("UPDATE state SET first_seq = ?, base = ?", (upto + 1, base))
        execute("COMMIT")
        self.first_seq, self._base = upto + 1, base
        return count

    def _checkpoint(self) -> None:
        self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._wal_pages = 0

    def _count_wal(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _look_up_inodes(self) -> list[tuple[Path, int]]:
        files = (self._path, Path(f"{self._path}-wal"))
        return [(file, file.stat().st_ino) for file in files if file.exists()]

    def _require_same_files(self) -> None:
        """A file that was moved or deleted under us still takes writes, but the next start would not find them."""
        for file, inode in self._inodes:
            if file.stat().st_ino != inode:
                raise OSError(f"{file} was replaced while in use")


def _to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
