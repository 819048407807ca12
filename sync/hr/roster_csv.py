"""A roster as departments send it: a line a day, or a line a month with a column for each day (勤務表).

A cell is the code or name of a shift kind (日勤, 当番 …), or the hours themselves: ``08:30-17:15 break 12:00-13:00``,
``rest``, ``off_duty``. Empty cells of a month's line plan nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.attendance.roster_fault import RosterFault, RosterWhy, explain
from domain.attendance.shift import Shift
from domain.attendance.shift_text import parse_shift
from store.people import Person
from store.shifts import ShiftKind
from sync.hr.cell_reader import CellReader, read_day
from sync.hr.csv_text import Line, Row, to_rows

DAYS_MAX = 31
_DAY_FIELDS = {f"d{day}": day for day in range(1, DAYS_MAX + 1)}
COLUMNS: Mapping[str, str] = {
    "職員番号": "staff_no", "staff_no": "staff_no",
    "氏名": "", "name": "",
    "日付": "on", "勤務日": "on", "on": "on",
    "勤務": "shift", "勤務区分": "shift", "shift": "shift",
    "年月": "period", "period": "period",
    **{heading: f"d{day}" for day in range(1, DAYS_MAX + 1) for heading in (str(day), f"{day}日")},
}  # fmt: skip
REQUIRED = frozenset({"staff_no"})
_PERIOD = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})月?")


@dataclass(frozen=True, slots=True)
class RosterCell:
    """What a cell plans, and where in the file it stands; ``code`` is None for hours that are written out."""

    shift: Shift
    code: str | None
    row: Row
    heading: str


Planned = dict[tuple[str, date], RosterCell]
"""Cells by person and day."""


def read_roster(
    lines: Sequence[Line],
    columns: Mapping[str, str],
    staff: Mapping[str, Person],
    kinds: Mapping[str, ShiftKind],
    reader: CellReader,
) -> Planned:
    """Read a roster; what is wrong is kept in ``reader``, by line and column.

    Args:
        lines: the file, the heading first.
        columns: the field by heading.
        staff: the people that stand, by id.
        kinds: the shift kinds, by code.
        reader: keeps the errors, so that those of the plan itself can join them.

    Raises:
        CsvError: the heading or the form is wrong.
    """
    _, rows = to_rows(lines, columns, REQUIRED)
    named = {kind.name: kind for kind in kinds.values()} | dict(kinds)
    planned: Planned = {}
    for row in rows:
        person_id = reader.identifier(row, "staff_no", "職員番号")
        if person_id not in staff:
            reader.wrong(row, "職員番号", "登録のない職員です / nobody of the staff; expected a registered number")
        for on, heading, text in _days(reader, row):
            cell = _cell(reader, row, (on, heading, text), named)
            if first := planned.get((person_id, on)):
                wrong = f"{first.row.line}行目と同じ人・日です / the same person and day as line {first.row.line}"
                reader.wrong(row, heading, wrong)
            elif cell is not None:
                planned[person_id, on] = cell
    return planned


def _days(reader: CellReader, row: Row) -> Iterator[tuple[date, str, str]]:
    given = {field: row.cells[field] for field in _DAY_FIELDS if row.cells.get(field)}
    if row.cells.get("on") or not (given or row.cells.get("period")):
        on = reader.value(row, "on", "日付", read_day, "YYYY-MM-DD, a day of the calendar / 暦にある日")
        text = row.cells.get("shift", "")
        if not row.cells.get("on"):
            reader.wrong(row, "日付", "空にはできません / must not be empty; expected YYYY-MM-DD, or 年月 and days")
        if not text:
            reader.wrong(row, "勤務", "空にはできません / must not be empty; expected a shift")
        if on is not None and text:
            yield on, "勤務", text
        return
    month = reader.value(row, "period", "年月", _period, "YYYY-MM")
    if month is None:
        if not row.cells.get("period"):
            reader.wrong(row, "年月", "空にはできません / must not be empty; expected YYYY-MM")
        return
    for field, text in given.items():
        day = _DAY_FIELDS[field]
        try:
            yield month.replace(day=day), f"{day}日", text
        except ValueError:
            wrong = f"{month:%Y-%m} に {day}日 はありません。空にしてください / has no day {day}; leave the cell empty"
            reader.wrong(row, f"{day}日", wrong)


def _cell(
    reader: CellReader, row: Row, told: tuple[date, str, str], kinds: Mapping[str, ShiftKind]
) -> RosterCell | None:
    on, heading, text = told
    kind = kinds.get(text)
    if kind is not None:
        if kind.until_on is not None and on > kind.until_on:
            reader.wrong(row, heading, f"{text}: {explain(RosterFault(on, RosterWhy.kind_is_over))}")
        return RosterCell(kind.shift, kind.code, row, heading)
    try:
        return RosterCell(parse_shift(text), None, row, heading)
    except ValueError as error:
        words = explain(RosterFault(on, RosterWhy.no_such_kind))
        reader.wrong(row, heading, f"{text!r}: {words} ({error})")
        return None


def _period(text: str) -> date | None:
    match = _PERIOD.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None
