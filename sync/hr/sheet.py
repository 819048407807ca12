"""A file from HR as lines, whichever of the two forms it has: CSV or Excel."""

from sync.hr.csv_text import Line, read_lines
from sync.hr.excel import MAGIC, read_excel_lines


def read_sheet(data: bytes) -> list[Line]:
    """Read a file into lines, the heading first; its first bytes tell the form, never its name.

    Raises:
        CsvError: it cannot be read.
    """
    return read_excel_lines(data) if data.startswith(MAGIC) else read_lines(data)
