"""Tables as CSV files that the office's programs open: UTF-8 with a mark, or CP932; harmless in a spreadsheet.

No file leaves with what may be a 個人番号: it is looked through whole before its first byte is sent.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Literal

from starlette.responses import StreamingResponse

from domain.zones.my_number import DIGITS, MyNumberError, find_my_numbers
from gateway.pages.drawing.leaving import Leaving

Encoding = Literal["utf8", "cp932"]

GETA = "〓"
"""Stands for a character that CP932 does not have, as printers have always done."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_AT_ONCE = 500
_PIECE_BYTES = 64 * 1024
SPOOLED_MAX = 8 * 1024 * 1024
"""Bytes of a file kept in memory until all of it is known to be clean; a longer one waits on disk."""


def send_csv(
    leaving: Leaving,
    name: str,
    on: date,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    encoding: Encoding,
) -> StreamingResponse:
    """Answer with a file once all of it is written; ``name`` is what it is called, with the day and its mark.

    Raises:
        MyNumberError: a cell holds what may be a 個人番号; its row and column are named, and nothing is sent.
    """
    whole = tempfile.SpooledTemporaryFile(SPOOLED_MAX)  # noqa: SIM115 (it is closed when it has been sent)
    try:
        for piece in write_csv(header, rows, encoding):
            whole.write(piece)
    except BaseException:
        whole.close()
        raise
    charset = "Shift_JIS" if encoding == "cp932" else "utf-8"
    return StreamingResponse(
        _read_out(whole),
        media_type=f"text/csv; charset={charset}",
        headers={"Content-Disposition": leaving.disposition(f"{name}_{on.isoformat()}.csv")},
    )


def _read_out(whole: IO[bytes]) -> Iterator[bytes]:
    with whole:
        whole.seek(0)
        while piece := whole.read(_PIECE_BYTES):
            yield piece


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]], encoding: Encoding) -> Iterator[bytes]:
    """Give the file's bytes in pieces; a cell that a spreadsheet would take for a formula begins with an apostrophe.

    Raises:
        MyNumberError: a cell holds what may be a 個人番号, before its piece is given.
    """
    if encoding == "utf8":
        yield b"\xef\xbb\xbf"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            written = str(cell)
            if len(written) >= DIGITS and find_my_numbers(written):
                raise MyNumberError(f"{header[at]}:{number + 1}", is_ours=True)
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
