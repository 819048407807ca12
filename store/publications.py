"""Publications as people watch them: editions issued together, the cards that they are about, and who asked for it.

Editions of all revisions of the site that are alive are issued at one instant; whoever held one of an earlier instant
holds a smaller version than any of them. So one number tells whether a device has confirmed: the smallest.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select

from store.bulk import batched
from store.door_tables import card_change
from store.editions import Edition
from store.policy_tables import policy_edition
from store.tables import credential, person
from store.tx import Tx

TOGETHER_MAX = 8
"""More revisions of a site are never alive at once."""

_HEADERS = tuple(policy_edition.c[name] for name in Edition.__slots__)


@dataclass(frozen=True, slots=True)
class Publication:
    """Editions issued together, in the order of versions; at least one."""

    editions: tuple[Edition, ...]

    @property
    def version(self) -> int:
        """The smallest version: who holds it or a later one has confirmed."""
        return self.editions[0].version

    @property
    def issued_at(self) -> datetime:
        """When they were issued."""
        return self.editions[0].issued_at

    @property
    def told_by(self) -> Edition:
        """The edition whose content says best what changed: a change, where there is one."""
        return next((each for each in self.editions if each.base_version is not None), self.editions[0])


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card a token is and what stands on it."""

    token: str
    person_id: str
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class CardAct:
    """What somebody did to a card: ``kind`` and ``detail`` as ``store.cards.CardChange`` has them."""

    token: str
    at: datetime
    by: str
    kind: str
    detail: str


def list_publications(tx: Tx, *, limit: int) -> list[Publication]:
    """Give the newest publications, the newest first."""
    newest = select(*_HEADERS).order_by(policy_edition.c.version.desc()).limit(limit * 2)
    editions = [Edition(*row) for row in tx.connection.execute(newest)]
    groups = [list(group) for _, group in groupby(editions, key=lambda edition: edition.issued_at)]
    return [Publication(tuple(reversed(group))) for group in groups[:limit]]


def load_publication(tx: Tx, version: int) -> Publication | None:
    """Give the publication to which an edition belongs; None where there is no such edition."""
    near = policy_edition.c.version.between(version - TOGETHER_MAX, version + TOGETHER_MAX)
    rows = tx.connection.execute(select(*_HEADERS).where(near).order_by(policy_edition.c.version))
    editions = [Edition(*row) for row in rows]
    asked = next((edition for edition in editions if edition.version == version), None)
    if asked is None:
        return None
    return Publication(tuple(edition for edition in editions if edition.issued_at == asked.issued_at))


def list_card_holders(tx: Tx, tokens: Collection[str]) -> dict[str, CardHolder]:
    """Give whose the cards are; cards that nobody has any more are left out."""
    columns = select(credential.c.token, credential.c.person_id, person.c.name, credential.c.label)
    whose = columns.join_from(credential, person, person.c.id == credential.c.person_id)
    return {
        row.token: CardHolder(*row)
        for some in batched(sorted(tokens))
        for row in tx.connection.execute(whose.where(credential.c.token.in_(some)))
    }


def list_card_acts(tx: Tx, persons: Collection[str], *, since: datetime, until: datetime) -> list[CardAct]:
    """Give what people did to the cards of these persons in [since, until], in the order in which they did it."""
    columns = card_change.c.token, card_change.c.changed_at, card_change.c.changed_by
    acts = select(*columns, card_change.c.kind, card_change.c.detail).order_by(card_change.c.id)
    within = acts.where(card_change.c.changed_at >= since, card_change.c.changed_at <= until)
    return [
        CardAct(*row)
        for some in batched(sorted(persons))
        for row in tx.connection.execute(within.where(card_change.c.person_id.in_(some)))
    ]
