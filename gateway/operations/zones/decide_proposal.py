"""A word about what needs two persons: another one approves or refuses it, whoever asked may withdraw it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.zones.rule import TEXT_MAX
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from gateway.operations.zones.give_clearance import apply_clearance
from gateway.operations.zones.propose_rules import apply_rules
from gateway.operations.zones.waive_rules import apply_waiver
from store.tier_proposals import Proposal, ProposalKind, ProposalState, load_proposal, save_verdict
from store.tx import Tx


class Verdict(StrEnum):
    """What may be said of a proposal."""

    approve = "approve"
    refuse = "refuse"
    withdraw = "withdraw"


Apply = Callable[[Tx, Proposal, str], object]
"""Does what was asked for, on whose word."""

APPLY: Mapping[ProposalKind, Apply] = MappingProxyType(
    {
        ProposalKind.rules: lambda tx, proposal, by: apply_rules(tx, proposal, by=by),
        ProposalKind.clearance: lambda tx, proposal, by: apply_clearance(tx, proposal, by=by),
        ProposalKind.waiver: lambda tx, proposal, by: apply_waiver(tx, proposal, by=by),
    }
)
"""What an approval does, by kind."""

_STATES = {
    Verdict.approve: ProposalState.approved,
    Verdict.refuse: ProposalState.refused,
    Verdict.withdraw: ProposalState.withdrawn,
}


def decide_proposal(tx: Tx, proposal_id: str, verdict: Verdict, *, by: str, why: str = "") -> Proposal:
    """Decide an open proposal; an approval does what was asked for in the same transaction.

    Args:
        tx: the transaction; everything in it happens at its ``now``.
        proposal_id: which one.
        verdict: what is said of it.
        by: the login of whoever says it.
        why: the reason; a refusal needs one.

    Raises:
        LookupError: there is none of that id.
        ZoneFaultsError: whoever asked approves or refuses it (``decided_by``), another one withdraws it, a refusal has
            no reason (``why``), it is decided already (``state``), or what was asked for does not stand any more.
    """
    proposal = load_proposal(tx, proposal_id)
    if proposal is None:
        raise LookupError(proposal_id)
    if proposal.state is not ProposalState.open:
        raise refuse_zone("state", ZoneWhy.moved_on)
    if verdict is Verdict.withdraw and proposal.asked_by != by:
        raise refuse_zone("decided_by", ZoneWhy.not_yours)
    if verdict is not Verdict.withdraw and proposal.asked_by == by:
        raise refuse_zone("decided_by", ZoneWhy.same_person)
    if verdict is Verdict.refuse and not why.strip():
        raise refuse_zone("why", ZoneWhy.no_reason)
    if len(why.strip()) > TEXT_MAX:
        raise refuse_zone("why", ZoneWhy.too_long, most=TEXT_MAX)
    if not save_verdict(tx, proposal.id, _STATES[verdict], by=by, why=why.strip()):
        raise refuse_zone("state", ZoneWhy.moved_on)  # somebody else was quicker
    if verdict is Verdict.approve:
        APPLY[proposal.kind](tx, proposal, by)
    return proposal
