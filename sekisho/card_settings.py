"""The desk's settings file, ``desk.toml``: the reader cards are laid on, where masters are, how our cards look.

Relative paths count from the folder the file lies in. It names secrets, it holds none.
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contract.tokens import SITE_KEY_BYTES
from readers.cards.felica_over_pcsc import FelicaDialect
from readers.cards.settings import CardSettings
from readers.keys.settings import KeySettings, NoKeys
from readers.setting_paths import BesidePath, SecretFile

READER_PATTERN = r"^(pcsc:.{0,128}|nfc:(udp:127\.0\.0\.1:[0-9]{1,5}|usb(:[0-9A-Fa-f:]{1,9})?))$"
"""``pcsc:`` and how the PC/SC name begins, or ``nfc:`` and nfcpy's path."""


class DeskSettingsError(Exception):
    """A setting of the desk is missing or wrong; the text names it and says what was expected."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeskSettings(_Section):
    """The whole file. ``[keys]`` and ``[cards]`` are as in ``edge.toml``; ``lite_s`` and ``desfire`` can be issued."""

    reader: Annotated[str, Field(pattern=READER_PATTERN)] = "pcsc:"
    felica_dialect: FelicaDialect = "none"
    site_key_file: SecretFile | None = None
    register_file: BesidePath | None = None
    keys: KeySettings = NoKeys()
    cards: CardSettings = CardSettings()

    def read_site_key(self) -> bytes:
        """Read the key that makes tokens of card numbers.

        Raises:
            DeskSettingsError: it is not named, or is not 64 hexadecimal digits.
        """
        if self.site_key_file is None:
            raise _wrong("site_key_file", "expected the file with the site's key")
        try:
            site_key = bytes.fromhex(self.site_key_file.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            site_key = b""
        if len(site_key) != SITE_KEY_BYTES:
            raise _wrong("site_key_file", "expected a file with 64 hexadecimal digits")
        return site_key


def load_desk_settings(path: Path) -> DeskSettings:
    """Read ``desk.toml``.

    Raises:
        DeskSettingsError: the file cannot be read, or a setting is missing or wrong; each is named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeskSettingsError(
            f"設定ファイルを読めません: {path}（{error}）/ cannot read the settings file {path}: {error}"
        ) from None
    try:
        return DeskSettings.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        told = [str(_wrong(".".join(str(part) for part in fault["loc"]), fault["msg"])) for fault in faults]
        raise DeskSettingsError("\n".join(told)) from None


def _wrong(name: str, message: str) -> DeskSettingsError:
    expected = message.removeprefix("Value error, ")
    return DeskSettingsError(
        f"設定 {name or 'desk.toml'} が正しくありません / setting {name or 'desk.toml'}: {expected}"
    )
