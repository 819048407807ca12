"""Publish the policy: from the site's files and the people's tables to the next version, if anything changed."""

import logging
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyPointer
from contract.policy_snapshot import encode_snapshot, snapshot_digest
from domain.access.policy import PolicySnapshot
from domain.civil import JST
from domain.ids import DeviceId
from gateway.site.description import Site
from gateway.site.policy import derive_policy, list_undefined_levels
from store.policies import (
    insert_policy_snapshot,
    load_policy_inputs,
    load_published_policy,
    load_snapshot_bytes,
)
from store.tx import Tx

log = logging.getLogger(__name__)

HORIZON_DAYS = 90
"""How far schedules are expanded: an edge cut off for longer than any area's limit still knows its hours."""


def publish_policy(tx: Tx, site: Site, *, now: datetime, horizon_days: int = HORIZON_DAYS) -> PolicySnapshot | None:
    """Publish the next version if the content differs from the latest one; gives it, or None when nothing changed.

    The expansion begins on the Monday of this week and reaches at least ``horizon_days`` ahead, so that an unchanged
    site gives one new version a week and not one a day.

    Args:
        tx: the transaction; the version is visible to devices once it commits.
        site: the site's description.
        now: when the version is issued.
        horizon_days: days ahead for which schedules are expanded.
    """
    inputs = load_policy_inputs(tx)
    for level in list_undefined_levels(site, inputs):
        log.warning("level %s is granted to people but not defined in the site's files: it opens nothing", level)
    latest = load_published_policy(tx)
    today = now.astimezone(JST).date()
    policy = derive_policy(
        site,
        inputs,
        version=latest.version + 1 if latest else 1,
        issued_at=now,
        first_on=today - timedelta(days=today.weekday()),
        days=7 + horizon_days,
    )
    data = encode_snapshot(policy)
    if latest and _content(load_snapshot_bytes(tx, latest.version) or b"") == _content(data):
        return None
    insert_policy_snapshot(tx, policy.version, snapshot_digest(data), data)
    return policy


def load_pointer(tx: Tx, device: DeviceId, signing_key: Ed25519PrivateKey, now: datetime) -> PolicyPointer | None:
    """Give the signed pointer that tells ``device`` which version holds at ``now``; None before the first version."""
    latest = load_published_policy(tx)
    if latest is None:
        return None
    return PolicyPointer(
        device=device,
        policy_version=latest.version,
        digest=latest.digest,
        size=latest.size,
        confirmed_at=now,
    ).signed(signing_key)


def _content(snapshot: bytes) -> bytes:
    """Everything after the header, which names version and time and so always differs."""
    return snapshot.partition(b"\n")[2]


__all__ = ["HORIZON_DAYS", "load_pointer", "load_snapshot_bytes", "publish_policy"]
