"""Overtime orders (時間外勤務命令): given beforehand, held against presence afterwards."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.conflicts import insert_new
from store.tables import overtime_order
from store.tx import Tx


class OrderConflictError(Exception):
    """An order of this id stands already and says something else; ids are made anew for each order."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"order {order_id} stands already with other contents; give a new order a new id")
        self.order_id = order_id


@dataclass(frozen=True, slots=True)
class OvertimeOrder:
    """One order: instants are aware UTC, ``ends_at`` no longer belongs to it; ``ordered_by`` is a person."""

    id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    ordered_by: str
    ordered_at: datetime


_COLUMNS = tuple(overtime_order.c[name] for name in OvertimeOrder.__slots__)


def insert_order(tx: Tx, order: OvertimeOrder) -> bool:
    """Keep an order; False when the very same one stands already, so sending twice is harmless.

    ``ordered_at`` of the one that stands is kept.

    Raises:
        OrderConflictError: the id stands for another order.
        ValueError: it ends before it starts.
    """
    if order.ends_at <= order.starts_at:
        raise ValueError(f"ends_at {order.ends_at.isoformat()} is not after starts_at {order.starts_at.isoformat()}")
    values = {name: getattr(order, name) for name in OvertimeOrder.__slots__}
    if insert_new(tx, overtime_order, values):
        return True
    standing = load_order(tx, order.id)
    if standing is None or _content(standing) != _content(order):
        raise OrderConflictError(order.id)
    return False


def load_order(tx: Tx, order_id: str) -> OvertimeOrder | None:
    """Give one order; None when there is none of that id."""
    row = tx.connection.execute(select(*_COLUMNS).where(overtime_order.c.id == order_id)).one_or_none()
    return None if row is None else OvertimeOrder(*row)


def list_orders(tx: Tx, person_ids: Collection[str] | None, *, since: datetime, until: datetime) -> list[OvertimeOrder]:
    """Give the orders that meet the time from ``since`` up to but not including ``until``, None is everybody's."""
    wanted = (overtime_order.c.starts_at < until) & (overtime_order.c.ends_at > since)
    if person_ids is not None:
        wanted &= overtime_order.c.person_id.in_(person_ids)
    rows = tx.connection.execute(
        select(*_COLUMNS).where(wanted).order_by(overtime_order.c.starts_at, overtime_order.c.id)
    )
    return [OvertimeOrder(*row) for row in rows]


def _content(order: OvertimeOrder) -> tuple[object, ...]:
    return (order.person_id, order.starts_at, order.ends_at, order.reason, order.ordered_by)
