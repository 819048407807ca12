"""People of other companies who work here (委託業者): what is agreed on each, and who of the staff answers for them.

A contractor is a person with a last day and a sponsor; cards, grants and groups are a person's own like anybody's.
"""

from dataclasses import astuple, dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from domain.access.rights import PersonKind
from store.bulk import insert_rows
from store.conflicts import insert_new
from store.people import Department, Person, upsert_persons
from store.rights_tables import contract_terms
from store.tables import department, person
from store.tx import Tx

CONTRACTORS = Department("contractors", "委託先")
"""The department of all contractors: none of the city's, so that no department's levels and no head reach them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed on a contractor from ``given_at`` on; ``until_on`` is the last day."""

    person_id: str
    company: str
    sponsor_id: str
    until_on: date
    reason: str
    given_by: str
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contractor:
    """A contractor as lists show one; ``sponsor_left_on`` is the sponsor's own last day, if there is one."""

    person_id: str
    name: str
    company: str
    sponsor_id: str
    sponsor: str | None
    sponsor_left_on: date | None
    left_on: date | None


def save_contractor(tx: Tx, name: str, kana: str, terms: Terms, *, joined_on: date | None) -> None:
    """Let a contractor be known, or be known otherwise, from ``tx.now`` on."""
    insert_new(tx, department, {"id": CONTRACTORS.id, "name": CONTRACTORS.name})
    upsert_persons(
        tx,
        [
            Person(
                terms.person_id,
                name,
                kana,
                CONTRACTORS.id,
                joined_on=joined_on,
                left_on=terms.until_on,
                kind=PersonKind.contractor.value,
                sponsor_id=terms.sponsor_id,
            )
        ],
    )
    columns = tuple(Terms.__slots__)
    insert_rows(tx, contract_terms, columns, [(*astuple(terms)[:-1], tx.now)])


def load_terms(tx: Tx, person_id: str) -> list[Terms]:
    """Give what was agreed on a contractor, the newest first; empty for whoever is none."""
    columns = select(*(contract_terms.c[name] for name in Terms.__slots__))
    query = columns.where(contract_terms.c.person_id == person_id).order_by(contract_terms.c.id.desc())
    return [Terms(*row) for row in tx.connection.execute(query)]


def list_contractors(tx: Tx, on: date) -> list[Contractor]:
    """Give the contractors who have not left on a day, by company, kana and id."""
    sponsor, newest = person.alias(), contract_terms.alias()
    latest = select(func.max(newest.c.id)).where(newest.c.person_id == person.c.id).correlate(person).scalar_subquery()
    query = (
        select(
            person.c.id,
            person.c.name,
            contract_terms.c.company,
            contract_terms.c.sponsor_id,
            sponsor.c.name.label("sponsor"),
            sponsor.c.left_on.label("sponsor_left_on"),
            person.c.left_on,
        )
        .join_from(person, contract_terms, contract_terms.c.id == latest)
        .outerjoin(sponsor, sponsor.c.id == contract_terms.c.sponsor_id)
        .where(or_(person.c.left_on.is_(None), person.c.left_on >= on))
        .order_by(contract_terms.c.company, person.c.kana, person.c.id)
    )
    return [Contractor(*row) for row in tx.connection.execute(query)]
