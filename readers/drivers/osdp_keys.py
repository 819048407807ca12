"""Keys of OSDP's secure channel (SCBK): one a reader, never one that others know, and the proof of having it."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from readers.keys.port import KeyUnavailableError
from readers.keys.secret_file import read_secret_file

KEY_BYTES = 16
DEFAULT_KEY = bytes(range(0x30, 0x40))
"""SCBK-D (IEC 60839-11-5 annex D): every reader leaves the factory with it, so it keeps no secret."""

WEAK_KEYS = (DEFAULT_KEY, bytes(KEY_BYTES), b"\xff" * KEY_BYTES)


def read_line_key(path: Path) -> bytes:
    """Read a reader's key: a file of 32 hexadecimal digits that its owner alone may read.

    Raises:
        KeyUnavailableError: the file is not that, or its key is the default key or of equal bytes; never quotes it.
    """
    try:
        key = bytes.fromhex(read_secret_file(path).decode("ascii").strip())
    except (UnicodeDecodeError, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailableError(f"{path}: 16進32桁ではありません / expected 32 hexadecimal digits")
    if is_weak(key):
        raise KeyUnavailableError(
            f"{path}: 出荷時の鍵や同じ値の並びは使えません。乱数の鍵を入れてください"
            " / the default key and keys of equal bytes are refused: put a random one"
        )
    return key


def is_weak(key: bytes) -> bool:
    """Tell whether a key is one that anybody would try."""
    return key in WEAK_KEYS or len(set(key)) == 1


def proves(key: bytes, cp_random: bytes, pd_random: bytes, cryptogram: bytes) -> bool:
    """Tell whether a reader's answer to our challenge was made with ``key`` (IEC 60839-11-5 annex D, client side).

    Args:
        key: the 16 bytes it should have.
        cp_random: the 8 bytes we challenged with.
        pd_random: the 8 bytes it added.
        cryptogram: its proof, 16 bytes.
    """
    session_key = _encrypt(key, b"\x01\x82" + cp_random[:6] + bytes(8))
    return _encrypt(session_key, cp_random + pd_random) == cryptogram


def _encrypt(key: bytes, block: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 (one block, as the standard has it)
    return encryptor.update(block) + encryptor.finalize()
