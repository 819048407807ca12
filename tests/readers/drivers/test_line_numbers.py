"""Numbers from a reader's own line: one spelling each, and no two kinds alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.drivers.line_number import BITS_MAX, bits_identifier, decimal_identifier, hexadecimal_identifier
from readers.drivers.repeats import HELD_SECONDS, RepeatWatch


@given(st.integers(8, BITS_MAX), st.binary(min_size=64, max_size=64), st.binary(min_size=64, max_size=64))
def test_bits_are_equal_exactly_when_the_bits_that_count_are(count: int, one: bytes, two: bytes) -> None:
    def counted(data: bytes) -> int:
        return int.from_bytes(data[: (count + 7) // 8], "big") >> -count % 8

    first, second = bits_identifier(count, one), bits_identifier(count, two)
    if first is not None and second is not None:
        assert (first == second) == (counted(one) == counted(two))


def test_spellings() -> None:
    assert bits_identifier(26, bytes.fromhex("deadbeff")) == b"b\x00\x1a\xde\xad\xbe\xc0"
    assert bits_identifier(34, bytes.fromhex("deadbec000")) == b"b\x00\x22\xde\xad\xbe\xc0\x00"
    assert hexadecimal_identifier("04a1B2c3") == bits_identifier(32, bytes.fromhex("04a1b2c3"))
    assert hexadecimal_identifier("04a1b") == b"b\x00\x14\x04\xa1\xb0"
    assert decimal_identifier("0000012345") == decimal_identifier("12345") == b"d12345"


@pytest.mark.parametrize(("count", "data"), [(7, b"\x12"), (513, bytes(range(65))), (26, b"\x12\x34"), (16, bytes(2))])
def test_bits_that_no_card_has(count: int, data: bytes) -> None:
    assert bits_identifier(count, data) is None
    assert bits_identifier(16, b"\xff\xff") is None


@pytest.mark.parametrize("digits", ["", "0", "000", "12a", "-1", "１２", "1" * 129, " 1"])
def test_digits_that_are_no_number(digits: str) -> None:
    assert decimal_identifier(digits) is None


@pytest.mark.parametrize("digits", ["", "0g", "0x12", "ａｂ", "1" * 129, "0000", "f"])
def test_hexadecimal_digits_that_are_no_number(digits: str) -> None:
    assert hexadecimal_identifier(digits) is None


def test_a_held_card_is_one_presentation_however_long() -> None:
    watch = RepeatWatch()
    told = [watch.is_repeat(b"one", at * HELD_SECONDS * 0.9) for at in range(5)]
    assert told == [False, True, True, True, True]
    assert not watch.is_repeat(b"one", 100.0)
    assert not watch.is_repeat(b"two", 100.1)
    assert not watch.is_repeat(b"one", 100.2)
