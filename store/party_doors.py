"""What parties of bookings may open now or later, and which cards a desk has lent them: of many bookings at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from domain.access.rights import GrantSource
from store.bulk import batched
from store.party_passes import party_id
from store.rights_tables import right_grant
from store.tables import credential
from store.tx import Tx
from store.visitor_cards import CODE_TECHNOLOGY


@dataclass(frozen=True, slots=True)
class LentCard:
    """A card that a party has: its token, and what is printed on it."""

    token: str
    label: str


@dataclass(frozen=True, slots=True)
class PartyDoor:
    """A booking's party at the doors: until when something opens for it (None: nothing does), and its cards."""

    until_at: datetime | None
    cards: tuple[LentCard, ...] = ()


def list_party_doors(tx: Tx, reservation_ids: Collection[str]) -> dict[str, PartyDoor]:
    """Give the parties by booking; bookings that open nothing to a party and have no card out are left out."""
    found: dict[str, PartyDoor] = {}
    for some in batched(sorted(reservation_ids)):
        parties = {party_id(each): each for each in some}
        ends = _list_ends(tx, parties)
        cards = _list_cards(tx, parties)
        for person_id in sorted(ends.keys() | cards.keys()):
            found[parties[person_id]] = PartyDoor(ends.get(person_id), tuple(cards.get(person_id, ())))
    return found


def _list_ends(tx: Tx, parties: Collection[str]) -> dict[str, datetime]:
    grant = right_grant.c
    running = grant.ended_at.is_(None) & (grant.valid_until > tx.now) & grant.valid_from.is_not(None)
    theirs = (grant.source == GrantSource.reservation.value) & grant.subject_id.in_(sorted(parties))
    query = select(grant.subject_id, grant.valid_until).where(running, theirs).order_by(grant.valid_until)
    return {row.subject_id: row.valid_until for row in tx.connection.execute(query)}


def _list_cards(tx: Tx, parties: Collection[str]) -> dict[str, list[LentCard]]:
    card = credential.c
    lent = card.person_id.in_(sorted(parties)) & or_(card.technology.is_(None), card.technology != CODE_TECHNOLOGY)
    query = select(card.person_id, card.token, card.label).where(lent).order_by(card.label, card.token)
    found: dict[str, list[LentCard]] = {}
    for row in tx.connection.execute(query):
        found.setdefault(row.person_id, []).append(LentCard(row.token, row.label))
    return found
