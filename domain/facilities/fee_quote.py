"""A price and what it is asked for, as values: the wish, the lines that each name their rule, the quote they make."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.facilities.fee_table import Charge


class LineKind(StrEnum):
    """What a line of a price is."""

    charge = "charge"
    surcharge = "surcharge"
    minimum = "minimum"
    reduction = "reduction"
    tax = "tax"
    rounding = "rounding"


@dataclass(frozen=True, slots=True)
class FeeWish:
    """What is to be priced: one room on one day, minutes of that day that may run past 1440.

    ``slot`` is the id, beginning and end of the slot in which it lies; time outside it is extra. ``units`` are
    equipment by id and number, ``options`` ids with minutes, or None for the whole time; ``reductions`` are granted.
    """

    room_id: str
    on: date
    is_holiday: bool
    from_minute: int
    to_minute: int
    user_class: str
    purpose: str
    slot: tuple[str, int, int] | None = None
    places: int = 1
    people: int = 1
    units: tuple[tuple[str, int], ...] = ()
    options: tuple[tuple[str, int | None], ...] = ()
    reductions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line: ``yen`` is ``quantity`` times ``unit_yen``; less than 0 where something is taken off."""

    kind: LineKind
    charge: Charge | None
    name: str
    name_en: str
    quantity: int
    unit_yen: int
    rule_id: str
    source: str

    @property
    def yen(self) -> int:
        """Give the line's amount."""
        return self.quantity * self.unit_yen


@dataclass(frozen=True, slots=True)
class DepositLine:
    """A deposit that is due beside the fee."""

    name: str
    name_en: str
    yen: int
    rule_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A price that explains itself. ``tax_percent`` is None where no tax is told."""

    table_id: str
    lines: tuple[FeeLine, ...]
    deposits: tuple[DepositLine, ...]
    tax_percent: int | None

    @property
    def total_yen(self) -> int:
        """Give what is due, with tax."""
        return sum(line.yen for line in self.lines)

    @property
    def deposit_yen(self) -> int:
        """Give what is held beside it."""
        return sum(line.yen for line in self.deposits)

    @property
    def tax_yen(self) -> int:
        """Give the tax that is inside the total."""
        return tax_inside(self.total_yen, self.tax_percent)


def tax_inside(yen: int, percent: int | None) -> int:
    """Give the tax inside an amount, counted once from the whole and rounded down (消費税法施行令70条の10)."""
    return yen * percent // (100 + percent) if percent else 0
