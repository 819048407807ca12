"""Parties of reservations at the doors: who they are to a controller, and the codes that are drawn for them.

A code is drawn before anybody has it and kept as what names it; taking one for a reservation needs no key, so that it
happens in the commit of the permission. What names a code is no code: the centre signs it whenever it is shown. It
opens as often as it is held to a reader while it counts, for a party is many people.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from domain.access.rights import PersonKind
from store.bulk import batched, insert_rows
from store.cards import DESK
from store.conflicts import insert_new
from store.holdings import list_holdings, save_holders
from store.people import Department, Person, load_person, upsert_persons
from store.policy_inputs import save_inputs_changed
from store.reservation_tables import party_code
from store.tables import credential, department
from store.tx import Tx
from store.visitor_cards import CODE_TECHNOLOGY

PARTIES = Department("parties", "施設利用者")
"""The department of parties: none of the city's."""

PERSON_PREFIX = "party-"

_ACTIVE = "active"


class DrawnCode(NamedTuple):
    """A code that was drawn: its token at the doors, and what names it, in hexadecimal."""

    token: str
    code_id: str


class PartyCode(NamedTuple):
    """A reservation's code and from when until when it opens; ``is_active``: it does at all."""

    reservation_id: str
    token: str
    code_id: str
    is_active: bool
    valid_from: datetime | None
    valid_until: datetime | None


def party_id(reservation_id: str) -> str:
    """Give who the party of a reservation is at the doors."""
    return f"{PERSON_PREFIX}{reservation_id}"


def save_party(tx: Tx, reservation_id: str) -> str:
    """Let a reservation's party be known at the doors by the reservation's number alone; gives its person."""
    person_id = party_id(reservation_id)
    if load_person(tx, person_id) is None:
        insert_new(tx, department, {"id": PARTIES.id, "name": PARTIES.name})
        kind = PersonKind.party.value
        upsert_persons(tx, [Person(person_id, f"予約 {reservation_id}", "", PARTIES.id, kind=kind)])
    return person_id


def insert_drawn_codes(tx: Tx, codes: Sequence[DrawnCode]) -> None:
    """Keep codes that nobody has yet."""
    insert_rows(tx, party_code, ("token", "code_id", "drawn_at"), [(*code, tx.now) for code in codes])


def count_free_codes(tx: Tx) -> int:
    """Count the codes that nobody has yet."""
    free = party_code.c.reservation_id.is_(None)
    return tx.connection.scalar(select(func.count()).select_from(party_code).where(free)) or 0


def take_code(tx: Tx, reservation_id: str) -> DrawnCode | None:
    """Take a code that nobody has for a reservation; None where none is drawn. Two at once take two."""
    free = select(party_code.c.token, party_code.c.code_id).where(party_code.c.reservation_id.is_(None))
    query = free.order_by(party_code.c.drawn_at, party_code.c.token).limit(1).with_for_update(skip_locked=True)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        return None
    values = {"reservation_id": reservation_id, "taken_at": tx.now}
    tx.connection.execute(update(party_code).where(party_code.c.token == row.token).values(values))
    return DrawnCode(row.token, row.code_id)


def list_party_codes(tx: Tx, reservation_ids: Collection[str]) -> dict[str, PartyCode]:
    """Give the codes that count for reservations, by reservation; one that opens nothing now too."""
    columns = (party_code.c.reservation_id, party_code.c.token, party_code.c.code_id)
    bounds = (credential.c.status == _ACTIVE, credential.c.valid_from, credential.c.valid_until)
    query = select(*columns, *bounds).outerjoin(credential, credential.c.token == party_code.c.token)
    counts = query.where(party_code.c.ended_at.is_(None))
    found = {}
    for some in batched(sorted(reservation_ids)):
        for row in tx.connection.execute(counts.where(party_code.c.reservation_id.in_(some))):
            found[row.reservation_id] = PartyCode(row[0], row[1], row[2], bool(row[3]), row[4], row[5])
    return found


def open_by_code(tx: Tx, code: DrawnCode, person_id: str, valid_from: datetime, valid_until: datetime) -> None:
    """Let a code open for a party from an instant up to another one."""
    bounds = {"status": _ACTIVE, "valid_from": valid_from, "valid_until": valid_until}
    fixed = {"token": code.token, "person_id": person_id, "label": "QR", "source": DESK}
    kind = {"technology": CODE_TECHNOLOGY, "assurance": 1, "passback_exempt": True}
    if insert_new(tx, credential, fixed | kind | bounds):
        save_holders(tx, {code.token: person_id})
    else:
        tx.connection.execute(update(credential).where(credential.c.token == code.token).values(bounds))
    save_inputs_changed(tx, [person_id])


def shut_code(tx: Tx, code: PartyCode, *, ends: bool = False) -> None:
    """Let a code open nothing; with ``ends`` another one is to be drawn for the reservation."""
    closed = update(credential).where(credential.c.token == code.token)
    tx.connection.execute(closed.values(status="returned"))
    if ends:
        tx.connection.execute(update(party_code).where(party_code.c.token == code.token).values(ended_at=tx.now))
    save_inputs_changed(tx, [party_id(code.reservation_id)])


def list_party_cards(tx: Tx, person_id: str) -> list[str]:
    """Give the tokens of the cards that a desk lent to a party, in order."""
    lent = (credential.c.person_id == person_id) & credential.c.technology.is_distinct_from(CODE_TECHNOLOGY)
    return list(tx.connection.scalars(select(credential.c.token).where(lent).order_by(credential.c.token)))


def load_lent_at(tx: Tx, token: str) -> datetime | None:
    """Give since when a party has a card; None where no party has it."""
    holding = next((each for each in reversed(list_holdings(tx, [token])) if each.until_at is None), None)
    return holding.from_at if holding is not None and holding.person_id.startswith(PERSON_PREFIX) else None


def save_card_bounds(tx: Tx, person_id: str, times: tuple[datetime | None, datetime | None]) -> None:
    """Let the cards lent to a party open from an instant up to another one; None is no bound."""
    tokens = list_party_cards(tx, person_id)
    if tokens:
        values = {"valid_from": times[0], "valid_until": times[1]}
        tx.connection.execute(update(credential).where(credential.c.token.in_(tokens)).values(values))
        save_inputs_changed(tx, [person_id])


def forget_codes(tx: Tx, before: datetime) -> int:
    """Take codes off the doors' lists whose time was over before an instant, a thousand at a time; gives how many.

    Whose they were stays in the history of holders, for taps that arrive late.
    """
    gone = select(credential.c.token, credential.c.person_id).where(
        credential.c.technology == CODE_TECHNOLOGY,
        credential.c.person_id.startswith(PERSON_PREFIX, autoescape=True),
        credential.c.valid_until < before,
    )
    rows = tx.connection.execute(gone.limit(1000)).all()
    if rows:
        tx.connection.execute(delete(credential).where(credential.c.token.in_([row.token for row in rows])))
        save_inputs_changed(tx, [row.person_id for row in rows])
    return len(rows)
