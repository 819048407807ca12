"""A card's number becomes a token at the reader and at the import desk, and is not kept."""

import hashlib
import hmac

from domain.ids import CredentialToken

SITE_KEY_BYTES = 32


def credential_token(site_key: bytes, technology: str, identifier: bytes) -> CredentialToken:
    """Give the token of a card: HMAC-SHA-256 under the site's key, cut to 128 bits.

    Args:
        site_key: 32 secret bytes of the site, held in an owner-only file by edges and the import.
        technology: the reading's technology, so that equal numbers of two kinds of card stay apart.
        identifier: the number the card said, with the bits masked that vary by polling.
    """
    return CredentialToken(hmac.digest(site_key, technology.encode() + b"\0" + identifier, "sha256")[:16].hex())


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
