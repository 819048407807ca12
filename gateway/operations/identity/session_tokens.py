"""The two secrets of a session: the cookie's token, stored only as its hash, and the token of its forms."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

SESSION_IDLE_MAX = timedelta(minutes=30)
SESSION_AGE_MAX = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """``cookie`` and ``csrf`` are 256 random bits each, in URL-safe text."""

    cookie: str
    csrf: str


def draw_session_tokens() -> SessionTokens:
    """Draw the secrets of a new session (the shell calls this; operations take them as an argument)."""
    return SessionTokens(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def hash_token(cookie: str) -> str:
    """Give what the database keeps of a cookie: its SHA-256 in hex."""
    return hashlib.sha256(cookie.encode()).hexdigest()
