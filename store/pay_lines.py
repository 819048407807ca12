"""Pay lines: each figure handed to payroll, written before it is sent, and how far it is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.attendance.pay_line import LineState, PayLine, PayRow
from store.closing_tables import pay_line
from store.tx import Tx

LINES_AT_ONCE = 2000
"""Rows in one statement; SQLite takes 32,766 parameters."""


class LinesStandError(Exception):
    """Another batch has some of the lines already; nothing of this one may be written."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(
            f"別の連携データに同じ明細があります。作り直してください / lines of batch {batch_id} stand in another one; "
            "make it again from what is due now"
        )
        self.batch_id = batch_id


class Claim(StrEnum):
    """What a sender finds of a row it wants to send."""

    fresh = "fresh"  # nobody sent it; it is the sender's now
    doubtful = "doubtful"  # it was sent long ago and nobody knows: ask first
    taken = "taken"  # another sender has it, or it is done


@dataclass(frozen=True, slots=True)
class StandingLine:
    """A line as it stands; ``answer`` is what the other side said last."""

    line: PayLine
    batch_id: str
    state: LineState
    answer: str
    changed_at: datetime


def insert_pay_lines(tx: Tx, batch_id: str, lines: Sequence[PayLine]) -> None:
    """Keep a batch's lines as made; lines that were refused in an earlier batch go over to this one.

    Raises:
        LinesStandError: some of them stand in another batch and were not refused; roll back.
    """
    dialect = postgresql if tx.is_postgresql else sqlite
    for start in range(0, len(lines), LINES_AT_ONCE):
        rows = [_values(tx, batch_id, line) for line in lines[start : start + LINES_AT_ONCE]]
        statement = dialect.insert(pay_line).values(rows)
        changes = {name: statement.excluded[name] for name in ("batch_id", "minutes", "state", "answer", "changed_at")}
        tx.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["period", "layout", "person_id", "version", "row_name", "line"],
                set_=changes,
                where=pay_line.c.state == LineState.refused.value,
            )
        )
    standing = tx.connection.scalar(select(func.count()).select_from(pay_line).where(pay_line.c.batch_id == batch_id))
    if standing != len(lines):
        raise LinesStandError(batch_id)


def claim_row(tx: Tx, row: PayRow, layout: str, *, stale_before: datetime) -> Claim:
    """Take a row for sending: its lines become ``sent`` before anything is sent.

    ``stale_before``: whoever sent it before then is thought dead.
    """
    this = _of_row(row, layout)
    for state, since, claim in ((LineState.made, tx.now, Claim.fresh), (LineState.sent, stale_before, Claim.doubtful)):
        wanted = this & (pay_line.c.state == state.value) & (pay_line.c.changed_at <= since)
        changed = tx.connection.execute(
            update(pay_line).where(wanted).values(state=LineState.sent.value, changed_at=tx.now)
        )
        if changed.rowcount:
            return claim
    return Claim.taken


def save_row_state(tx: Tx, row: PayRow, layout: str, state: LineState, answer: str) -> None:
    """Note what became of a row that was sent; what is confirmed stays confirmed."""
    open_ones = _of_row(row, layout) & (pay_line.c.state != LineState.confirmed.value)
    tx.connection.execute(update(pay_line).where(open_ones).values(state=state.value, answer=answer, changed_at=tx.now))


def save_superseded(tx: Tx, row: PayLine) -> None:
    """Note that a later row of the month takes the place of the one that a line belongs to."""
    this = (
        (pay_line.c.period == row.period)
        & (pay_line.c.layout == row.layout)
        & (pay_line.c.person_id == row.person_id)
        & (pay_line.c.version == row.version)
        & (pay_line.c.row_name == row.row)
    )
    tx.connection.execute(update(pay_line).where(this).values(state=LineState.superseded.value, changed_at=tx.now))


def save_batch_sent(tx: Tx, batch_id: str) -> int:
    """Note that a batch's file was laid where payroll takes it; gives how many lines that are."""
    wanted = (pay_line.c.batch_id == batch_id) & (pay_line.c.state == LineState.made.value)
    changes = {"state": LineState.sent.value, "changed_at": tx.now}
    return tx.connection.execute(update(pay_line).where(wanted).values(changes)).rowcount


def confirm_lines(tx: Tx, period: str, layout: str, person_ids: Collection[str]) -> int:
    """Note that payroll's own list agrees for these persons; gives how many lines became confirmed."""
    confirmed = 0
    wanted = sorted(person_ids)
    for start in range(0, len(wanted), LINES_AT_ONCE):
        these = (
            (pay_line.c.period == period)
            & (pay_line.c.layout == layout)
            & (pay_line.c.person_id.in_(wanted[start : start + LINES_AT_ONCE]))
            & (pay_line.c.state == LineState.sent.value)
        )
        changes = {"state": LineState.confirmed.value, "changed_at": tx.now}
        confirmed += tx.connection.execute(update(pay_line).where(these).values(changes)).rowcount
    return confirmed


def list_pay_lines(tx: Tx, period: str, layout: str) -> list[StandingLine]:
    """Give a month's lines of a layout, in the order they were made."""
    names = (*PayLine.__slots__, "batch_id", "state", "answer", "changed_at")
    columns = [pay_line.c["row_name" if name == "row" else name] for name in names]
    wanted = (pay_line.c.period == period) & (pay_line.c.layout == layout)
    rows = tx.connection.execute(select(*columns).where(wanted).order_by(pay_line.c.id))
    count = len(PayLine.__slots__)
    return [
        StandingLine(PayLine(*row[:count]), row[count], LineState(row[count + 1]), row[count + 2], row[count + 3])
        for row in rows
    ]


def list_handed(tx: Tx, period: str, layout: str) -> dict[str, frozenset[tuple[int, str]]]:
    """Give by person what payroll has, or may have, of a month: versions with the names of their rows."""
    rows = tx.connection.execute(
        select(pay_line.c.person_id, pay_line.c.version, pay_line.c.row_name)
        .where(pay_line.c.period == period, pay_line.c.layout == layout)
        .where(pay_line.c.state != LineState.refused.value)
        .distinct()
    )
    handed: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for person_id, version, name in rows:
        handed[person_id].add((version, name))
    return {person_id: frozenset(some) for person_id, some in handed.items()}


def _values(tx: Tx, batch_id: str, line: PayLine) -> dict[str, object]:
    return {
        "person_id": line.person_id,
        "period": line.period,
        "version": line.version,
        "row_name": line.row,
        "line": line.line,
        "layout": line.layout,
        "minutes": line.minutes,
        "batch_id": batch_id,
        "state": LineState.made.value,
        "answer": "",
        "changed_at": tx.now,
    }


def _of_row(row: PayRow, layout: str) -> ColumnElement[bool]:
    return and_(
        pay_line.c.period == row.period,
        pay_line.c.layout == layout,
        pay_line.c.person_id == row.person_id,
        pay_line.c.version == row.version,
        pay_line.c.row_name == row.name,
    )
