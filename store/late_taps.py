"""Taps that came to the centre after a month was closed: what an adjustment shows as its cause."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from domain.civil import instant
from store.tables import record
from store.tx import Tx

MINUTES_PER_TWO_DAYS = 2880
"""A duty ends on the second day at the latest."""


class LateTap(NamedTuple):
    """One granted tap: where, when, and when the centre received it."""

    access_point_id: str
    tapped_at: datetime
    received_at: datetime


def list_late_taps(tx: Tx, person_id: str, days: Collection[date], since: datetime) -> list[LateTap]:
    """Give a person's granted taps of these duty days that were received after ``since``, in order of time."""
    if not days:
        return []
    near = or_(
        *(record.c.occurred_at.between(instant(on, 0), instant(on, MINUTES_PER_TWO_DAYS)) for on in sorted(set(days)))
    )
    query = select(record.c.access_point_id, record.c.occurred_at, record.c.received_at).where(
        record.c.person_id == person_id, record.c.granted, record.c.received_at > since, near
    )
    return [LateTap(*row) for row in tx.connection.execute(query.order_by(record.c.occurred_at, record.c.seq))]
