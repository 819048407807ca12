"""Stand-ins (代決): whom a head named to decide in his absence, from one day to another, and until it was ended."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from store.application_tables import delegation
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Delegation:
    """A head's word that somebody decides from ``from_on`` to ``until_on``, both included; ``given_by`` is a login."""

    id: int
    head_id: str
    delegate_id: str
    from_on: date
    until_on: date
    given_by: str
    given_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


def insert_delegation(tx: Tx, head_id: str, delegate_id: str, from_on: date, until_on: date, *, by: str) -> int:
    """Write a stand-in down; gives its id."""
    given = insert(delegation).values(
        head_id=head_id, delegate_id=delegate_id, from_on=from_on, until_on=until_on, given_by=by, given_at=tx.now
    )
    number: int = tx.connection.execute(given.returning(delegation.c.id)).scalar_one()
    return number


def end_delegation(tx: Tx, delegation_id: int, *, by: str) -> bool:
    """End a stand-in at ``tx.now``; False when there is none that goes on."""
    standing = (delegation.c.id == delegation_id) & delegation.c.ended_at.is_(None)
    ended = update(delegation).where(standing).values(ended_by=by, ended_at=tx.now)
    return tx.connection.execute(ended).rowcount == 1


def load_delegation(tx: Tx, delegation_id: int) -> Delegation | None:
    """Give one stand-in; None when there is none of that id."""
    row = tx.connection.execute(select(delegation).where(delegation.c.id == delegation_id)).one_or_none()
    return None if row is None else Delegation(**row._asdict())


def list_delegations(tx: Tx, on: date, *, head_id: str | None = None) -> list[Delegation]:
    """Give the stand-ins that hold on a day or later and were not ended, of one head or of all, by first day."""
    wanted = delegation.c.until_on >= on, delegation.c.ended_at.is_(None)
    query = select(delegation).where(*wanted).order_by(delegation.c.from_on, delegation.c.id)
    if head_id is not None:
        query = query.where(delegation.c.head_id == head_id)
    return [Delegation(**row._asdict()) for row in tx.connection.execute(query)]


def list_delegations_of(tx: Tx, head_id: str, *, limit: int) -> list[Delegation]:
    """Give what a head named, past and ended ones too, the latest first day first."""
    query = select(delegation).where(delegation.c.head_id == head_id)
    query = query.order_by(delegation.c.from_on.desc(), delegation.c.id.desc()).limit(limit)
    return [Delegation(**row._asdict()) for row in tx.connection.execute(query)]
