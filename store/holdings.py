"""Whose each card was, when: a card that goes from one person to the next takes no old taps with it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from store.bulk import batched, insert_rows
from store.rights_tables import card_holding
from store.tx import Tx


class Holding(NamedTuple):
    """A person's time with a card: ``from_at`` is inside, ``until_at`` no longer is; None is no bound."""

    token: str
    person_id: str
    from_at: datetime | None
    until_at: datetime | None


def save_holders(tx: Tx, holders: Mapping[str, str], *, since_ever: bool = False) -> frozenset[str]:
    """Let each card be the person's from ``tx.now`` on; who had it before has it no longer.

    Args:
        tx: the transaction.
        holders: token → person.
        since_ever: a card nobody had before was this person's already before we heard of it.

    Returns:
        the persons who had one of the cards until now.
    """
    former: set[str] = set()
    known: dict[str, str | None] = {}
    for holding in list_holdings(tx, holders):
        known[holding.token] = holding.person_id if holding.until_at is None else None
    moved = [token for token, who in known.items() if who is not None and who != holders[token]]
    for some in batched(sorted(moved)):
        ended = update(card_holding).where(card_holding.c.token.in_(some), card_holding.c.until_at.is_(None))
        tx.connection.execute(ended.values(until_at=tx.now))
        former.update(who for token in some if (who := known[token]) is not None)
    rows = [
        Holding(token, who, None if since_ever and token not in known else tx.now, None)
        for token, who in sorted(holders.items())
        if known.get(token) != who
    ]
    insert_rows(tx, card_holding, Holding._fields, rows)
    return frozenset(former)


def list_holdings(tx: Tx, tokens: Collection[str]) -> list[Holding]:
    """Give who had the cards when, each card's in the order of time."""
    columns = select(*(card_holding.c[name] for name in Holding._fields)).order_by(card_holding.c.id)
    return [
        Holding(*row)
        for some in batched(sorted(tokens))
        for row in tx.connection.execute(columns.where(card_holding.c.token.in_(some)))
    ]


def find_holders(tx: Tx, tapped: Collection[tuple[str, datetime]]) -> dict[tuple[str, datetime], str]:
    """Give whose each card was at the instant of its tap; cards that were nobody's then are left out."""
    held: dict[str, list[Holding]] = defaultdict(list)
    for holding in list_holdings(tx, {token for token, _ in tapped}):
        held[holding.token].append(holding)
    return {
        (token, at): holding.person_id
        for token, at in tapped
        for holding in held[token]
        if (holding.from_at is None or holding.from_at <= at) and (holding.until_at is None or at < holding.until_at)
    }
