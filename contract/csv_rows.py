"""A CSV that somebody hands in, row by row: UTF-8 or Shift_JIS, columns named in Japanese or English in any order.

Everything in it is a stranger's: each cell that is wrong is named by its line and column, and nothing of it is taken.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ValidationError

from contract.fields import Id
from domain.zones.my_number import find_my_numbers
from domain.zones.zone_fault import ZoneFault, ZoneFaultsError, ZoneWhy, refuse_zone

BYTES_MAX = 2 * 1024 * 1024
ROWS_MAX = 5000
KEPT_LENGTH_MAX = 2 * BYTES_MAX
"""What a file that was looked through takes at most in the form that takes it in."""

_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)

AModel = TypeVar("AModel", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A line of a file, as an editor counts, and its cells by field; an empty cell is none of them."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line that cannot be taken, with everything that is wrong with it by field."""

    line: int
    faults: tuple[ZoneFault, ...]


def read_csv_rows(data: bytes, columns: Mapping[str, str], needed: Collection[str]) -> list[CsvRow]:
    """Give a file's rows.

    Args:
        data: its bytes.
        columns: the columns' Japanese names → their fields, which are their English names.
        needed: the fields without which it is no such file.

    Raises:
        ZoneFaultsError: it is too large, in no known encoding, has no rows, or lacks a needed column (``file``).
    """
    rows = _read_cells(_decode(data))
    fields = _name_columns(rows[0][1] if rows else (), columns, needed)
    if not rows[1:]:
        raise refuse_zone("file", ZoneWhy.no_rows)
    return [
        CsvRow(line, {name: cell for name, cell in zip(fields, cells, strict=False) if name and cell})
        for line, cells in rows[1:]
    ]


def read_each(
    rows: Sequence[CsvRow], model: type[AModel], expected: Mapping[str, str], numbers: Collection[str] = ()
) -> tuple[list[tuple[int, AModel]], list[FaultyLine]]:
    """Give what rows say, each with its line, and the lines that say nothing.

    Args:
        rows: the file's.
        model: what a row has to be.
        expected: what each field has to be, in words.
        numbers: the fields whose digits are something else than a 個人番号; one in any other cell is refused.
    """
    good: list[tuple[int, AModel]] = []
    faulty: list[FaultyLine] = []
    for row in rows:
        wrong = {
            name: "個人番号らしい数字のない値 (no My Number)"
            for name, cell in row.cells.items()
            if name not in numbers and find_my_numbers(cell)
        }
        try:
            read = model.model_validate(row.cells)
        except ValidationError as error:
            wrong = {str(each["loc"][0]): expected[str(each["loc"][0])] for each in error.errors()} | wrong
        if wrong:
            faults = (ZoneFault(name, ZoneWhy.malformed, {"expected": words}) for name, words in wrong.items())
            faulty.append(FaultyLine(row.line, tuple(faults)))
        else:
            good.append((row.line, read))
    return good, faulty


def read_day(text: object) -> object:
    """Take a day written ``2025-11-20``, or ``2025/11/20`` as spreadsheets do; for a model's field.

    Raises:
        ValueError: it is written in another way.
    """
    if not isinstance(text, str):
        return text
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("expected YYYY-MM-DD")
    return "-".join(part.zfill(2) for part in found.groups())


def read_person(text: object) -> object:
    """Let capitals of a staff number be as good as small letters; for a model's field."""
    return text.lower() if isinstance(text, str) else text


PersonCell = Annotated[Id, BeforeValidator(read_person)]
DayCell = Annotated[date, BeforeValidator(read_day)]


def _decode(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {BYTES_MAX // 1024 // 1024} MiB")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse_zone("file", ZoneWhy.malformed, expected="UTF-8 / Shift_JIS")


def _read_cells(text: str) -> list[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for cells in reader:
            if any(cells):
                rows.append((reader.line_num, [unicodedata.normalize("NFKC", cell).strip() for cell in cells]))
            if len(rows) > ROWS_MAX + 1:
                raise refuse_zone("file", ZoneWhy.malformed, expected=f"≤ {ROWS_MAX} 行 rows")
    except csv.Error:
        raise refuse_zone("file", ZoneWhy.malformed, expected=f"CSV ({reader.line_num})") from None
    return rows


def _name_columns(head: Sequence[str], columns: Mapping[str, str], needed: Collection[str]) -> list[str]:
    known = {unicodedata.normalize("NFKC", name): field for name, field in columns.items()}
    fields = [known.get(cell, cell if cell in columns.values() else "") for cell in head]
    japanese = {field: name for name, field in columns.items()}
    missing = [name for name in columns.values() if name in needed and name not in fields]
    if missing:
        raise ZoneFaultsError(
            tuple(ZoneFault("file", ZoneWhy.no_column, {"name": f"{japanese[name]} ({name})"}) for name in missing)
        )
    return fields
