"""From ``[keys]`` to a key provider; PKCS#11 is imported only where a token is used."""

from collections.abc import Iterable

from contract.technologies import needs_keys
from readers.keys.labels import DESK_ALONE, split_label
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
    """Hold the keys of a door's box against what its readers ask of cards.

    It has keys exactly if one of its technologies needs keys, and its key file holds no master that only a desk needs.

    Raises:
        ValueError: a master lies on a box that has no use for it, or keys are missing; says what to do.
        KeyUnavailableError: the key file cannot be used.
    """
    has_keys, wants_keys = not isinstance(settings, NoKeys), needs_keys(technologies)
    if has_keys and not wants_keys:
        raise ValueError(
            "keys: この装置の読取機は鍵を使いません。[keys] と鍵ファイルを取り除いてください"
            " / no reader of this box uses a key: remove [keys] and the key file from it"
        )
    if not has_keys and wants_keys:
        raise ValueError(
            "keys: DESFire・FeliCa Lite-S の読取りには鍵が要ります。[keys] を書いてください"
            " / desfire and felica_lite_s need keys: expected a section [keys]"
        )
    if isinstance(settings, KeyFileSettings):
        from readers.keys.file import FileKeys

        surplus = sorted(each for each in FileKeys(settings.file).labels if split_label(each)[0] in DESK_ALONE)
        if surplus:
            raise ValueError(
                f"keys: {', '.join(surplus)} は発行の机だけの鍵です。扉の装置の鍵ファイルから取り除いてください"
                " / these masters belong to the desk alone: remove them from this box's key file"
            )
