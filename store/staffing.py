"""Leavers and transfers: orders on a date, and what of a person changes when one is carried out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, update

from domain.access.rights import PersonKind
from store.conflicts import insert_new
from store.policy_inputs import save_inputs_changed
from store.rights_tables import staffing_order
from store.tables import account, department, person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class StaffingOrder:
    """A leaver (``end``; ``due_on`` is the last day) or a transfer (``due_on`` is the first day in the department)."""

    id: str
    kind: str
    person_id: str
    due_on: date
    department_id: str | None
    title: str
    reason: str
    ordered_by: str
    ordered_at: datetime | None = None
    done_at: datetime | None = None
    cancelled_at: datetime | None = None


def insert_order(tx: Tx, order: StaffingOrder) -> bool:
    """Write an order down; False when one of that id stands already."""
    values = {name: getattr(order, name) for name in StaffingOrder.__slots__}
    return insert_new(tx, staffing_order, values | {"ordered_at": tx.now})


def list_due_orders(tx: Tx, *, last_on: date, first_on: date) -> list[StaffingOrder]:
    """Give the orders to carry out, oldest first: leavers up to ``last_on``, transfers up to ``first_on``."""
    due = ((staffing_order.c.kind == "end") & (staffing_order.c.due_on <= last_on)) | (
        (staffing_order.c.kind == "transfer") & (staffing_order.c.due_on <= first_on)
    )
    rows = tx.connection.execute(_waiting().where(due).order_by(staffing_order.c.due_on, staffing_order.c.id))
    return [StaffingOrder(*row) for row in rows]


def list_waiting_orders(tx: Tx, person_id: str) -> list[StaffingOrder]:
    """Give what is ordered of a person and not done yet, the nearest first."""
    rows = tx.connection.execute(
        _waiting().where(staffing_order.c.person_id == person_id).order_by(staffing_order.c.due_on)
    )
    return [StaffingOrder(*row) for row in rows]


def save_order_done(tx: Tx, order_id: str) -> None:
    """Note that an order was carried out at ``tx.now``."""
    tx.connection.execute(update(staffing_order).where(staffing_order.c.id == order_id).values(done_at=tx.now))


def save_order_cancelled(tx: Tx, order_id: str, *, by: str) -> StaffingOrder | None:
    """Call an order off; gives it, or None when it was carried out or called off already."""
    waiting = staffing_order.c.done_at.is_(None), staffing_order.c.cancelled_at.is_(None)
    row = tx.connection.execute(
        update(staffing_order)
        .where(staffing_order.c.id == order_id, *waiting)
        .values(cancelled_by=by, cancelled_at=tx.now)
        .returning(*(staffing_order.c[name] for name in StaffingOrder.__slots__))
    ).one_or_none()
    return None if row is None else StaffingOrder(*row)


def save_left_on(tx: Tx, person_id: str, left_on: date | None) -> None:
    """Set a person's last day."""
    tx.connection.execute(update(person).where(person.c.id == person_id).values(left_on=left_on))
    save_inputs_changed(tx, [person_id])


def save_department(tx: Tx, person_id: str, department_id: str) -> None:
    """Set the department that a person belongs to now; posts are ``store.posts``'."""
    tx.connection.execute(update(person).where(person.c.id == person_id).values(department_id=department_id))
    save_inputs_changed(tx, [person_id])


def list_open_accounts(tx: Tx, person_id: str) -> list[str]:
    """Give the logins by which a person may sign in."""
    mine = account.c.person_id == person_id, account.c.disabled_at.is_(None)
    return list(tx.connection.scalars(select(account.c.login).where(*mine).order_by(account.c.login)))


def list_headed_departments(tx: Tx, person_id: str) -> list[str]:
    """Give the names of the departments whose head (所属長) a person is."""
    headed = select(department.c.name).where(department.c.head_id == person_id).order_by(department.c.id)
    return list(tx.connection.scalars(headed))


def list_sponsored(tx: Tx, person_id: str, on: date) -> list[str]:
    """Give the names of those whom a person answers for and who have not left by a day; visitors are visits' own."""
    here = person.c.left_on.is_(None) | (person.c.left_on >= on)
    theirs = (person.c.sponsor_id == person_id) & (person.c.kind != PersonKind.visitor.value)
    return list(tx.connection.scalars(select(person.c.name).where(theirs, here).order_by(person.c.id)))


def _waiting() -> Select[Any]:
    return select(*(staffing_order.c[name] for name in StaffingOrder.__slots__)).where(
        staffing_order.c.done_at.is_(None), staffing_order.c.cancelled_at.is_(None)
    )
