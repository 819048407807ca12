"""Takings (収納): entries that are never edited, their numbers, a day's report per method and its counted cash."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Method(StrEnum):
    """How money came or went."""

    cash = "cash"
    card = "card"
    emoney = "emoney"
    qr = "qr"
    transfer = "transfer"  # 口座振込
    invoice = "invoice"  # 納付書


BY_PROVIDER = frozenset({Method.card, Method.emoney, Method.qr})
"""A provider pays these out to the city later; each needs the provider's reference."""


class TakingKind(StrEnum):
    """What an entry is."""

    fee = "fee"
    deposit = "deposit"  # 保証金
    fee_refund = "fee_refund"
    deposit_refund = "deposit_refund"
    correction = "correction"  # a counter-entry: takes another one back


class Series(StrEnum):
    """Which numbers an entry is counted in; each runs without gaps per facility and fiscal year."""

    receipt = "receipt"
    refund = "refund"
    correction = "correction"


SERIES = {
    TakingKind.fee: Series.receipt,
    TakingKind.deposit: Series.receipt,
    TakingKind.fee_refund: Series.refund,
    TakingKind.deposit_refund: Series.refund,
    TakingKind.correction: Series.correction,
}


@dataclass(frozen=True, slots=True)
class Taking:
    """One entry: ``yen`` is more than 0 where money came, less where it went. ``counted_on`` is the day it belongs to.

    ``of_kind`` of a correction is the kind of what it takes back, and of every other its own.
    """

    id: str
    facility_id: str
    reservation_id: str
    kind: TakingKind
    of_kind: TakingKind
    method: Method
    yen: int
    taken_at: datetime
    taken_by: str
    counted_on: date
    number: int
    provider: str = ""
    reference: str = ""
    payer: str = ""
    reason: str = ""
    rule_id: str = ""
    tax_percent: int | None = None
    corrects: str | None = None

    @property
    def series(self) -> Series:
        """Give the series that its number is of."""
        return SERIES[self.kind]

    @property
    def slip(self) -> str:
        """Give its number as people read it, without the facility: ``2026-000012``; refunds R, corrections C."""
        mark = {Series.receipt: "", Series.refund: "R", Series.correction: "C"}[self.series]
        return f"{fiscal_year(self.counted_on)}-{mark}{self.number:06d}"


@dataclass(frozen=True, slots=True)
class MethodSum:
    """One method's day: how many entries, what came in, what went out (as positive yen), and what is left."""

    method: Method
    entries: int
    in_yen: int
    out_yen: int

    @property
    def net_yen(self) -> int:
        """Give what came in without what went out."""
        return self.in_yen - self.out_yen


@dataclass(frozen=True, slots=True)
class CashCount:
    """The till: what it began with, what was counted at the end, what had been carried to the bank meanwhile."""

    opening_yen: int
    counted_yen: int
    banked_yen: int = 0


@dataclass(frozen=True, slots=True)
class DayReport:
    """A facility's day: every method that had entries, deposits apart from fees, and the till."""

    facility_id: str
    on: date
    sums: tuple[MethodSum, ...]
    fee_yen: int
    deposit_yen: int
    cash: CashCount

    @property
    def total_yen(self) -> int:
        """Give the day's net over all methods."""
        return sum(each.net_yen for each in self.sums)

    @property
    def expected_yen(self) -> int:
        """Give the cash that has to be in the till."""
        net = sum(each.net_yen for each in self.sums if each.method is Method.cash)
        return self.cash.opening_yen + net - self.cash.banked_yen

    @property
    def difference_yen(self) -> int:
        """Give what was counted beyond what has to be there; less than 0 where some is missing."""
        return self.cash.counted_yen - self.expected_yen


DEPOSITS = frozenset({TakingKind.deposit, TakingKind.deposit_refund})


def derive_report(facility_id: str, on: date, entries: Iterable[Taking], cash: CashCount) -> DayReport:
    """Sum up a facility's day; entries of other days or facilities are an error of the caller."""
    day = list(entries)
    if any(each.facility_id != facility_id or each.counted_on != on for each in day):
        raise ValueError(f"entries beside {facility_id} on {on}")
    sums = []
    for method in Method:
        yens = [each.yen for each in day if each.method is method]
        if yens:
            came, went = sum(yen for yen in yens if yen > 0), -sum(yen for yen in yens if yen < 0)
            sums.append(MethodSum(method, len(yens), came, went))
    deposit_yen = sum(each.yen for each in day if each.of_kind in DEPOSITS)
    fee_yen = sum(each.yen for each in day) - deposit_yen
    return DayReport(facility_id, on, tuple(sums), fee_yen, deposit_yen, cash)


def fiscal_year(on: date) -> int:
    """Give the fiscal year (会計年度, April to March) of a day (地方自治法208条)."""
    return on.year if on.month >= 4 else on.year - 1
