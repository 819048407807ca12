"""Who may ask for a network tier, and what of the city's books about a person bears on it besides attendance."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from domain.access.rights import PersonKind, PostKind
from domain.access.visits import VisitState
from store.rights_tables import post
from store.rosters import rows_of
from store.tables import person
from store.tx import Tx
from store.visit_tables import guest_visit


class TierPerson(NamedTuple):
    """Somebody; ``sponsor_id`` answers for whoever is no staff."""

    id: str
    kind: PersonKind
    joined_on: date | None
    left_on: date | None
    sponsor_id: str | None


class Stay(NamedTuple):
    """A visitor who has arrived and not left: whom they visit, and until when."""

    person_id: str
    host_id: str
    arrived_at: datetime
    valid_until: datetime


def list_tier_people(tx: Tx, person_ids: Collection[str] | None) -> dict[str, TierPerson]:
    """Give persons by id; None is everybody."""
    columns = (person.c[name] for name in TierPerson._fields)
    rows = rows_of(tx, select(*columns), person.c.id, person_ids)
    return {row.id: TierPerson(*row)._replace(kind=PersonKind(row.kind)) for row in rows}


def list_stays(tx: Tx, person_ids: Collection[str] | None) -> dict[str, Stay]:
    """Give the visitors who are here, by person; None is everybody."""
    columns = (guest_visit.c[name] for name in Stay._fields)
    here = (guest_visit.c.state == VisitState.arrived.value) & guest_visit.c.person_id.is_not(None)
    rows = rows_of(tx, select(*columns).where(here), guest_visit.c.person_id, person_ids)
    return {row.person_id: Stay(*row) for row in rows}


def list_transfers(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[date]]:
    """Give the first days of persons in another department, in order, by person; None is everybody."""
    columns = (post.c.person_id, post.c.department_id, post.c.from_on)
    regular = post.c.kind == PostKind.regular.value
    before: dict[str, str] = {}
    found: dict[str, list[date]] = defaultdict(list)
    ordered = select(*columns).where(regular).order_by(post.c.from_on.is_not(None), post.c.from_on, post.c.id)
    for person_id, department_id, from_on in rows_of(tx, ordered, post.c.person_id, person_ids):
        if before.get(person_id, department_id) != department_id and from_on is not None:
            found[person_id].append(from_on)
        before[person_id] = department_id
    return found
