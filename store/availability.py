"""What is taken in a stretch of time, for the calendars of many rooms at once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, cast, func, select

from domain.civil import MINUTES_PER_DAY, instant
from domain.facilities.availability import TakenTime
from domain.facilities.facility import RESERVATION_MINUTES_MAX
from store.bulk import batched
from store.reservation_tables import resource_hold
from store.tx import Tx

HOLD_MAX = timedelta(minutes=RESERVATION_MINUTES_MAX) + timedelta(days=1)
"""No hold is longer, with its buffers: so far back something may have begun that still goes on."""


def list_taken(tx: Tx, resources: Collection[str], first_on: date, days: int) -> list[TakenTime]:
    """Give what is taken of some resources on so many days from a first one, in no order."""
    from_at, until_at = instant(first_on, 0), instant(first_on, days * MINUTES_PER_DAY)
    columns = (resource_hold.c.resource, resource_hold.c.holder)
    touching = select(*columns, *(_minute(tx, resource_hold.c[name], from_at) for name in ("from_at", "until_at")))
    touching = touching.where(
        resource_hold.c.from_at > from_at - HOLD_MAX,
        resource_hold.c.from_at < until_at,
        resource_hold.c.until_at > from_at,
    )
    return [
        TakenTime._make(row)
        for some in batched(sorted(resources))
        for row in tx.connection.execute(touching.where(resource_hold.c.resource.in_(some)))
    ]


def _minute(tx: Tx, column: ColumnElement[datetime], first_at: datetime) -> ColumnElement[int]:
    """Count minutes where the rows are: reading 50,000 instants would take longer than all the rest."""
    epoch = func.date_part("epoch", column) if tx.is_postgresql else func.unixepoch(column)
    return cast((epoch - int(first_at.timestamp())) / 60, Integer)
