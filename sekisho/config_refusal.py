"""How ``sekisho config`` says that it cannot: on standard error, with exit code 2."""

from typing import NoReturn

import typer


def refuse(text: str) -> NoReturn:
    """Say what is wrong and end with 2."""
    typer.echo(text, err=True)
    raise typer.Exit(2)
