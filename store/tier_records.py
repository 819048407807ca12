"""What was given about network tiers in a stretch of time, of everybody: for a board and for whoever audits."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from domain.civil import civil_minute
from domain.zones.decide_tier import Waiver
from store.tables import record
from store.tier_clearances import Clearance
from store.tx import Tx
from store.zone_tables import rule_waiver, tier_clearance

_WAIVER = ("id", "person_id", "tier_id", "codes", "from_at", "until_at", "reason", "asked_by", "granted_by")
_CLEARANCE = tuple(Clearance.__slots__)


def list_waivers_between(tx: Tx, since: datetime, until: datetime) -> list[Waiver]:
    """Give everybody's waivers that held at some time from an instant until another, the first one first."""
    query = select(*(rule_waiver.c[name] for name in _WAIVER)).where(
        rule_waiver.c.from_at <= until, rule_waiver.c.until_at > since
    )
    rows = tx.connection.execute(query.order_by(rule_waiver.c.from_at, rule_waiver.c.id))
    return [Waiver(**row._asdict() | {"codes": frozenset(row.codes.split())}) for row in rows]


def list_clearances_between(tx: Tx, since: datetime, until: datetime) -> list[Clearance]:
    """Give everybody's clearances that held at some time from an instant until another, by person."""
    first_on, last_on = civil_minute(since)[0], civil_minute(until)[0]
    over = tier_clearance.c.valid_until.is_not(None) & (tier_clearance.c.valid_until < first_on)
    ended = tier_clearance.c.ended_at.is_not(None) & (tier_clearance.c.ended_at <= since)
    query = select(*(tier_clearance.c[name] for name in _CLEARANCE)).where(
        tier_clearance.c.valid_from <= last_on, ~over, ~ended
    )
    ordered = query.order_by(tier_clearance.c.person_id, tier_clearance.c.tier_id, tier_clearance.c.given_at)
    return [Clearance(*row) for row in tx.connection.execute(ordered)]


class Badge(NamedTuple):
    """A card at a door: whose (empty: nobody's), at which access point, when, and whether it opened."""

    person_id: str
    access_point_id: str
    at: datetime
    granted: bool


def stream_badges(
    tx: Tx, points: Collection[str], since: datetime, until: datetime, *, at_once: int = 1000
) -> Iterator[Badge]:
    """Give every card at some access points in [since, until), in the order of time."""
    columns = (record.c.person_id, record.c.access_point_id, record.c.occurred_at, record.c.granted)
    query = select(*columns).where(
        record.c.subject.in_(sorted(points)),
        record.c.kind == "tap.observed",
        record.c.occurred_at >= since,
        record.c.occurred_at < until,
    )
    ordered = query.order_by(record.c.occurred_at, record.c.device_id, record.c.epoch, record.c.seq)
    for person_id, point, at, granted in tx.connection.execution_options(yield_per=at_once).execute(ordered):
        yield Badge(person_id or "", point or "", at, bool(granted))
