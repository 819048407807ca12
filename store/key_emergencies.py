"""Loans that two persons made in an emergency, and who has looked them over.

An emergency's entitlement is made by its loan alone and entitles to nothing more. It stands until somebody else has
looked the loan over: who ended it is who did, and the reason of its end is what was found.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.keys.custody import Holder
from domain.keys.entitlement import Source
from store.key_custody import read_holder
from store.key_tables import key_copy, key_deed, key_deed_copy, key_entitlement
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class EmergencyLoan:
    """One such loan: who had which copies of which keys, by whose hands and why; then what who looked it over found."""

    loan_id: str
    entitlement_id: str
    lent_at: datetime
    lent_by: str
    second_by: str
    holder: Holder | None
    reason: str
    copy_ids: tuple[str, ...]
    key_ids: frozenset[str]
    reviewed_by: str = ""
    found: str = ""


def list_emergencies(
    tx: Tx, loan_ids: Collection[str] | None = None, *, reviewed: bool = False
) -> tuple[EmergencyLoan, ...]:
    """Give those that nobody has looked over, or with ``reviewed`` those that somebody has; of some loans, or all."""
    given, deed = key_entitlement.c, key_deed.c
    looked_over = given.ended_at.is_not(None) if reviewed else given.ended_at.is_(None)
    wanted = [given.source == Source.emergency.value, looked_over]
    if loan_ids is not None:
        wanted.append(given.source_id.in_(sorted(loan_ids)))
    columns = given.id.label("given_id"), given.ended_by, given.ended_reason
    query = select(key_deed, *columns).join_from(key_entitlement, key_deed, deed.id == given.source_id)
    rows = tx.connection.execute(query.where(*wanted).order_by(deed.done_at, deed.id)).all()
    copies = _list_copies(tx, [row.id for row in rows])
    return tuple(
        EmergencyLoan(
            row.id,
            row.given_id,
            row.done_at,
            row.done_by,
            row.second_by,
            read_holder(row.holder_kind, row.holder_id),
            row.reason,
            tuple(copies[row.id]),
            frozenset(copies[row.id].values()),
            row.ended_by,
            row.ended_reason,
        )
        for row in rows
    )


def _list_copies(tx: Tx, loan_ids: Collection[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(key_deed_copy.c.deed_id, key_copy.c.id, key_copy.c.key_id).join_from(key_deed_copy, key_copy)
    of_these = query.where(key_deed_copy.c.deed_id.in_(sorted(loan_ids))).order_by(key_copy.c.id)
    for row in tx.connection.execute(of_these) if loan_ids else ():
        found[row.deed_id][row.id] = row.key_id
    return found
