"""The one-time secret of an invitation: drawn here, kept as its hash alone."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class DrawnToken:
    """A one-time secret; only ``hash`` is ever stored."""

    secret: str
    hash: str


def draw_token() -> DrawnToken:
    """Draw one."""
    secret = secrets.token_hex(TOKEN_BYTES)
    return DrawnToken(secret, hash_enrol_token(secret))


def hash_enrol_token(secret: str) -> str:
    """Give what the database knows of a secret; looking a hash up tells a guesser nothing by its time."""
    return sha256(secret.encode()).hexdigest()
