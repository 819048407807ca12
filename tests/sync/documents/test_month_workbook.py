"""HR's workbook read back by another library: figures add up, texts are texts."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from sync.documents.month_workbook import DAYS, SUMS, write_workbook
from tests.sync.documents.papers import FULL, PERSON, TROUBLED


def read(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    heads, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def minutes(value: object) -> int:
    return round(value / timedelta(minutes=1)) if isinstance(value, timedelta) else round(float(str(value)) * 1440)


def test_sums_and_days_are_the_months() -> None:
    book = read(write_workbook([FULL, TROUBLED]))
    assert book.sheetnames == [SUMS, DAYS]
    full, troubled = rows_of(book, SUMS)
    assert (full["職員番号"], full["氏名"], full["版"]) == (PERSON.id, PERSON.name, 2)
    assert minutes(full["超過勤務"]) == FULL.month.overtime_minutes
    assert minutes(full["超過勤務（平日）"]) == FULL.month.classes["weekday_day"]
    assert minutes(full["60時間超 超過勤務（平日）"]) == FULL.month.after_60h["weekday_day"]
    assert troubled["乖離"] == TROUBLED.month.divergence_count
    days = rows_of(book, DAYS)
    assert len(days) == 60
    assert sum(_overtime(day) for day in days[:30]) == FULL.month.overtime_minutes
    assert days[23]["退勤"] == "26:00"
    assert days[30 + 11]["休暇"] == "リフレッシュ休暇"


def _overtime(day: dict[str, object]) -> int:
    value = day["超過勤務"]
    return value.hour * 60 + value.minute if hasattr(value, "hour") else minutes(value)


@pytest.mark.parametrize("hostile", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.example", "0123", "{=1}"])
def test_a_name_is_a_text(hostile: str) -> None:
    book = read(write_workbook([replace(FULL, person=replace(PERSON, id=hostile, name=hostile))]))
    for name in (SUMS, DAYS):
        cell = book[name]["B2"]
        assert (cell.value, cell.data_type, cell.hyperlink) == (hostile, "s", None)


def test_nobody_gives_headings() -> None:
    assert rows_of(read(write_workbook([])), SUMS) == []
