"""Twelve digits with a valid check digit are found however they are written; other numbers are let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.my_number import derive_check_digit, find_my_numbers, is_my_number

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
