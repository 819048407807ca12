"""Editions put into a database by tests that have a policy and no people."""

from domain.access.policy import PolicySnapshot
from gateway.policy.editions import make_edition
from gateway.rollouts.revisions import OneRevision, read_revision
from gateway.site.layout import FIRMWARE_CONFIGS
from store.editions import insert_edition
from store.tx import Tx

SITE_FILE = FIRMWARE_CONFIGS / "sites" / "demo" / "site.yaml"
REVISION = read_revision(SITE_FILE)
REVISIONS = OneRevision(REVISION)


def keep_policy(tx: Tx, policy: PolicySnapshot, site_revision: str = REVISION.id) -> None:
    """Store a policy as a base of its own version."""
    made = make_edition(None, policy, site_revision=site_revision, version=policy.version, now=policy.issued_at)
    assert insert_edition(tx, made.standing.edition, made.data)
