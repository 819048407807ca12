"""Cards as the desk sees them: what is known of each, what it is allowed, its PIN's verifier, and who changed what.

HR's import writes through ``store.people``; a card whose status was set at the desk is the desk's from then on
(``source``), so that no import makes a lost card good again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, or_, select, update

from store.bulk import insert_rows
from store.conflicts import insert_new
from store.door_tables import card_change
from store.holdings import save_holders
from store.policy_inputs import save_inputs_changed
from store.tables import credential, person
from store.tx import Tx

DESK = "desk"


@dataclass(frozen=True, slots=True)
class DeskCard:
    """One card with its holder. ``technology`` to ``key_version`` are as its enrolment or its last proof told them.

    ``pin`` and ``duress_pin`` tell whether there is one; ``status_at`` since when the status is; ``replaces`` and
    ``replaced_by`` name the cards before and after it.
    """

    token: str
    person_id: str
    name: str
    label: str
    status: str
    valid_from: datetime | None
    valid_until: datetime | None
    technology: str | None
    assurance: int | None
    chip: str | None
    key_version: int | None
    pin: bool
    duress_pin: bool
    escorted: bool
    passback_exempt: bool
    extended: bool
    status_at: datetime | None = None
    replaces: str | None = None
    replaced_by: str | None = None


class Verifiers(NamedTuple):
    """What doors compare keyed-in PINs with; None where there is none."""

    pin: str | None
    duress: str | None


class Sighting(NamedTuple):
    """What a tap told of a card itself."""

    token: str
    technology: str
    assurance: int
    chip: str | None
    key_version: int | None


class CardChange(NamedTuple):
    """Who changed what of a card, when. ``detail`` holds no PIN and nothing made from one."""

    changed_at: datetime
    changed_by: str
    token: str
    person_id: str
    kind: str
    detail: str


class KeyCount(NamedTuple):
    """How many cards in use were last seen with a key version."""

    technology: str
    chip: str
    key_version: int | None
    cards: int


def list_desk_cards(tx: Tx, person_id: str) -> list[DeskCard]:
    """Give a person's cards, those in use first."""
    rows = tx.connection.execute(_cards().where(credential.c.person_id == person_id))
    cards = [_card(row) for row in rows]
    return sorted(cards, key=lambda card: (card.status != "active", card.label, card.token))


def load_desk_card(tx: Tx, token: str) -> DeskCard | None:
    """Give one card, or None when nobody has it."""
    row = tx.connection.execute(_cards().where(credential.c.token == token)).one_or_none()
    return None if row is None else _card(row)


def _cards() -> Any:
    return select(
        credential.c.token,
        credential.c.person_id,
        person.c.name,
        credential.c.label,
        credential.c.status,
        credential.c.valid_from,
        credential.c.valid_until,
        credential.c.technology,
        credential.c.assurance,
        credential.c.chip,
        credential.c.key_version,
        credential.c.pin_verifier.is_not(None).label("pin"),
        credential.c.duress_verifier.is_not(None).label("duress_pin"),
        credential.c.escorted,
        credential.c.passback_exempt,
        credential.c.extended,
        credential.c.status_at,
        credential.c.replaces,
        credential.c.replaced_by,
    ).join_from(credential, person, person.c.id == credential.c.person_id)


def _card(row: Row[Any]) -> DeskCard:
    return DeskCard(**row._asdict())


def insert_card(tx: Tx, token: str, person_id: str, label: str) -> bool:
    """Give a card that nobody has to a person; False when somebody has it already, and nothing is changed."""
    values = {"token": token, "person_id": person_id, "label": label, "status": "active", "source": DESK}
    new = insert_new(tx, credential, values)
    if new:
        save_holders(tx, {token: person_id})
        save_inputs_changed(tx, [person_id])
    return new


def save_desk_status(tx: Tx, token: str, status: str) -> None:
    """Set a card's status; from now on the desk's word about it holds, not HR's file."""
    _save(tx, token, status=status, status_at=tx.now, source=DESK)


def save_allowances(tx: Tx, token: str, *, escorted: bool, passback_exempt: bool, extended: bool) -> None:
    """Set what a card is allowed and needs (``domain.access.policy.Credential``)."""
    _save(tx, token, escorted=escorted, passback_exempt=passback_exempt, extended=extended)


def load_verifiers(tx: Tx, token: str) -> Verifiers | None:
    """Give a card's verifiers, held against other writers until the commit; None when nobody has the card."""
    columns = select(credential.c.pin_verifier, credential.c.duress_verifier).where(credential.c.token == token)
    row = tx.connection.execute(columns.with_for_update()).one_or_none()
    return None if row is None else Verifiers(*row)


def save_verifiers(tx: Tx, token: str, verifiers: Verifiers) -> None:
    """Keep what doors compare this card's PINs with."""
    _save(tx, token, pin_verifier=verifiers.pin, duress_verifier=verifiers.duress)


def _save(tx: Tx, token: str, **values: Any) -> None:
    changed = update(credential).where(credential.c.token == token).values(values)
    save_inputs_changed(tx, tx.connection.scalars(changed.returning(credential.c.person_id)).all())


def save_sightings(tx: Tx, seen: Collection[Sighting]) -> None:
    """Keep what the newest taps told of their cards; one a card. Cards nobody has are passed over."""
    if not seen:
        return
    told = {name: getattr(credential.c, name) for name in Sighting._fields if name != "token"}
    statement = (
        update(credential)
        .where(
            credential.c.token == bindparam("seen_token"),
            or_(
                *(
                    column.is_distinct_from(bindparam(f"seen_{name}", type_=column.type))
                    for name, column in told.items()
                )
            ),
        )
        .values({name: bindparam(f"seen_{name}", type_=column.type) for name, column in told.items()})
    )
    rows = [{f"seen_{name}": value for name, value in each._asdict().items()} for each in sorted(seen)]
    tx.connection.execute(statement, rows)


def count_key_versions(tx: Tx) -> list[KeyCount]:
    """Give how many cards in use were last seen with each key version, so that a re-key's progress shows."""
    columns = credential.c.technology, credential.c.chip, credential.c.key_version
    rows = tx.connection.execute(
        select(*columns, func.count())
        .where(credential.c.status == "active", credential.c.chip.is_not(None))
        .group_by(*columns)
        .order_by(*columns)
    )
    return [KeyCount(*row) for row in rows]


def insert_card_changes(tx: Tx, changes: Collection[CardChange]) -> None:
    """Write down who changed what."""
    insert_rows(tx, card_change, CardChange._fields, changes)


def list_card_changes(tx: Tx, person_id: str, *, limit: int) -> list[CardChange]:
    """Give the newest changes of a person's cards, newest first."""
    rows = tx.connection.execute(
        select(*(card_change.c[name] for name in CardChange._fields))
        .where(card_change.c.person_id == person_id)
        .order_by(card_change.c.id.desc())
        .limit(limit)
    )
    return [CardChange(*row) for row in rows]
