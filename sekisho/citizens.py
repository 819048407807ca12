"""``sekisho citizens``: let programs ask by the HTTP API of the citizens' door, and take their keys back."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from domain.civil import civil_minute
from domain.ids import is_id
from gateway.citizens.api.callers import hash_key
from gateway.settings import SettingsError, load_gateway_settings
from store.api_clients import insert_api_client, list_api_clients, revoke_api_client
from store.migrate import SchemaError, require_schema
from store.tx import Store, Tx

app = typer.Typer(no_args_is_help=True)

COMMAND = "command"
"""Who let a program in here."""
NAME_LENGTH_MAX = 80

Config = Annotated[Path, typer.Option("--config", help="gateway.toml", dir_okay=False)]
ClientId = Annotated[str, typer.Argument(help="番号 · its id, as hagi-navi")]


@app.command("add-client")
def add_client(
    client_id: ClientId, config: Config, name: Annotated[str, typer.Option("--name", help="名前 · what it is")] = ""
) -> None:
    """アプリの鍵を発行する · Let a program in; its key is shown this once."""
    if not is_id(client_id) or len(name) > NAME_LENGTH_MAX:
        _refuse(
            f"番号は英小文字・数字・- _、名前は {NAME_LENGTH_MAX} 字まで / "
            f"expected an id of small letters, digits, - and _, and a name of at most {NAME_LENGTH_MAX} characters"
        )
    key = secrets.token_urlsafe(32)
    with _open(config) as tx:
        is_new = insert_api_client(tx, client_id, name or client_id, hash_key(key), by=COMMAND)
    if not is_new:
        _refuse(f"{client_id} はもうあります。別の番号にしてください / {client_id} stands already; choose another id")
    print(f"X-Api-Key: {key}")
    typer.echo("この鍵は二度と表示されません / this key is never shown again", err=True)


@app.command("revoke-client")
def revoke_client(client_id: ClientId, config: Config) -> None:
    """アプリの鍵を取り消す · Let a program's key count no longer."""
    with _open(config) as tx:
        was_standing = revoke_api_client(tx, client_id)
    if not was_standing:
        _refuse(f"{client_id} はないか、もう取り消されています / no such client, or revoked already")
    print(f"{client_id}: 取り消しました / revoked")


@app.command("clients")
def list_clients(config: Config) -> None:
    """アプリの一覧 · List the programs."""
    with _open(config) as tx:
        for each in list_api_clients(tx):
            ended = "" if each.revoked_at is None else f" 取消 revoked {civil_minute(each.revoked_at)[0].isoformat()}"
            print(f"{each.id}  {each.name}  {civil_minute(each.added_at)[0].isoformat()}{ended}")


@contextmanager
def _open(config: Path) -> Iterator[Tx]:
    try:
        settings = load_gateway_settings(config)
        store = Store(settings.database_url)
    except SettingsError as error:
        _refuse(str(error))
    try:
        with store.transaction(datetime.now(UTC)) as tx:
            require_schema(tx)
            yield tx
    except SchemaError as error:
        _refuse(str(error))
    finally:
        store.close()


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)
