"""What goes back (還付) when a reservation ends before its use, or costs less after a change.

What the city itself or a disaster ended is given back whole, and so is what was never permitted: a fee is charged for a
use that somebody has leave for. Else the table's rows decide by how long before the use it ended. A deposit goes back
whole unless something is withheld from it. Never more goes back than was paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.civil import civil_minute
from domain.facilities.fee_fault import FeeFault, FeeFaultsError, FeeWhy
from domain.facilities.fee_table import FeeTable, RefundReason, RefundRule, round_yen

WHOLE = frozenset({RefundReason.facility, RefundReason.disaster, RefundReason.unpermitted})


@dataclass(frozen=True, slots=True)
class Paid:
    """What has been paid and not given back."""

    fee_yen: int
    deposit_yen: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """What goes back and why; ``rule_id`` is empty where no row gives anything, of ``WHOLE`` where all goes back."""

    fee_yen: int
    deposit_yen: int
    percent: int
    rule_id: str
    source: str


def assess_refund(
    table: FeeTable,
    paid: Paid,
    reason: RefundReason,
    *,
    ended_at: datetime,
    from_at: datetime,
    withheld_yen: int = 0,
) -> Refund:
    """Say what goes back of a reservation that ended before its use.

    Args:
        table: the one it was priced by.
        paid: what was paid of it.
        reason: why it ended.
        ended_at: when somebody ended it.
        from_at: when its use would have begun.
        withheld_yen: kept of the deposit, for damage.

    Raises:
        FeeFaultsError: more is to be withheld than is held.
    """
    if not 0 <= withheld_yen <= paid.deposit_yen:
        values = {"paid_yen": paid.deposit_yen}
        raise FeeFaultsError((FeeFault("withheld_yen", FeeWhy.more_than_paid, values),))
    deposit_yen = paid.deposit_yen - withheld_yen
    if reason in WHOLE:
        return Refund(paid.fee_yen, deposit_yen, 100, reason.value, table.source)
    rule = choose_rule(table.refunds, reason, ended_at=ended_at, from_at=from_at)
    if rule is None:
        return Refund(0, deposit_yen, 0, "", table.source)
    step = table.rounding.step_yen
    fee_yen = min(paid.fee_yen, round_yen(paid.fee_yen * rule.percent, 100, step, table.rounding.mode))
    return Refund(fee_yen, deposit_yen, rule.percent, rule.id, rule.source)


def choose_rule(
    rules: Iterable[RefundRule], reason: RefundReason, *, ended_at: datetime, from_at: datetime
) -> RefundRule | None:
    """Give the row that gives most back among those whose time is kept; None where none is."""
    days = (civil_minute(from_at)[0] - civil_minute(ended_at)[0]).days
    kept = [
        rule
        for rule in rules
        if reason in rule.reasons
        and (rule.days_before is None or days >= rule.days_before)
        and (rule.hours_before is None or from_at - ended_at >= timedelta(hours=rule.hours_before))
    ]
    return max(kept, key=lambda rule: (rule.percent, rule.id), default=None)


def assess_excess(paid: Paid, total_yen: int, deposit_yen: int) -> Paid:
    """Give what was paid beyond what is due now (過納): after a change, a reduction or a corrected price."""
    return Paid(max(0, paid.fee_yen - total_yen), max(0, paid.deposit_yen - deposit_yen))
