"""Rules that two persons set aside for somebody for a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def end_waiver(tx: Tx, waiver_id: str, *, by: str = "") -> bool:
    """End a waiver now; False when there is none or it is over."""
    standing = (rule_waiver.c.id == waiver_id) & (rule_waiver.c.until_at > tx.now)
    values = {"until_at": tx.now, "ended_by": by or None}
    return tx.connection.execute(update(rule_waiver).where(standing).values(values)).rowcount == 1


@dataclass(frozen=True, slots=True)
class KeptWaiver:
    """A waiver as it stands in the book: granted when, and by whom it was ended before its time."""

    waiver: Waiver
    granted_at: datetime
    ended_by: str | None


def load_waiver(tx: Tx, waiver_id: str) -> Waiver | None:
    """Give a waiver; None when there is none of that id."""
    query = select(*(rule_waiver.c[name] for name in _COLUMNS)).where(rule_waiver.c.id == waiver_id)
    row = tx.connection.execute(query).one_or_none()
    return None if row is None else _read(row._asdict())


def list_recent_waivers(tx: Tx, *, limit: int = 200) -> list[KeptWaiver]:
    """Give everybody's waivers, over or not, the last one first."""
    query = select(rule_waiver).order_by(rule_waiver.c.granted_at.desc(), rule_waiver.c.id).limit(limit)
    return [
        KeptWaiver(_read({name: getattr(row, name) for name in _COLUMNS}), row.granted_at, row.ended_by)
        for row in tx.connection.execute(query)
    ]


def _read(told: dict[str, Any]) -> Waiver:
    return Waiver(**told | {"codes": frozenset(told["codes"].split())})


def list_waivers(tx: Tx, person_ids: Collection[str] | None, *, since: datetime) -> Mapping[str, list[Waiver]]:
    """Give the waivers of persons that end after an instant, by person, in order; None is everybody's."""
    query = select(*(rule_waiver.c[name] for name in _COLUMNS)).where(rule_waiver.c.until_at > since)
    found: dict[str, list[Waiver]] = defaultdict(list)
    query = query.order_by(rule_waiver.c.from_at, rule_waiver.c.id)
    for row in rows_of(tx, query, rule_waiver.c.person_id, person_ids):
        found[row.person_id].append(_read(row._asdict()))
    return found
