"""Who is cleared for which network tier, and until when; what is over stays to be read."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select, update

from store.conflicts import insert_new
from store.rosters import rows_of
from store.tx import Tx
from store.zone_tables import tier_clearance


@dataclass(frozen=True, slots=True)
class Clearance:
    """One clearance, from a day until another, both included (None: for good); given and approved by two persons."""

    id: str
    person_id: str
    tier_id: str
    valid_from: date
    valid_until: date | None
    reason: str
    given_by: str
    approved_by: str
    given_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


_COLUMNS = tuple(field.name for field in fields(Clearance))


def insert_clearance(tx: Tx, new: Clearance) -> bool:
    """Keep a clearance; False when one of that id stands already, and nothing is changed."""
    return insert_new(tx, tier_clearance, {name: getattr(new, name) for name in _COLUMNS})


def end_clearance(tx: Tx, clearance_id: str, *, by: str) -> bool:
    """End a clearance now; False when there is none or it has ended."""
    standing = (tier_clearance.c.id == clearance_id) & tier_clearance.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "ended_by": by}
    return tx.connection.execute(update(tier_clearance).where(standing).values(values)).rowcount == 1


def list_clearances(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[Clearance]]:
    """Give the clearances of persons, past ones too, by person, the first one first; None is everybody's."""
    query = select(*(tier_clearance.c[name] for name in _COLUMNS))
    query = query.order_by(tier_clearance.c.given_at, tier_clearance.c.id)
    found: dict[str, list[Clearance]] = defaultdict(list)
    for row in rows_of(tx, query, tier_clearance.c.person_id, person_ids):
        found[row.person_id].append(Clearance(*row))
    return found
