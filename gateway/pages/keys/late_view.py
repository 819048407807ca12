"""Loans that are late: one line a loan, the longest first, with whom to ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.civil import civil_minute
from gateway.custody.standing import Hanging
from store.directory import list_names
from store.key_rings import list_custodians, list_rings
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class LateLoan:
    """One loan that should be back: of a ring its name, of a key the key's; ``custodians`` answer for it."""

    loan_id: str
    key_id: str
    name: str
    name_en: str
    stamped: tuple[str, ...]
    holder: str
    since_at: datetime
    due_at: datetime
    late_minutes: int
    custodians: tuple[str, ...]


def list_late(tx: Tx, hangings: Iterable[Hanging]) -> tuple[LateLoan, ...]:
    """Give what of some copies is late at ``tx.now``."""
    loans: dict[str, list[Hanging]] = {}
    for each in hangings:
        if each.overdue:
            loans.setdefault(each.custody.loan_id or each.copy.id, []).append(each)
    rings = list_rings(tx, {each[0].ring_id for each in loans.values() if each[0].ring_id})
    answering = list_custodians(tx, civil_minute(tx.now)[0])
    names = list_names(tx, {each.person_id for each in answering})
    found = []
    for loan_id, copies in loans.items():
        first = copies[0]
        thing = rings.get(first.ring_id or "") or first.key
        keys = {each.key.id for each in copies}
        due_at = min(each.custody.due_at or each.custody.since_at for each in copies)
        found.append(
            LateLoan(
                loan_id,
                first.key.id,
                thing.name,
                thing.name_en,
                tuple(each.copy.stamped for each in copies),
                first.holder,
                min(each.custody.since_at for each in copies),
                due_at,
                int((tx.now - due_at).total_seconds()) // 60,
                tuple(names.get(each.person_id, each.person_id) for each in answering if each.key_id in (None, *keys)),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.due_at, each.loan_id)))
