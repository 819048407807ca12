"""``sekisho edge``: run one edge controller."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def edge() -> None:
    """読取機・扉の制御機 · An edge controller: readers, doors, journal."""


@app.command()
def run(config: Annotated[Path, typer.Option(help="edge.toml の場所 · where edge.toml is")]) -> None:
    """制御機を動かす · Run the controller until SIGTERM."""
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
