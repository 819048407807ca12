"""What is taken in a stretch of time, for the calendars of many rooms at once."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Text, cast, func, select

from domain.civil import MINUTES_PER_DAY, instant
from domain.facilities.facility import RESERVATION_MINUTES_MAX
from domain.facilities.taken import TakenTime
from store.bulk import batched
from store.reservation_tables import resource_hold
from store.tx import Tx

_NEXT = " "
"""What parts one hold from the next; it stands in no id."""

HOLD_MAX = timedelta(minutes=RESERVATION_MINUTES_MAX) + timedelta(days=1)
"""No hold is longer, with its buffers: so far back something may have begun that still goes on."""


def list_taken(
    tx: Tx, resources: Collection[str], first_on: date, days: int
) -> Iterator[tuple[str, Iterable[TakenTime]]]:
    """Yield what is taken of some resources on so many days from a first one, by resource; what is free is left out.

    Minutes are counted from 00:00 of the first day, and come in no order. Each resource comes as one row of text:
    25,000 rows would take three times as long to fetch as to find.
    """
    from_at, until_at = instant(first_on, 0), instant(first_on, days * MINUTES_PER_DAY)
    minutes = (cast(_minute(tx, resource_hold.c[name], from_at), Text) for name in ("from_at", "until_at"))
    touching = (
        select(
            resource_hold.c.resource,
            *(func.aggregate_strings(each, _NEXT) for each in (*minutes, resource_hold.c.holder)),
        )
        .where(
            resource_hold.c.from_at > from_at - HOLD_MAX,
            resource_hold.c.from_at < until_at,
            resource_hold.c.until_at > from_at,
        )
        .group_by(resource_hold.c.resource)
    )
    for some in batched(sorted(resources)):
        for resource, starts, ends, holders in tx.connection.execute(
            touching.where(resource_hold.c.resource.in_(some))
        ):
            minutes_of = (map(int, told.split(_NEXT)) for told in (starts, ends))
            yield resource, zip(*minutes_of, holders.split(_NEXT), strict=True)


def _minute(tx: Tx, column: ColumnElement[datetime], first_at: datetime) -> ColumnElement[int]:
    """Count minutes where the rows are: reading 50,000 instants would take longer than all the rest."""
    epoch = func.date_part("epoch", column) if tx.is_postgresql else func.unixepoch(column)
    return cast((epoch - int(first_at.timestamp())) / 60, Integer)
