"""Overtime orders (時間外勤務命令): given beforehand, held against presence afterwards; ended, never deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from domain.attendance.spans import Spans
from domain.civil import format_clock, parse_clock
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
    """One order: instants are aware UTC, ``ends_at`` no longer belongs to it; ``ordered_by`` is a person.

    ``breaks`` are clock minutes from 00:00 of the civil day on which it starts, past 1440 on the day after.
    """

    id: str
    person_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    ordered_by: str
    ordered_at: datetime
    breaks: Spans = ()
    application_id: str | None = None


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
    values = {name: getattr(order, name) for name in OvertimeOrder.__slots__} | {"breaks": _write(order.breaks)}
    if insert_new(tx, overtime_order, values):
        return True
    standing = load_order(tx, order.id)
    if standing is None or _content(standing) != _content(order):
        raise OrderConflictError(order.id)
    return False


def load_order(tx: Tx, order_id: str) -> OvertimeOrder | None:
    """Give one order, an ended one too; None when there is none of that id."""
    row = tx.connection.execute(select(*_COLUMNS).where(overtime_order.c.id == order_id)).one_or_none()
    return None if row is None else _order(row)


def end_order(tx: Tx, order_id: str) -> bool:
    """Let an order end at ``tx.now``; False when there is none in force."""
    standing = (overtime_order.c.id == order_id) & overtime_order.c.ended_at.is_(None)
    return tx.connection.execute(update(overtime_order).where(standing).values(ended_at=tx.now)).rowcount == 1


def list_orders(tx: Tx, person_ids: Collection[str] | None, *, since: datetime, until: datetime) -> list[OvertimeOrder]:
    """Give the orders in force that meet the time from ``since`` up to but not including ``until``.

    ``person_ids`` None is everybody's.
    """
    wanted = (overtime_order.c.starts_at < until) & (overtime_order.c.ends_at > since)
    wanted &= overtime_order.c.ended_at.is_(None)
    if person_ids is not None:
        wanted &= overtime_order.c.person_id.in_(person_ids)
    rows = tx.connection.execute(
        select(*_COLUMNS).where(wanted).order_by(overtime_order.c.starts_at, overtime_order.c.id)
    )
    return [_order(row) for row in rows]


def _order(row: Row[Any]) -> OvertimeOrder:
    values = row._asdict()
    return OvertimeOrder(**(values | {"breaks": _read(values["breaks"])}))


def _write(breaks: Spans) -> str | None:
    return ", ".join(f"{format_clock(start)}-{format_clock(end)}" for start, end in breaks) or None


def _read(text: str | None) -> Spans:
    parts = (part.split("-") for part in (text or "").split(", ") if part)
    return tuple((parse_clock(start), parse_clock(end)) for start, end in parts)


def _content(order: OvertimeOrder) -> tuple[object, ...]:
    return (order.person_id, order.starts_at, order.ends_at, order.reason, order.ordered_by, order.breaks)
