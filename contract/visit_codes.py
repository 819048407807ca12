"""A code of the centre's: a visitor's opens once, that of a booking again and again; small enough for a phone's QR.

The text is base32 (RFC 4648) in capitals without padding, so that a QR holds it in alphanumeric mode, and one code has
one spelling. Its bytes: version 1 (once) or 2 (again and again), the site's length, the site, 16 bytes that name the
code, from and until in minutes since 1970 (four bytes each, big-endian), 64 bytes of Ed25519 signature over all that.

A signature says that the centre made the code, not that it was not copied or used: that one opens once is the door's
to remember.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.errors import Fault, MalformedMessageError
from contract.signatures import sign, verify
from domain.ids import is_id

PURPOSE = "visit.code.1"
CODE_ID_BYTES = 16
VALID_MAX = timedelta(days=31)
"""The longest time a code may count; a longer stay has a card."""

TEXT_CHARACTERS_MAX = 245
"""A code of the longest site; what is longer is not looked at."""

_ONCE, _AGAIN = 1, 2
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_MINUTES_BYTES = 4
_SIGNATURE_BYTES = 64
_REST_BYTES = CODE_ID_BYTES + 2 * _MINUTES_BYTES + _SIGNATURE_BYTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class VisitCode:
    """What a code says: at which site, which code (CODE_ID_BYTES random bytes), from when until when it counts.

    Both instants are whole minutes in UTC; it counts from ``valid_from`` on and not at ``valid_until`` any more.
    ``again``: it opens as often as it is held to a reader, as long as its rights at the doors hold.
    """

    site: str
    code_id: bytes
    valid_from: datetime
    valid_until: datetime
    again: bool = False


def encode_visit_code(code: VisitCode, key: Ed25519PrivateKey) -> str:
    """Write and sign a code.

    Raises:
        ValueError: it is none that :func:`decode_visit_code` would read: site, length of the id, minutes, order.
    """
    if not is_id(code.site) or len(code.code_id) != CODE_ID_BYTES:
        raise ValueError(f"expected a site's id and {CODE_ID_BYTES} bytes that name the code")
    if (wrong := _wrong_with_times(code.valid_from, code.valid_until)) is not None:
        raise ValueError(wrong)
    site = code.site.encode("ascii")
    message = bytes((_AGAIN if code.again else _ONCE, len(site))) + site + code.code_id
    message += b"".join(_minutes(at).to_bytes(_MINUTES_BYTES, "big") for at in (code.valid_from, code.valid_until))
    return _spell(message + base64.b64decode(sign(key, PURPOSE, message)))


def decode_visit_code(text: str, key: Ed25519PublicKey) -> VisitCode:
    """Read a code and check the centre's signature. The text comes from whoever holds something to a scanner.

    Raises:
        MalformedMessageError: it is no code of this contract.
        ForgedMessageError: it has a code's form, and the centre did not sign it.
    """
    if len(text) > TEXT_CHARACTERS_MAX:
        raise MalformedMessageError(Fault.oversize, f"expected a code of at most {TEXT_CHARACTERS_MAX} characters")
    data = _read_spelling(text)
    if data[0] > _AGAIN:
        raise MalformedMessageError(Fault.future_version, "the code's version is later than any that is known here")
    code = _read_fields(data)
    message, signature = data[:-_SIGNATURE_BYTES], data[-_SIGNATURE_BYTES:]
    verify(key, PURPOSE, message, base64.b64encode(signature).decode())
    return code


def _spell(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def _read_spelling(text: str) -> bytes:
    """Read base32 in the one spelling its bytes have."""
    if not text or not set(text) <= _ALPHABET:
        raise _malformed("capital letters and the digits 2 to 7")
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise _malformed("base32 without padding") from None
    if not data or _spell(data) != text:
        raise _malformed("base32 in its one spelling")
    return data


def _read_fields(data: bytes) -> VisitCode:
    if data[0] not in {_ONCE, _AGAIN} or len(data) < 2 or len(data) != 2 + data[1] + _REST_BYTES:
        raise _malformed("a visit code of version 1 or 2")
    site, rest = data[2 : 2 + data[1]].decode("latin-1"), data[2 + data[1] :]
    try:
        begin, end = (
            _EPOCH + int.from_bytes(rest[at : at + _MINUTES_BYTES], "big") * _MINUTE
            for at in (CODE_ID_BYTES, CODE_ID_BYTES + _MINUTES_BYTES)
        )
    except OverflowError:
        raise _malformed("times before the year 10000") from None
    if not is_id(site) or _wrong_with_times(begin, end) is not None:
        raise _malformed("a site's id and a time that ends after it begins")
    return VisitCode(site, rest[:CODE_ID_BYTES], begin, end, again=data[0] == _AGAIN)


def _malformed(expected: str) -> MalformedMessageError:
    return MalformedMessageError(Fault.malformed, f"visit code: expected {expected}")


def _minutes(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def _wrong_with_times(valid_from: datetime, valid_until: datetime) -> str | None:
    times = (valid_from, valid_until)
    if any(at.tzinfo is not UTC or (at - _EPOCH) % _MINUTE for at in times):
        return "expected whole minutes in UTC"
    if not all(0 <= _minutes(at) < 1 << 8 * _MINUTES_BYTES for at in times):
        return "expected times from 1970 on that four bytes of minutes hold"
    if not timedelta(0) < valid_until - valid_from <= VALID_MAX:
        return f"expected an end after the beginning, at most {VALID_MAX.days} days later"
    return None
