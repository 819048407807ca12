"""Cells of HR's files as values: every wrong one is kept by line and column instead of stopping at the first."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from domain.ids import is_id
from sync.hr.csv_text import CsvError, Row, RowError

_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
T = TypeVar("T")


class CellReader:
    """Reads row by row; ``errors`` are what was wrong so far."""

    def __init__(self) -> None:
        self.errors: list[RowError] = []

    def identifier(self, row: Row, field: str, heading: str) -> str:
        """Give an id in small letters."""
        found = row.cells.get(field, "").lower()
        if not is_id(found):
            self.wrong(row, heading, "英小文字・数字・-・_ で63字まで / expected letters, digits, - and _")
        return found

    def day(self, row: Row, field: str, heading: str) -> date | None:
        """Give a day; None for an empty cell."""
        return self.value(row, field, heading, read_day, "YYYY-MM-DD")

    def word(self, row: Row, field: str, heading: str, words: Mapping[str, T], expected: str) -> T | None:
        """Give what a word stands for; None for an empty cell that no word stands for."""
        return self.value(row, field, heading, words.get, expected)

    def value(self, row: Row, field: str, heading: str, read: Callable[[str], T | None], expected: str) -> T | None:
        """Give what ``read`` makes of a cell; None for an empty one."""
        text = row.cells.get(field, "")
        value = read(text) if text else None
        if text and value is None:
            self.wrong(row, heading, f"{text!r}: expected {expected}")
        return value

    def demand_span(self, row: Row, first: date | None, last: date | None, headings: tuple[str, str]) -> None:
        """Say so when the last day lies before the first."""
        if first and last and last < first:
            self.wrong(row, headings[1], f"{headings[0]}より前です / expected a day on or after {headings[0]}")

    def wrong(self, row: Row, column: str, expected: str) -> None:
        """Keep an error."""
        self.errors.append(RowError(row.line, column, expected))

    def demand_none(self) -> None:
        """Refuse the file when anything in it was wrong.

        Raises:
            CsvError: every error, by line.
        """
        if self.errors:
            raise CsvError(tuple(sorted(self.errors, key=lambda error: error.line)))


def read_day(text: str) -> date | None:
    """Give the day that YYYY-MM-DD or YYYY/M/D names; None when it is none."""
    match = _DATE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
