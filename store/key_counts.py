"""Counts of cabinets: opened, scanned into, closed with their differences."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.keys.count import Difference, DifferenceKind, KeyCount, Scan
from domain.keys.custody import CustodyState, Holder, HolderKind
from store.conflicts import insert_new
from store.key_round_tables import key_count, key_count_line, key_count_scan
from store.tx import Tx


def insert_count(tx: Tx, count: KeyCount) -> bool:
    """Open a count; False when one of that id stands, or another one is open for the cabinet."""
    values = {"id": count.id, "cabinet_id": count.cabinet_id, "opened_by": count.opened_by}
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(key_count).values(values | {"opened_at": count.opened_at}).on_conflict_do_nothing()
    return tx.connection.execute(statement.returning(key_count.c.id)).first() is not None


def load_count(tx: Tx, count_id: str, *, lock: bool = False) -> KeyCount | None:
    """Give a count; None when there is none of that id. With ``lock`` nobody else closes it until the commit."""
    query = select(key_count).where(key_count.c.id == count_id)
    row = tx.connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _count(row)


def list_open_counts(tx: Tx, cabinet_ids: Collection[str] | None = None) -> list[KeyCount]:
    """Give the counts that are open, of cabinets or of all, the oldest first."""
    query = select(key_count).where(key_count.c.closed_at.is_(None))
    if cabinet_ids is not None:
        query = query.where(key_count.c.cabinet_id.in_(sorted(cabinet_ids)))
    return [_count(row) for row in tx.connection.execute(query.order_by(key_count.c.opened_at, key_count.c.id))]


def list_counts(tx: Tx, *, limit: int) -> list[KeyCount]:
    """Give the last counts, the newest first."""
    query = select(key_count).order_by(key_count.c.opened_at.desc(), key_count.c.id).limit(limit)
    return [_count(row) for row in tx.connection.execute(query)]


def list_counts_of(tx: Tx, cabinet_ids: Collection[str]) -> dict[str, KeyCount]:
    """Give the last count of each cabinet that is over; those never counted are left out."""
    over = key_count.c.cabinet_id.in_(sorted(cabinet_ids)) & key_count.c.closed_at.is_not(None)
    query = select(key_count).where(over).order_by(key_count.c.closed_at, key_count.c.id)
    return {row.cabinet_id: _count(row) for row in tx.connection.execute(query)}


def count_differences(tx: Tx, count_ids: Collection[str]) -> dict[str, int]:
    """Give with how many differences counts ended; those with none are left out."""
    of_count = key_count_line.c.count_id
    query = select(of_count, func.count()).where(of_count.in_(sorted(count_ids))).group_by(of_count)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def insert_scan(tx: Tx, count_id: str, scan: Scan, *, by: str) -> bool:
    """Keep a scanned tag; False when it was scanned in this count before."""
    values = {"count_id": count_id, "tag": scan.tag, "copy_id": scan.copy_id, "scanned_at": scan.scanned_at}
    return insert_new(tx, key_count_scan, values | {"scanned_by": by})


def list_scans(tx: Tx, count_id: str) -> list[Scan]:
    """Give what was scanned, in order."""
    columns = key_count_scan.c.tag, key_count_scan.c.copy_id, key_count_scan.c.scanned_at
    query = select(*columns).where(key_count_scan.c.count_id == count_id)
    rows = tx.connection.execute(query.order_by(key_count_scan.c.scanned_at, key_count_scan.c.tag))
    return [Scan(*row) for row in rows]


def save_closed(tx: Tx, count_id: str, by: str, differences: Sequence[Difference]) -> bool:
    """Close a count with its differences; False when it was closed already."""
    open_ = (key_count.c.id == count_id) & key_count.c.closed_at.is_(None)
    closed = update(key_count).where(open_).values(closed_by=by, closed_at=tx.now)
    if tx.connection.execute(closed).rowcount != 1:
        return False
    rows = [
        {
            "count_id": count_id,
            "number": number,
            "kind": each.kind.value,
            "subject": each.copy_id,
            "state": each.state.value if each.state else None,
            "seen_at": each.seen_at,
            "holder_kind": each.holder.kind.value if each.holder else None,
            "holder_id": each.holder.id if each.holder else None,
        }
        for number, each in enumerate(differences, start=1)
    ]
    if rows:
        tx.connection.execute(insert(key_count_line), rows)
    return True


def list_differences(tx: Tx, count_id: str) -> list[Difference]:
    """Give the differences that a count ended with, in order."""
    query = select(key_count_line).where(key_count_line.c.count_id == count_id).order_by(key_count_line.c.number)
    return [
        Difference(
            DifferenceKind(row.kind),
            row.subject,
            None if row.state is None else CustodyState(row.state),
            row.seen_at,
            None if row.holder_kind is None else Holder(HolderKind(row.holder_kind), row.holder_id),
        )
        for row in tx.connection.execute(query)
    ]


def _count(row: Row[Any]) -> KeyCount:
    return KeyCount(**row._asdict())
