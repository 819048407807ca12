"""What a reservation owes and has paid: the sum of its entries against its newest price."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.facilities.refunds import Paid
from domain.facilities.takings import Taking, TakingKind

EXCESS = "excess"
"""The rule of a refund of what was paid beyond the price (過納金)."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums of a reservation in yen, all at least 0; corrections are in what they correct.

    ``excess_back_yen`` is the part of ``fee_back_yen`` that went back because it was paid beyond the price.
    """

    total_yen: int
    deposit_total_yen: int
    fee_in_yen: int
    fee_back_yen: int
    excess_back_yen: int
    deposit_in_yen: int
    deposit_back_yen: int

    @property
    def paid(self) -> Paid:
        """Give what was paid and not given back."""
        return Paid(self.fee_in_yen - self.fee_back_yen, self.deposit_in_yen - self.deposit_back_yen)

    @property
    def owed_yen(self) -> int:
        """Give what of the fee is still to be paid."""
        return max(0, self.total_yen - self.paid.fee_yen)

    @property
    def deposit_owed_yen(self) -> int:
        """Give what of the deposit is still to be paid."""
        return max(0, self.deposit_total_yen - self.paid.deposit_yen)


def derive_balance(entries: Iterable[Taking], *, total_yen: int, deposit_yen: int) -> Balance:
    """Sum up a reservation's entries against what it costs."""
    told = list(entries)
    excess = [each for each in told if each.rule_id == EXCESS]
    sums = {kind: sum(each.yen for each in told if each.of_kind is kind) for kind in TakingKind}
    return Balance(
        total_yen,
        deposit_yen,
        sums[TakingKind.fee],
        -sums[TakingKind.fee_refund],
        -sum(each.yen for each in excess if each.of_kind is TakingKind.fee_refund),
        sums[TakingKind.deposit],
        -sums[TakingKind.deposit_refund],
    )
