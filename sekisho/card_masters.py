"""``sekisho card masters``: masters are drawn where they stay; no command ever shows one."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from readers.keys.labels import check_label
from readers.keys.port import INPUT_BYTES_MIN, MASTER_BYTES
from readers.keys.settings import KeyFileSettings, TokenSettings
from sekisho.card_refusals import NotDoneError, WrongInputError, refusals
from sekisho.card_settings import load_desk_settings

LabelOption = Annotated[str, typer.Option(help="名前-版（例 desfire-1）· name and version")]

app = typer.Typer(no_args_is_help=True, help="カードの親鍵 · the masters that card keys come from")


@app.callback()
def masters() -> None:
    """カードの親鍵 · The masters that card keys come from."""


@app.command()
def new(
    label: LabelOption,
    *,
    file: Annotated[Path | None, typer.Option(help="親鍵のファイル · the key file, made if absent")] = None,
    token: Annotated[str | None, typer.Option(help="トークンの名前 · the token's label")] = None,
    module: Annotated[Path | None, typer.Option(help="トークンの PKCS#11 ライブラリ · its library")] = None,
    pin_file: Annotated[Path | None, typer.Option(help="PIN のファイル（600）· its PIN")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="desk.toml; its [keys] says where")] = None,
) -> None:
    """親鍵を一つ作る · Make one master, in a file or inside a token; a label that is there is never overwritten."""
    with refusals():
        try:
            check_label(label)
        except ValueError as error:
            raise WrongInputError(str(error)) from None
        if config is not None and file is None and token is None:
            file, token, module, pin_file = _place_of(config)
        if file is not None and token is None:
            _draw_into_file(file, label)
            print(
                f"{label}: {file} に作りました。控えを金庫に / made; keep a copy in a safe: whoever has it makes cards"
            )
        elif token is not None and file is None and module is not None and pin_file is not None:
            from readers.keys.pkcs11 import TokenKeys

            TokenKeys(module, token, pin_file).make_master(label)
            print(f"{label}: トークン {token} の中に作りました / made inside token {token}, which never gives it away")
        else:
            raise WrongInputError(
                "--file、または --token・--module・--pin-file、または --config のいずれかを指定してください"
                " / expected --file, or --token with --module and --pin-file, or --config"
            )


@app.command()
def put(
    label: LabelOption,
    file: Annotated[Path, typer.Option(help="親鍵のファイル · the key file that has it")],
    token: Annotated[str, typer.Option(help="トークンの名前 · the token's label")],
    module: Annotated[Path, typer.Option(help="トークンの PKCS#11 ライブラリ · its library")],
    pin_file: Annotated[Path, typer.Option(help="PIN のファイル（600）· its PIN")],
) -> None:
    """親鍵をトークンへ入れる · Lay a master of a key file into a token, so that several tokens derive the same keys."""
    from readers.keys.file import FileKeys
    from readers.keys.pkcs11 import TokenKeys

    with refusals():
        source, target = FileKeys(file), TokenKeys(module, token, pin_file)
        target.put_master(label, source.take_master(label))
        probe = bytes(INPUT_BYTES_MIN)
        if source.derive(label, probe) != target.derive(label, probe):
            raise NotDoneError(f"トークンの計算が合いません / token {token} does not derive what {file} does")
        print(f"{label}: トークン {token} へ入れました / laid into token {token}, which never gives it away")


def _draw_into_file(file: Path, label: str) -> None:
    from readers.keys.file import add_master

    add_master(file, label, secrets.token_bytes(MASTER_BYTES))


def _place_of(config: Path) -> tuple[Path | None, str | None, Path | None, Path | None]:
    match load_desk_settings(config).keys:
        case KeyFileSettings(file=file):
            return file, None, None, None
        case TokenSettings(module=module, token=token, pin_file=pin_file):
            return None, token, module, pin_file
    return None, None, None, None
