"""Loans of which something is out: the copies by name, and the member of staff behind each holder."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.keys.custody import CustodyState, HolderKind
from store.key_tables import key, key_copy, key_custody, key_deed
from store.reservation_tables import reservee
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CopyOut:
    """A copy that is out; ``person_id`` None: a citizen has it, or nobody knows who."""

    copy_id: str
    key_id: str
    name: str
    """The key's name and the stamped number."""
    loan_id: str
    lent_at: datetime
    since_at: datetime
    due_at: datetime
    person_id: str | None


def list_copies_out(tx: Tx) -> list[CopyOut]:
    """Give every copy that is out, by loan and copy."""
    out, staff = key_custody.c, HolderKind.person.value
    query = (
        select(key_custody, key_copy.c.key_id, key_copy.c.stamped, key.c.name, key_deed.c.done_at, reservee.c.person_id)
        .join_from(key_custody, key_copy, key_copy.c.id == out.copy_id)
        .join(key, key.c.id == key_copy.c.key_id)
        .join(key_deed, key_deed.c.id == out.loan_id)
        .outerjoin(reservee, (out.holder_kind == HolderKind.reservee.value) & (reservee.c.id == out.holder_id))
        .where(out.state == CustodyState.out.value)
        .order_by(out.loan_id, out.copy_id)
    )
    return [
        CopyOut(
            row.copy_id,
            row.key_id,
            f"{row.name} {row.stamped}".strip(),
            row.loan_id,
            row.done_at,
            row.since_at,
            row.due_at,
            row.holder_id if row.holder_kind == staff else row.person_id,
        )
        for row in tx.connection.execute(query)
    ]
