"""Bytes that wait in the database and may hold card numbers: sealed under the site's key, so that a copy tells nothing.

AES-256-GCM (NIST SP 800-38D); the key is derived for this purpose alone (HKDF-SHA-256, RFC 5869).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class SealError(Exception):
    """The bytes were not sealed under this key for this purpose, or were changed."""


def seal_bytes(site_key: bytes, plain: bytes, about: str, nonce: bytes) -> bytes:
    """Seal bytes.

    Args:
        site_key: the site's 32 secret bytes.
        plain: what to seal.
        about: what the bytes are; they open under the same words alone.
        nonce: 12 random bytes, never the same twice.
    """
    return nonce + AESGCM(_key(site_key)).encrypt(nonce, plain, about.encode())


def open_bytes(site_key: bytes, sealed: bytes, about: str) -> bytes:
    """Give the bytes back.

    Raises:
        SealError: another key, other words, or changed bytes.
    """
    try:
        return AESGCM(_key(site_key)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        raise SealError(
            "封を開けられません。site.key が替わっていないか確かめてください / "
            "cannot be opened; expected bytes sealed under this site.key"
        ) from None


def _key(site_key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"sekisho/1 sealed bytes").derive(site_key)
