"""Return from a description that holds to the one before: a roll-out of its own, by stages and with its own plan.

What was taken away then comes back, and what was given is taken away; so the rule about a second person counts again.
"""

from dataclasses import dataclass

from domain.access.rollout import Phase
from gateway.operations.access.decide_rollout import RolloutFault
from gateway.operations.access.propose_revision import ProposalFault, ProposalFaultError, propose_revision
from gateway.rollouts.revision_plan import plan_revision
from gateway.rollouts.revisions import Revision, load_revision
from gateway.site.plan import SitePlan
from gateway.site.source import SiteError
from store.rollouts import REASON_LENGTH_MAX, StoredRollout, load_live_rollout, load_rollout, load_settled_rollout
from store.tx import Tx

_FAULTS = {
    ProposalFault.another_is_live: RolloutFault.another_is_live,
    ProposalFault.long_reason: RolloutFault.long_reason,
}


@dataclass(frozen=True, slots=True)
class Return:
    """A way back: from what holds to the description before it, and what that changes."""

    holding: Revision
    former: Revision
    plan: SitePlan


def may_return(tx: Tx, rollout: StoredRollout) -> bool:
    """Tell whether a roll-out's description holds now, follows another one, and nothing else is on its way."""
    settled = load_settled_rollout(tx)
    holds = settled is not None and settled.id == rollout.id
    return holds and rollout.proposal.former_id is not None and load_live_rollout(tx) is None


def plan_return(tx: Tx, number: int) -> Return | RolloutFault:
    """Reckon what a return from a finished roll-out changes; looks at everybody's rights, and writes nothing."""
    rollout = load_rollout(tx, number)
    if rollout is None:
        return RolloutFault.no_rollout
    if rollout.proposal.former_id is None:
        return RolloutFault.no_former
    if load_live_rollout(tx) is not None:
        return RolloutFault.another_is_live
    if rollout.state.phase is not Phase.done or not may_return(tx, rollout):
        return RolloutFault.is_over
    try:
        holding, former = (
            load_revision(tx, each) for each in (rollout.proposal.revision_id, rollout.proposal.former_id)
        )
    except SiteError:
        return RolloutFault.unreadable
    return Return(holding, former, plan_revision(tx, holding, former, tx.now))


def propose_return(tx: Tx, planned: Return, *, by: str, reason: str) -> StoredRollout | RolloutFault:
    """Begin the way back, or let it wait for a second person; gives why not.

    Args:
        tx: the transaction.
        planned: as ``plan_return`` gave it; what holds may have moved on since.
        by: a login.
        reason: why, in words; at most REASON_LENGTH_MAX characters.
    """
    if not reason.strip():
        return RolloutFault.no_reason
    if len(reason) > REASON_LENGTH_MAX:
        return RolloutFault.long_reason
    try:
        return propose_revision(tx, planned.holding, planned.former, planned.plan, by=by, reason=reason)
    except ProposalFaultError as error:
        return _FAULTS.get(error.fault, RolloutFault.is_over)
