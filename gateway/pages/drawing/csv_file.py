"""Tables as CSV files that the office's programs open: UTF-8 with a mark, or CP932; harmless in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal
from urllib.parse import quote

from starlette.responses import StreamingResponse

Encoding = Literal["utf8", "cp932"]

GETA = "〓"
"""Stands for a character that CP932 does not have, as printers have always done."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 500


def send_csv(name: str, on: date, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: Encoding) -> (
    StreamingResponse
):  # fmt: skip
    """Answer with a file that is written while its rows are read; ``name`` is what it is called, with the day."""
    filename = quote(f"{name}_{on.isoformat()}.csv")
    charset = "Shift_JIS" if encoding == "cp932" else "utf-8"
    return StreamingResponse(
        write_csv(header, rows, encoding),
        media_type=f"text/csv; charset={charset}",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{filename}"},
    )


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]], encoding: Encoding) -> Iterator[bytes]:
    """Give the file's bytes in pieces; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    if encoding == "utf8":
        yield b"\xef\xbb\xbf"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_tame(cell) for cell in row])
        if number % _ROWS_AT_ONCE == 0:
            yield _encode(text.getvalue(), encoding)
            text.seek(0)
            text.truncate()
    yield _encode(text.getvalue(), encoding)


def _tame(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _encode(text: str, encoding: Encoding) -> bytes:
    if encoding == "utf8":
        return text.encode()
    try:
        return text.encode("cp932")
    except UnicodeEncodeError:
        return b"".join(_encode_one(mark) for mark in text)


def _encode_one(mark: str) -> bytes:
    try:
        return mark.encode("cp932")
    except UnicodeEncodeError:
        return GETA.encode("cp932")
