"""A file from HR on its way from a page or a door to the connector, which reads it: its kinds, its size, its seal."""

from enum import StrEnum

from contract.sealed_bytes import open_bytes, seal_bytes

BYTES_MAX = 64 * 1024 * 1024
_ABOUT = "hr-file"


class HrFileKind(StrEnum):
    """What a file is about."""

    staff = "staff"
    posts = "posts"
    leave = "leave"
    cards = "cards"
    rosters = "rosters"
    computers = "computers"


def seal_hr_file(site_key: bytes, data: bytes, nonce: bytes) -> bytes:
    """Seal a file for the database; ``nonce`` is 12 random bytes, never the same twice."""
    return seal_bytes(site_key, data, _ABOUT, nonce)


def open_hr_file(site_key: bytes, sealed: bytes) -> bytes:
    """Give a file's bytes back.

    Raises:
        SealError: it was sealed under another key, or changed.
    """
    return open_bytes(site_key, sealed, _ABOUT)
