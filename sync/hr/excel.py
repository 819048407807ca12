"""Excel files (.xlsx) as lines of text: values alone, bounded before anything is unpacked.

Values become what a CSV of the same sheet would say: days as YYYY-MM-DD, whole numbers without a fraction and with the
leading zeros that their format shows. A formula is refused: what it shows may be older than what it means.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from contract.hr_file import BYTES_MAX
from sync.hr.csv_text import ERRORS_MAX, CsvError, Line, RowError

MAGIC = b"PK\x03\x04"
UNPACKED_MAX = 128 * 1024 * 1024
PARTS_MAX = 1000
ROWS_MAX = 200_000
COLUMNS_MAX = 100
_LEADING_ZEROS = re.compile(r"0{2,20}")


def read_excel_lines(data: bytes) -> list[Line]:
    """Read the one sheet of a workbook that has cells; the first line is the heading, empty ones are left out.

    Raises:
        CsvError: it is no workbook, too large, packed to burst, of several sheets, or has formulas or error values.
    """
    _demand_bounds(data)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that are no values
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            try:
                sheets = [lines for sheet in book.worksheets if (lines := _sheet_lines(sheet))]
            finally:
                book.close()
    except CsvError:
        raise
    except Exception as error:  # noqa: BLE001 (a broken part makes openpyxl stumble in as many ways as it has lines)
        raise _refused(f"Excel として読めません / not an Excel workbook ({type(error).__name__})") from None
    if not sheets:
        raise _refused("空のファイルです / the workbook is empty; expected a heading and rows")
    if len(sheets) > 1:
        raise _refused("複数のシートに値があります。一つにしてください / several sheets have values; expected one")
    return _even(sheets[0])


def _demand_bounds(data: bytes) -> None:
    if len(data) > BYTES_MAX:
        raise _refused(f"大きすぎます / larger than {BYTES_MAX // 1024 // 1024} MiB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _refused(f"Excel として読めません / not an Excel workbook ({type(error).__name__})") from None
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        most = f"{PARTS_MAX} parts and {UNPACKED_MAX // 1024 // 1024} MiB"
        raise _refused(f"展開すると大きすぎます / too large unpacked; expected at most {most}")


def _sheet_lines(sheet: Any) -> list[Line]:
    sheet.reset_dimensions()
    lines: list[Line] = []
    errors: list[RowError] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > ROWS_MAX:
            raise CsvError((RowError(number, "-", f"行が多すぎます / expected at most {ROWS_MAX} rows"),))
        if len(cells) > COLUMNS_MAX:
            raise CsvError((RowError(number, "-", f"列が多すぎます / expected at most {COLUMNS_MAX} columns"),))
        texts = [_text(cell, number, errors) for cell in cells]
        if len(errors) >= ERRORS_MAX:
            break
        if any(text.strip() for text in texts):
            lines.append((number, texts))
    if errors:
        raise CsvError(tuple(errors))
    return lines


def _text(cell: Any, line: int, errors: list[RowError]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        errors.append(RowError(line, cell.column_letter, "数式です。値にしてください / a formula; expected a value"))
        return ""
    if cell.data_type == "e":
        errors.append(RowError(line, cell.column_letter, "エラー値です / an error value; expected a value"))
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        form = str(cell.number_format)
        return str(int(value)).zfill(len(form) if _LEADING_ZEROS.fullmatch(form) else 0)
    return str(value)


def _even(lines: Iterable[Line]) -> list[Line]:
    # A sheet ends every row where its last value stands; a heading's blank columns at the end are none.
    lines = list(lines)
    first, heading = lines[0]
    while heading and not heading[-1].strip():
        heading = heading[:-1]
    width = len(heading)
    even = [(number, cells[:width] + [""] * (width - len(cells))) for number, cells in lines]
    beyond = [
        RowError(number, "-", f"見出しのない列に値があります / expected {width} columns, as the heading has")
        for number, cells in lines
        if any(cell.strip() for cell in cells[width:])
    ]
    if beyond:
        raise CsvError(tuple(beyond[:ERRORS_MAX]))
    return [(first, heading), *even[1:]]


def _refused(expected: str) -> CsvError:
    return CsvError((RowError(1, "-", expected),))
