"""Which rows of a fee table hold for a use, and why a use cannot be priced."""

from collections.abc import Iterator
from datetime import date

from domain.facilities.fee_fault import FeeFault, FeeWhy
from domain.facilities.fee_quote import FeeWish
from domain.facilities.fee_table import NATIONAL_HOLIDAY, Charge, FeeTable, Occasion, Rate, is_in_force

MINUTES_MAX = 2 * 1440


def derive_occasion(wish: FeeWish) -> Occasion:
    """Give what the scopes of rows look at."""
    day = NATIONAL_HOLIDAY if wish.is_holiday else wish.on.weekday()
    slot_id = None if wish.slot is None else wish.slot[0]
    return Occasion(wish.room_id, slot_id, wish.user_class, wish.purpose, day, wish.on.month)


def find_wish_faults(wish: FeeWish, table: FeeTable, at: Occasion) -> Iterator[FeeFault]:
    """Give everything because of which a use cannot be priced by a table."""
    if not is_in_force(table, wish.on):
        yield FeeFault("on", FeeWhy.no_table, {"on": wish.on})
    if wish.user_class not in table.user_classes:
        yield FeeFault("user_class", FeeWhy.unknown_user_class, {"name": wish.user_class})
    if wish.purpose not in {each.id for each in table.purposes}:
        yield FeeFault("purpose", FeeWhy.unknown_purpose, {"name": wish.purpose})
    if not 0 <= wish.from_minute < wish.to_minute <= MINUTES_MAX:
        yield FeeFault("to_minute", FeeWhy.ends_before_start, {"from_minute": wish.from_minute})
    counts = [("places", wish.places), ("people", wish.people), *((id_, number) for id_, number in wish.units)]
    counts += [(id_, minutes) for id_, minutes in wish.options if minutes is not None]
    for name, number in counts:
        if number < 1:
            yield FeeFault(name, FeeWhy.not_positive, {"count": number})
    for field, ids in (("units", wish.units), ("options", wish.options), ("reductions", wish.reductions)):
        names = [each if isinstance(each, str) else each[0] for each in ids]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield FeeFault(field, FeeWhy.twice, {"row": name})
    if table.tax.rates and find_tax_percent(table, wish.on) is None:
        yield FeeFault("tax", FeeWhy.no_tax_rate, {"on": wish.on})
    yield from _find_unknown(wish, table, at)
    yield from _find_unpriced(wish, table, at)


def _find_unknown(wish: FeeWish, table: FeeTable, at: Occasion) -> Iterator[FeeFault]:
    known = {row.id: row for row in table.reductions}
    for id_ in wish.reductions:
        if id_ not in known:
            yield FeeFault("reductions", FeeWhy.unknown_reduction, {"name": id_})
        elif not known[id_].scope.holds(at):
            yield FeeFault("reductions", FeeWhy.not_for_this_use, {"name": known[id_].name})
    subjects = {(rate.charge, rate.subject) for rate in table.rates}
    for id_, _ in wish.options:
        if (Charge.option, id_) not in subjects:
            yield FeeFault("options", FeeWhy.unknown_option, {"name": id_})
        elif find_rate(table, at, Charge.option, id_) is None:
            yield FeeFault("options", FeeWhy.no_rate, {"name": id_})
    for id_, _ in wish.units:
        if find_rate(table, at, Charge.equipment, id_) is None:
            yield FeeFault("units", FeeWhy.no_rate, {"name": id_})


def _find_unpriced(wish: FeeWish, table: FeeTable, at: Occasion) -> Iterator[FeeFault]:
    for charge, start, end in list_spans(wish):
        if start < end and (gap := _first_gap(list_pieces(table, at, charge, start, end), start, end)) is not None:
            yield FeeFault(charge, FeeWhy.no_rate, {"minute": gap})


def list_spans(wish: FeeWish) -> tuple[tuple[Charge, int, int], ...]:
    """Give what the room is charged for by time: the slot or the whole use, and what lies before and after the slot."""
    if wish.slot is None:
        return ((Charge.room, wish.from_minute, wish.to_minute),)
    _, start, end = wish.slot
    before = (Charge.extra, wish.from_minute, min(start, wish.to_minute))
    return (Charge.room, start, end), before, (Charge.extra, max(end, wish.from_minute), wish.to_minute)


def list_pieces(table: FeeTable, at: Occasion, charge: Charge, start: int, end: int) -> list[tuple[Rate, int, int]]:
    """Part a span by the rates that hold in it: each with its first minute and its end, in order."""
    found = [
        (rate, max(start, rate.from_minute), min(end, rate.to_minute))
        for rate in table.rates
        if rate.charge is charge and rate.scope.holds(at)
    ]
    return sorted(((rate, a, b) for rate, a, b in found if a < b), key=lambda piece: piece[1])


def _first_gap(pieces: list[tuple[Rate, int, int]], start: int, end: int) -> int | None:
    for _, first, last in pieces:
        if first > start:
            return start
        start = last
    return start if start < end else None


def find_rate(table: FeeTable, at: Occasion, charge: Charge, subject: str) -> Rate | None:
    """Give the rate of a piece of equipment or an option; None where there is none."""
    return next(
        (rate for rate in table.rates if (rate.charge, rate.subject) == (charge, subject) and rate.scope.holds(at)),
        None,
    )


def find_tax_percent(table: FeeTable, on: date) -> int | None:
    """Give the tax of a day of use; None where the table has none."""
    for rate in table.tax.rates:
        if rate.from_on <= on and (rate.until_on is None or on <= rate.until_on):
            return rate.percent
    return None
