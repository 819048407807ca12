"""Who works here: departments, persons, and their cards as tokens."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from store.bulk import batched, upsert_rows
from store.former_employments import Employed, save_former_employments
from store.holdings import save_holders
from store.policy_inputs import save_inputs_changed
from store.posts import save_regular_posts
from store.tables import credential, department, person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Department:
    """A department; ``head_id`` is its 所属長, a person; ``parent_id`` the department above."""

    id: str
    name: str
    head_id: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person: of HR's master, or one whom ``sponsor_id``, a member of staff, answers for.

    ``left_on`` is the last day of employment or of whatever brings the person here; ``kind`` a
    ``domain.access.rights.PersonKind``.
    """

    id: str
    name: str
    kana: str
    department_id: str
    employment: str = "full_time"
    is_manager: bool = False
    joined_on: date | None = None
    left_on: date | None = None
    kind: str = "staff"
    sponsor_id: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A credential; the token stands for the card's number, which is not kept. ``label`` is what is printed on it.

    ``source`` tells whose word about it holds: ``hr``'s file, or the ``desk`` where its status was set by hand.
    """

    token: str
    person_id: str
    label: str
    status: str = "active"
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    source: str = "hr"


def list_departments(tx: Tx) -> list[Department]:
    """Give all departments by id."""
    columns = (department.c[name] for name in Department.__slots__)
    return [Department(*row) for row in tx.connection.execute(select(*columns).order_by(department.c.id))]


def upsert_departments(tx: Tx, departments: Iterable[Department]) -> None:
    """Insert departments, or replace those of the same ids."""
    upsert_rows(tx, department, tuple(Department.__slots__), [astuple(each) for each in departments])
    save_inputs_changed(tx)


def load_person(tx: Tx, person_id: str) -> Person | None:
    """Give one person; None when there is none of that id."""
    return next(iter(_people(tx, {person_id})), None)


def load_persons(tx: Tx, person_ids: Collection[str]) -> dict[str, Person]:
    """Give persons by id; unknown ids are left out."""
    return {each.id: each for some in batched(sorted(set(person_ids))) for each in _people(tx, some)}


def list_persons(tx: Tx, *, employed_on: date | None = None) -> list[Person]:
    """Give all persons by id, or those employed on a day."""
    people = _people(tx, None)
    return people if employed_on is None else [each for each in people if is_employed(each, employed_on, employed_on)]


def is_employed(who: Person, first_on: date, last_on: date) -> bool:
    """Tell whether the person is employed on any day from first_on to last_on."""
    began = who.joined_on is None or who.joined_on <= last_on
    return began and (who.left_on is None or who.left_on >= first_on)


def upsert_persons(tx: Tx, persons: Iterable[Person]) -> None:
    """Insert persons, or replace those of the same ids; their departments stand already and become regular posts."""
    persons = tuple(persons)
    save_former_employments(tx, {each.id: Employed(each.employment, each.is_manager) for each in persons})
    upsert_rows(tx, person, tuple(Person.__slots__), [astuple(each) for each in persons])
    save_regular_posts(tx, {each.id: each.department_id for each in persons})
    save_inputs_changed(tx, [each.id for each in persons])


def list_cards(tx: Tx, person_ids: Collection[str] | None = None) -> list[Card]:
    """Give the persons' cards by token; None is everybody's."""
    query = select(*(credential.c[name] for name in Card.__slots__)).order_by(credential.c.token)
    if person_ids is not None:
        query = query.where(credential.c.person_id.in_(person_ids))
    return [Card(*row) for row in tx.connection.execute(query)]


def upsert_cards(tx: Tx, cards: Iterable[Card]) -> None:
    """Insert cards, or replace those of the same tokens; their persons stand already."""
    cards = tuple(cards)
    former = save_holders(tx, {card.token: card.person_id for card in cards}, since_ever=True)
    upsert_rows(tx, credential, tuple(Card.__slots__), [astuple(each) for each in cards])
    save_inputs_changed(tx, {card.person_id for card in cards} | former)


def save_card_status(tx: Tx, tokens: Collection[str], status: str) -> None:
    """Set the status of cards (``domain.access.policy.CredentialStatus``)."""
    holders: set[str] = set()
    for some in batched(sorted(tokens)):
        changed = update(credential).where(credential.c.token.in_(some)).values(status=status, status_at=tx.now)
        holders.update(tx.connection.scalars(changed.returning(credential.c.person_id)))
    save_inputs_changed(tx, holders)


def _people(tx: Tx, person_ids: Collection[str] | None) -> list[Person]:
    query = select(*(person.c[name] for name in Person.__slots__)).order_by(person.c.id)
    if person_ids is not None:
        query = query.where(person.c.id.in_(person_ids))
    return [Person(*row) for row in tx.connection.execute(query)]
