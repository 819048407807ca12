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


def list_person_ids(tx: Tx) -> list[str]:
    """Give the ids of everybody, in order."""
    return list(tx.connection.scalars(select(person.c.id).order_by(person.c.id)))


def list_stays(tx: Tx, person_ids: Collection[str] | None) -> dict[str, Stay]:
    """Give the visitors who are here, by person; None is everybody."""
    columns = (guest_visit.c[name] for name in Stay._fields)
    here = (guest_visit.c.state == VisitState.arrived.value) & guest_visit.c.person_id.is_not(None)
    rows = rows_of(tx, select(*columns).where(here), guest_visit.c.person_id, person_ids)
    return {row.person_id: Stay(*row) for row in rows}


def list_visitors_of(tx: Tx, visit_ids: Collection[str]) -> frozenset[str]:
    """Give those as whom the visitors of visits are known at the doors."""
    query = select(guest_visit.c.person_id).where(guest_visit.c.id.in_(sorted(visit_ids)))
    return frozenset(each for each in tx.connection.scalars(query) if each is not None)


def list_transfers(tx: Tx, person_ids: Collection[str] | None) -> Mapping[str, list[tuple[date, str]]]:
    """Give from when persons are in which department, as far as that began on a day, by person; None is everybody."""
    columns = (post.c.person_id, post.c.from_on, post.c.department_id)
    begun = (post.c.kind == PostKind.regular.value) & post.c.from_on.is_not(None)
    ordered = select(*columns).where(begun).order_by(post.c.from_on, post.c.id)
    found: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for person_id, from_on, department_id in rows_of(tx, ordered, post.c.person_id, person_ids):
        found[person_id].append((from_on, department_id))
    return found
