"""Loans and handovers that wait at a desk's reader for a card, copies that wait for their tag. One a reader."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.keys.key import Target, TargetKind
from store.key_round_tables import key_wait
from store.tx import Tx


class WaitKind(StrEnum):
    """What waits."""

    lend = "lend"  # for the borrower's card
    hand_over = "hand_over"  # for the holder's card, then for the other one's
    tag = "tag"  # for the tag that a copy or a ring is to bear


class WaitOutcome(StrEnum):
    """How a wait ended."""

    done = "done"
    refused = "refused"  # ``fault`` says why
    cancelled = "cancelled"
    expired = "expired"


@dataclass(frozen=True, slots=True)
class KeyWait:
    """One wait; fields as the columns of ``store.key_round_tables.key_wait`` describe them."""

    id: str
    reader_id: str
    kind: WaitKind
    target: Target
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    second_by: str = ""
    due_at: datetime | None = None
    deposit_yen: int = 0
    reason: str = ""
    giver_id: str | None = None
    copy_id: str | None = None
    ended_at: datetime | None = None
    outcome: WaitOutcome | None = None
    fault: str | None = None

    def outcome_at(self, now: datetime) -> WaitOutcome | None:
        """Give how it ended by ``now``; None while it waits."""
        if self.outcome is not None:
            return self.outcome
        return WaitOutcome.expired if now >= self.expires_at else None


def claim_desk(tx: Tx, asked: KeyWait) -> bool:
    """Begin to wait at a reader; False when something waits there already, and nothing is changed."""
    over = (key_wait.c.reader_id == asked.reader_id) & key_wait.c.ended_at.is_(None)
    tx.connection.execute(
        update(key_wait)
        .where(over, key_wait.c.expires_at <= tx.now)
        .values(ended_at=key_wait.c.expires_at, outcome=WaitOutcome.expired.value)
    )
    values = {name: value for name, value in asdict(asked).items() if name != "target"}
    values |= {"kind": asked.kind.value, "target_kind": asked.target.kind.value, "target_id": asked.target.id}
    dialect = postgresql if tx.is_postgresql else sqlite
    statement = dialect.insert(key_wait).values(values).on_conflict_do_nothing()
    return tx.connection.execute(statement.returning(key_wait.c.id)).first() is not None


def load_wait(tx: Tx, wait_id: str) -> KeyWait | None:
    """Give one wait, or None when there is none of that id."""
    row = tx.connection.execute(select(key_wait).where(key_wait.c.id == wait_id)).one_or_none()
    return None if row is None else _wait(row)


def list_waiting(tx: Tx, reader_ids: Collection[str]) -> dict[str, KeyWait]:
    """Give what waits at these readers at ``tx.now``, by reader; until the commit nobody else ends it."""
    waiting = key_wait.c.reader_id.in_(sorted(reader_ids)) & key_wait.c.ended_at.is_(None)
    query = select(key_wait).where(waiting, key_wait.c.expires_at > tx.now).order_by(key_wait.c.id)
    return {row.reader_id: _wait(row) for row in tx.connection.execute(query.with_for_update())}


def list_waits_of(tx: Tx, login: str) -> list[KeyWait]:
    """Give what somebody lets wait at ``tx.now``, by reader."""
    waiting = (key_wait.c.asked_by == login) & key_wait.c.ended_at.is_(None) & (key_wait.c.expires_at > tx.now)
    return [_wait(row) for row in tx.connection.execute(select(key_wait).where(waiting).order_by(key_wait.c.reader_id))]


def save_giver(tx: Tx, wait_id: str, giver_id: str) -> None:
    """Write down that the holder's card was held to the reader: the next one is the other's."""
    tx.connection.execute(update(key_wait).where(key_wait.c.id == wait_id).values(giver_id=giver_id))


def end_wait(tx: Tx, wait_id: str, outcome: WaitOutcome, fault: str | None = None) -> bool:
    """End a wait; tells whether it still waited."""
    waiting = (key_wait.c.id == wait_id) & key_wait.c.ended_at.is_(None)
    values = {"ended_at": tx.now, "outcome": outcome.value, "fault": fault}
    return tx.connection.execute(update(key_wait).where(waiting).values(values)).rowcount == 1


def _wait(row: Row[Any]) -> KeyWait:
    values = row._asdict()
    values["target"] = Target(TargetKind(values.pop("target_kind")), values.pop("target_id"))
    values["kind"] = WaitKind(values["kind"])
    values["outcome"] = None if values["outcome"] is None else WaitOutcome(values["outcome"])
    return KeyWait(**values)
