"""Cells of a payroll file: no formula, no character the encoding lacks, no silent replacement."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

from domain.zones.my_number import DIGITS, WORDS, find_my_numbers

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also in full width."""

Quote = Literal["minimal", "all", "none"]
_QUOTING: dict[str, Literal[0, 1, 3]] = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "none": csv.QUOTE_NONE}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the file: ``subject`` is the person it is about, empty for a row above the first person."""

    subject: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row that cannot be written: the characters that the encoding lacks, or ``reason`` in words.

    ``line`` 1 is the first row of the file, ``column`` 1 the first of a row.
    """

    line: int
    column: int
    subject: str
    characters: str = ""
    reason: str = ""

    def __str__(self) -> str:
        shown = "、".join(f"{character}（U+{ord(character):04X}）" for character in self.characters)
        place = f"{self.line}行目{self.column}列目 / line {self.line}, column {self.column}"
        return f"{place} {self.subject}: {shown}{self.reason}"


class PayrollFileError(Exception):
    """A payroll file cannot be written as it is; the text says what is in the way and what to do."""


class UnencodableError(PayrollFileError):
    """The file cannot be written as it is; everything in the way is named with person, line and column."""

    def __init__(self, encoding: str, found: tuple[Unfit, ...]) -> None:
        lines = "\n".join(str(each) for each in found)
        super().__init__(f"{encoding} で書けない欄があります / cells that cannot be written in {encoding}:\n{lines}")
        self.found = found


def neutral(text: str) -> str:
    """Give a cell that no spreadsheet runs: an apostrophe stands before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def find_unfit(rows: Iterable[TableRow], encoding: str, *, quote: Quote = "minimal") -> tuple[Unfit, ...]:
    """Give every cell that cannot be written: lacking characters, controls, separators where nothing is quoted.

    Nor can one that holds what may be a 個人番号.
    """
    found = []
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row.cells, start=1):
            is_plain = cell.isascii() and cell.isprintable()
            lacking = "" if is_plain else "".join(dict.fromkeys(each for each in cell if not _fits(each, encoding)))
            if len(cell) >= DIGITS and find_my_numbers(cell):
                found.append(Unfit(line, column, row.subject, reason=WORDS))
            elif lacking:
                found.append(Unfit(line, column, row.subject, characters=lacking))
            elif quote == "none" and any(each in cell for each in ',"'):
                reason = "引用符なしの形式ではカンマと引用符は書けません / commas and quotes need a layout that quotes"
                found.append(Unfit(line, column, row.subject, reason=reason))
    return tuple(found)


def write_table(rows: Sequence[TableRow], encoding: str, *, quote: Quote = "minimal", line_end: str = "\r\n") -> bytes:
    """Give the file's bytes.

    Raises:
        UnencodableError: cells cannot be written; all of them are named.
    """
    found = find_unfit(rows, encoding, quote=quote)
    if found:
        raise UnencodableError(encoding, found)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=_QUOTING[quote])
    writer.writerows(row.cells for row in rows)
    return text.getvalue().encode(encoding)


def _fits(character: str, encoding: str) -> bool:
    if category(character) == "Cc":
        return False
    try:
        character.encode(encoding)  # 〜 and − have two points in Unicode and one place in JIS: they are held
    except UnicodeEncodeError:
        return False
    return True
