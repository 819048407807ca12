"""Twelve digits with a valid check digit are found however they are written; other numbers are let through."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.my_number import (
    MyNumberError,
    derive_check_digit,
    find_my_numbers,
    is_my_number,
    refuse_my_numbers,
    spell_texts,
)

SAMPLE = "123456789018"
"""The example number of published guides; nobody's."""


def test_the_published_example_is_found() -> None:
    assert is_my_number(SAMPLE)
    assert not any(is_my_number(SAMPLE[:-1] + str(digit)) for digit in range(10) if digit != 8)


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234-5678-9018",
        "番号1234ー5678ー9018です",
        "x,123456789018,y",
        "1 2 3 4 5 6 7 8 9 0 1 8",
    ],
)
def test_it_is_found_however_it_is_written(text: str) -> None:
    assert len(find_my_numbers(text)) == 1


@pytest.mark.parametrize(
    "text", ["123456789017", "0123456789018", "1234567890189", "12345678901", "1234 5678 9018 1", "abc", ""]
)
def test_other_numbers_are_let_through(text: str) -> None:
    assert find_my_numbers(text) == ()


@given(st.integers(0, 10**11 - 1), st.text(alphabet="あx、 \n", max_size=5))
def test_every_number_is_found_where_it_stands(number: int, before: str) -> None:
    digits = f"{number:011d}"
    whole = digits + str(derive_check_digit(digits))
    ((first, behind),) = find_my_numbers(f"{before}、{whole}、")
    assert (first, behind) == (len(before) + 1, len(before) + 13)


@given(st.integers(0, 10**11 - 1), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_the_first_eleven_changes_the_check_digit_or_is_beyond_it(
    number: int, place: int, more: int
) -> None:
    """Remainders 0 and 1 share the digit 0 (the ordinance's own weakness); every other slip is caught."""
    digits = f"{number:011d}"
    slipped = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    one, other = derive_check_digit(digits), derive_check_digit(slipped)
    assert one != other or one == 0


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("1234　5678　9018", 0),
        ("1234．5678．9018", 0),
        (f"19900101 {SAMPLE}", 9),
        (f"{SAMPLE} 19900101", 0),
        ("1990-01-01 1234-5678-9018", 11),
        ("No.1234-5678-9018", 3),
        (f"x{SAMPLE}y", 1),
    ],
)
def test_it_is_found_beside_other_numbers(text: str, first: int) -> None:
    assert [found[0] for found in find_my_numbers(text)] == [first]


@pytest.mark.parametrize(
    "text",
    [
        "12345678-9018-1234-5678-9012a4567890",
        "aa123456789018bbccddeeff00112233",
        "0a1234567890181f",
        "12-34-56-78-90-18",
        "123.45.67.89 123.45.67.90",
        "+81-345-678-9018",
        "1234-5678-9018-3456",
        "9999-1234-5678-9018",
    ],
)
def test_what_has_a_form_of_its_own_is_let_through(text: str) -> None:
    assert find_my_numbers(text) == ()


@given(st.binary(min_size=16, max_size=32), st.binary(min_size=32, max_size=32))
def test_no_id_and_no_secret_is_taken_for_one(of_an_id: bytes, of_a_secret: bytes) -> None:
    hexadecimal = of_an_id.hex()
    if any(mark in "abcdef" for mark in hexadecimal) and len(hexadecimal) >= 24:
        assert find_my_numbers(hexadecimal) == ()
    secret = urlsafe_b64encode(of_a_secret).decode().rstrip("=")
    if any(mark.isalpha() for mark in secret):
        assert find_my_numbers(secret) == ()


@given(st.integers(0, 10**11 - 1))
def test_the_error_says_where_and_never_what(number: int) -> None:
    digits = f"{number:011d}"
    whole = digits + str(derive_check_digit(digits))
    with pytest.raises(MyNumberError) as raised:
        refuse_my_numbers(spell_texts({"rooms": [{"name": "ホール"}, {"name": whole}]}))
    assert raised.value.place == "rooms.2.name"
    assert whole not in str(raised.value)


def test_numbers_and_names_of_fields_are_texts_too() -> None:
    for tree in ({"a": int(SAMPLE)}, {SAMPLE: "a"}, [[SAMPLE]]):
        with pytest.raises(MyNumberError):
            refuse_my_numbers(spell_texts(tree))
    refuse_my_numbers(spell_texts({"a": [1, True, None, 2.5, "b"]}))
