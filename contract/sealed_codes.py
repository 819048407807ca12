"""Codes that confirm an address, on their way from the centre to the letter: sealed, so that a copy opens no door."""

from contract.sealed_bytes import open_bytes, seal_bytes


def seal_code(site_key: bytes, code_id: str, code: str, nonce: bytes) -> str:
    """Give a sealed code as hex digits; ``nonce`` is 12 random bytes."""
    return seal_bytes(site_key, code.encode("ascii"), _about(code_id), nonce).hex()


def open_code(site_key: bytes, code_id: str, sealed: str) -> str:
    """Give the code back.

    Raises:
        SealError: it was sealed under another key, or for another code.
        ValueError: it is no sealed code.
    """
    return open_bytes(site_key, bytes.fromhex(sealed), _about(code_id)).decode("ascii")


def _about(code_id: str) -> str:
    return f"reservee code {code_id}"
