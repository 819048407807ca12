"""Movements of information: what was asked for, where it stands, and everything that was done about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from domain.zones.information import Demand, Handling
from domain.zones.movement import Movement, MovementState
from store.conflicts import insert_new
from store.information_tables import movement, movement_step
from store.tables import account, person
from store.tx import Tx

ASKED = "ask"
"""The first step of every movement; the others are acts of ``domain.zones.movement``."""


@dataclass(frozen=True, slots=True)
class KeptMovement:
    """A movement, who asked for it (None: an account of no person), and in which department."""

    kept: Movement
    person_id: str | None
    department_id: str
    asker: str
    """The name of whoever asked, or the login of an account of no person."""


@dataclass(frozen=True, slots=True)
class MovementStep:
    """What was done about a movement; ``by`` is a login, empty for the clock. ``text`` is the reason or the means."""

    act: str
    by: str
    at: datetime
    text: str


def insert_movement(tx: Tx, new: Movement, *, person_id: str | None, department_id: str) -> bool:
    """Keep a request and its first step; False when one of that id stands already, and nothing is changed."""
    values = _values(new) | {
        "id": new.id,
        "handling": new.handling.value,
        "subject": new.subject,
        "class_id": new.class_id,
        "demand": new.demand.value,
        "asked_by": new.asked_by,
        "person_id": person_id,
        "department_id": department_id,
        "asked_at": new.asked_at,
        "reason": new.reason,
        "until_at": new.until_at,
        "from_tier": new.from_tier,
        "to_tier": new.to_tier,
        "place": new.place,
    }
    if not insert_new(tx, movement, values):
        return False
    insert_step(tx, new.id, ASKED, by=new.asked_by, text=new.reason)
    return True


def insert_step(tx: Tx, movement_id: str, act: str, *, by: str, text: str = "") -> None:
    """Keep what is done about a movement now."""
    values = {"movement_id": movement_id, "act": act, "by": by, "at": tx.now, "text": text}
    tx.connection.execute(insert(movement_step).values(values))


def save_movement(tx: Tx, before: Movement, after: Movement) -> bool:
    """Keep where a movement stands now; False when somebody else was quicker."""
    same = (
        (movement.c.id == before.id)
        & (movement.c.state == before.state.value)
        & (movement.c.approved_by == " ".join(before.approved_by))
    )
    return tx.connection.execute(update(movement).where(same).values(_values(after))).rowcount == 1


def load_movement(tx: Tx, movement_id: str) -> KeptMovement | None:
    """Give a movement; None when there is none of that id."""
    row = tx.connection.execute(_select().where(movement.c.id == movement_id)).one_or_none()
    return None if row is None else _read(row)


def list_movements(
    tx: Tx,
    *,
    states: Collection[MovementState] = tuple(MovementState),
    department_id: str | None = None,
    asked_by: str | None = None,
    limit: int = 200,
) -> list[KeptMovement]:
    """Give movements in some states, the last one first.

    Args:
        tx: the transaction.
        states: where they stand.
        department_id: only those asked for in a department; None: in all.
        asked_by: only those of a login; None: of all.
        limit: so many at most.
    """
    query = _select().where(movement.c.state.in_([each.value for each in states]))
    if department_id is not None:
        query = query.where(movement.c.department_id == department_id)
    if asked_by is not None:
        query = query.where(movement.c.asked_by == asked_by)
    ordered = query.order_by(movement.c.asked_at.desc(), movement.c.id).limit(limit)
    return [_read(row) for row in tx.connection.execute(ordered)]


def list_over(tx: Tx) -> list[KeptMovement]:
    """Give what was asked for or approved and whose time is over now, oldest first."""
    open_ = [MovementState.asked.value, MovementState.approved.value]
    query = _select().where(movement.c.state.in_(open_), movement.c.until_at <= tx.now)
    return [_read(row) for row in tx.connection.execute(query.order_by(movement.c.until_at, movement.c.id))]


def count_asked(tx: Tx, *, department_id: str | None = None, without: str = "") -> int:
    """Give how many wait for approval, of a department or of all, but for those that a login asked for."""
    waits = (movement.c.state == MovementState.asked.value) & (movement.c.asked_by != without)
    if department_id is not None:
        waits &= movement.c.department_id == department_id
    return int(tx.connection.execute(select(func.count()).select_from(movement).where(waits)).scalar_one())


def list_steps(tx: Tx, movement_id: str) -> list[MovementStep]:
    """Give everything that was done about a movement, in order."""
    query = select(movement_step.c.act, movement_step.c.by, movement_step.c.at, movement_step.c.text)
    ordered = query.where(movement_step.c.movement_id == movement_id).order_by(movement_step.c.id)
    return [MovementStep(*row) for row in tx.connection.execute(ordered)]


def list_heads(tx: Tx, department_id: str, role: str) -> list[str]:
    """Give the persons of a department whose accounts have a role and may sign in, by id."""
    query = (
        select(account.c.person_id, account.c.roles)
        .join_from(account, person, person.c.id == account.c.person_id)
        .where(account.c.disabled_at.is_(None), person.c.department_id == department_id)
    )
    return sorted(row.person_id for row in tx.connection.execute(query) if role in row.roles.split())


def _values(of: Movement) -> dict[str, object]:
    return {
        "state": of.state.value,
        "approved_by": " ".join(of.approved_by),
        "done_by": of.done_by,
        "done_at": of.done_at,
        "means": of.means,
    }


def _select() -> Any:
    return select(movement, person.c.name.label("asker")).outerjoin_from(
        movement, person, person.c.id == movement.c.person_id
    )


def _read(row: Row[Any]) -> KeptMovement:
    kept = Movement(
        row.id,
        Handling(row.handling),
        row.subject,
        row.class_id,
        Demand(row.demand),
        row.asked_by,
        row.asked_at,
        row.reason,
        row.until_at,
        row.from_tier,
        row.to_tier,
        row.place,
        MovementState(row.state),
        tuple(row.approved_by.split()),
        row.done_by,
        row.done_at,
        row.means,
    )
    return KeptMovement(kept, row.person_id, row.department_id, row.asker or row.asked_by)
