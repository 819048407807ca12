"""Open a closed month again: one of HR proposes with a reason, another agrees. The closed version stays."""

from domain.attendance.adjustment import AdjustmentState
from domain.attendance.closing import Actor, MonthAct, MonthStanding, MonthWish
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.workflow.route import Organisation
from gateway.months.acting import keep_act
from gateway.months.adjusting import supersede
from store.closings import claim_standings
from store.month_adjustments import list_adjustments
from store.people import load_person
from store.tx import Tx

REOPENING: frozenset[MonthAct] = frozenset(
    {MonthAct.propose_reopening, MonthAct.agree_reopening, MonthAct.decline_reopening}
)


def reopen_month(
    tx: Tx, person_id: str, period: str, act: MonthAct, *, by: str, organisation: Organisation, reason: str = ""
) -> MonthStanding:
    """Propose, agree to or decline a reopening.

    Agreeing opens the month: it is confirmed and closed anew, as the next version. Adjustments that nobody agreed to
    end, for the next version holds what they would have put right.

    Raises:
        RefusedMonthError: the month is not closed (or nothing is proposed), one is not HR, agrees with oneself or about
            one's own month, or gives no reason.
        ValueError: ``act`` is another one.
    """
    if act not in REOPENING:
        raise ValueError(f"{act} is no act of reopening; expected one of {sorted(REOPENING)}")
    if load_person(tx, person_id) is None:
        raise RefusedMonthError((MonthFault("person_id", MonthWhy.unknown, person_id),))
    standing = claim_standings(tx, period, [person_id])[person_id]
    actors = frozenset({Actor.hr} if by in organisation.hr else ())
    after = keep_act(tx, standing, MonthWish(act, by, actors, reason=reason))
    if act is MonthAct.agree_reopening:
        undecided = list_adjustments(tx, period, [person_id], states={AdjustmentState.found, AdjustmentState.proposed})
        supersede(tx, undecided, "the month was opened again / 月を再開したため")
    return after
