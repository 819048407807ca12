"""Propose another description of the site: it is kept whole and goes out by stages, or waits for a second person."""

import json
from enum import StrEnum
from hashlib import sha256

from domain.access.rollout import Phase, Rollout, begin_rollout, needs_second_person
from gateway.rollouts.revisions import Revision, load_settled
from gateway.site.plan import SitePlan, write_plan
from store.outbox import Notice, insert_notices
from store.rollouts import REASON_LENGTH_MAX, Proposal, StoredRollout, insert_rollout, load_live_rollout, load_rollout
from store.site_revisions import insert_site_revision
from store.tx import Tx


class ProposalFault(StrEnum):
    """Why nothing was proposed."""

    holds_already = "holds_already"
    another_is_live = "another_is_live"
    moved_on = "moved_on"  # another description has been settled since the plan was made
    long_reason = "long_reason"


class ProposalFaultError(Exception):
    """It was not proposed, and nothing was changed."""

    def __init__(self, fault: ProposalFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def propose_revision(
    tx: Tx, former: Revision, coming: Revision, plan: SitePlan, *, by: str, reason: str = ""
) -> StoredRollout:
    """Begin a roll-out, or let it wait for a second person where it takes too many rights away.

    The share that one person may take away is that of the description that holds, not of the one that is proposed.

    Args:
        tx: the transaction.
        former: the description that holds; it is settled in the database if none is yet.
        coming: the one that is to follow.
        plan: what leads from one to the other.
        by: a login.
        reason: why, in words.

    Raises:
        ProposalFaultError: it cannot be proposed now.
    """
    settled = settle_first(tx, former, by=by)
    if settled.id != former.id:
        raise ProposalFaultError(ProposalFault.moved_on)
    if settled.id == coming.id or settled.site == coming.site:
        raise ProposalFaultError(ProposalFault.holds_already)
    if len(reason) > REASON_LENGTH_MAX:
        raise ProposalFaultError(ProposalFault.long_reason)
    if load_live_rollout(tx) is not None:
        raise ProposalFaultError(ProposalFault.another_is_live)
    _keep(tx, coming, by)
    share_max = former.site.rollout.lost_share_percent_max / 100
    rights = plan.rights
    state = begin_rollout(
        needs_approval=needs_second_person(lost=rights.lost, held=rights.held, share_max=share_max), now=tx.now
    )
    proposal = Proposal(coming.id, former.id, write_plan(plan), reason, by, rights.lost, rights.held, share_max)
    number = insert_rollout(tx, proposal, state)
    insert_notices(tx, [Notice("rollout.moved", str(number), json.dumps({"phase": state.phase}))])
    stored = load_rollout(tx, number)
    assert stored is not None  # noqa: S101 (it was just kept)
    return stored


def settle_first(tx: Tx, revision: Revision, *, by: str) -> Revision:
    """Settle a description where none was settled yet; gives the one that holds."""
    return load_settled(tx) or settle_revision(tx, revision, by=by)


def settle_revision(tx: Tx, revision: Revision, *, by: str) -> Revision:
    """Let a description hold for everybody at once: for a set-up whose controllers have never come."""
    _keep(tx, revision, by)
    insert_rollout(tx, Proposal(revision.id, None, "", "", by), Rollout(Phase.done))
    return revision


def _keep(tx: Tx, revision: Revision, by: str) -> None:
    insert_site_revision(tx, revision.id, sha256(revision.content.encode()).hexdigest(), revision.content, by=by)
