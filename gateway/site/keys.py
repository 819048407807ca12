"""A site's secret keys as files: made once, readable by their owner alone, never overwritten."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from contract.tokens import SITE_KEY_BYTES

OWNER_ONLY = 0o600


class KeyFileError(Exception):
    """A key file exists and is not what is needed; it is never overwritten, the text says what to do."""


def private_folder(path: Path) -> Path:
    """Give the folder; it, and each folder above that does not exist, is made for its owner alone."""
    for folder in reversed((path, *path.parents)):
        folder.mkdir(exist_ok=True, mode=0o700)
    return path


def write_secret(path: Path, data: bytes) -> None:
    """Create a file that only its owner may read, from its first byte on.

    Raises:
        KeyFileError: something stands there already.
    """
    private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise KeyFileError(f"{path}: 既にあります。上書きしません / exists already and is not overwritten") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def copy_secret(path: Path, data: bytes) -> None:
    """Put a copy of a secret at ``path``; a copy that stands there already is left.

    Raises:
        KeyFileError: another secret stands there.
    """
    if not path.exists():
        write_secret(path, data)
    elif path.read_bytes() != data:
        raise KeyFileError(
            f"{path}: 別の鍵が入っています。不要と確かめてから移してください"
            f" / holds another key; move it away once you are sure that nothing needs it"
        )


def ensure_signing_key(path: Path) -> Ed25519PrivateKey:
    """Give the Ed25519 key in a PKCS#8 PEM file, made on the first call.

    Raises:
        KeyFileError: the file holds something else.
    """
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        write_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return key
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: 鍵を読めません / no readable key: {error}") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: Ed25519 の鍵ではありません / expected an Ed25519 key")
    return found


def ensure_password(path: Path) -> str:
    """Give the password in a file (one line), drawn on the first call."""
    if not path.exists():
        write_secret(path, secrets.token_hex(32).encode())
    return path.read_text(encoding="ascii").strip()


def ensure_site_key(path: Path) -> bytes:
    """Give the site's key (32 bytes, in the file as 64 hex digits), made on the first call.

    Raises:
        KeyFileError: the file holds something else.
    """
    return _ensure_secret(path)


def ensure_names_key(path: Path) -> bytes:
    """Give the centre's secret for the devices' names of cards (as the site's key), made on the first call.

    Raises:
        KeyFileError: the file holds something else.
    """
    return _ensure_secret(path)


def _ensure_secret(path: Path) -> bytes:
    if not path.exists():
        write_secret(path, secrets.token_hex(SITE_KEY_BYTES).encode() + b"\n")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != SITE_KEY_BYTES:
        raise KeyFileError(f"{path}: 16進64桁ではありません / expected 64 hex digits")
    return key
