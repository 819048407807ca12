"""Cells of a payroll file: no formula, no character the encoding lacks, no silent replacement."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also in full width."""


@dataclass(frozen=True, slots=True)
class Unencodable:
    """Characters of one line that the encoding cannot hold; ``line`` 1 is the heading, ``subject`` its first cell."""

    line: int
    subject: str
    characters: str

    def __str__(self) -> str:
        shown = "、".join(f"{character}（U+{ord(character):04X}）" for character in self.characters)
        return f"{self.line}行目 / line {self.line} {self.subject}: {shown}"


class UnencodableError(Exception):
    """The file cannot be written in its encoding; every character is named with the line it stands in."""

    def __init__(self, encoding: str, found: tuple[Unencodable, ...]) -> None:
        lines = "\n".join(str(each) for each in found)
        super().__init__(f"{encoding} で表せない文字があります / characters that {encoding} cannot hold:\n{lines}")
        self.found = found


def neutral(text: str) -> str:
    """Give a cell that no spreadsheet runs: an apostrophe stands before what would begin a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    """Give the file's bytes, CRLF at every line's end.

    Raises:
        UnencodableError: the encoding lacks characters; all of them are named.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    lacking: list[Unencodable] = []
    for line, row in enumerate(rows, start=1):
        writer.writerow(row)
        characters = "".join(dict.fromkeys(each for cell in row for each in cell if not _fits(each, encoding)))
        if characters:
            lacking.append(Unencodable(line, row[0], characters))
    if lacking:
        raise UnencodableError(encoding, tuple(lacking))
    return text.getvalue().encode(encoding)


def _fits(character: str, encoding: str) -> bool:
    if character.isascii():
        return True
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
