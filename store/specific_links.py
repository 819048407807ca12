"""特定通信: every version of each allowed connection, those that count, and how firewalls differed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from domain.zones.specific_link import Drift, Flow, Protocol, SpecificLink
from store.information_tables import firewall_drift, specific_link
from store.tx import Tx
from store.versions import Standing, VersionState


@dataclass(frozen=True, slots=True)
class LinkVersion:
    """An allowed connection as somebody entered it."""

    kept: SpecificLink
    standing: Standing


@dataclass(frozen=True, slots=True)
class KeptDrift:
    """How a firewall differed when it was compared; ``missing`` and ``over`` are ids of links, ``passed`` counts."""

    firewall: str
    compared_at: datetime
    compared_by: str
    passed: int
    beside: tuple[Flow, ...]
    missing: tuple[str, ...]
    over: tuple[str, ...]


def insert_link(tx: Tx, new: SpecificLink, *, by: str) -> int:
    """Keep a version now, waiting for a second person; gives its id."""
    values = {
        "link_id": new.id,
        "source": new.flow.source,
        "destination": new.flow.destination,
        "protocol": new.flow.protocol.value,
        "first_port": new.flow.first_port,
        "last_port": new.flow.last_port,
        "reason": new.reason,
        "valid_from": new.valid_from,
        "valid_until": new.valid_until,
        "asked_by": by,
        "asked_at": tx.now,
        "state": VersionState.waiting.value,
    }
    made = tx.connection.execute(insert(specific_link).values(values).returning(specific_link.c.id))
    return int(made.scalar_one())


def save_link_verdict(tx: Tx, version_id: int, state: VersionState, *, by: str) -> bool:
    """Decide a waiting version now; False when none of that id waits."""
    waiting = (specific_link.c.id == version_id) & (specific_link.c.state == VersionState.waiting.value)
    values = {"state": state.value, "decided_by": by, "decided_at": tx.now}
    return tx.connection.execute(update(specific_link).where(waiting).values(values)).rowcount == 1


def load_link_version(tx: Tx, version_id: int) -> LinkVersion | None:
    """Give a version; None when there is none of that id."""
    row = tx.connection.execute(select(specific_link).where(specific_link.c.id == version_id)).one_or_none()
    return None if row is None else _read(row)


def list_link_versions(tx: Tx, *, state: VersionState | None = None, link_id: str = "") -> list[LinkVersion]:
    """Give versions in a state, or of a link, the last one first."""
    query = select(specific_link).order_by(specific_link.c.id.desc())
    if state is not None:
        query = query.where(specific_link.c.state == state.value)
    if link_id:
        query = query.where(specific_link.c.link_id == link_id)
    return [_read(row) for row in tx.connection.execute(query)]


def list_links(tx: Tx) -> list[SpecificLink]:
    """Give the connections that were approved, of each the version approved last, by id; also those that are over."""
    found: dict[str, SpecificLink] = {}
    approved = list_link_versions(tx, state=VersionState.approved)
    for each in sorted(approved, key=lambda version: (version.standing.decided_at or tx.now, version.standing.id)):
        found[each.kept.id] = each.kept
    return [found[link_id] for link_id in sorted(found)]


def insert_drift(tx: Tx, firewall: str, passed: int, drift: Drift, *, by: str) -> None:
    """Keep how a firewall differs now."""
    body = {
        "beside": [_tell(flow) for flow in drift.beside],
        "missing": [link.id for link in drift.missing],
        "over": [link.id for link in drift.over],
    }
    values = {
        "firewall": firewall,
        "compared_at": tx.now,
        "compared_by": by,
        "passed": passed,
        "body": json.dumps(body, ensure_ascii=False),
    }
    tx.connection.execute(insert(firewall_drift).values(values))


def list_drifts(tx: Tx, *, limit: int = 50) -> list[KeptDrift]:
    """Give how firewalls differed, the last comparison first."""
    query = select(firewall_drift).order_by(firewall_drift.c.id.desc()).limit(limit)
    found = []
    for row in tx.connection.execute(query):
        body = json.loads(row.body)
        beside = tuple(Flow(flow[0], flow[1], Protocol(flow[2]), flow[3], flow[4]) for flow in body["beside"])
        missing, over = tuple(body["missing"]), tuple(body["over"])
        found.append(KeptDrift(row.firewall, row.compared_at, row.compared_by, row.passed, beside, missing, over))
    return found


def _tell(flow: Flow) -> list[str | int]:
    return [flow.source, flow.destination, flow.protocol.value, flow.first_port, flow.last_port]


def _read(row: Row[Any]) -> LinkVersion:
    flow = Flow(row.source, row.destination, Protocol(row.protocol), row.first_port, row.last_port)
    state = VersionState(row.state)
    standing = Standing(row.id, state, row.asked_by, row.asked_at, row.decided_by, row.decided_at)
    approved_by = (row.decided_by or "") if state is VersionState.approved else ""
    kept = SpecificLink(row.link_id, flow, row.reason, approved_by, row.valid_from, row.valid_until)
    return LinkVersion(kept, standing)
