"""Openings of doors that wait for a second person: what was asked by whom, and who confirmed it in time."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from store.door_tables import door_proposal
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class DoorProposal:
    """What somebody asks of doors; fields as the columns of ``store.door_tables.door_proposal`` describe them."""

    id: str
    scope: str
    scope_id: str
    action: str
    seconds: int | None
    reason: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    confirm_by_at: datetime
    confirmed_by: str | None = None
    confirmed_by_name: str | None = None
    confirmed_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Tell whether a second account may still confirm it."""
        return self.confirmed_at is None and now < self.confirm_by_at


def insert_proposal(tx: Tx, asked: DoorProposal) -> None:
    """Write down what is asked."""
    tx.connection.execute(insert(door_proposal).values(asdict(asked)))


def save_confirmed(tx: Tx, proposal_id: str, *, by: str, name: str) -> None:
    """Say that a second account confirmed it at ``tx.now``."""
    confirmed = {"confirmed_by": by, "confirmed_by_name": name, "confirmed_at": tx.now}
    tx.connection.execute(update(door_proposal).where(door_proposal.c.id == proposal_id).values(confirmed))


def load_proposal(tx: Tx, proposal_id: str) -> DoorProposal | None:
    """Give one by its id."""
    row = tx.connection.execute(select(door_proposal).where(door_proposal.c.id == proposal_id)).one_or_none()
    return None if row is None else _proposal(row)


def list_unconfirmed(tx: Tx, since: datetime, *, limit: int) -> list[DoorProposal]:
    """Give what was asked since an instant and nobody has confirmed, those that lapsed too, the newest first."""
    open_ones = select(door_proposal).where(door_proposal.c.asked_at >= since, door_proposal.c.confirmed_at.is_(None))
    rows = open_ones.order_by(door_proposal.c.asked_at.desc(), door_proposal.c.id).limit(limit)
    return [_proposal(row) for row in tx.connection.execute(rows)]


def _proposal(row: Row[Any]) -> DoorProposal:
    return DoorProposal(**row._asdict())
