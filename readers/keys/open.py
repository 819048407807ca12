"""From ``[keys]`` to a key provider; PKCS#11 is imported only where a token is used."""

from collections.abc import Iterable

from contract.keyed import needs_keys
from readers.keys.port import KeyProvider
from readers.keys.settings import KeyFileSettings, NoKeys, TokenSettings


def open_keys(settings: NoKeys | KeyFileSettings | TokenSettings) -> KeyProvider | None:
    """Give the provider, or None where the box has no keys.

    A key file is read now; a token is opened when the first key is wanted, so that a box starts without it and says at
    its readers what is missing.

    Raises:
        KeyUnavailableError: the key file cannot be used.
    """
    match settings:
        case NoKeys():
            return None
        case KeyFileSettings():
            from readers.keys.file import FileKeys

            return FileKeys(settings.file)
        case TokenSettings():
            from readers.keys.pkcs11 import TokenKeys

            return TokenKeys(settings.module, settings.token, settings.pin_file)


def check_keys_fit(settings: NoKeys | KeyFileSettings | TokenSettings, technologies: Iterable[str]) -> None:
    """Hold the keys of a box against the technologies of its readers: it has keys exactly if one of them needs keys.

    Raises:
        ValueError: a master lies on a box that has no use for it, or one is missing; says what to do.
    """
    has_keys = not isinstance(settings, NoKeys)
    if has_keys and not needs_keys(technologies):
        raise ValueError(
            "keys: この装置の読取機は鍵を使いません。[keys] と鍵ファイルを取り除いてください"
            " / no reader of this box uses a key: remove [keys] and the key file from it"
        )
    if not has_keys and needs_keys(technologies):
        raise ValueError(
            "keys: DESFire・FeliCa Lite-S の読取りには鍵が要ります。[keys] を書いてください"
            " / desfire and felica_lite_s need keys: expected a section [keys]"
        )
