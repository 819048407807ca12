"""CSV as Japanese offices write it: UTF-8 with or without a BOM, or CP932; rows that know their line."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contract.hr_file import BYTES_MAX
from domain.zones.my_number import DIGITS, WORDS, find_my_numbers

FIELD_MAX = 1000
ERRORS_MAX = 100
"""So many wrong cells are named; more say nothing new."""

Line = tuple[int, list[str]]
"""A line's number in the file, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in a file: the line (1 is the header), the column's name, and what was expected."""

    line: int
    column: str
    expected: str

    def __str__(self) -> str:
        return f"{self.line}行目 / line {self.line}, {self.column}: {self.expected}"


class CsvError(Exception):
    """A file, CSV or Excel, that is refused whole; ``errors`` names every row and column that is wrong."""

    def __init__(self, errors: tuple[RowError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Row:
    """One line's cells by column name, outer blanks taken off."""

    line: int
    cells: Mapping[str, str]


def read_rows(data: bytes, columns: Mapping[str, str], required: frozenset[str]) -> tuple[frozenset[str], list[Row]]:
    """Read a CSV file into rows; arguments, result and errors as :func:`to_rows`."""
    return to_rows(refuse_numbers(read_lines(data)), columns, required)


def read_lines(data: bytes) -> list[Line]:
    """Read a CSV file into its lines; the first is the heading, empty ones are left out.

    Raises:
        CsvError: it is no text, no CSV, too large or empty.
    """
    reader = csv.reader(io.StringIO(_decode(data), newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise CsvError((RowError(reader.line_num, "-", f"CSV として読めません / not CSV: {error}"),)) from None
    if not lines:
        raise CsvError((RowError(1, "-", "空のファイルです / the file is empty; expected a heading and rows"),))
    return lines


def refuse_numbers(lines: list[Line]) -> list[Line]:
    """Give the lines back if no cell holds what may be a 個人番号.

    Raises:
        CsvError: some do; each is named by its line and its heading, never by what stands in it.
    """
    heading = lines[0][1]
    errors = [
        RowError(line, heading[at] if number > 0 and at < len(heading) else f"{at + 1}列目 / column {at + 1}", WORDS)
        for number, (line, cells) in enumerate(lines)
        for at, cell in enumerate(cells)
        if len(cell) >= DIGITS and find_my_numbers(cell)
    ]
    if errors:
        raise CsvError(tuple(errors[:ERRORS_MAX]))
    return lines


def to_rows(
    lines: Sequence[Line], columns: Mapping[str, str], required: frozenset[str]
) -> tuple[frozenset[str], list[Row]]:
    """Give lines their columns' names.

    Args:
        lines: the file's lines, the heading first.
        columns: the column's name by each heading that may stand for it; an empty name leaves the column out.
        required: the columns that must be there.

    Returns:
        The columns that the file has, and its rows.

    Raises:
        CsvError: its heading or its form is wrong.
    """
    header = _header(lines[0][1], columns, required)
    rows, errors = [], []
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            expected = f"列の数 {len(header)} に対して {len(cells)} / expected {len(header)} cells, found {len(cells)}"
            errors.append(RowError(line, "-", expected))
        elif any(len(cell) > FIELD_MAX for cell in cells):
            errors.append(RowError(line, "-", f"長すぎます / a cell is longer than {FIELD_MAX} characters"))
        else:
            rows.append(Row(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name}))
    if errors:
        raise CsvError(tuple(errors))
    return frozenset(filter(None, header)), rows


def _decode(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise CsvError((RowError(1, "-", f"大きすぎます / larger than {BYTES_MAX // 1024 // 1024} MiB"),))
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            continue
        if "\0" in text:
            raise CsvError((RowError(text[: text.index("\0")].count("\n") + 1, "-", "NUL 文字 / a NUL character"),))
        return text
    raise CsvError((RowError(line, "-", "UTF-8 でも CP932 でもありません / expected text in UTF-8 or CP932"),))


def _header(cells: list[str], columns: Mapping[str, str], required: frozenset[str]) -> list[str]:
    names, errors = [], []
    for cell in cells:
        name = columns.get(cell.strip())
        if name is None:
            expected = f"この列はありません / unknown column; expected some of {', '.join(dict.fromkeys(columns))}"
            errors.append(RowError(1, cell.strip() or "-", expected))
        elif name and name in names:
            errors.append(RowError(1, cell.strip(), "同じ列が二つあります / the column stands twice"))
        else:
            names.append(name)
    errors += [
        RowError(
            1, next(heading for heading, name in columns.items() if name == missing), "必須の列です / required column"
        )
        for missing in sorted(required - set(names))
        if not errors
    ]
    if errors:
        raise CsvError(tuple(errors))
    return names
