"""What was done about copies, line by line: the ledger as people read it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from domain.keys.count import LastHolder
from domain.keys.custody import CustodyState, Hand, Holder, KeyAct
from domain.keys.key import Place
from store.key_custody import read_holder
from store.key_tables import key_deed, key_deed_copy
from store.tx import Tx


class HistoryLine(NamedTuple):
    """One line of a copy's history."""

    copy_id: str
    version: int
    deed_id: str
    act: KeyAct
    hand: Hand
    done_by: str
    second_by: str
    done_at: datetime
    from_state: CustodyState | None
    to_state: CustodyState
    holder: Holder | None
    from_holder: Holder | None
    place: Place | None
    due_at: datetime | None
    entitlement_id: str | None
    ring_id: str | None
    reason: str


def list_history(tx: Tx, copy_ids: Collection[str], *, limit: int | None = None) -> list[HistoryLine]:
    """Give what was done about copies, the newest first."""
    query = (
        select(key_deed_copy, key_deed)
        .join_from(key_deed_copy, key_deed)
        .where(key_deed_copy.c.copy_id.in_(sorted(copy_ids)))
        .order_by(key_deed.c.done_at.desc(), key_deed_copy.c.copy_id, key_deed_copy.c.version.desc())
        .limit(limit)
    )
    return [_line(row) for row in tx.connection.execute(query)]


def list_issued_under(tx: Tx, entitlement_ids: Collection[str]) -> list[HistoryLine]:
    """Give what was lent under entitlements, in order."""
    issued = (key_deed.c.act == KeyAct.issue.value) & key_deed.c.entitlement_id.in_(sorted(entitlement_ids))
    query = select(key_deed_copy, key_deed).join_from(key_deed_copy, key_deed).where(issued)
    return [_line(row) for row in tx.connection.execute(query.order_by(key_deed.c.done_at, key_deed_copy.c.copy_id))]


def list_last_holders(tx: Tx, copy_ids: Collection[str]) -> dict[str, LastHolder]:
    """Give who had copies last and until when; those that nobody ever had are left out."""
    found: dict[str, LastHolder] = {}
    for line in list_history(tx, copy_ids):
        if line.from_holder is not None and line.copy_id not in found:
            found[line.copy_id] = LastHolder(line.from_holder, line.done_at)
    return found


def _line(row: Row[Any]) -> HistoryLine:
    return HistoryLine(
        row.copy_id,
        row.version,
        row.deed_id,
        KeyAct(row.act),
        Hand(row.hand),
        row.done_by,
        row.second_by,
        row.done_at,
        None if row.from_state is None else CustodyState(row.from_state),
        CustodyState(row.to_state),
        read_holder(row.holder_kind, row.holder_id),
        read_holder(row.from_holder_kind, row.from_holder_id),
        None if row.cabinet_id is None else Place(row.cabinet_id, row.position),
        row.due_at,
        row.entitlement_id,
        row.ring_id,
        row.reason,
    )
