"""``sekisho gateway``: run the central service, bring its database to this version's schema."""

import logging
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(no_args_is_help=True, help="中央サーバ · the central service")

Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]


@app.command()
def run(config: Config) -> None:
    """起動する · Run the gateway until it is told to stop."""
    from gateway.main import run_gateway
    from gateway.settings import SettingsError, load_gateway_settings
    from gateway.site.keys import KeyFileError
    from gateway.site.source import SiteError
    from store.migrate import SchemaError

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        code = run_gateway(load_gateway_settings(config))
    except (SettingsError, SiteError, KeyFileError, SchemaError) as error:
        _refuse(error)
    raise typer.Exit(code)


@app.command()
def migrate(config: Config) -> None:
    """データベースを更新する · Create or upgrade the database; harmless to repeat."""
    from gateway.settings import SettingsError, load_gateway_settings
    from store.migrate import migrate as migrate_database

    try:
        migrate_database(load_gateway_settings(config).database_url)
    except SettingsError as error:
        _refuse(error)
    print("データベースは最新です / the database is up to date")


def _refuse(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(2) from error
