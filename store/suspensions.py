"""Who is employed and not at work for long: 停職, 休職, 育児休業 and the like, from a day until another."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select, update

from store.conflicts import insert_new
from store.rosters import rows_of
from store.tx import Tx
from store.zone_tables import suspension


@dataclass(frozen=True, slots=True)
class Suspension:
    """One of them; ``until_on`` is its last day, None: until it is ended."""

    id: str
    person_id: str
    from_on: date
    until_on: date | None
    reason: str
    entered_by: str
    entered_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


_COLUMNS = tuple(field.name for field in fields(Suspension))


def insert_suspension(tx: Tx, new: Suspension) -> bool:
    """Keep one; False when one of that id stands already, and nothing is changed."""
    return insert_new(tx, suspension, {name: getattr(new, name) for name in _COLUMNS})


def load_suspension(tx: Tx, suspension_id: str) -> Suspension | None:
    """Give one, an ended one too; None when there is none of that id."""
    query = select(*(suspension.c[name] for name in _COLUMNS)).where(suspension.c.id == suspension_id)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else Suspension(*row)


def end_suspension(tx: Tx, suspension_id: str, *, by: str) -> bool:
    """End one now; False when there is none or it has ended."""
    standing = (suspension.c.id == suspension_id) & suspension.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "ended_by": by}
    return tx.connection.execute(update(suspension).where(standing).values(values)).rowcount == 1


def list_suspensions(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[Suspension]]:
    """Give those of persons, past ones too, by person, the first one first; None is everybody's."""
    query = select(*(suspension.c[name] for name in _COLUMNS)).order_by(suspension.c.from_on, suspension.c.id)
    found: dict[str, list[Suspension]] = defaultdict(list)
    for row in rows_of(tx, query, suspension.c.person_id, person_ids):
        found[row.person_id].append(Suspension(*row))
    return found
