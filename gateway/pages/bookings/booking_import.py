"""取込み: bookings that a city had elsewhere before, from a CSV: looked through first, then all of them or none."""

import binascii
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, UploadFile
from starlette.responses import Response

from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy, refuse_booking
from gateway.bookings.booking_file import BYTES_MAX, COLUMNS, NEEDED, ROWS_MAX, FaultyLine, FileRow, read_booking_file
from gateway.operations.facilities.import_bookings import (
    ImportPreview,
    RefusedImportError,
    import_bookings,
    preview_bookings,
)
from gateway.pages.bookings.told_faults import ToldFault, tell_faults
from gateway.pages.desk_scope import read_scope
from gateway.pages.entrance.guard import Visitor
from gateway.pages.entrance.origins import see_other
from gateway.pages.entrance.visit import Visit
from store.booking_search import count_waiting
from store.facilities import list_rooms
from store.tx import Tx

router = APIRouter()

KEPT_LENGTH_MAX = 8 * 1024 * 1024
LINES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line that cannot be taken, in words."""

    line: int
    faults: tuple[ToldFault, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would bring, or why it is none: its bytes go back with the form that brings it."""

    preview: ImportPreview | None = None
    faults: Collection[BookingFault] = ()
    kept: str = ""


@router.get("/bookings/import")
def get_import(
    visit: Visitor, *, brought: Annotated[int, Query(ge=0, le=ROWS_MAX)] = 0, stood: bool = False
) -> Response:
    """Show the form; ``brought`` were just taken in, or all of them ``stood`` already."""
    return _show(visit, Looked(), brought=brought, stood=stood)


@router.post("/bookings/import")
def post_import(
    visit: Visitor,
    act: Annotated[Literal["look", "bring"], Form()],
    kept: Annotated[str, Form(max_length=KEPT_LENGTH_MAX)] = "",
    file: UploadFile | None = None,
) -> Response:
    """Look a file through, or bring in the one that was looked through; it is held against everything again."""
    try:
        data = _unpack(kept) if act == "bring" else file.file.read(BYTES_MAX + 1) if file is not None else b""
        rows, unread = read_booking_file(data)
    except BookingFaultsError as error:
        return _show(visit, Looked(faults=error.faults))
    if act == "look" or unread:
        return _show(visit, _look(visit, rows, unread, data))
    context = visit.pages.context
    try:
        with context.store.transaction(context.now()) as tx:
            brought = _bring(tx, visit, rows)
    except RefusedImportError:
        return _show(visit, _look(visit, rows, unread, data))
    context.committed.set()
    return see_other(f"/bookings/import?brought={brought.new}" if brought.new else "/bookings/import?stood=1")


def _bring(tx: Tx, visit: Visit, rows: Sequence[FileRow]) -> ImportPreview:
    if elsewhere := _list_elsewhere(tx, visit, rows):
        raise RefusedImportError(elsewhere)
    return import_bookings(tx, rows, by=visit.signed_in.login)


def _look(visit: Visit, rows: Sequence[FileRow], unread: Sequence[FaultyLine], data: bytes) -> Looked:
    context = visit.pages.context
    with context.store.reading(context.now()) as tx:
        elsewhere = _list_elsewhere(tx, visit, rows)
        lines = {each.line for each in elsewhere}
        mine = [row for row in rows if row.line not in lines]
        found = preview_bookings(tx, mine) if mine else ImportPreview(0, 0, ())
    faulty = tuple(sorted((*found.faulty, *unread, *elsewhere), key=lambda each: each.line))
    return Looked(ImportPreview(found.new, found.standing, faulty), kept="" if faulty else _pack(data))


def _list_elsewhere(tx: Tx, visit: Visit, rows: Sequence[FileRow]) -> list[FaultyLine]:
    """Give the lines of rooms whose counter is not the visitor's: for that one there are none of these names."""
    served = {room.id for room in list_rooms(tx, facilities=read_scope(tx, visit).acting.desks)}
    unknown = (BookingFault("room_id", BookingWhy.unknown_room),)
    return [FaultyLine(row.line, unknown) for row in rows if row.wish.room_id not in served]


def _show(visit: Visit, looked: Looked, *, brought: int = 0, stood: bool = False) -> Response:
    context, preview = visit.pages.context, looked.preview
    with context.store.reading(context.now()) as tx:
        waiting = count_waiting(tx, read_scope(tx, visit).acting.decides)
    faulty = preview.faulty if preview is not None else ()
    return visit.render(
        "bookings/import.html",
        columns=[(name, field, field in NEEDED) for name, field in COLUMNS.items()],
        preview=preview,
        lines=[ToldLine(each.line, tell_faults(visit, each.faults)) for each in faulty[:LINES_SHOWN]],
        more=max(0, len(faulty) - LINES_SHOWN),
        kept=looked.kept,
        told=tell_faults(visit, looked.faults),
        brought=brought,
        stood=stood,
        waiting=waiting,
        megabytes=BYTES_MAX // 1024 // 1024,
        rows_max=ROWS_MAX,
        fault="some" if faulty or looked.faults else None,
    )


def _pack(data: bytes) -> str:
    return b64encode(zlib.compress(data)).decode()


def _unpack(kept: str) -> bytes:
    """Give a file's bytes back, never more than a file may have.

    Raises:
        BookingFaultsError: it is not what the page had written.
    """
    reader = zlib.decompressobj()
    try:
        data = reader.decompress(b64decode(kept, validate=True), BYTES_MAX + 1)
    except (binascii.Error, zlib.error):
        raise refuse_booking("file", BookingWhy.bad_cell, expected="CSV") from None
    return data
