"""HR's staff file: one person a line, with department, card and levels; card numbers become tokens here."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from contract.tokens import credential_token
from domain.ids import is_id
from store.people import Department, Person
from sync.hr.csv_text import CsvError, Row, RowError, read_rows

COLUMNS = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "氏名": "name", "name": "name",
    "フリガナ": "kana", "kana": "kana",
    "所属コード": "department_id", "department_id": "department_id",
    "所属名": "department_name", "department_name": "department_name",
    "所属長": "head", "head": "head",
    "雇用区分": "employment", "employment": "employment",
    "管理職": "manager", "manager": "manager",
    "採用日": "joined_on", "joined_on": "joined_on",
    "退職日": "left_on", "left_on": "left_on",
    "カード種別": "card_kind", "card_kind": "card_kind",
    "カード番号": "card_number", "card_number": "card_number",
    "カード券面": "card_label", "card_label": "card_label",
    "権限": "levels", "levels": "levels",
}  # fmt: skip
"""Column by heading, Japanese or English."""

REQUIRED = frozenset({"staff_no", "name", "kana", "department_id", "department_name"})
EMPLOYMENTS = {
    "full_time": "full_time", "常勤": "full_time", "正規": "full_time",
    "part_time": "part_time", "短時間": "part_time", "会計年度": "part_time", "会計年度任用職員": "part_time",
}  # fmt: skip
YES = {"1": True, "○": True, "はい": True, "true": True, "0": False, "": False, "いいえ": False, "false": False}
CARD_KINDS = {
    "felica_idm": "felica_idm", "FeliCa": "felica_idm",
    "iso14443_uid": "iso14443_uid", "MIFARE": "iso14443_uid", "TypeA": "iso14443_uid",
    "simulated": "simulated",
}  # fmt: skip
_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One person as the file's line ``number`` says it; None where the file does not speak of it."""

    number: int
    person: Person
    card_token: str | None
    card_label: str
    levels: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class StaffFile:
    """The whole file, checked. ``columns`` are those it has: others keep what stands in the database."""

    columns: frozenset[str]
    departments: tuple[Department, ...]
    lines: tuple[StaffLine, ...]


