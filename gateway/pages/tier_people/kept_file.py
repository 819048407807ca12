"""A file that was looked through and goes back with the form that brings it in: nothing of it is kept meanwhile."""

import binascii
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, UploadFile

from contract.csv_rows import BYTES_MAX, KEPT_LENGTH_MAX, FaultyLine
from domain.zones.zone_fault import ZoneWhy, refuse_zone
from domain.zones.zone_words import describe_zone_fault
from gateway.pages.words import Language

LINES_SHOWN = 200

Kept = Annotated[str, Form(max_length=KEPT_LENGTH_MAX)]


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line that cannot be taken, in words; with each fault the column, as the file calls it in Japanese."""

    line: int
    faults: tuple[tuple[str, str], ...]


def read_upload(file: UploadFile | None, kept: str) -> bytes:
    """Give the bytes of what was chosen, or else of what was looked through before.

    Raises:
        ZoneFaultsError: what was kept is not what the page had written (``file``).
    """
    if not kept:
        return file.file.read(BYTES_MAX + 1) if file is not None else b""
    reader = zlib.decompressobj()
    try:
        return reader.decompress(b64decode(kept, validate=True), BYTES_MAX + 1)
    except (binascii.Error, zlib.error):
        raise refuse_zone("file", ZoneWhy.malformed, expected="CSV") from None


def keep(data: bytes) -> str:
    """Give a file's bytes as a form's field."""
    return b64encode(zlib.compress(data)).decode()


def tell_lines(faulty: Sequence[FaultyLine], columns: dict[str, str], language: Language) -> list[ToldLine]:
    """Say what is wrong with lines; ``columns`` are the fields' names as the file has them."""
    at = 0 if language is Language.ja else 1
    return [
        ToldLine(
            each.line,
            tuple((columns.get(fault.field, fault.field), describe_zone_fault(fault)[at]) for fault in each.faults),
        )
        for each in faulty
    ]
