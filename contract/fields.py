"""Field types that the messages share."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from domain.ids import ID_PATTERN, TOKEN_PATTERN

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Token = Annotated[str, StringConstraints(pattern=TOKEN_PATTERN)]
HexDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Epoch = Annotated[int, Field(ge=1, lt=2**53)]
"""Names one life of a journal's storage; drawn anew whenever the storage is, so a restarted seq cannot hide records."""

Seq = Annotated[int, Field(ge=1, lt=2**53)]
SeqOrZero = Annotated[int, Field(ge=0, lt=2**53)]
Words = Annotated[str, StringConstraints(max_length=200)]
"""A short text that people may read; never a name, a card number or a secret."""


def _to_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
