"""The two tokens of a service that lets us in: one goes with requests, the other gets the next pair, once.

What a token endpoint answers (RFC 6749 section 5.1) is hostile until it is read here.
"""

import json
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from contract.sealed_bytes import open_bytes, seal_bytes

TOKEN_CHARACTERS_MAX = 4096
LIFE_SECONDS_MAX = 7 * 86_400
BROUGHT_CHARACTERS_MAX = 16_384
_ABOUT = "payroll-access"


class TokenPair(NamedTuple):
    """``access`` goes with requests and ends at an instant that is kept beside the pair; ``refresh`` gets the next."""

    access: str
    refresh: str


def _token(text: str) -> str:
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("expected printable ASCII without blanks")
    return text


def _lower(told: object) -> object:
    return told.lower() if isinstance(told, str) else told


Token = Annotated[str, Field(min_length=1, max_length=TOKEN_CHARACTERS_MAX), AfterValidator(_token)]


class TokenAnswer(BaseModel):
    """A token endpoint's answer: the part of it that counts."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    access_token: Token
    refresh_token: Token
    token_type: Annotated[
        Literal["bearer"], BeforeValidator(lambda told: told.lower() if isinstance(told, str) else told)
    ]
    expires_in: Annotated[int, Field(ge=1, le=LIFE_SECONDS_MAX)]

    def pair(self) -> TokenPair:
        """Give the two tokens."""
        return TokenPair(self.access_token, self.refresh_token)

    def ends_at(self, asked_at: datetime) -> datetime:
        """Give the end of the token for requests, counted from when it was asked for."""
        return asked_at + timedelta(seconds=self.expires_in)


def read_answer(value: object) -> TokenAnswer | None:
    """Read an answer's JSON value; None where it is no pair of tokens."""
    try:
        return TokenAnswer.model_validate(value)
    except ValidationError:  # its words would hold the tokens
        return None


class BroughtError(Exception):
    """What was brought is neither a code nor a pair of tokens; the text says what was expected."""


class Brought(NamedTuple):
    """What somebody brought from the service's page: a code, or the refresh token of a pair."""

    secret: str
    is_code: bool


def read_brought(text: str) -> Brought:
    """Read a code as it was shown, or a pair of tokens as the token endpoint answers it (JSON).

    Raises:
        BroughtError: it is neither.
    """
    told = text.strip()
    is_code = not told.startswith("{")
    try:
        secret = told if is_code else json.loads(told)["refresh_token"]
        return Brought(TypeAdapter(Token).validate_python(secret), is_code)
    except (ValueError, RecursionError, KeyError):  # a ValidationError's words would hold the secret
        raise BroughtError(
            "認可コードか、refresh_token を含む JSON を渡してください / "
            "expected the code that freee showed, or JSON with refresh_token"
        ) from None


def seal_pair(site_key: bytes, pair: TokenPair, nonce: bytes) -> bytes:
    """Seal a pair for the database; ``nonce`` is 12 random bytes, never the same twice."""
    return seal_bytes(site_key, "\n".join(pair).encode("ascii"), _ABOUT, nonce)


def open_pair(site_key: bytes, sealed: bytes) -> TokenPair:
    """Give a sealed pair back.

    Raises:
        SealError: it was sealed under another key, or changed.
    """
    access, refresh = open_bytes(site_key, sealed, _ABOUT).decode("ascii").split("\n")
    return TokenPair(access, refresh)
