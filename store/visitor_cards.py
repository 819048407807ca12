"""Visitors at the doors: the cards that are lent to them, the codes drawn for them, and who they are to a controller.

Cards that nobody has borrowed are those of a stand-in (:data:`POOL`) who may open nothing. Lending gives a card to the
visitor's own person for the time of the visit, so that what it opens, and what its taps are worth, follow from that
person's grants and from whose it was at the time of a tap (``store.holdings``).
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from domain.access.rights import PersonKind
from store.cards import DESK
from store.conflicts import insert_new
from store.holdings import save_holders
from store.people import Department, Person, load_person, upsert_persons
from store.policy_inputs import save_inputs_changed
from store.tables import credential, department, person
from store.tx import Tx

POOL = "visitor-cards"
"""The stand-in who has the cards that nobody has borrowed; enrolled as anybody's cards are."""

VISITORS = Department("visitors", "来訪者")
"""The department of visitors: none of the city's, so that no head finds them among the staff."""

CODE_TECHNOLOGY = "qr"


@dataclass(frozen=True, slots=True)
class PoolCard:
    """A card for visitors that nobody has borrowed."""

    token: str
    label: str
    status: str


def ensure_pool(tx: Tx) -> None:
    """Make the visitors' department and the stand-in, unless they are there."""
    if load_person(tx, POOL) is None:
        insert_new(tx, department, {"id": VISITORS.id, "name": VISITORS.name})
        upsert_persons(tx, [Person(POOL, VISITORS.name, "", VISITORS.id, kind=PersonKind.visitor.value)])


def save_visitor(tx: Tx, person_id: str, name: str, *, sponsor_id: str, left_on: date | None = None) -> None:
    """Let a visitor be known at the doors; ``left_on`` is the last day."""
    kind = PersonKind.visitor.value
    upsert_persons(tx, [Person(person_id, name, "", VISITORS.id, left_on=left_on, kind=kind, sponsor_id=sponsor_id)])


def save_visitor_left(tx: Tx, person_id: str, left_on: date) -> None:
    """Let a visitor's last day be known."""
    tx.connection.execute(update(person).where(person.c.id == person_id).values(left_on=left_on))
    save_inputs_changed(tx, [person_id])


def list_pool_cards(tx: Tx) -> list[PoolCard]:
    """Give the cards that nobody has borrowed, by label; those that cannot be lent (lost, damaged …) too."""
    columns = select(credential.c.token, credential.c.label, credential.c.status)
    rows = tx.connection.execute(columns.where(credential.c.person_id == POOL))
    return sorted((PoolCard(*row) for row in rows), key=lambda card: (len(card.label), card.label, card.token))


def lend_card(
    tx: Tx, token: str, person_id: str, *, valid_from: datetime, valid_until: datetime, escorted: bool
) -> str | None:
    """Give a card of the pool to a visitor for a time; gives its label, None when it is not there to be lent."""
    free = (credential.c.token == token) & (credential.c.person_id == POOL) & (credential.c.status == "active")
    values = {"person_id": person_id, "valid_from": valid_from, "valid_until": valid_until, "escorted": escorted}
    label: str | None = tx.connection.execute(
        update(credential).where(free).values(values | {"source": DESK}).returning(credential.c.label)
    ).scalar_one_or_none()
    if label is not None:
        _give(tx, token, person_id)
    return label


def take_card_back(tx: Tx, token: str, person_id: str, *, lost: bool) -> None:
    """Put a visitor's card back into the pool, or on its list of lost ones."""
    held = (credential.c.token == token) & (credential.c.person_id == person_id)
    values = {"person_id": POOL, "valid_from": None, "valid_until": None, "escorted": False}
    status = {"status": "lost"} if lost else {}
    if tx.connection.execute(update(credential).where(held).values(values | status)).rowcount:
        _give(tx, token, POOL)


def insert_code(
    tx: Tx, token: str, person_id: str, *, valid_from: datetime, valid_until: datetime, escorted: bool
) -> None:
    """Let a code that is about to be drawn count as the visitor's."""
    values = {
        "token": token,
        "person_id": person_id,
        "label": "QR",
        "status": "active",
        "valid_from": valid_from,
        "valid_until": valid_until,
        "source": DESK,
        "technology": CODE_TECHNOLOGY,
        "assurance": 1,
        "escorted": escorted,
    }
    if insert_new(tx, credential, values):
        _give(tx, token, person_id)


def end_code(tx: Tx, token: str, person_id: str) -> None:
    """Let a code count no more."""
    held = (credential.c.token == token) & (credential.c.person_id == person_id)
    tx.connection.execute(update(credential).where(held).values(status="returned"))
    save_inputs_changed(tx, [person_id])


def extend_pass(tx: Tx, token: str, person_id: str, valid_until: datetime) -> None:
    """Let a card or code count for longer."""
    held = (credential.c.token == token) & (credential.c.person_id == person_id)
    tx.connection.execute(update(credential).where(held).values(valid_until=valid_until))
    save_inputs_changed(tx, [person_id])


def _give(tx: Tx, token: str, person_id: str) -> None:
    save_inputs_changed(tx, {person_id} | save_holders(tx, {token: person_id}))
