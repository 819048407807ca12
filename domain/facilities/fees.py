"""What a use costs: lines that each name their rule, and their sum.

The order is fixed: charges, surcharges, the least fee, reductions, tax where the table's yen are without it, rounding.
A deposit stands apart. Money is whole yen; no line is ever a fraction. Each started unit of each rate counts whole.
"""

from collections.abc import Iterator

from domain.facilities.fee_fault import FeeFaultsError, FeeWhy, refuse
from domain.facilities.fee_quote import DepositLine, FeeLine, FeeWish, LineKind, Quote
from domain.facilities.fee_rates import (
    derive_occasion,
    find_rate,
    find_tax_percent,
    find_wish_faults,
    list_pieces,
    list_spans,
)
from domain.facilities.fee_table import Charge, FeeTable, Heads, Occasion, Rate, Reduction, RoundAt, round_yen

YEN_MAX = 1_000_000_000
"""No line and no price is larger."""


def price_wish(wish: FeeWish, table: FeeTable) -> Quote:
    """Price a use.

    Args:
        wish: what is used, by whom, when.
        table: one that :func:`~domain.facilities.check_fee_table.check_fee_table` finds nothing in.

    Raises:
        FeeFaultsError: a class, an option or a reduction is unknown, or some time has no rate; every fault is
            named. Or the price is beyond all measure.
    """
    at = derive_occasion(wish)
    if faults := [*find_wish_faults(wish, table, at)]:
        raise FeeFaultsError(faults)
    lines = _charge_lines(wish, table, at)
    amounts = {charge: sum(line.yen for line in lines if line.charge is charge) for charge in Charge}
    lines += _surcharge_lines(table, at, amounts)
    lines += _minimum_lines(table, amounts)
    lines += _reduction_lines(wish, table, amounts)
    percent = find_tax_percent(table, wish.on)
    lines += _closing_lines(table, sum(line.yen for line in lines), percent)
    if any(abs(line.yen) > YEN_MAX for line in lines) or sum(line.yen for line in lines) > YEN_MAX:
        raise refuse("total_yen", FeeWhy.out_of_range, first=0, last=YEN_MAX)
    deposits = tuple(
        DepositLine(row.name, row.name_en, row.yen, row.id, row.source) for row in table.deposits if row.scope.holds(at)
    )
    return Quote(table.id, tuple(lines), deposits, percent)


def _charge_lines(wish: FeeWish, table: FeeTable, at: Occasion) -> list[FeeLine]:
    spans, minutes = list_spans(wish), wish.to_minute - wish.from_minute
    lines: list[FeeLine] = []
    for charge, start, end in spans:
        room_yen = sum(line.yen for line in lines if line.charge is Charge.room)
        for rate, first, last in list_pieces(table, at, charge, start, end):
            lines.append(_line(rate, last - first, wish, table, room_yen))
    room_yen = sum(line.yen for line in lines if line.charge is Charge.room)
    for id_, number in wish.units:
        if rate_found := find_rate(table, at, Charge.equipment, id_):
            lines.append(_line(rate_found, minutes, wish, table, room_yen, number=number))
    asked = dict(wish.options)
    offered = {rate.subject for rate in table.rates if rate.always and rate.scope.holds(at)}
    for subject in [*asked, *sorted(offered - set(asked))]:
        rate_found = find_rate(table, at, Charge.option, subject)
        length = asked.get(subject) or minutes
        lines += [] if rate_found is None else [_line(rate_found, length, wish, table, room_yen)]
    return lines


def _line(rate: Rate, minutes: int, wish: FeeWish, table: FeeTable, room_yen: int, *, number: int = 1) -> FeeLine:
    heads = {Heads.one: 1, Heads.places: wish.places, Heads.people: wish.people}[rate.heads]
    units = 1 if rate.unit_minutes is None else -(-minutes // rate.unit_minutes)
    unit_yen = _share(table, room_yen, rate.percent) if rate.percent is not None else rate.yen or 0
    count, names = units * heads * number, (rate.name, rate.name_en)
    return FeeLine(LineKind.charge, rate.charge, *names, count, unit_yen, rate.id, rate.source)


def _share(table: FeeTable, yen: int, percent: int) -> int:
    step = table.rounding.step_yen if table.rounding.at is RoundAt.share else 1
    return round_yen(yen * percent, 100, step, table.rounding.mode)


def _surcharge_lines(table: FeeTable, at: Occasion, amounts: dict[Charge, int]) -> Iterator[FeeLine]:
    plain = dict(amounts)
    for row in table.surcharges:
        if not row.scope.holds(at):
            continue
        for charge in Charge:
            of = amounts[charge] if table.compounding else plain[charge]
            if charge in row.charges and (yen := _share(table, of, row.percent)):
                amounts[charge] += yen
                yield FeeLine(LineKind.surcharge, charge, row.name, row.name_en, 1, yen, row.id, row.source)


def _minimum_lines(table: FeeTable, amounts: dict[Charge, int]) -> Iterator[FeeLine]:
    total = sum(amounts.values())
    if 0 < total < table.minimum_yen:
        missing = table.minimum_yen - total
        amounts[Charge.room] += missing
        yield FeeLine(LineKind.minimum, Charge.room, "最低使用料", "Least fee", 1, missing, table.id, table.source)


def _reduction_lines(wish: FeeWish, table: FeeTable, amounts: dict[Charge, int]) -> Iterator[FeeLine]:
    for row in table.reductions:
        if row.id not in wish.reductions:
            continue
        left = row.yen
        for charge in Charge:
            if charge not in row.charges:
                continue
            yen = _reduced(row, table, amounts[charge], left)
            left = None if left is None else left - yen
            amounts[charge] -= yen
            if yen:
                yield FeeLine(LineKind.reduction, charge, row.name, row.name_en, 1, -yen, row.id, row.source)


def _reduced(row: Reduction, table: FeeTable, amount: int, left: int | None) -> int:
    """Give what a reduction takes off an amount; of a percentage what remains is rounded, never beyond the amount."""
    if left is not None:
        return min(left, amount)
    return amount - min(amount, _share(table, amount, 100 - (row.percent or 0)))


def _closing_lines(table: FeeTable, total: int, percent: int | None) -> list[FeeLine]:
    lines = []
    if percent and not table.tax.included and (tax := round_yen(total * percent, 100, 1, table.rounding.mode)):
        names = f"消費税相当額 {percent}%", f"Consumption tax {percent}%"
        lines.append(FeeLine(LineKind.tax, None, *names, 1, tax, table.id, table.source))
        total += tax
    if table.rounding.at is RoundAt.total:
        rounded = round_yen(total, 1, table.rounding.step_yen, table.rounding.mode)
        if rounded != total:
            names = "端数処理", "Rounding"
            lines.append(FeeLine(LineKind.rounding, None, *names, 1, rounded - total, table.id, table.source))
    return lines
