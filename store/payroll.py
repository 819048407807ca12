"""Payroll batches: what was handed to payroll, byte for byte. The same month again is the same batch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.conflicts import insert_new
from store.tables import payroll_batch
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class PayrollBatch:
    """One file's content; ``id`` is derived from period, layout and content, ``lines`` counts persons."""

    id: str
    period: str
    layout: str
    lines: int
    content: bytes


def insert_batch(tx: Tx, batch: PayrollBatch) -> bool:
    """Keep a batch; False when it stands already, for an id names its content."""
    values = {name: getattr(batch, name) for name in PayrollBatch.__slots__}
    return insert_new(tx, payroll_batch, {**values, "created_at": tx.now})


def list_batches(tx: Tx, period: str) -> list[tuple[datetime, PayrollBatch]]:
    """Give the batches of a month, each with when it was made, the oldest first."""
    columns = (payroll_batch.c[name] for name in PayrollBatch.__slots__)
    rows = tx.connection.execute(
        select(payroll_batch.c.created_at, *columns)
        .where(payroll_batch.c.period == period)
        .order_by(payroll_batch.c.created_at, payroll_batch.c.id)
    )
    return [(created_at, PayrollBatch(*rest)) for created_at, *rest in rows]
