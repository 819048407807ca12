"""Loans of which something is out: the copies by name, who has them, and what they went out for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.keys.custody import CustodyState, Holder, HolderKind
from domain.keys.entitlement import Source
from store.key_custody import read_holder
from store.key_tables import key, key_copy, key_custody, key_deed, key_entitlement, key_ring
from store.reservation_tables import reservee
from store.tables import person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CopyOut:
    """A copy that is out.

    ``person_id`` is the member of staff who has it (None: a citizen, or nobody knows who), ``holder_name`` empty where
    nobody knows. ``ring`` names the ring that it went out on, ``reservation_id`` what it went out for.
    """

    copy_id: str
    key_id: str
    key: str
    key_en: str
    stamped: str
    ring: str
    ring_en: str
    loan_id: str
    lent_at: datetime
    since_at: datetime
    due_at: datetime
    holder: Holder
    holder_name: str
    person_id: str | None
    offered: bool
    deposit_yen: int
    reservation_id: str | None

    @property
    def name(self) -> str:
        """The key's name and the stamped number."""
        return f"{self.key} {self.stamped}".strip()


def list_copies_out(tx: Tx, *, loan_id: str | None = None) -> list[CopyOut]:
    """Give every copy that is out, or those of a loan, by due time, loan and copy."""
    out, staff = key_custody.c, HolderKind.person.value
    told = func.trim(reservee.c.name + " " + reservee.c.contact_name)
    booked = (key_entitlement.c.id == out.entitlement_id) & (key_entitlement.c.source == Source.reservation.value)
    query = (
        select(
            key_custody,
            *(key_copy.c.key_id, key_copy.c.stamped, key.c.name, key.c.name_en, key_deed.c.done_at),
            *(key_deed.c.deposit_yen, key_ring.c.name.label("ring"), key_ring.c.name_en.label("ring_en")),
            *(reservee.c.person_id, told.label("reservee"), person.c.name.label("person")),
            key_entitlement.c.source_id,
        )
        .join_from(key_custody, key_copy, key_copy.c.id == out.copy_id)
        .join(key, key.c.id == key_copy.c.key_id)
        .join(key_deed, key_deed.c.id == out.loan_id)
        .outerjoin(key_ring, key_ring.c.id == key_deed.c.ring_id)
        .outerjoin(key_entitlement, booked)
        .outerjoin(person, (out.holder_kind == staff) & (person.c.id == out.holder_id))
        .outerjoin(reservee, (out.holder_kind == HolderKind.reservee.value) & (reservee.c.id == out.holder_id))
        .where(out.state == CustodyState.out.value)
        .order_by(out.due_at, out.loan_id, out.copy_id)
    )
    query = query if loan_id is None else query.where(out.loan_id == loan_id)
    return [
        CopyOut(
            row.copy_id,
            row.key_id,
            row.name,
            row.name_en,
            row.stamped,
            row.ring or "",
            row.ring_en or "",
            row.loan_id,
            row.done_at,
            row.since_at,
            row.due_at,
            read_holder(row.holder_kind, row.holder_id) or Holder(HolderKind.unknown),
            row.person or row.reservee or "",
            row.holder_id if row.holder_kind == staff else row.person_id,
            offered=row.offered_kind is not None,
            deposit_yen=row.deposit_yen,
            reservation_id=row.source_id,
        )
        for row in tx.connection.execute(query)
    ]
