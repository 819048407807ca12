"""Acts at months' ends done and kept: the standing steps, and the step is written beside it."""

from collections.abc import Collection, Iterable

from domain.attendance.closing import MonthStanding, MonthWish, step_month
from domain.attendance.completeness import month_over_at
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.attendance.profile import InForce
from domain.workflow.route import Organisation
from store.closings import MonthStep, insert_steps, save_standings
from store.tx import Tx

Done = tuple[MonthStanding, MonthWish]
"""Where a month stands after an act, and the act."""


def keep_act(tx: Tx, standing: MonthStanding, wish: MonthWish, counted_hash: str = "") -> MonthStanding:
    """Do one act and keep it; ``counted_hash`` names the month as it is counted now.

    Raises:
        RefusedMonthError: as ``step_month``; nothing is kept.
    """
    after = step_month(standing, wish, counted_hash)
    keep_steps(tx, [(after, wish)])
    return after


def keep_steps(tx: Tx, done: Iterable[Done]) -> None:
    """Keep months after their acts: where they stand now, and each act."""
    done = tuple(done)
    save_standings(tx, [after for after, _ in done])
    insert_steps(
        tx,
        [
            MonthStep(after.person_id, after.period, wish.act, wish.by, tx.now, wish.seen_hash, wish.reason.strip())
            for after, wish in done
        ],
    )


def require_over(tx: Tx, period: str, profile: InForce) -> None:
    """Let through only a month that is over.

    Raises:
        RefusedMonthError: it still goes on.
        ValueError: ``period`` is no month.
    """
    if tx.now < month_over_at(period, profile):
        raise RefusedMonthError((MonthFault("period", MonthWhy.not_over),))


def require_closer(
    tx: Tx,
    period: str,
    profile: InForce,
    *,
    by: str,
    organisation: Organisation,
    without_readers: Collection[str],
    reason: str,
) -> None:
    """Let through only HR, for a month that is over, with a reason where readers are left out.

    Raises:
        RefusedMonthError: it is not so.
        ValueError: ``period`` is no month.
    """
    require_over(tx, period, profile)
    faults = []
    if by not in organisation.hr:
        faults.append(MonthFault("by", MonthWhy.not_yours))
    if without_readers and not reason.strip():
        faults.append(MonthFault("reason", MonthWhy.no_reason))
    if faults:
        raise RefusedMonthError(tuple(faults))
