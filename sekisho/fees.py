"""``sekisho fees``: check a fee table's file, and keep it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from contract.fee_tables import BYTES_MAX, FeeTableFileError, read_fee_toml
from domain.facilities.check_fee_table import check_fee_table
from domain.facilities.fee_fault import FeeFault, FeeFaultsError
from domain.facilities.fee_table import FeeTable
from domain.facilities.fee_words import tell_fee_fault
from gateway.operations.facilities.keep_fees import keep_fees
from gateway.settings import SettingsError, load_gateway_settings
from store.migrate import SchemaError, require_schema
from store.tx import Store

app = typer.Typer(no_args_is_help=True)

COMMAND = "command"
"""Who kept what is imported here."""

TablePath = Annotated[Path, typer.Argument(help="料金表 · the fee table (TOML)", dir_okay=False)]
Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]


@app.command()
def check(file: TablePath) -> None:
    """料金表を検証する · Check a fee table and name everything that is wrong."""
    table = _read(file)
    if faults := check_fee_table(table):
        _refuse(_tell(file, faults))
    print(f"{table.name}: {len(table.rates)} 行 rates: 正しい料金表です / valid")


@app.command("import")
def import_file(file: TablePath, config: Config) -> None:
    """料金表を登録する · Keep a fee table as its newest version; the same again changes nothing."""
    table = _read(file)
    now = datetime.now(UTC)
    try:
        store = Store(load_gateway_settings(config).database_url)
        try:
            with store.transaction(now) as tx:
                require_schema(tx)
                version = keep_fees(tx, table, by=COMMAND)
        finally:
            store.close()
    except FeeFaultsError as error:
        _refuse(_tell(file, error.faults))
    except (SettingsError, SchemaError) as error:
        _refuse(str(error))
    print(f"{table.name}: 第{version}版 / version {version}")


def _read(file: Path) -> FeeTable:
    try:
        with file.open("rb") as source:
            return read_fee_toml(source.read(BYTES_MAX + 1))
    except OSError as error:
        _refuse(f"{file.name}: 読めません / cannot be read: {error.strerror}")
    except FeeTableFileError as error:
        _refuse("\n".join(f"{file.name}: {line}" for line in str(error).splitlines()))


def _tell(file: Path, faults: tuple[FeeFault, ...]) -> str:
    return "\n".join(f"{file.name}: {tell_fee_fault(fault)}" for fault in faults)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
