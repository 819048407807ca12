"""Presence: derived from records, the area that each person was last let into."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from store.bulk import batched, upsert_rows
from store.tables import presence
from store.tx import Tx


class Presence(NamedTuple):
    """Where a person is, by which access point they came in, since when."""

    person_id: str
    area_id: str
    access_point_id: str
    since_at: datetime


def save_presences(tx: Tx, latest: Collection[Presence]) -> None:
    """Keep each person's presence unless a later one is kept already; one row a person.

    Of two at one instant the greater access point stays, so that the order of delivery cannot show.
    """
    rows = sorted(latest)  # one order of locks for all
    upsert_rows(tx, presence, Presence._fields, rows, newer=("since_at", "access_point_id"))


def delete_presences(tx: Tx, undone: Collection[Presence]) -> None:
    """Take away presences that did not come about; one that stands otherwise by now stays."""
    for each in undone:
        same = [presence.c[name] == value for name, value in each._asdict().items()]
        tx.connection.execute(delete(presence).where(*same))


def list_presences(tx: Tx) -> list[Presence]:
    """Give everyone's presence in the order of persons."""
    columns = (presence.c[name] for name in Presence._fields)
    return [Presence(*row) for row in tx.connection.execute(select(*columns).order_by(presence.c.person_id))]


def list_presences_of(tx: Tx, person_ids: Collection[str]) -> dict[str, Presence]:
    """Give the presences of some persons by person; those who were let in nowhere are left out."""
    columns = [presence.c[name] for name in Presence._fields]
    return {
        row.person_id: Presence(*row)
        for some in batched(sorted(person_ids))
        for row in tx.connection.execute(select(*columns).where(presence.c.person_id.in_(some)))
    }
