"""Passwords: hashed with argon2id, checked in the same time whether the account exists or not.

Hashing takes tens of milliseconds and 64 MiB on purpose, so it never runs inside a transaction, and no more than a few
run at once.
"""

import threading
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

LENGTH_MIN = 12
LENGTH_MAX = 128
"""Longer ones are refused before any work is done."""

_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("nobody has this password, and no account holds this hash")


class Weakness(StrEnum):
    """Why a new password is refused."""

    too_short = "too_short"
    too_long = "too_long"
    holds_login = "holds_login"
    one_character = "one_character"


def hash_password(password: str) -> str:
    """Give the argon2id hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Check a password; without a hash (no such account) the same work is done and the answer is no."""
    if len(password) > LENGTH_MAX:
        return False
    with _AT_ONCE:
        try:
            _HASHER.verify(_NOBODY if password_hash is None else password_hash, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def assess_password(password: str, login: str) -> Weakness | None:
    """Give what speaks against a new password, if anything does."""
    if len(password) < LENGTH_MIN:
        return Weakness.too_short
    if len(password) > LENGTH_MAX:
        return Weakness.too_long
    if login.casefold() in password.casefold():
        return Weakness.holds_login
    if len(set(password)) < 4:
        return Weakness.one_character
    return None
