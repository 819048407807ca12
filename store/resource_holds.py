"""What reservations hold: looked at, taken and given back; whoever wants to take holds its resources' locks first.

Locks stand on spaces, slots' spaces and equipment, in one order. Without them two inserts that overlap would wait for
each other in PostgreSQL's exclusion constraint until its deadlock detector ends one after a second. The constraint is
the law all the same: whatever forgets the locks is refused by it (``DoubleHoldError``).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from domain.facilities.holds import Hold
from store.availability import HOLD_MAX
from store.bulk import batched
from store.facility_tables import equipment, space
from store.reservation_tables import DOUBLE_HOLD, reservation, resource_hold
from store.tx import Tx


class DoubleHoldError(ValueError):
    """The database refused a second holder of a resource; the transaction can only be given up."""


class HeldBy(NamedTuple):
    """A hold with the reservation whose it is and who reserved."""

    hold: Hold
    reservation_id: str
    reservee_id: str


_COLUMNS = tuple(resource_hold.c[name] for name in ("resource", "holder", "from_at", "until_at"))


def lock_resources(tx: Tx, space_ids: Collection[str], equipment_ids: Collection[str]) -> None:
    """Keep others from taking parts of rooms and equipment until the commit; waits for whoever does."""
    if not tx.is_postgresql:  # its one writer holds everything
        return
    for table, ids in ((space, space_ids), (equipment, equipment_ids)):
        if ids:
            locked = select(table.c.id).where(table.c.id.in_(sorted(ids))).order_by(table.c.id)
            tx.connection.execute(locked.with_for_update(key_share=True))


def list_holds(
    tx: Tx, resources: Collection[str], from_at: datetime, until_at: datetime, *, besides: Collection[str] = ()
) -> list[HeldBy]:
    """Give what is held of resources at some time of a stretch, without what some reservations hold themselves."""
    columns = (*_COLUMNS, resource_hold.c.reservation_id, reservation.c.reservee_id)
    touching = (
        select(*columns)
        .join_from(resource_hold, reservation)
        .where(
            resource_hold.c.from_at > from_at - HOLD_MAX,
            resource_hold.c.from_at < until_at,
            resource_hold.c.until_at > from_at,
        )
    )
    if besides:
        touching = touching.where(resource_hold.c.reservation_id.not_in(sorted(besides)))
    return [
        HeldBy(Hold(*row[:4]), row[4], row[5])
        for some in batched(sorted(resources))
        for row in tx.connection.execute(
            touching.where(resource_hold.c.resource.in_(some)).order_by(resource_hold.c.id)
        )
    ]


def list_holds_of(tx: Tx, reservation_id: str) -> list[Hold]:
    """Give what a reservation holds, by resource."""
    query = select(*_COLUMNS).where(resource_hold.c.reservation_id == reservation_id)
    return [Hold(*row) for row in tx.connection.execute(query.order_by(resource_hold.c.resource))]


def insert_holds(tx: Tx, reservation_id: str, holds: Iterable[Hold]) -> None:
    """Take resources for a reservation, in the order of their names.

    Raises:
        DoubleHoldError: somebody else has one of them at that time; the transaction can only be given up.
    """
    rows = [
        {
            "resource": hold.resource,
            "holder": hold.holder,
            "reservation_id": reservation_id,
            "from_at": hold.from_at,
            "until_at": hold.until_at,
        }
        for hold in sorted(holds, key=lambda hold: hold.resource)
    ]
    try:
        if rows:
            tx.connection.execute(resource_hold.insert(), rows)
    except IntegrityError as error:
        if DOUBLE_HOLD not in str(error.orig):
            raise
        raise DoubleHoldError(reservation_id) from None


def release_holds(tx: Tx, reservation_ids: Collection[str]) -> None:
    """Give back everything that reservations hold."""
    for some in batched(sorted(reservation_ids)):
        tx.connection.execute(delete(resource_hold).where(resource_hold.c.reservation_id.in_(some)))
