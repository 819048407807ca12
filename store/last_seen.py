"""When each person last went through each access point: derived from records, and from corrections by hand.

``presence`` alone says where somebody is. How sure that is depends on everything that was seen there since the person
was last seen elsewhere, and of that the last time at each access point is enough.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from store.bulk import upsert_rows
from store.presence import Presence
from store.rosters import rows_of
from store.tables import presence
from store.tx import Tx
from store.zone_tables import last_seen


class Seen(NamedTuple):
    """Somebody came into an area through an access point (empty: by hand), and when the centre heard of it."""

    person_id: str
    access_point_id: str
    area_id: str
    seen_at: datetime
    heard_at: datetime


def save_seen(tx: Tx, seen: Collection[Presence]) -> None:
    """Keep what was seen, heard at ``tx.now``; of one person at one access point the latest stays."""
    latest: dict[tuple[str, str], Presence] = {}
    for each in seen:
        known = latest.get((each.person_id, each.access_point_id))
        if known is None or known.since_at < each.since_at:
            latest[each.person_id, each.access_point_id] = each
    rows = [
        (each.person_id, each.access_point_id, each.area_id, each.since_at, tx.now)
        for _, each in sorted(latest.items())
    ]
    upsert_rows(tx, last_seen, Seen._fields, rows, newer=("seen_at",))


def delete_seen(tx: Tx, undone: Collection[Presence]) -> None:
    """Take away what did not come about."""
    for each in undone:
        same = (last_seen.c.person_id == each.person_id) & (last_seen.c.access_point_id == each.access_point_id)
        tx.connection.execute(delete(last_seen).where(same, last_seen.c.seen_at == each.since_at))


def list_seen(tx: Tx, person_ids: Collection[str] | None, *, since: datetime) -> Mapping[str, list[Seen]]:
    """Give what was seen of persons since an instant, by person; None is everybody.

    A presence that stands without any of that (it was kept before) counts as seen and heard of at once.
    """
    found: dict[str, list[Seen]] = {}
    query = select(*(last_seen.c[name] for name in Seen._fields)).where(last_seen.c.seen_at >= since)
    for row in rows_of(tx, query, last_seen.c.person_id, person_ids):
        found.setdefault(row.person_id, []).append(Seen(*row))
    standing = select(*(presence.c[name] for name in Presence._fields)).where(presence.c.since_at >= since)
    for row in rows_of(tx, standing, presence.c.person_id, person_ids):
        here = Presence(*row)
        mine = found.setdefault(here.person_id, [])
        if all(each.access_point_id != here.access_point_id for each in mine):
            mine.append(Seen(here.person_id, here.access_point_id, here.area_id, here.since_at, here.since_at))
    return found