def read_staff_file(data: bytes, site_key: bytes) -> StaffFile:
    """Read and check HR's staff file.

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    columns, rows = read_rows(data, COLUMNS, REQUIRED)
    reader = _Reader(site_key)
    lines = [reader.read(row) for row in rows]
    departments = reader.departments(rows)
    if reader.errors:
        raise CsvError(tuple(sorted(reader.errors, key=lambda error: error.line)))
    return StaffFile(columns, departments, tuple(line for line in lines if line is not None))


class _Reader:
    """Reads row by row and keeps every error instead of stopping at the first."""

    def __init__(self, site_key: bytes) -> None:
        self.site_key = site_key
        self.errors: list[RowError] = []
        self.staff_lines: dict[str, int] = {}
        self.card_lines: dict[str, int] = {}

    def read(self, row: Row) -> StaffLine | None:
        """Give the row's person, or None when something in it is wrong."""
        before = len(self.errors)
        cells = row.cells
        staff_no = cells["staff_no"].lower()
        if not is_id(staff_no):
            self._wrong(row, "職員番号", "英小文字・数字・-・_ で63字まで / expected letters, digits, - and _")
        elif first := self.staff_lines.get(staff_no):
            self._wrong(row, "職員番号", f"{first}行目と同じ番号です / the same number as line {first}")
        self.staff_lines.setdefault(staff_no, row.line)
        for name, heading in (("name", "氏名"), ("kana", "フリガナ"), ("department_name", "所属名")):
            if not cells[name]:
                self._wrong(row, heading, "空にはできません / must not be empty")
        department_id = cells["department_id"].lower()
        if not is_id(department_id):
            self._wrong(row, "所属コード", "英小文字・数字・-・_ で63字まで / expected letters, digits, - and _")
        joined_on = self._cell(row, "joined_on", "採用日", _date, "YYYY-MM-DD")
        left_on = self._cell(row, "left_on", "退職日", _date, "YYYY-MM-DD")
        if joined_on and left_on and left_on < joined_on:
            self._wrong(row, "退職日", "採用日より前です / expected a day on or after 採用日")
        person = Person(
            staff_no,
            cells["name"],
            cells["kana"],
            department_id,
            self._cell(row, "employment", "雇用区分", EMPLOYMENTS.get, "常勤 / 短時間") or "full_time",
            bool(self._cell(row, "manager", "管理職", YES.get, "1 / 0")),
            joined_on,
            left_on,
        )
        self._cell(row, "head", "所属長", YES.get, "1 / 0")
        token = self._token(row)
        levels = self._levels(row)
        if len(self.errors) > before:
            return None
        return StaffLine(row.line, person, token, cells.get("card_label", ""), levels)

    def departments(self, rows: list[Row]) -> tuple[Department, ...]:
        """Give the departments the rows name; one id has one name and at most one head."""
        names: dict[str, str] = {}
        heads: dict[str, str] = {}
        for row in rows:
            department_id, name = row.cells["department_id"].lower(), row.cells["department_name"]
            if names.setdefault(department_id, name) != name:
                expected = f"{department_id} は {names[department_id]} です / the code stands for another name above"
                self._wrong(row, "所属名", expected)
            if YES.get(row.cells.get("head", "")):
                if department_id in heads:
                    self._wrong(row, "所属長", "所属に二人います / the department has a head already")
                heads[department_id] = row.cells["staff_no"].lower()
        return tuple(Department(each, name, heads.get(each)) for each, name in sorted(names.items()))

    def _token(self, row: Row) -> str | None:
        number = row.cells.get("card_number", "").replace(":", "").replace(" ", "")
        if not number:
            return None
        kind = CARD_KINDS.get(row.cells.get("card_kind", ""))
        if kind is None:
            self._wrong(row, "カード種別", f"expected one of {', '.join(CARD_KINDS)}")
            return None
        lengths = {"felica_idm": {16}, "iso14443_uid": {8, 14, 20}}.get(kind, set(range(2, 33, 2)))
        if len(number) not in lengths or not re.fullmatch(r"[0-9a-fA-F]+", number):
            digits = " / ".join(str(each) for each in sorted(lengths)) if len(lengths) < 4 else "2-32"
            self._wrong(
                row, "カード番号", f"16進 {digits} 桁 / expected {digits} hex digits"
            )  # never the number itself
            return None
        identifier = bytes.fromhex(number)
        if kind == "felica_idm":
            # The upper bits of an IDm's first byte are the system's number and vary by polling, as at the readers.
            identifier = bytes((identifier[0] & 0x0F,)) + identifier[1:]
        token = credential_token(self.site_key, kind, identifier)
        if first := self.card_lines.get(token):
            self._wrong(row, "カード番号", f"{first}行目と同じカードです / the same card as line {first}")
        self.card_lines.setdefault(token, row.line)
        return token

    def _levels(self, row: Row) -> frozenset[str] | None:
        if "levels" not in row.cells:
            return None
        levels = frozenset(row.cells["levels"].split())
        for level in sorted(level for level in levels if not is_id(level)):
            self._wrong(row, "権限", f"{level!r}: 権限の ID ではありません / expected level ids, blanks between them")
        return levels

    def _cell(self, row: Row, name: str, heading: str, read: Callable[[str], T | None], expected: str) -> T | None:
        text = row.cells.get(name, "")
        value = read(text) if text else None
        if text and value is None:
            self._wrong(row, heading, f"{text!r}: expected {expected}")
        return value

    def _wrong(self, row: Row, column: str, expected: str) -> None:
        self.errors.append(RowError(row.line, column, expected))


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
