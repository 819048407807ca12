"""Excel files: the same values as a CSV of the same sheet, and nothing that is packed to burst."""

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

import sync.hr.excel as excel
from sync.hr.csv_text import CsvError, read_lines
from sync.hr.excel import read_excel_lines
from sync.hr.sheet import read_sheet
from sync.hr.staff_csv import read_staff_file
from tests.sync.desks import KEY
from tests.sync.hr_room import workbook
from tests.sync.test_staff_file import FILE


def packed(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_workbook_says_what_the_csv_says() -> None:
    rows = [cells for _, cells in read_lines(FILE.encode())]
    book = workbook(*(tuple(cell or None for cell in row) for row in rows))
    assert read_staff_file(book, KEY) == read_staff_file(FILE.encode(), KEY)


def test_days_numbers_and_zeros_become_text() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["職員番号", "採用日", "数", "発令", "はい"])
    sheet.append([123, date(2001, 4, 1), 7.0, datetime(2025, 12, 3), True])
    sheet["A2"].number_format = "00000"
    assert read_excel_lines(packed(book))[1] == (2, ["00123", "2001-04-01", "7", "2025-12-03", "1"])


def test_empty_lines_are_left_out_and_lines_keep_their_numbers() -> None:
    lines = read_sheet(workbook(("a", "b", None), (None, None, None), ("1", None, None)))
    assert lines == [(1, ["a", "b"]), (3, ["1", ""])]


def test_a_formula_an_error_and_a_value_beyond_the_heading_are_named() -> None:
    with pytest.raises(CsvError) as refused:
        read_sheet(workbook(("a", "b"), ("=1+1", "x")))
    assert [(error.line, error.column) for error in refused.value.errors] == [(2, "A")]
    with pytest.raises(CsvError, match=r"2行目 / line 2, -: 見出しのない列"):
        read_sheet(workbook(("a",), ("1", "2")))


def test_of_several_sheets_with_values_none_is_chosen() -> None:
    book = Workbook()
    book.create_sheet("空")
    first, second = book.worksheets
    first.append(["a"])
    assert read_sheet(packed(book)) == [(1, ["a"])]
    second.append(["b"])
    with pytest.raises(CsvError, match="several sheets"):
        read_sheet(packed(book))


def repacked(data: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, content if name == part else before.read(name))
    return out.getvalue()


def test_what_is_packed_to_burst_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(workbook(("a",)), "xl/worksheets/sheet1.xml", b" " * (excel.UNPACKED_MAX + 1))
    assert len(bomb) < 1_000_000
    with pytest.raises(CsvError, match="too large unpacked"):
        read_sheet(bomb)


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{laughs}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="str"><v>&l9;</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(CsvError, match="not an Excel workbook"):
        read_sheet(repacked(workbook(("a",)), "xl/worksheets/sheet1.xml", sheet.encode()))


@pytest.mark.parametrize("cell", ["A1048576", "ZZZ1"])
def test_a_cell_far_out_is_refused_quickly(cell: str) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "a"
    data = repacked(
        packed(book),
        "xl/worksheets/sheet1.xml",
        (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            f'<row r="{cell.lstrip("AZ")}"><c r="{cell}" t="str"><v>x</v></c></row></sheetData></worksheet>'
        ).encode(),
    )
    with pytest.raises(CsvError, match="多すぎます"):
        read_sheet(data)


@given(st.binary(max_size=200), st.integers(0, 4000))
def test_no_bytes_do_more_than_be_refused(noise: bytes, at: int) -> None:
    whole = _WHOLE
    for data in (excel.MAGIC + noise, whole[:at] + noise + whole[at + len(noise) :]):
        with contextlib.suppress(CsvError):
            read_sheet(data)


_WHOLE = workbook(("職員番号", "氏名"), ("s1", "萩 太郎"))
