"""A card's number becomes a token at the reader and at the import desk, and is not kept; each box has its own names."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.ids import CredentialToken, DeviceId

SITE_KEY_BYTES = 32


def credential_token(site_key: bytes, technology: str, identifier: bytes) -> CredentialToken:
    """Give the token of a card: HMAC-SHA-256 under the site's key, cut to 128 bits.

    Args:
        site_key: 32 secret bytes of the site, held in an owner-only file by edges and the import.
        technology: the reading's technology, so that equal numbers of two kinds of card stay apart.
        identifier: the number the card said, with the bits masked that vary by polling.
    """
    return CredentialToken(hmac.digest(site_key, technology.encode() + b"\0" + identifier, "sha256")[:16].hex())


class DeviceTokens:
    """A device's own names of the site's tokens: what one box stores or says can be linked with no other box.

    A keyed permutation of 128 bits (AES-256 on single blocks, FIPS 197): the centre, which keeps every device's key,
    turns a name back; and the name of an unknown card can be turned back, too, when the card is enrolled later.
    """

    def __init__(self, device_key: bytes) -> None:
        """Take the 32 secret bytes of the device (:func:`derive_device_key`)."""
        # ECB is right here: each block is the output of a keyed hash, and equal cards must get equal names.
        self._cipher = Cipher(algorithms.AES256(device_key), modes.ECB())  # noqa: S305

    def name(self, tokens: Sequence[CredentialToken]) -> list[CredentialToken]:
        """Give the device's names of site tokens, in their order."""
        return _apply(self._cipher.encryptor(), tokens)

    def resolve(self, names: Sequence[CredentialToken]) -> list[CredentialToken]:
        """Give the site's tokens of a device's names, in their order."""
        return _apply(self._cipher.decryptor(), names)


def _apply(cipher: CipherContext, tokens: Sequence[CredentialToken]) -> list[CredentialToken]:
    digits = cipher.update(bytes.fromhex("".join(tokens))).hex()
    return [CredentialToken(digits[start : start + 32]) for start in range(0, len(digits), 32)]


def derive_device_key(names_key: bytes, device: DeviceId) -> bytes:
    """Give a device's key of 32 bytes from the centre's secret for names (HKDF-SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"sekisho/1 names\0" + device.encode()).derive(names_key)


PIN_PATTERN = r"^[0-9]{4,8}$"
_SCRYPT_COST = 2**13


def pin_verifier(site_key: bytes, credential: CredentialToken, pin: str) -> str:
    """Give what a door compares a keyed-in PIN with: scrypt (RFC 7914), 128 bits as hex, salted by site and card.

    Takes some 20 ms on purpose, for a PIN has few values.

    Args:
        site_key: the site's secret.
        credential: the card that the PIN goes with.
        pin: 4 to 8 digits.
    """
    salt = hmac.digest(site_key, b"pin\0" + credential.encode(), "sha256")
    return hashlib.scrypt(pin.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=16).hex()
