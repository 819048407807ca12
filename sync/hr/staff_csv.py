"""HR's staff file: one person a line, with department, card and levels; card numbers become tokens here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.ids import is_id
from store.people import Department, Person
from sync.hr.card_numbers import CardNumbers
from sync.hr.cell_reader import CellReader
from sync.hr.csv_text import Line, Row, to_rows
from sync.hr.sheet import read_sheet

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
    """Read and check HR's staff file, CSV or Excel, by the headings that we know.

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    return read_staff(read_sheet(data), site_key, COLUMNS)


def read_staff(lines: Sequence[Line], site_key: bytes, columns: Mapping[str, str]) -> StaffFile:
    """Read and check the lines of HR's staff file; ``columns`` gives the field by heading.

    Raises:
        CsvError: anything is wrong; every error is named and nothing of the file counts.
    """
    found, rows = to_rows(lines, columns, REQUIRED)
    reader = _Reader(site_key)
    people = [reader.read(row) for row in rows]
    departments = reader.departments(rows)
    reader.demand_none()
    return StaffFile(found, departments, tuple(line for line in people if line is not None))


class _Reader(CellReader):
    """Reads row by row and keeps what lines say of each other."""

    def __init__(self, site_key: bytes) -> None:
        super().__init__()
        self.staff_lines: dict[str, int] = {}
        self.cards = CardNumbers(self, site_key)

    def read(self, row: Row) -> StaffLine | None:
        """Give the row's person, or None when something in it is wrong."""
        before = len(self.errors)
        cells = row.cells
        staff_no = self.identifier(row, "staff_no", "職員番号")
        if first := self.staff_lines.get(staff_no):
            self.wrong(row, "職員番号", f"{first}行目と同じ番号です / the same number as line {first}")
        self.staff_lines.setdefault(staff_no, row.line)
        for name, heading in (("name", "氏名"), ("kana", "フリガナ"), ("department_name", "所属名")):
            if not cells[name]:
                self.wrong(row, heading, "空にはできません / must not be empty")
        department_id = self.identifier(row, "department_id", "所属コード")
        joined_on = self.day(row, "joined_on", "採用日")
        left_on = self.day(row, "left_on", "退職日")
        self.demand_span(row, joined_on, left_on, ("採用日", "退職日"))
        person = Person(
            staff_no,
            cells["name"],
            cells["kana"],
            department_id,
            self.word(row, "employment", "雇用区分", EMPLOYMENTS, "常勤 / 短時間") or "full_time",
            bool(self.word(row, "manager", "管理職", YES, "1 / 0")),
            joined_on,
            left_on,
        )
        self.word(row, "head", "所属長", YES, "1 / 0")
        token = self.cards.token(row)
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
                self.wrong(row, "所属名", expected)
            if YES.get(row.cells.get("head", "")):
                if department_id in heads:
                    self.wrong(row, "所属長", "所属に二人います / the department has a head already")
                heads[department_id] = row.cells["staff_no"].lower()
        return tuple(Department(each, name, heads.get(each)) for each, name in sorted(names.items()))

    def _levels(self, row: Row) -> frozenset[str] | None:
        if "levels" not in row.cells:
            return None
        levels = frozenset(row.cells["levels"].split())
        for level in sorted(level for level in levels if not is_id(level)):
            self.wrong(row, "権限", f"{level!r}: 権限の ID ではありません / expected level ids, blanks between them")
        return levels
