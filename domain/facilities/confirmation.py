"""Codes that show that an address or telephone is somebody's: six digits, few tries, few minutes.

Only a keyed hash is kept. A code is sent to one contact and confirms that one alone.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from domain.facilities.reservee_fault import ReserveeFault, ReserveeWhy

CODE_DIGITS = 6


class ContactWay(StrEnum):
    """What is confirmed; the names are those of a reservee's fields."""

    email = "email"
    phone = "phone"


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """How codes are limited: ``tries`` a code, ``minutes`` each, and how many are sent an hour and a day."""

    tries: int = 5
    minutes: int = 15
    per_hour: int = 3
    per_day: int = 10


LIMITS = CodeLimits()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A code that was sent; ``tries`` were made of it so far."""

    id: str
    reservee_id: str
    way: ContactWay
    contact: str
    code_hash: str
    sent_at: datetime
    expires_at: datetime
    tries: int = 0
    confirmed_at: datetime | None = None


def hash_code(key: bytes, id_: str, contact: str, code: str) -> str:
    """Give the keyed hash of a code, bound to its confirmation and its contact; 64 hex digits."""
    return hmac.new(key, f"{id_}\n{contact}\n{code}".encode(), sha256).hexdigest()


def judge_code(
    standing: Confirmation | None, code: str, *, key: bytes, now: datetime, most: int
) -> ReserveeFault | None:
    """Give what speaks against a code; None confirms.

    A try counts whenever a code is compared: whoever calls this writes one down, unless the fault is ``no_code``,
    ``code_over`` or ``tries_over``.

    Args:
        standing: the last code that was sent to the contact, before this try.
        code: what was entered; blanks around it are nothing.
        key: of the hash.
        now: the instant.
        most: how many tries a code has.
    """
    if standing is None or standing.confirmed_at is not None:
        return ReserveeFault("code", ReserveeWhy.no_code)
    if now >= standing.expires_at:
        return ReserveeFault("code", ReserveeWhy.code_over, {"ended_at": standing.expires_at})
    if standing.tries >= most:
        return ReserveeFault("code", ReserveeWhy.tries_over)
    told = hash_code(key, standing.id, standing.contact, code.strip())
    if hmac.compare_digest(told, standing.code_hash):
        return None
    left = most - standing.tries - 1
    return ReserveeFault("code", ReserveeWhy.wrong_code, {"left": left})


def judge_sending(sent: Sequence[datetime], now: datetime, limits: CodeLimits) -> ReserveeFault | None:
    """Give what speaks against sending one more code; None lets it be sent.

    Args:
        sent: when codes were sent before, to this reservee or this contact, in any order.
        now: the instant.
        limits: how many an hour and a day.
    """
    again = []
    for most, span in ((limits.per_hour, timedelta(hours=1)), (limits.per_day, timedelta(days=1))):
        within = sorted(at for at in sent if at > now - span)
        if len(within) >= most:
            again.append(within[-most] + span)
    return ReserveeFault("contact", ReserveeWhy.too_many_codes, {"again_at": max(again)}) if again else None
