"""A file from HR as lines, whichever of the two forms it has: CSV or Excel."""

from sync.hr.csv_text import Line, read_lines, refuse_numbers
from sync.hr.excel import MAGIC, read_excel_lines


def read_sheet(data: bytes) -> list[Line]:
    """Read a file into lines, the heading first; its first bytes tell the form, never its name.

    Raises:
        CsvError: it cannot be read, or holds what may be a 個人番号.
    """
    return refuse_numbers(read_excel_lines(data) if data.startswith(MAGIC) else read_lines(data))
