"""A card's number becomes a token at the reader and at the import desk, and is not kept."""

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
