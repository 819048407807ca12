"""A file from HR as lines, whichever of the two forms it has: CSV or Excel."""

from collections.abc import Mapping

from sync.hr.csv_text import Line, Row, read_lines, to_rows
from sync.hr.excel import MAGIC, read_excel_lines


def read_sheet(data: bytes) -> list[Line]:
    """Read a file into lines, the heading first; its first bytes tell the form, never its name.

    Raises:
        CsvError: it cannot be read.
    """
    return read_excel_lines(data) if data.startswith(MAGIC) else read_lines(data)


def read_sheet_rows(
    data: bytes, columns: Mapping[str, str], required: frozenset[str]
) -> tuple[frozenset[str], list[Row]]:
    """Read a file of either form into rows; arguments, result and errors as :func:`sync.hr.csv_text.to_rows`."""
    return to_rows(read_sheet(data), columns, required)
