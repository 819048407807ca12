"""From what is due to a layout's rows and lines: each figure as text for the file, and as minutes for the books."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.attendance.pay_line import Amounts, PayLine, PayRow
from sync.payroll.cells import PayrollFileError, TableRow, neutral
from sync.payroll.layout import Column, Layout, untold_items
from sync.payroll.notation import write_figure

WORKED_LINE = "worked"
"""The line that every row has, also of a person with nothing else: the row itself is what was handed over."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom payroll is told about, by what it calls the person."""

    person_id: str
    name: str
    kana: str = ""
    department_id: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """Pay of a person that the layout has no column for; it would be lost, so the row is not written."""

    person_id: str
    items: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(self.items)}"


class UntoldPayError(PayrollFileError):
    """The layout would lose pay; each person is named with what no column tells."""

    def __init__(self, layout: Layout, found: tuple[Untold, ...]) -> None:
        lines = "\n".join(str(each) for each in found)
        super().__init__(
            f"{layout.title} に項目がない支給があります。列を加えるか leaves_out に記してください / "
            f"pay without a column in layout {layout.name}: add a column, or name it in leaves_out\n{lines}"
        )
        self.found = found


class TooLongError(PayrollFileError):
    """A cell has more characters than the product takes; it is named and never cut."""

    def __init__(self, person_id: str, heading: str, characters_max: int) -> None:
        super().__init__(
            f"{person_id} の {heading} が {characters_max} 文字を超えます / "
            f"{heading} of {person_id} has more than {characters_max} characters"
        )
        self.person_id = person_id


def head_rows(layout: Layout) -> tuple[TableRow, ...]:
    """Give the rows above the first person."""
    texts = {
        "headings": tuple(column.heading for column in layout.columns),
        "symbols": tuple(column.symbol for column in layout.columns),
    }
    return tuple(TableRow("", texts[name]) for name in layout.head)


def table_row(layout: Layout, row: PayRow, payee: Payee) -> TableRow:
    """Give one person's cells.

    Raises:
        TooLongError: a cell has more characters than the product takes.
    """
    return TableRow(payee.person_id, tuple(_cell(layout, column, row, payee) for column in layout.columns))


def row_lines(layout: Layout, row: PayRow) -> tuple[PayLine, ...]:
    """Give the lines of a row: every time that is not 0, by the column's key, and always what was worked."""
    minutes = {WORKED_LINE: row.amounts.get("minutes.worked", 0)}
    for column in layout.columns:
        if column.is_minutes:
            amount = sum_items(column, row.amounts) * (60 if column.unit == "hours" else 1)
            if amount or column.key == WORKED_LINE:
                minutes[column.key] = amount
    return tuple(
        PayLine(row.person_id, row.period, row.version, row.name, line, amount, layout.name)
        for line, amount in minutes.items()
    )


def find_untold(layout: Layout, rows: Iterable[PayRow]) -> tuple[Untold, ...]:
    """Give the persons of whose pay the layout would lose something."""
    checked = ((row.person_id, untold_items(layout, row.amounts)) for row in rows)
    return tuple(Untold(person_id, items) for person_id, items in checked if items)


def json_body(layout: Layout, row: PayRow) -> dict[str, int]:
    """Give a row as the fields of a JSON body; whole numbers, minutes and days."""
    return {column.heading: sum_items(column, row.amounts) for column in layout.columns if column.sum is not None}


def sum_items(column: Column, amounts: Amounts) -> int:
    """Add up a column's items; one with ``-`` before it is taken off."""
    signed = ((-1 if item.startswith("-") else 1, item.removeprefix("-")) for item in column.sum or ())
    return sum(sign * amounts.get(item, 0) for sign, item in signed)


def _cell(layout: Layout, column: Column, row: PayRow, payee: Payee) -> str:
    text = _text(layout, column, row, payee)
    if column.characters_max is not None and len(text) > column.characters_max:
        raise TooLongError(payee.person_id, column.heading or column.symbol, column.characters_max)
    return text


def _text(layout: Layout, column: Column, row: PayRow, payee: Payee) -> str:
    if column.sum is not None:
        amount = sum_items(column, row.amounts)
        unit = layout.time if column.unit == "time" else column.unit
        told = write_figure(amount, unit, digits=column.digits, rounding=column.rounding)
        return "" if amount == 0 and column.blank_zero else told
    if column.field is None:
        return column.text or ""
    told_fields = {
        "period": row.period,
        "period_compact": row.period.replace("-", ""),
        "year": row.period[:4],
        "month": str(int(row.period[5:])),
        "version": str(row.version),
        "row_kind": row.kind.value,
    }
    return told_fields[column.field] if column.field in told_fields else neutral(getattr(payee, column.field))
