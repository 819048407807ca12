"""Who is cleared for which network tier, and until when; what is over stays to be read."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, update

from store.conflicts import insert_new
from store.rosters import rows_of
from store.tables import person
from store.tx import Tx
from store.zone_tables import tier_clearance


@dataclass(frozen=True, slots=True)
class Clearance:
    """One clearance, from a day until another, both included (None: for good); given and approved by two persons.

    ``department_id`` is the one for whose work it was given; empty: it is tied to none.
    """

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
    end_reason: str | None = None
    department_id: str = ""


_COLUMNS = tuple(field.name for field in fields(Clearance))


def insert_clearance(tx: Tx, new: Clearance) -> bool:
    """Keep a clearance; False when one of that id stands already, and nothing is changed."""
    return insert_new(tx, tier_clearance, {name: getattr(new, name) for name in _COLUMNS})


def load_clearance(tx: Tx, clearance_id: str) -> Clearance | None:
    """Give a clearance; None when there is none of that id."""
    row = tx.connection.execute(_select().where(tier_clearance.c.id == clearance_id)).one_or_none()
    return None if row is None else Clearance(*row)


def end_clearance(tx: Tx, clearance_id: str, *, by: str, reason: str = "") -> bool:
    """End a clearance now; False when there is none or it has ended."""
    standing = (tier_clearance.c.id == clearance_id) & tier_clearance.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "ended_by": by, "end_reason": reason}
    return tx.connection.execute(update(tier_clearance).where(standing).values(values)).rowcount == 1


def list_clearances(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[Clearance]]:
    """Give the clearances of persons, past ones too, by person, the first one first; None is everybody's."""
    query = _select().order_by(tier_clearance.c.given_at, tier_clearance.c.id)
    found: dict[str, list[Clearance]] = defaultdict(list)
    for row in rows_of(tx, query, tier_clearance.c.person_id, person_ids):
        found[row.person_id].append(Clearance(*row))
    return found


def list_standing_clearances(tx: Tx, on: date) -> list[Clearance]:
    """Give every clearance that nobody ended and whose last day is not over on a day, the last given one first."""
    goes_on = tier_clearance.c.valid_until.is_(None) | (tier_clearance.c.valid_until >= on)
    query = _select().where(tier_clearance.c.ended_at.is_(None), goes_on)
    ordered = query.order_by(tier_clearance.c.given_at.desc(), tier_clearance.c.id)
    return [Clearance(*row) for row in tx.connection.execute(ordered)]


def list_unfounded_clearances(tx: Tx, on: date) -> list[tuple[Clearance, bool]]:
    """Give the clearances that outlived what they were given for: the holder moved to another department, or left.

    With each, whether the holder left (the last day of service lies before ``on``). What is over by itself is none.
    """
    left = person.c.left_on.is_not(None) & (person.c.left_on < on)
    moved = (tier_clearance.c.department_id != "") & (tier_clearance.c.department_id != person.c.department_id)
    goes_on = tier_clearance.c.valid_until.is_(None) | (tier_clearance.c.valid_until >= on)
    columns = (*(tier_clearance.c[name] for name in _COLUMNS), left.label("has_left"))
    query = select(*columns).join(person, person.c.id == tier_clearance.c.person_id)
    query = query.where(tier_clearance.c.ended_at.is_(None), goes_on, left | moved)
    return [(Clearance(*row[:-1]), bool(row[-1])) for row in tx.connection.execute(query.order_by(tier_clearance.c.id))]


def _select() -> Select[Any]:
    return select(*(tier_clearance.c[name] for name in _COLUMNS))
