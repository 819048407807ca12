"""HR's workbook of a department's month: a sheet of sums and a sheet of days, lengths as numbers that add up.

Texts are written as texts whatever they begin with: no name becomes a formula or a link.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.attendance.person_day import PersonDay
from domain.civil import MINUTES_PER_DAY, format_clock
from domain.zones.my_number import refuse_my_numbers
from sync.documents.names import CLASSES, DAY_KINDS, LEAVE_KINDS, name_of, weekday
from sync.documents.sheet import MonthSheet

SUMS, DAYS = "集計", "日別"
_PERSON = ("職員番号", "氏名", "所属")
_SUMS: tuple[tuple[str, Callable[[MonthSheet], int]], ...] = (
    ("実働", lambda sheet: sheet.month.worked_minutes),
    ("正規の勤務時間", lambda sheet: sheet.month.regular_minutes),
    ("超過勤務", lambda sheet: sheet.month.overtime_minutes),
)
_COUNTS: tuple[tuple[str, Callable[[MonthSheet], int]], ...] = (
    ("出勤日数", lambda sheet: sum(1 for day in sheet.month.days if day.worked_minutes)),
    ("乖離", lambda sheet: sheet.month.divergence_count),
    ("打刻なし", lambda sheet: sum(len(day.missing) for day in sheet.month.days)),
    ("版", lambda sheet: sheet.standing.version),
)
_DAY_HEADS = ("日", "曜", "区分", "出勤", "退勤", "実働", "超過勤務", "休暇")


def write_workbook(sheets: Sequence[MonthSheet]) -> bytes:
    """Give the workbook (xlsx) of these months, in their order; nobody gives headings alone.

    Lengths are parts of a day shown as hours and minutes; clock times past midnight are texts as ``26:00``.

    Raises:
        MyNumberError: a text holds what may be a 個人番号; it is named by its place.
    """
    refuse_my_numbers(_spell(sheets), is_ours=True)
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    length, bold = book.add_format({"num_format": "[h]:mm"}), book.add_format({"bold": True, "bottom": 1})
    _write_sums(book.add_worksheet(SUMS), sheets, length, bold)
    _write_days(book.add_worksheet(DAYS), sheets, length, bold)
    book.close()
    return content.getvalue()


def _spell(sheets: Sequence[MonthSheet]) -> Iterator[tuple[str, str]]:
    for row, sheet in enumerate(sheets, start=2):
        for column, words in enumerate((sheet.person.id, sheet.person.name, sheet.person.department)):
            yield f"{SUMS} {row}行目 {_PERSON[column]}", words
        yield from ((f"{SUMS} {row}行目 休暇", name) for name in sheet.leave_names.values())


def _write_sums(page: Worksheet, sheets: Sequence[MonthSheet], length: Format, bold: Format) -> None:
    classes = [name for name in CLASSES if any(sheet.month.classes.get(name) for sheet in sheets)]
    classes += sorted({name for sheet in sheets for name in sheet.month.classes} - CLASSES.keys())
    raised = [name for name in classes if any(sheet.month.after_60h.get(name) for sheet in sheets)]
    heads = [*_PERSON, *(label for label, _ in _SUMS)]
    heads += [name_of(CLASSES, name) for name in classes]
    heads += [f"60時間超 {name_of(CLASSES, name)}" for name in raised]
    heads += [label for label, _ in _COUNTS]
    _write_heads(page, heads, bold)
    for row, sheet in enumerate(sheets, start=1):
        month = sheet.month
        _write_person(page, row, sheet)
        minutes = [count(sheet) for _, count in _SUMS]
        minutes += [month.classes.get(name, 0) for name in classes]
        minutes += [month.after_60h.get(name, 0) for name in raised]
        for column, each in enumerate(minutes, start=len(_PERSON)):
            page.write_number(row, column, each / MINUTES_PER_DAY, length)
        for column, (_, count) in enumerate(_COUNTS, start=len(_PERSON) + len(minutes)):
            page.write_number(row, column, count(sheet))


def _write_days(page: Worksheet, sheets: Sequence[MonthSheet], length: Format, bold: Format) -> None:
    _write_heads(page, [*_PERSON, *_DAY_HEADS], bold)
    for row, (sheet, day) in enumerate(_days(sheets), start=1):
        _write_person(page, row, sheet)
        for column, cell in enumerate(_day_cells(sheet, day), start=len(_PERSON)):
            if isinstance(cell, str):
                page.write_string(row, column, cell)
            else:
                page.write_number(row, column, cell / MINUTES_PER_DAY, length)


def _days(sheets: Sequence[MonthSheet]) -> Iterator[tuple[MonthSheet, PersonDay]]:
    return ((sheet, day) for sheet in sheets for day in sheet.month.days)


def _day_cells(sheet: MonthSheet, day: PersonDay) -> tuple[str | int, ...]:
    names = {**LEAVE_KINDS, **sheet.leave_names}
    return (
        day.on.isoformat(),
        weekday(day.on),
        DAY_KINDS[day.kind],
        "" if day.in_minute is None else format_clock(day.in_minute),
        "" if day.out_minute is None else format_clock(day.out_minute),
        day.worked_minutes,
        day.overtime_minutes,
        "・".join(name_of(names, leave.kind) for leave in day.leave),
    )


def _write_person(page: Worksheet, row: int, sheet: MonthSheet) -> None:
    for column, words in enumerate((sheet.person.id, sheet.person.name, sheet.person.department)):
        page.write_string(row, column, words)


def _write_heads(page: Worksheet, heads: Sequence[str], bold: Format) -> None:
    for column, words in enumerate(heads):
        page.write_string(0, column, words, bold)
    page.freeze_panes(1, 2)
    page.set_column(0, len(heads) - 1, 14)
    page.autofilter(0, 0, 0, len(heads) - 1)
