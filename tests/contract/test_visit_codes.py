"""Visitors' codes: golden text both ways, one spelling each, and nothing else is read."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Fault, MalformedMessageError
from contract.signatures import ForgedMessageError, sign
from contract.visit_codes import (
    PURPOSE,
    TEXT_CHARACTERS_MAX,
    VALID_MAX,
    VisitCode,
    decode_visit_code,
    encode_visit_code,
)

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "codes" / "visit.code.1.txt"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
BEGIN = datetime(2031, 4, 1, 8, 30, tzinfo=UTC)
CODE = VisitCode("hagi", bytes(range(16)), BEGIN, BEGIN + timedelta(hours=8))
TEXT = encode_visit_code(CODE, KEY)
PARTY = replace(CODE, again=True)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

codes = st.builds(
    lambda site, code_id, begin, minutes, again: VisitCode(
        site, code_id, begin, begin + timedelta(minutes=minutes), again
    ),
    st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**31).map(lambda minutes: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.integers(1, VALID_MAX // timedelta(minutes=1)),
    st.booleans(),
)


def signed(message: bytes) -> str:
    """Sign whatever bytes, as only the centre can."""
    whole = message + base64.b64decode(sign(KEY, PURPOSE, message))
    return base64.b32encode(whole).decode().rstrip("=")


def test_golden_text_both_ways() -> None:
    assert GOLDEN.read_text("ascii") == TEXT + "\n"
    assert decode_visit_code(GOLDEN.read_text("ascii").strip(), PUBLIC) == CODE


def test_golden_text_of_a_code_that_opens_again_and_again() -> None:
    golden = GOLDEN.with_name("visit.code.2.txt").read_text("ascii")
    assert golden == encode_visit_code(PARTY, KEY) + "\n"
    assert decode_visit_code(golden.strip(), PUBLIC) == PARTY


def test_nobody_makes_one_of_the_other() -> None:
    data = bytearray(base64.b32decode(TEXT + "=" * (-len(TEXT) % 8)))
    data[0] = 2
    with pytest.raises(ForgedMessageError):
        decode_visit_code(base64.b32encode(data).decode().rstrip("="), PUBLIC)


@given(codes)
def test_what_is_written_is_read(code: VisitCode) -> None:
    text = encode_visit_code(code, KEY)
    assert decode_visit_code(text, PUBLIC) == code
    assert len(text) <= TEXT_CHARACTERS_MAX
    assert set(text) <= set(ALPHABET)


def test_a_qr_of_it_is_small() -> None:
    made = segno.make(TEXT, error="m", micro=False)
    assert made.mode == "alphanumeric"
    assert int(made.version) <= 7


@given(st.integers(0, len(base64.b32decode(TEXT + "=" * (-len(TEXT) % 8))) * 8 - 1))
def test_a_changed_bit_is_refused(bit: int) -> None:
    data = bytearray(base64.b32decode(TEXT + "=" * (-len(TEXT) % 8)))
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedMessageError, ForgedMessageError)):
        decode_visit_code(base64.b32encode(bytes(data)).decode().rstrip("="), PUBLIC)


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(ALPHABET))
def test_one_code_has_one_spelling(at: int, letter: str) -> None:
    changed = TEXT[:at] + letter + TEXT[at + 1 :]
    if changed == TEXT:
        assert decode_visit_code(changed, PUBLIC) == CODE
        return
    with pytest.raises((MalformedMessageError, ForgedMessageError)):
        decode_visit_code(changed, PUBLIC)


@given(st.text(max_size=400))
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises((MalformedMessageError, ForgedMessageError)) as refused:
        decode_visit_code(text, PUBLIC)
    assert 0 < len(str(refused.value)) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "AA",
        TEXT.lower(),
        TEXT + "=",
        TEXT + " ",
        " " + TEXT,
        TEXT + "A",
        TEXT[:-1],
        TEXT + TEXT,
        "ＡＢ",
        TEXT[8:],
    ],
)
def test_other_spellings_and_pieces_are_malformed(text: str) -> None:
    with pytest.raises(MalformedMessageError):
        decode_visit_code(text, PUBLIC)


def test_a_long_text_is_not_looked_at() -> None:
    with pytest.raises(MalformedMessageError) as refused:
        decode_visit_code("A" * (TEXT_CHARACTERS_MAX + 1), PUBLIC)
    assert refused.value.fault is Fault.oversize


def test_another_key_and_another_purpose_are_forgeries() -> None:
    with pytest.raises(ForgedMessageError):
        decode_visit_code(TEXT, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())
    data = base64.b32decode(TEXT + "=" * (-len(TEXT) % 8))
    message = data[:-64]
    other = message + base64.b64decode(sign(KEY, "journal.receipt.1", message))
    with pytest.raises(ForgedMessageError):
        decode_visit_code(base64.b32encode(other).decode().rstrip("="), PUBLIC)


def test_a_later_version_is_named() -> None:
    with pytest.raises(MalformedMessageError) as refused:
        decode_visit_code(signed(b"\x03anything"), PUBLIC)
    assert refused.value.fault is Fault.future_version


MINUTE = (60 * 24 * 365 * 50).to_bytes(4, "big")
LATER = (60 * 24 * 365 * 50 + 60).to_bytes(4, "big")
TOO_LATE = (60 * 24 * 365 * 50 + 60 * 24 * 32).to_bytes(4, "big")


@pytest.mark.parametrize(
    "message",
    [
        b"\x01",
        b"\x00\x04hagi" + bytes(16) + MINUTE + LATER,
        b"\x01\x05hagi" + bytes(16) + MINUTE + LATER,
        b"\x01\x04Hagi" + bytes(16) + MINUTE + LATER,
        b"\x01\x00" + bytes(16) + MINUTE + LATER,
        b"\x01\x04h\xe4gi" + bytes(16) + MINUTE + LATER,
        b"\x01\x04hagi" + bytes(16) + LATER + MINUTE,
        b"\x01\x04hagi" + bytes(16) + MINUTE + MINUTE,
        b"\x01\x04hagi" + bytes(16) + MINUTE + TOO_LATE,
        b"\x01\x04hagi" + bytes(15) + MINUTE + LATER,
    ],
)
def test_what_even_the_centre_must_not_sign(message: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        decode_visit_code(signed(message), PUBLIC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "Hagi"},
        {"site": ""},
        {"code_id": bytes(15)},
        {"valid_from": BEGIN.replace(tzinfo=None)},
        {"valid_from": BEGIN.astimezone(timezone(timedelta(hours=9)))},
        {"valid_from": BEGIN.replace(second=1)},
        {"valid_until": BEGIN},
        {"valid_until": BEGIN + VALID_MAX + timedelta(minutes=1)},
        {"valid_from": datetime(1969, 12, 31, tzinfo=UTC), "valid_until": datetime(1970, 1, 2, tzinfo=UTC)},
    ],
)
def test_a_code_that_nobody_could_read_is_not_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        encode_visit_code(replace(CODE, **wrong), KEY)
