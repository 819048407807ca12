"""Rules that two persons set aside for somebody for a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update

from domain.zones.decide_tier import Waiver
from store.conflicts import insert_new
from store.rosters import rows_of
from store.tx import Tx
from store.zone_tables import rule_waiver

_COLUMNS = ("id", "person_id", "tier_id", "codes", "from_at", "until_at", "reason", "asked_by", "granted_by")


def insert_waiver(tx: Tx, new: Waiver) -> bool:
    """Keep a waiver; False when one of that id stands already, and nothing is changed."""
    values = {name: getattr(new, name) for name in _COLUMNS} | {"codes": " ".join(sorted(new.codes))}
    return insert_new(tx, rule_waiver, values | {"granted_at": tx.now})


def end_waiver(tx: Tx, waiver_id: str) -> bool:
    """End a waiver now; False when there is none or it is over."""
    standing = (rule_waiver.c.id == waiver_id) & (rule_waiver.c.until_at > tx.now)
    return tx.connection.execute(update(rule_waiver).where(standing).values(until_at=tx.now)).rowcount == 1


def list_waivers(tx: Tx, person_ids: Collection[str] | None, *, since: datetime) -> Mapping[str, list[Waiver]]:
    """Give the waivers of persons that end after an instant, by person, in order; None is everybody's."""
    query = select(*(rule_waiver.c[name] for name in _COLUMNS)).where(rule_waiver.c.until_at > since)
    found: dict[str, list[Waiver]] = defaultdict(list)
    query = query.order_by(rule_waiver.c.from_at, rule_waiver.c.id)
    for row in rows_of(tx, query, rule_waiver.c.person_id, person_ids):
        told = row._asdict()
        found[row.person_id].append(Waiver(**told | {"codes": frozenset(row.codes.split())}))
    return found
