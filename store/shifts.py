"""Shift kinds (勤務区分) and the patterns that repeat them (交替制)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import select

from domain.attendance.roster import Pattern
from domain.attendance.shift import DayKind, Shift
from domain.attendance.shift_text import format_shift, parse_shift
from store.bulk import upsert_rows
from store.roster_tables import shift_kind, shift_pattern
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """A named shift that rosters refer to; ``until_on`` is the last day on which it may be planned."""

    code: str
    name: str
    shift: Shift
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """Shift kinds that repeat, one a day, from ``anchor_on``; ``on_holidays``: duty is due on holidays too."""

    id: str
    name: str
    codes: tuple[str, ...]
    anchor_on: date
    on_holidays: bool = True


class UnknownShiftError(Exception):
    """A pattern names shift kinds that there are not."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(f"勤務区分がありません / there is no shift kind {', '.join(codes)}; register it first")
        self.codes = codes


def save_shift_kind(tx: Tx, kind: ShiftKind) -> None:
    """Keep a shift kind; what stands under its code is replaced for days to come and days gone alike."""
    row = (kind.code, kind.name, *shift_columns(kind.shift), kind.until_on)
    upsert_rows(tx, shift_kind, ("code", "name", "kind", "hours", "until_on"), [row])


def list_shift_kinds(tx: Tx) -> dict[str, ShiftKind]:
    """Give the shift kinds by code, in order."""
    columns = (shift_kind.c.code, shift_kind.c.name, shift_kind.c.kind, shift_kind.c.hours, shift_kind.c.until_on)
    rows = tx.connection.execute(select(*columns).order_by(shift_kind.c.code))
    return {row.code: ShiftKind(row.code, row.name, read_shift(row.kind, row.hours), row.until_on) for row in rows}


def save_pattern(tx: Tx, pattern: ShiftPattern) -> None:
    """Keep a pattern.

    Raises:
        UnknownShiftError: it names shift kinds that there are not.
    """
    if unknown := tuple(sorted(set(pattern.codes) - list_shift_kinds(tx).keys())):
        raise UnknownShiftError(unknown)
    row = (pattern.id, pattern.name, " ".join(pattern.codes), pattern.anchor_on, pattern.on_holidays)
    upsert_rows(tx, shift_pattern, ("id", "name", "codes", "anchor_on", "on_holidays"), [row])


def list_patterns(tx: Tx) -> dict[str, ShiftPattern]:
    """Give the patterns by id, in order."""
    columns = (shift_pattern.c[name] for name in ("id", "name", "codes", "anchor_on", "on_holidays"))
    rows = tx.connection.execute(select(*columns).order_by(shift_pattern.c.id))
    return {row.id: ShiftPattern(row.id, row.name, tuple(row.codes.split()), *row[3:]) for row in rows}


def load_patterns(tx: Tx) -> dict[str, Pattern]:
    """Give the patterns by id with their shifts, ready to be counted with."""
    kinds = list_shift_kinds(tx)
    return {
        each.id: Pattern(tuple(kinds[code].shift for code in each.codes), each.anchor_on, each.on_holidays)
        for each in list_patterns(tx).values()
    }


def shift_columns(shift: Shift) -> tuple[str, str]:
    """Give the columns ``kind`` and ``hours`` of a shift."""
    return shift.kind.value, format_shift(shift) if shift.kind is DayKind.work else ""


@lru_cache(maxsize=4096)
def read_shift(kind: str, hours: str) -> Shift:
    """Give the shift of the columns ``kind`` and ``hours``."""
    return parse_shift(hours or kind)
