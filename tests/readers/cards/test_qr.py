"""Scanned lines: everything is hostile until the centre's signature says otherwise."""

from base64 import b32decode, b32encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.visit_codes import VisitCode, encode_visit_code
from readers.cards.qr import VisitCodeReader
from readers.drivers.port import CardSeen, ReadTrouble

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BEGIN = datetime(2031, 4, 1, 8, 30, tzinfo=UTC)
CODE = VisitCode("hagi", bytes(range(16)), BEGIN, BEGIN + timedelta(hours=8))
TEXT = encode_visit_code(CODE, KEY)
READER = VisitCodeReader("hagi", KEY.public_key())


def test_a_code_of_the_centre_is_a_card_that_counts_once_and_for_a_time() -> None:
    assert READER.read("gate", TEXT, 12.5) == CardSeen(
        "gate", "qr", CODE.code_id, 1, 12.5, "code signed by the centre", (CODE.valid_from, CODE.valid_until)
    )


def test_a_party_s_code_is_a_card_that_counts_as_often_as_it_comes() -> None:
    again = encode_visit_code(VisitCode("hagi", CODE.code_id, CODE.valid_from, CODE.valid_until, again=True), KEY)
    seen = READER.read("gate", again, 12.5)
    assert isinstance(seen, CardSeen)
    assert (seen.identifier, seen.once) == (CODE.code_id, None)


def test_a_code_of_somebody_else_is_forged() -> None:
    other = encode_visit_code(CODE, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert READER.read("gate", other, 0.0) == ReadTrouble("gate", "forged_code")


def test_a_code_for_another_site_is_forged_here() -> None:
    elsewhere = encode_visit_code(VisitCode("mine", CODE.code_id, CODE.valid_from, CODE.valid_until), KEY)
    assert READER.read("gate", elsewhere, 0.0) == ReadTrouble("gate", "forged_code")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "1' OR '1'='1",
        "'; DROP TABLE credentials; --",
        "$(reboot)",
        "WIFI:S:guest;T:WPA;P:x;;",
        "\x00" * 200,
        "A" * 100_000,
        TEXT.lower(),
        TEXT + "\n" + TEXT,
        "d12345",
    ],
)
def test_anything_else_is_garbled(line: str) -> None:
    assert READER.read("gate", line, 0.0) == ReadTrouble("gate", "garbled")


@pytest.mark.parametrize("at", [slice(22, 26), slice(26, 30)], ids=["begin", "end"])
def test_a_code_of_minutes_beyond_the_calendar_is_garbled(at: slice) -> None:
    data = bytearray(b32decode(TEXT + "=" * (-len(TEXT) % 8)))
    data[at] = b"\xff" * 4
    assert READER.read("gate", b32encode(data).decode().rstrip("="), 0.0) == ReadTrouble("gate", "garbled")


@given(st.text(max_size=300))
def test_any_text_is_a_trouble(line: str) -> None:
    assert isinstance(READER.read("gate", line, 0.0), ReadTrouble)
