"""Which revision a facility's rules are of: the number of its last change, kept as it is until the commit."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from store.facility_tables import facility, room
from store.opening_tables import facility_change
from store.tx import Tx


class HouseRevision(NamedTuple):
    """A facility that has some of the rooms asked for; 0 where nothing of it was changed since it was laid down."""

    facility_id: str
    revision: int


def list_revisions(tx: Tx, room_ids: Collection[str], *, lock: bool = False) -> list[HouseRevision]:
    """Give the revisions of the facilities of rooms, by id; with ``lock`` nobody changes their rules until the commit.

    The lock comes before the number is read: what was changed while it was waited for counts.
    """
    of_rooms = select(room.c.facility_id).where(room.c.id.in_(sorted(room_ids)))
    houses = select(facility.c.id).where(facility.c.id.in_(of_rooms)).order_by(facility.c.id)
    if lock and tx.is_postgresql:
        houses = houses.with_for_update(read=True, key_share=True)
    return _read_revisions(tx, list(tx.connection.scalars(houses)))


def list_every_revision(tx: Tx) -> list[HouseRevision]:
    """Give the revisions of all facilities, by name."""
    return _read_revisions(
        tx, list(tx.connection.scalars(select(facility.c.id).order_by(facility.c.name, facility.c.id)))
    )


def _read_revisions(tx: Tx, ids: Sequence[str]) -> list[HouseRevision]:
    last = select(facility_change.c.facility_id, func.max(facility_change.c.id).label("revision"))
    last = last.where(facility_change.c.facility_id.in_(ids)).group_by(facility_change.c.facility_id)
    revisions = {row.facility_id: row.revision for row in tx.connection.execute(last)} if ids else {}
    return [HouseRevision(id_, revisions.get(id_, 0)) for id_ in ids]
