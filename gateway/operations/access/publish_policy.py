"""Publish the policy at once, and whole: what a set-up does before a gateway runs, and from what its keeper starts."""

import logging
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.policy import PolicyPointer
from domain.access.change import diff_policies
from domain.access.policy import PolicySnapshot
from domain.civil import JST
from domain.ids import DeviceId
from gateway.policy.editions import Standing, is_empty, make_edition
from gateway.policy.policy_shelf import PolicyShelf
from gateway.rollouts.revisions import Revision, Revisions
from gateway.site.policy import derive_policy, list_undefined_levels
from store.editions import Edition, count_changes, insert_edition, load_latest_edition, load_newest_version
from store.rights import PolicyInputs, load_policy_inputs
from store.tx import Tx

log = logging.getLogger(__name__)

HORIZON_DAYS = 90
"""How far schedules are expanded: an edge cut off for longer than any area's limit still knows its hours."""


def publish_policy(
    tx: Tx, revision: Revision, *, now: datetime, horizon_days: int = HORIZON_DAYS
) -> PolicySnapshot | None:
    """Publish the next edition of a revision if its content differs from the latest one; None when nothing changed.

    Args:
        tx: the transaction; the edition is visible to devices once it commits.
        revision: the site's description.
        now: when the edition is issued.
        horizon_days: days ahead for which schedules are expanded.
    """
    before = load_standing(tx, PolicyShelf(), revision.id)
    whole = derive_whole(revision, load_policy_inputs(tx), now=now, horizon_days=horizon_days)
    newest = load_newest_version(tx)
    if before is not None and before.edition.version == newest and is_empty(diff_policies(before.policy, whole)):
        return None
    new = make_edition(before, whole, site_revision=revision.id, version=newest + 1, now=now)
    if not insert_edition(tx, new.standing.edition, new.data):
        raise RuntimeError(f"policy {newest + 1}: another process has just published it; try again")
    return new.standing.policy


def derive_whole(
    revision: Revision, inputs: PolicyInputs, *, now: datetime, horizon_days: int = HORIZON_DAYS
) -> PolicySnapshot:
    """Give the policy of a revision and everybody; which version it becomes is said when it is made an edition.

    The expansion begins on the Monday of this week and reaches at least ``horizon_days`` ahead, so that an unchanged
    site gives one new edition a week and not one a day.
    """
    for level in list_undefined_levels(revision.site, inputs):
        log.warning("level %s is granted to people but not defined in the site's files: it opens nothing", level)
    today = now.astimezone(JST).date()
    return derive_policy(
        revision.site,
        inputs,
        version=1,
        issued_at=now,
        first_on=today - timedelta(days=today.weekday()),
        days=7 + horizon_days,
    )


def load_standing(tx: Tx, shelf: PolicyShelf, site_revision: str) -> Standing | None:
    """Give the latest edition of a revision with its policy; None before the first, and where it cannot be read."""
    edition = load_latest_edition(tx, site_revision)
    policy = None if edition is None else shelf.load_readable(tx, edition.version)
    if edition is None or policy is None:
        return None
    return Standing(edition, policy, count_changes(tx, edition.rests_on))


def load_pointer(
    tx: Tx, revisions: Revisions, device: DeviceId, signing_key: Ed25519PrivateKey, now: datetime
) -> PolicyPointer | None:
    """Give the signed pointer that tells ``device`` which edition holds at ``now``; None before the first."""
    edition = load_latest_edition(tx, revisions.of(tx, device))
    if edition is None:
        return None
    return sign_pointer(device, edition, now, signing_key)


def sign_pointer(
    device: DeviceId, edition: Edition, confirmed_at: datetime, signing_key: Ed25519PrivateKey
) -> PolicyPointer:
    """Give the signed word that the centre stood by an edition at ``confirmed_at``."""
    pointer = PolicyPointer(
        device=device, policy_version=edition.version, confirmed_at=confirmed_at, issued_at=edition.issued_at
    )
    return pointer.signed(signing_key)
