"""What the centre has confirmed, and since when: the leave to prune.

A receipt is held in memory and written with the next append, for a receipt that a crash forgets is sent again, while a
sync for each would make a tap wait. Marks, one an hour, remember when which prefix was first covered, so that a record
is pruned only when a receipt that covers it has been held for the whole keep-period: until then a centre restored from
an older backup can be fed again.
"""

import apsw

from readers.storage import select

MARK_SPACING_MS = 3_600_000


class ReceiptBook:
    """The receipts of one journal file; the journal's lock guards it."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        row = select(connection, "SELECT receipted_upto, receipted_at, receipt_issued_at FROM state")[0]
        self.upto_seq: int = row[0]
        self._received_ms: int = row[1]
        self._issued_ms: int = row[2]
        self._unwritten = False

    def take(self, upto_seq: int, *, issued_ms: int, now_ms: int) -> None:
        """Take a receipt whose hash was checked.

        One issued later that covers less means that the centre lost records: they become pending again. One issued
        earlier that covers less came late and changes nothing; nor does one that says again what is known, for each
        birth brings one. It was not received before it was issued, whatever our clock says (1970 before NTP).
        """
        if upto_seq == self.upto_seq:
            self._issued_ms = max(self._issued_ms, issued_ms)
            return
        lost = upto_seq < self.upto_seq
        if lost and issued_ms <= self._issued_ms:
            return
        self._issued_ms = max(self._issued_ms, issued_ms)
        self.upto_seq, self._received_ms = upto_seq, max(now_ms, issued_ms)
        self._unwritten = True
        if lost:
            self._flush()  # a crash must not bring back leave to prune what the centre has lost

    def write(self) -> None:
        """Write what is new, inside the caller's transaction."""
        if not self._unwritten:
            return
        execute = self._connection.execute
        execute(
            "UPDATE state SET receipted_upto = ?, receipted_at = ?, receipt_issued_at = ?",
            (self.upto_seq, self._received_ms, self._issued_ms),
        )
        execute("DELETE FROM receipt_mark WHERE upto_seq > ?", (self.upto_seq,))
        execute(
            "INSERT OR IGNORE INTO receipt_mark SELECT ?1, ?2"
            # A mark from the future, made while the clock was ahead, may not keep out those of the present.
            " WHERE NOT EXISTS (SELECT 1 FROM receipt_mark WHERE received_at > ?2 - ?3 AND received_at <= ?2)",
            (self.upto_seq, self._received_ms, MARK_SPACING_MS),
        )

    def settle(self) -> None:
        """Take note that the transaction of the last :meth:`write` is committed."""
        self._unwritten = False

    def find_prunable(self, before_ms: int) -> int:
        """Give the last seq that a receipt of ``before_ms`` or earlier covers; 0 if none does."""
        self._flush()
        if self._received_ms <= before_ms:
            return self.upto_seq
        sql = "SELECT coalesce(max(upto_seq), 0) FROM receipt_mark WHERE received_at <= ?"
        return int(select(self._connection, sql, (before_ms,))[0][0])

    def _flush(self) -> None:
        if self._unwritten:
            self._connection.execute("BEGIN IMMEDIATE")
            self.write()
            self._connection.execute("COMMIT")
            self.settle()
