"""Decide an adjustment of a closed month: one of HR proposes it, another agrees, or somebody dismisses it."""

from domain.attendance.adjustment import AdjustmentAct, step_adjustment
from domain.attendance.closing import IN_FORCE
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.workflow.route import Organisation
from store.closings import claim_standings
from store.month_adjustments import MonthAdjustment, load_adjustment, save_decision
from store.tx import Tx


def adjust_month(
    tx: Tx,
    adjustment_id: str,
    act: AdjustmentAct,
    *,
    by: str,
    seen_hash: str,
    organisation: Organisation,
    reason: str = "",
) -> MonthAdjustment:
    """Propose, agree to or dismiss an adjustment whose content was seen; gives it as it stands now.

    Raises:
        RefusedMonthError: there is none, it is decided or another took its place, it is one's own month, one is not HR,
            the agreer proposed it, the reason is missing, or the content seen is another.
    """
    known = load_adjustment(tx, adjustment_id)
    if known is None:
        raise RefusedMonthError((MonthFault("adjustment_id", MonthWhy.unknown),))
    # The month first, the adjustment then: in this order recounting takes them, too.
    standing = claim_standings(tx, known.period, [known.person_id])[known.person_id]
    adjustment = load_adjustment(tx, adjustment_id, lock=True) or known
    faults = []
    if by not in organisation.hr:
        faults.append(MonthFault("by", MonthWhy.not_yours, known.person_id))
    if seen_hash != adjustment.content_hash:
        faults.append(MonthFault("seen_hash", MonthWhy.changed, known.person_id))
    if standing.state not in IN_FORCE or standing.version != adjustment.version:
        faults.append(MonthFault("adjustment_id", MonthWhy.not_now, known.person_id))
    if faults:
        raise RefusedMonthError(tuple(faults))
    decision = step_adjustment(adjustment.decision, act, by=by, reason=reason, now=tx.now)
    save_decision(tx, adjustment_id, decision)
    return load_adjustment(tx, adjustment_id) or adjustment
