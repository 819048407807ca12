"""The ledger of keys: deeds are appended, and where each copy is changes with them under a version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select, update

from domain.keys.custody import Custody, CustodyState, Deed, Hand, Holder, HolderKind, KeyAct
from domain.keys.key import Place
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.key_tables import key_copy, key_custody, key_deed, key_deed_copy
from store.policy_inputs import save_inputs_changed
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class KeyDeed:
    """A deed of the ledger by its id; ``ring_id`` where a ring moved, ``deposit_yen`` what was taken or given back."""

    id: str
    deed: Deed
    done_at: datetime
    ring_id: str | None = None
    deposit_yen: int = 0


class Move(NamedTuple):
    """What a deed did to one copy: where it was (None: nowhere yet) and where it is then."""

    before: Custody | None
    after: Custody


def insert_deed(tx: Tx, done: KeyDeed) -> bool:
    """Append a deed; False when one of that id stands already, and nothing is changed."""
    deed = done.deed
    values = {
        "id": done.id,
        "act": deed.act.value,
        "hand": deed.hand.value,
        "done_by": deed.done_by,
        "second_by": deed.second_by,
        "done_at": done.done_at,
        "ring_id": done.ring_id,
        "due_at": deed.due_at,
        "loan_id": deed.loan_id,
        "entitlement_id": deed.entitlement_id,
        "deposit_yen": done.deposit_yen,
        "reason": deed.reason,
    }
    return insert_new(tx, key_deed, values | _holder_columns("holder", deed.holder))


def load_deed(tx: Tx, deed_id: str) -> KeyDeed | None:
    """Give a deed of the ledger; None when there is none of that id. Its place stands with its copies."""
    row = tx.connection.execute(select(key_deed).where(key_deed.c.id == deed_id)).one_or_none()
    if row is None:
        return None
    deed = Deed(
        KeyAct(row.act),
        Hand(row.hand),
        row.done_by,
        row.second_by,
        read_holder(row.holder_kind, row.holder_id),
        due_at=row.due_at,
        loan_id=row.loan_id,
        entitlement_id=row.entitlement_id,
        reason=row.reason,
    )
    return KeyDeed(row.id, deed, row.done_at, row.ring_id, row.deposit_yen)


def list_deed_copies(tx: Tx, deed_id: str) -> list[str]:
    """Give the copies that a deed moved, in order."""
    query = select(key_deed_copy.c.copy_id).where(key_deed_copy.c.deed_id == deed_id)
    return list(tx.connection.scalars(query.order_by(key_deed_copy.c.copy_id)))


def save_moves(tx: Tx, deed_id: str, moves: Sequence[Move]) -> bool:
    """Let copies be where a deed brought them; False when another deed was quicker with one of them.

    With False nothing may be kept: the caller rolls back.
    """
    for before, after in moves:
        if not _save(tx, before, after):
            return False
    if any(after.state is CustodyState.retired for _, after in moves):
        save_inputs_changed(tx)  # nothing of it is at home on a hook any more
    names = ("deed_id", "copy_id", "version", "from_state", "to_state", "from_holder_kind", "from_holder_id")
    rows = [
        (
            deed_id,
            after.copy_id,
            after.version,
            before.state.value if before else None,
            after.state.value,
            *_holder_columns("", before.holder if before else None).values(),
            after.place.cabinet_id if after.place else None,
            after.place.position if after.place else None,
        )
        for before, after in moves
    ]
    insert_rows(tx, key_deed_copy, (*names, "cabinet_id", "position"), rows)
    return True


def list_custodies(tx: Tx, copy_ids: Collection[str] | None = None, *, lock: bool = False) -> dict[str, Custody]:
    """Give where copies are, by id; None: all. With ``lock`` nobody else moves them until the commit."""
    wanted = None if copy_ids is None else key_custody.c.copy_id.in_(sorted(copy_ids))
    return _custodies(tx, wanted, lock=lock)


def list_custodies_of_keys(tx: Tx, key_ids: Collection[str], *, lock: bool = False) -> dict[str, Custody]:
    """Give where the copies of keys are, by id."""
    theirs = select(key_copy.c.id).where(key_copy.c.key_id.in_(sorted(key_ids)))
    return _custodies(tx, key_custody.c.copy_id.in_(theirs), lock=lock)


def list_custodies_of_loan(tx: Tx, loan_id: str, *, lock: bool = False) -> dict[str, Custody]:
    """Give the copies of a loan that are out still, by id."""
    return _custodies(tx, key_custody.c.loan_id == loan_id, lock=lock)


def list_custodies_of_holder(tx: Tx, holder: Holder, *, lock: bool = False) -> dict[str, Custody]:
    """Give what somebody has, by id."""
    theirs = (key_custody.c.holder_kind == holder.kind.value) & (key_custody.c.holder_id == holder.id)
    return _custodies(tx, theirs, lock=lock)


def list_custodies_in(tx: Tx, cabinet_id: str, *, lock: bool = False) -> dict[str, Custody]:
    """Give what hangs in a cabinet, by id."""
    return _custodies(tx, key_custody.c.cabinet_id == cabinet_id, lock=lock)


def list_custodies_due(tx: Tx, until_at: datetime) -> dict[str, Custody]:
    """Give what is out and due until an instant, that too, by id."""
    due = (key_custody.c.state == CustodyState.out.value) & (key_custody.c.due_at <= until_at)
    return _custodies(tx, due, lock=False)


def count_by_state(tx: Tx) -> dict[CustodyState, int]:
    """Give how many copies are in each state."""
    query = select(key_custody.c.state, func.count()).group_by(key_custody.c.state)
    return dict.fromkeys(CustodyState, 0) | {CustodyState(row[0]): row[1] for row in tx.connection.execute(query)}


def _save(tx: Tx, before: Custody | None, after: Custody) -> bool:
    values = _as_columns(after)
    if before is None:
        return insert_new(tx, key_custody, values)
    same = (key_custody.c.copy_id == after.copy_id) & (key_custody.c.version == before.version)
    return tx.connection.execute(update(key_custody).where(same).values(values)).rowcount == 1


def _as_columns(custody: Custody) -> dict[str, Any]:
    names = ("copy_id", "version", "since_at", "seen_at", "loan_id", "entitlement_id", "due_at", "damaged")
    return (
        {name: getattr(custody, name) for name in names}
        | {"state": custody.state.value}
        | {"cabinet_id": custody.place.cabinet_id if custody.place else None}
        | {"position": custody.place.position if custody.place else None}
        | _holder_columns("holder", custody.holder)
        | _holder_columns("offered", custody.offered_to)
    )


def _holder_columns(name: str, holder: Holder | None) -> dict[str, Any]:
    return {f"{name}_kind": holder.kind.value if holder else None, f"{name}_id": holder.id if holder else None}


def read_holder(kind: str | None, id_: str | None) -> Holder | None:
    """Read a holder from its two columns."""
    return None if kind is None else Holder(HolderKind(kind), id_ or "")


def _custodies(tx: Tx, wanted: ColumnElement[bool] | None, *, lock: bool) -> dict[str, Custody]:
    query = select(key_custody).order_by(key_custody.c.copy_id)
    query = query if wanted is None else query.where(wanted)
    rows = tx.connection.execute(query.with_for_update() if lock else query)
    return {row.copy_id: _custody(row) for row in rows}


def _custody(row: Row[Any]) -> Custody:
    return Custody(
        row.copy_id,
        CustodyState(row.state),
        row.since_at,
        row.seen_at,
        place=None if row.cabinet_id is None else Place(row.cabinet_id, row.position),
        holder=read_holder(row.holder_kind, row.holder_id),
        loan_id=row.loan_id,
        entitlement_id=row.entitlement_id,
        due_at=row.due_at,
        offered_to=read_holder(row.offered_kind, row.offered_id),
        damaged=row.damaged,
        version=row.version,
    )
