"""``sekisho edge``: run one edge controller."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def edge() -> None:
    """読取機・扉の制御盤 · An edge controller: readers, doors, journal."""


@app.command()
def run(config: Annotated[Path, typer.Option(help="edge.toml の場所 · where edge.toml is")]) -> None:
    """制御盤を動かす · Run the controller until SIGTERM."""
    from readers.main import run_edge
    from readers.settings import SettingsError, load_edge_settings
    from readers.storage import JournalError

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        code = run_edge(load_edge_settings(config))
    except (SettingsError, JournalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(code)


@app.command()
def enrol(
    invitation: Annotated[
        Path | None, typer.Argument(help="招待のファイル · the invitation, sekisho-enrol.json", dir_okay=False)
    ] = None,
    token: Annotated[str | None, typer.Option(help="QRコードの中身 · what the QR code says")] = None,
    folder: Annotated[Path, typer.Option(help="書き込む先 · the folder to write")] = Path("/etc/sekisho/edge"),
    wait_minutes: Annotated[float, typer.Option(help="承認を待つ分数 · minutes to wait for the word", min=0)] = 60,
) -> None:
    """新しい制御盤を登録する · Introduce this box to the centre and wait until somebody admits it."""
    from importlib.metadata import version

    from readers.enrolment import Enroller, EnrolmentError, read_invitation

    if (invitation is None) is (token is None):
        typer.echo("ファイルか --token のどちらか一つを / give a file or --token, one of them", err=True)
        raise typer.Exit(2)
    try:
        text = token if invitation is None else invitation.read_text(encoding="utf-8")
        box = Enroller(read_invitation(text or ""), folder, software=f"sekisho {version('sekisho')}")
        given = box.run(
            lambda waiting: typer.echo(f"確認番号 / compare this number: {waiting.code}"),
            wait_seconds=60 * wait_minutes,
        )
    except (EnrolmentError, OSError, UnicodeDecodeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{given.device}: 登録しました / enrolled")
    typer.echo(f"次に / next: sekisho edge run --config {folder}/edge.toml")
