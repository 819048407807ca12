"""An adjustment of a closed month as canonical JSON, from which its id and its hash derive; form ``adjustment.1``."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.attendance.adjustment import DayDifference, Difference

FORM = "adjustment.1"
BYTES_MAX = 1_048_576


class AdjustmentContentError(ValueError):
    """The bytes are no adjustment; the text names the field and what was expected."""


class _Day(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    on: str
    before: dict[str, int]
    after: dict[str, int]


class _Content(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    form: str
    person: str
    period: str
    version: int
    base: list[str]
    amounts: dict[str, int]
    days: list[_Day]


def write_adjustment(
    difference: Difference, *, person_id: str, period: str, version: int, agreed_ids: Sequence[str]
) -> bytes:
    """Give an adjustment's bytes.

    ``agreed_ids`` are the adjustments that were agreed before it, the earliest first: it departs from version and
    adjustments together, and the same difference at another point of the story is another adjustment.
    """
    plain = {
        "form": FORM,
        "person": person_id,
        "period": period,
        "version": version,
        "base": list(agreed_ids),
        "amounts": dict(difference.amounts),
        "days": [
            {"on": day.on.isoformat(), "before": dict(day.before), "after": dict(day.after)} for day in difference.days
        ],
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_adjustment(content: bytes) -> str:
    """Give the SHA-256 of an adjustment's bytes, in hex; its id is the beginning of it."""
    return hashlib.sha256(content).hexdigest()


def read_adjustment(content: bytes) -> Difference:
    """Read an adjustment's difference.

    Raises:
        AdjustmentContentError: the bytes are none.
    """
    if len(content) > BYTES_MAX:
        raise AdjustmentContentError(f"{len(content)} bytes, expected at most {BYTES_MAX}")
    try:
        read = _Content.model_validate_json(content)
        days = tuple(DayDifference(date.fromisoformat(day.on), day.before, day.after) for day in read.days)
    except ValidationError as error:
        first = error.errors()[0]
        raise AdjustmentContentError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except ValueError as error:
        raise AdjustmentContentError(f"days.on: {error}") from None
    if read.form != FORM:
        raise AdjustmentContentError(f"form: {read.form!r}, expected {FORM}")
    return Difference(read.amounts, days)
