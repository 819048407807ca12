"""Whether rows make a fee table: every fault of it at once, by the row's id."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from domain.facilities.fee_fault import FeeFault, FeeWhy
from domain.facilities.fee_table import (
    DAY_END_MINUTE,
    Charge,
    Deposit,
    FeeTable,
    Heads,
    Rate,
    Reduction,
    RefundRule,
    Surcharge,
)

PERCENT_MAX = 1000
YEN_MAX = 100_000_000
_INVOICE_NUMBER = re.compile(r"T[0-9]{13}")


def check_fee_table(table: FeeTable) -> tuple[FeeFault, ...]:
    """Give every fault of a table; none where prices can be made by it."""
    return (
        *_check_frame(table),
        *_check_ids(table),
        *(fault for rate in table.rates for fault in _check_rate(rate)),
        *_check_shares(table),
        *_check_scopes(table),
        *_check_overlaps(table),
        *_check_tax(table),
        *_check_refunds(table.refunds),
    )


def check_tables_apart(table: FeeTable, others: Iterable[FeeTable]) -> tuple[FeeFault, ...]:
    """Give a fault for each other table of the facility that would hold on a day of this one."""
    return tuple(
        FeeFault("from_on", FeeWhy.tables_overlap, {"row": other.id, "from_on": other.from_on})
        for other in others
        if other.id != table.id
        and other.facility_id == table.facility_id
        and (table.until_on is None or other.from_on <= table.until_on)
        and (other.until_on is None or table.from_on <= other.until_on)
    )


def _check_frame(table: FeeTable) -> Iterator[FeeFault]:
    if table.until_on is not None and table.until_on < table.from_on:
        yield FeeFault("until_on", FeeWhy.ends_before_start, {"from_on": table.from_on})
    if not table.source.strip():
        yield FeeFault("source", FeeWhy.no_source, {"row": table.id})
    if not table.user_classes:
        yield FeeFault("user_classes", FeeWhy.unknown_user_class, {"row": table.id})
    if not table.purposes:
        yield FeeFault("purposes", FeeWhy.unknown_purpose, {"row": table.id})
    if not 0 <= table.minimum_yen <= YEN_MAX:
        yield FeeFault("minimum_yen", FeeWhy.out_of_range, {"first": 0, "last": YEN_MAX})
    if not 1 <= table.rounding.step_yen <= 1000:
        yield FeeFault("rounding", FeeWhy.out_of_range, {"first": 1, "last": 1000})
    if table.invoice_number and _INVOICE_NUMBER.fullmatch(table.invoice_number) is None:
        yield FeeFault("invoice_number", FeeWhy.wrong_number)


def _check_ids(table: FeeTable) -> Iterator[FeeFault]:
    rows: list[Rate | Surcharge | Reduction | Deposit | RefundRule] = []
    rows += (*table.rates, *table.surcharges, *table.reductions, *table.deposits, *table.refunds)
    for row in rows:
        if not row.source.strip():
            yield FeeFault("source", FeeWhy.no_source, {"row": row.id})
    for field, ids in (
        ("id", [row.id for row in rows]),
        ("purposes", [each.id for each in table.purposes]),
        ("user_classes", list(table.user_classes)),
    ):
        for id_, count in Counter(ids).items():
            if count > 1:
                yield FeeFault(field, FeeWhy.twice, {"row": id_})


def _check_rate(rate: Rate) -> Iterator[FeeFault]:
    row = {"row": rate.id}
    shares = rate.charge in {Charge.extra, Charge.option}
    if (rate.yen is None) == (rate.percent is None) or (rate.percent is not None and not shares):
        yield FeeFault("yen", FeeWhy.one_of_two, row)
    if rate.yen is not None and rate.yen < 0:
        yield FeeFault("yen", FeeWhy.negative, row)
    if rate.yen is not None and rate.yen > YEN_MAX:
        yield FeeFault("yen", FeeWhy.out_of_range, row | {"first": 0, "last": YEN_MAX})
    if rate.percent is not None and not 0 <= rate.percent <= PERCENT_MAX:
        yield FeeFault("percent", FeeWhy.out_of_range, row | {"first": 0, "last": PERCENT_MAX})
    if rate.unit_minutes is not None and not 1 <= rate.unit_minutes <= DAY_END_MINUTE:
        yield FeeFault("unit_minutes", FeeWhy.out_of_range, row | {"first": 1, "last": DAY_END_MINUTE})
    named = rate.charge in {Charge.equipment, Charge.option}
    if named != bool(rate.subject):
        yield FeeFault("subject", FeeWhy.subject_missing, row)
    if rate.always and rate.charge is not Charge.option:
        yield FeeFault("always", FeeWhy.subject_missing, row)
    if rate.charge is Charge.equipment and rate.heads is not Heads.one:
        yield FeeFault("heads", FeeWhy.one_of_two, row)
    whole = (rate.from_minute, rate.to_minute) == (0, DAY_END_MINUTE)
    banded = rate.unit_minutes is not None and rate.charge in {Charge.room, Charge.extra}
    if not 0 <= rate.from_minute < rate.to_minute <= DAY_END_MINUTE or not (whole or banded):
        yield FeeFault("from_minute", FeeWhy.band_empty, row)


def _check_shares(table: FeeTable) -> Iterator[FeeFault]:
    for surcharge in table.surcharges:
        if not 1 <= surcharge.percent <= PERCENT_MAX:
            yield FeeFault("percent", FeeWhy.out_of_range, {"row": surcharge.id, "first": 1, "last": PERCENT_MAX})
    for reduction in table.reductions:
        if (reduction.percent is None) == (reduction.yen is None):
            yield FeeFault("percent", FeeWhy.one_of_two, {"row": reduction.id})
        if reduction.percent is not None and not 1 <= reduction.percent <= 100:
            yield FeeFault("percent", FeeWhy.out_of_range, {"row": reduction.id, "first": 1, "last": 100})
        if reduction.yen is not None and not 1 <= reduction.yen <= YEN_MAX:
            yield FeeFault("yen", FeeWhy.out_of_range, {"row": reduction.id, "first": 1, "last": YEN_MAX})
    for deposit in table.deposits:
        if not 1 <= deposit.yen <= YEN_MAX:
            yield FeeFault("yen", FeeWhy.out_of_range, {"row": deposit.id, "first": 1, "last": YEN_MAX})


def _check_scopes(table: FeeTable) -> Iterator[FeeFault]:
    purposes = {each.id for each in table.purposes}
    rows: list[Rate | Surcharge | Reduction | Deposit] = [*table.rates, *table.surcharges]
    for row in (*rows, *table.reductions, *table.deposits):
        scope = row.scope
        for name in sorted(scope.user_classes - set(table.user_classes)):
            yield FeeFault("user_classes", FeeWhy.unknown_user_class, {"row": row.id, "name": name})
        for name in sorted(scope.purposes - purposes):
            yield FeeFault("purposes", FeeWhy.unknown_purpose, {"row": row.id, "name": name})
        if not scope.days <= set(range(8)):
            yield FeeFault("days", FeeWhy.out_of_range, {"row": row.id, "first": 0, "last": 7})
        if not scope.months <= set(range(1, 13)):
            yield FeeFault("months", FeeWhy.out_of_range, {"row": row.id, "first": 1, "last": 12})


def _check_overlaps(table: FeeTable) -> Iterator[FeeFault]:
    for a, b in combinations(table.rates, 2):
        same = (a.charge, a.subject) == (b.charge, b.subject)
        if same and max(a.from_minute, b.from_minute) < min(a.to_minute, b.to_minute) and a.scope.meets(b.scope):
            yield FeeFault("rates", FeeWhy.rows_overlap, {"row": a.id, "other": b.id})
    for held, other in combinations(table.deposits, 2):
        if held.scope.meets(other.scope):
            yield FeeFault("deposits", FeeWhy.rows_overlap, {"row": held.id, "other": other.id})


def _check_tax(table: FeeTable) -> Iterator[FeeFault]:
    for rate in table.tax.rates:
        if not 0 <= rate.percent <= 100:
            yield FeeFault("tax", FeeWhy.out_of_range, {"first": 0, "last": 100})
        if rate.until_on is not None and rate.until_on < rate.from_on:
            yield FeeFault("tax", FeeWhy.ends_before_start, {"from_on": rate.from_on})
    for former, later in combinations(sorted(table.tax.rates, key=lambda rate: rate.from_on), 2):
        if former.until_on is None or later.from_on <= former.until_on:
            yield FeeFault("tax", FeeWhy.rows_overlap, {"row": str(former.from_on), "other": str(later.from_on)})


def _check_refunds(rules: tuple[RefundRule, ...]) -> Iterator[FeeFault]:
    for rule in rules:
        row = {"row": rule.id}
        if not 0 <= rule.percent <= 100:
            yield FeeFault("percent", FeeWhy.out_of_range, row | {"first": 0, "last": 100})
        if rule.days_before is not None and rule.hours_before is not None:
            yield FeeFault("days_before", FeeWhy.one_of_two, row)
        if min(rule.days_before or 0, rule.hours_before or 0) < 0:
            yield FeeFault("days_before", FeeWhy.negative, row)
    for a, b in combinations(rules, 2):
        same = (a.days_before, a.hours_before) == (b.days_before, b.hours_before)
        if same and a.reasons & b.reasons:
            yield FeeFault("refunds", FeeWhy.rows_overlap, {"row": a.id, "other": b.id})
