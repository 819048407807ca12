"""Read the other side's own list of what it has (CSV), in the form of the layout that wrote it.

Columns are found by their headings where the layout has them, else by place; further columns are not looked at.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence

from domain.attendance.reconciliation import TheirList
from sync.payroll.layout import Column, Layout
from sync.payroll.notation import FIGURE_MAX, read_figure

BYTES_MAX = 50_000_000
FAULTS_MAX = 100
_PERSON_CHARACTERS_MAX = 64


class TheirListError(Exception):
    """The list cannot be read; every fault is named by line and column."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


def read_their_list(data: bytes, layout: Layout, period: str) -> TheirList:
    """Read a list.

    Args:
        data: the file, in the layout's encoding (a byte-order mark is not minded).
        layout: the form, of CSV.
        period: the month it has to be of, ``YYYY-MM``, where the form tells it.

    Raises:
        TheirListError: it is too large, in another encoding, lacks a column, or has cells that cannot be read.
    """
    rows = _split(data, layout)
    head = len(layout.head)
    places = _find_columns(layout, rows[:head])
    person_at = next(at for at, column in places.items() if column.field == "person_id")
    lines = {at: column for at, column in places.items() if column.is_minutes}
    figures, seen, faults = Counter[tuple[str, str]](), Counter[str](), list[str]()
    for number, row in enumerate(rows[head:], start=head + 1):
        if not any(row):
            continue
        if len(row) <= max(places):
            faults.append(f"{number}行目: 列が足りません / line {number}: expected {max(places) + 1} columns or more")
            continue
        person_id = row[person_at].strip().removeprefix("'")
        if not 0 < len(person_id) <= _PERSON_CHARACTERS_MAX:
            faults.append(_fault(number, places[person_at], "職員番号がありません / no person"))
            continue
        faults += _wrong_period(number, row, places, period)
        seen[person_id] += 1
        for at, column in lines.items():
            try:
                figures[person_id, column.key] += _read(row[at], column, layout)
            except ValueError as error:
                faults.append(_fault(number, column, str(error)))
    if faults:
        raise TheirListError(faults[:FAULTS_MAX])
    twice = tuple(sorted(person_id for person_id, count in seen.items() if count > 1))
    return TheirList(dict(figures), frozenset(column.key for column in lines.values()), twice)


def _split(data: bytes, layout: Layout) -> list[list[str]]:
    if len(data) > BYTES_MAX:
        raise TheirListError([f"大きすぎます / too large: expected at most {BYTES_MAX} bytes"])
    encoding = "cp932" if layout.encoding == "cp932" else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TheirListError(
            [f"{encoding} ではありません / not {encoding}: byte {error.start}; save it in {encoding}"]
        ) from None
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise TheirListError([f"CSV として読めません / no CSV: {error}"]) from None


def _find_columns(layout: Layout, head: Sequence[Sequence[str]]) -> dict[int, Column]:
    wanted = [
        (at, column)
        for at, column in enumerate(layout.columns)
        if column.is_minutes or column.field in {"person_id", "period", "period_compact"}
    ]
    if "headings" not in layout.head:
        return dict(wanted)
    at_head = layout.head.index("headings")
    headings = [cell.strip() for cell in head[at_head]] if at_head < len(head) else []
    missing = [column.heading for _, column in wanted if headings.count(column.heading) != 1]
    if missing:
        named = "、".join(missing)
        raise TheirListError(
            [f"見出しが一つずつ必要です: {named} / line {at_head + 1}: expected each heading once: {named}"]
        )
    return {headings.index(column.heading): column for _, column in wanted}


def _wrong_period(number: int, row: Sequence[str], places: Mapping[int, Column], period: str) -> list[str]:
    wanted = {"period": period, "period_compact": period.replace("-", "")}
    return [
        _fault(number, column, f"{wanted[column.field]} ではありません / expected {wanted[column.field]}")
        for at, column in places.items()
        if column.field in wanted and row[at].strip() != wanted[column.field]
    ]


def _read(text: str, column: Column, layout: Layout) -> int:
    unit = layout.time if column.unit == "time" else column.unit
    amount = read_figure(text, unit) * (60 if unit == "hours" else 1)
    if abs(amount) > FIGURE_MAX:
        raise ValueError(f"{text[:20]!r}: 大きすぎます / too large")
    return amount


def _fault(number: int, column: Column, told: str) -> str:
    return f"{number}行目 {column.heading}: {told} (line {number}, {column.key or column.field})"
