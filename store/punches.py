"""Punches: derived from records, granted taps at access points with an attendance meaning. They can be rebuilt."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from domain.ids import PersonId
from store.bulk import insert_rows
from store.tables import punch
from store.tx import Tx
from store.watermarks import JournalKey


class PunchFact(NamedTuple):
    """One punch; ``direction`` is ``in``, ``out`` or ``none`` (in and out alternate within the duty day)."""

    device_id: str
    epoch: int
    seq: int
    person_id: str
    punched_at: datetime
    direction: str
    access_point_id: str


def insert_punches(tx: Tx, punches: Iterable[PunchFact]) -> None:
    """Add punches of new records."""
    insert_rows(tx, punch, PunchFact._fields, punches)


def delete_punches(tx: Tx, journal: JournalKey, from_seq: int) -> list[tuple[str, datetime]]:
    """Take away a forked journal's punches from ``from_seq`` on; gives whose, and of when. The records stay."""
    forked = (punch.c.device_id == journal[0]) & (punch.c.epoch == journal[1]) & (punch.c.seq >= from_seq)
    gone = tx.connection.execute(delete(punch).where(forked).returning(punch.c.person_id, punch.c.punched_at))
    return [(person_id, punched_at) for person_id, punched_at in gone]


def list_punches(tx: Tx, person_id: PersonId, *, since: datetime, until: datetime) -> list[PunchFact]:
    """Give a person's punches from ``since`` up to but not including ``until``, in the order of their instants."""
    mine = (punch.c.person_id == person_id) & (punch.c.punched_at >= since) & (punch.c.punched_at < until)
    rows = tx.connection.execute(
        select(*(punch.c[name] for name in PunchFact._fields))
        .where(mine)
        .order_by(punch.c.punched_at, punch.c.device_id, punch.c.epoch, punch.c.seq)
    )
    return [PunchFact(*row) for row in rows]
