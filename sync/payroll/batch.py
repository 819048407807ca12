"""A batch for a payroll product: the file's bytes, its lines, and who had to be left out and why."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.attendance.pay_due import merge_rows
from domain.attendance.pay_line import PayLine, PayRow, RowKind
from sync.payroll.cells import PayrollFileError, TableRow, UnencodableError, Unfit, find_unfit, write_table
from sync.payroll.layout import Layout
from sync.payroll.rows import (
    Payee,
    TooLongError,
    UntoldPayError,
    find_untold,
    head_rows,
    row_lines,
    table_row,
)

_LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}


class NoFileLayoutError(PayrollFileError):
    """The layout is of a service's requests and not of a file."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            f"{layout.title} はファイルの形式ではありません。CSV のレイアウトを選んでください / "
            f"layout {layout.name} is no file; choose one of CSV"
        )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person whose row was not written, and why; payroll has to be told another way."""

    person_id: str
    why: str


@dataclass(frozen=True, slots=True)
class FileBatch:
    """A file for payroll. ``id`` is derived from the period, the layout and the bytes: the same is the same batch.

    ``kind`` tells a file of months from one of differences; they are never in one file.
    """

    id: str
    period: str
    layout: str
    kind: RowKind
    content: bytes
    rows: tuple[PayRow, ...]
    lines: tuple[PayLine, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def file_name(self) -> str:
        """Give the name under which the file is laid."""
        return file_name(self.period, self.layout, self.kind, self.id)


def file_name(period: str, layout: str, kind: RowKind, batch_id: str) -> str:
    """Give the name under which a batch's file is laid; the batch's id in it makes it one of its own."""
    told = "" if kind is RowKind.month else "_difference"
    return f"payroll_{period}_{layout}{told}_{batch_id}.csv"


def make_batches(
    layout: Layout, period: str, rows: Sequence[PayRow], payees: Mapping[str, Payee], *, without_unfit: bool = False
) -> tuple[FileBatch, ...]:
    """Make the files of what is due: one of months, one of differences, none for nothing.

    Args:
        layout: the product's form, of CSV.
        period: the month, ``YYYY-MM``.
        rows: what is due; several rows of a person are added up within a file.
        payees: everybody in ``rows`` by person.
        without_unfit: write the others and tell who was left out, in place of refusing everything.

    Raises:
        UnencodableError: a cell cannot be written in the encoding; every one is named.
        UntoldPayError: the layout has no column for somebody's pay; everybody is named.
        TooLongError: a cell is longer than the product takes.
        NoFileLayoutError: the layout is none of a file.
        KeyError: a person of ``rows`` is not among ``payees``.
    """
    made = []
    for kind in RowKind:
        some = [row for row in rows if row.kind is kind]
        if some:
            content, left_out = write_rows(layout, some, payees, without_unfit=without_unfit)
            written = tuple(row for row in some if row.person_id not in left_out)
            made.append(
                FileBatch(
                    id=batch_id(period, layout.name, content),
                    period=period,
                    layout=layout.name,
                    kind=kind,
                    content=content,
                    rows=written,
                    lines=tuple(line for row in written for line in row_lines(layout, row)),
                    left_out=tuple(LeftOut(*each) for each in sorted(left_out.items())),
                )
            )
    return tuple(made)


def write_rows(
    layout: Layout, rows: Sequence[PayRow], payees: Mapping[str, Payee], *, without_unfit: bool = False
) -> tuple[bytes, dict[str, str]]:
    """Give the bytes of one file, and by person why somebody had to be left out of it.

    Raises:
        UnencodableError, UntoldPayError, TooLongError, NoFileLayoutError, KeyError: as :func:`make_batches`.
    """
    if layout.format != "csv":
        raise NoFileLayoutError(layout)
    by_person: dict[str, list[PayRow]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row)
    merged = {person_id: merge_rows(some) for person_id, some in sorted(by_person.items())}
    left_out = _find_untold(layout, merged, refuse=not without_unfit)
    head = head_rows(layout)
    told: dict[str, TableRow] = {}
    for person_id, row in merged.items():
        if person_id in left_out:
            continue
        try:
            told[person_id] = table_row(layout, row, payees[person_id])
        except TooLongError as error:
            if not without_unfit:
                raise
            left_out[person_id] = str(error)
    unfit = find_unfit((*head, *told.values()), layout.encoding, quote=layout.quote)
    if unfit and (not without_unfit or any(not each.subject for each in unfit)):
        raise UnencodableError(layout.encoding, unfit)
    left_out |= _tell_unfit(unfit)
    table = [*head, *(row for person_id, row in told.items() if person_id not in left_out)]
    return write_table(table, layout.encoding, quote=layout.quote, line_end=_LINE_ENDS[layout.line_end]), left_out


def batch_id(period: str, layout: str, content: bytes) -> str:
    """Name a batch by what it says."""
    return hashlib.sha256(f"{period}\n{layout}\n".encode() + content).hexdigest()[:16]


def _find_untold(layout: Layout, rows: Mapping[str, PayRow], *, refuse: bool) -> dict[str, str]:
    untold = find_untold(layout, rows.values())
    if untold and refuse:
        raise UntoldPayError(layout, untold)
    return {each.person_id: f"項目がない / no column: {', '.join(each.items)}" for each in untold}


def _tell_unfit(unfit: Collection[Unfit]) -> dict[str, str]:
    told: dict[str, list[str]] = defaultdict(list)
    for each in unfit:
        told[each.subject].append(str(each))
    return {person_id: "; ".join(some) for person_id, some in told.items()}
