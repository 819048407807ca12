"""``sekisho facilities import-bookings``: bring in the bookings that a city had before, or see what that would do."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.tell_booking import tell_booking_fault
from gateway.bookings.booking_file import BYTES_MAX, FaultyLine, read_booking_file
from gateway.operations.facilities.import_bookings import (
    ImportPreview,
    RefusedImportError,
    import_bookings,
    preview_bookings,
)
from gateway.settings import SettingsError, load_gateway_settings
from store.migrate import SchemaError, require_schema
from store.tx import Store

COMMAND = "command"
"""Who made what is imported here."""

BookingsPath = Annotated[Path, typer.Argument(help="既存予約の CSV · existing bookings (CSV)", dir_okay=False)]
Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]
PreviewOnly = Annotated[
    bool, typer.Option("--preview", help="取り込まずに確かめる · say what it would do, and write nothing")
]


def import_bookings_file(file: BookingsPath, config: Config, preview: PreviewOnly = False) -> None:
    """既存の予約を取り込む · Bring in existing bookings, all or none; again changes nothing."""
    try:
        with file.open("rb") as source:
            rows, unread = read_booking_file(source.read(BYTES_MAX + 1))
        store = Store(load_gateway_settings(config).database_url)
        try:
            now = datetime.now(UTC)
            with store.reading(now) as tx:
                require_schema(tx)
                found = preview_bookings(tx, rows)
            lines = tuple(sorted((*unread, *found.faulty), key=lambda each: each.line))
            if preview or lines:
                _tell(found, lines)
                if lines:
                    raise typer.Exit(2)
                return
            with store.transaction(now) as tx:
                done = import_bookings(tx, rows, by=COMMAND)
        finally:
            store.close()
    except RefusedImportError as error:
        _refuse("\n".join(_tell_line(each) for each in error.lines))
    except BookingFaultsError as error:
        _refuse("\n".join(f"{file}: {tell_booking_fault(fault)}" for fault in error.faults))
    except (OSError, SettingsError, SchemaError) as error:
        _refuse(f"{file}: {error}")
    print(
        f"{done.new} 件を取り込みました。{done.standing} 件はすでにあります"
        f" / {done.new} imported, {done.standing} stood already"
    )


def _tell(found: ImportPreview, lines: tuple[FaultyLine, ...]) -> None:
    print(
        f"新しい予約 {found.new} 件、すでにある予約 {found.standing} 件、直す行 {len(lines)} 件。何も書き込んでいません"
        f" / {found.new} new, {found.standing} standing, {len(lines)} lines to put right; nothing was written"
    )
    for each in lines:
        typer.echo(_tell_line(each), err=True)


def _tell_line(faulty: FaultyLine) -> str:
    return "\n".join(f"{faulty.line} 行目 line {faulty.line} · {tell_booking_fault(fault)}" for fault in faulty.faults)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
