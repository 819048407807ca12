"""``sekisho facilities verify-draw``: replay a published draw, without any database."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.bookings.draw_file import BYTES_MAX, DrawFileError, find_differences, read_draw_file

DrawPath = Annotated[Path, typer.Argument(help="公開された抽選結果 · the published draw (JSON)", dir_okay=False)]


def verify_draw_file(file: DrawPath) -> None:
    """抽選を検証する · Replay a draw from its seed and say whether everybody won who should have."""
    try:
        with file.open("rb") as source:
            told = read_draw_file(source.read(BYTES_MAX + 1))
    except (OSError, DrawFileError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(2) from None
    if differences := find_differences(told):
        for each in differences:
            typer.echo(each, err=True)
        raise typer.Exit(1)
    print(
        f"{told.round}: 申込 {len(told.entries)} 件、当選 {len(told.wins)} 件。抽選は正しく行われました"
        f" / {len(told.entries)} entries, {len(told.wins)} wins: the draw is right"
    )
    print(f"seed_hash {told.seed_hash}: 申込前に公開された値と比べてください / compare with what was published before")
