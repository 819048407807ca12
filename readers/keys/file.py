"""Masters in a TOML file that only its owner may read: one line a master, ``desfire-1 = "32 hexadecimal digits"``.

Whoever reads the file can make every card. A token (pkcs11) gives the same card keys and never the master.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from readers.keys.an10922 import derive_card_key
from readers.keys.labels import check_label
from readers.keys.port import MASTER_BYTES, KeyUnavailableError
from readers.keys.secret_file import read_secret_file
from readers.whole_file import hold_file, replace_file

_MASTER = re.compile(rf"[0-9a-fA-F]{{{2 * MASTER_BYTES}}}")


class FileKeys:
    """A :class:`~readers.keys.port.KeyProvider` over a key file, read once."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            KeyUnavailableError: it cannot be read, others may read it, or something in it is no master.
        """
        self._path = path
        self._masters = _parse(path, read_secret_file(path))

    @property
    def labels(self) -> frozenset[str]:
        """The masters that are there."""
        return frozenset(self._masters)

    def derive(self, label: str, diversifier: bytes) -> bytes:
        """Give one card's key; see :class:`~readers.keys.port.KeyProvider`."""
        return derive_card_key(self.take_master(label), diversifier)

    def take_master(self, label: str) -> bytes:
        """Give a master itself, for laying it into a token; nothing else may ask for it.

        Raises:
            KeyUnavailableError: it is not there.
        """
        master = self._masters.get(label)
        if master is None:
            raise KeyUnavailableError(
                f"鍵 {label} がありません / there is no master {label} in {self._path}:"
                f" sekisho card masters new --label {label} --file {self._path}"
            )
        return master

    def __repr__(self) -> str:
        """Name the file and the labels; a master never shows itself."""
        return f"FileKeys({str(self._path)!r}, {sorted(self._masters)})"


def add_master(path: Path, label: str, master: bytes) -> None:
    """Put a master into a key file, which is made if it is not there; a label that is there is never overwritten.

    Raises:
        KeyUnavailableError: the file cannot be used, or holds the label already.
        FileHeldError: another process is adding one.
        ValueError: ``label`` is no label, or ``master`` has not MASTER_BYTES.
    """
    check_label(label)
    if len(master) != MASTER_BYTES:
        raise ValueError(f"a master has {MASTER_BYTES} bytes")
    try:
        with hold_file(path):
            before = read_secret_file(path) if path.exists() else b""
            if label in _parse(path, before):
                raise KeyUnavailableError(
                    f"{path}: {label} は既にあります。上書きしません。次の版の名前を使ってください"
                    f" / holds {label} already and it is not overwritten; use the next version's label"
                )
            line_end = b"" if before.endswith(b"\n") or not before else b"\n"
            replace_file(path, before + line_end + f'{label} = "{master.hex()}"\n'.encode("ascii"))
    except OSError as error:
        raise KeyUnavailableError(f"{path}: 書けません / cannot be written: {error.strerror}") from None


def _parse(path: Path, data: bytes) -> Mapping[str, bytes]:
    """Give the masters by label.

    Raises:
        KeyUnavailableError: something in it is no master. The text names labels, never a value.
    """
    try:
        entries = tomllib.loads(data.decode("utf-8"))
    except (
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        RecursionError,
    ):  # whose texts may quote what stands in the file
        raise KeyUnavailableError(
            f'{path}: TOML として読めません / is no TOML; expected lines such as desfire-1 = "32 hexadecimal digits"'
        ) from None
    for label, value in entries.items():
        try:
            check_label(label)
        except ValueError as error:
            raise KeyUnavailableError(f"{path}: {error}") from None
        if not isinstance(value, str) or not _MASTER.fullmatch(value):
            raise KeyUnavailableError(
                f"{path}: {label}: 16進32桁の文字列ではありません / expected a text of 32 hexadecimal digits"
            )
    return {label: bytes.fromhex(value) for label, value in entries.items()}
