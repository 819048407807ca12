"""Months by name: which texts name one, and which lie beside another."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.month import month_bounds
from gateway.pages.drawing.months import if_begun, is_month, month_of, shift_month


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-00", "1999-12", "2025-1", "2025-011", "2025-11\n", "２０２５-11"]
)
def test_what_is_no_month(text: str) -> None:
    assert not is_month(text)


@given(st.dates(date(2000, 2, 1), date(2099, 11, 30)), st.integers(-500, 500))
def test_months_beside_each_other(on: date, months: int) -> None:
    month = month_of(on)
    assert is_month(month)
    assert shift_month(shift_month(month, months), -months) == month
    assert (month_bounds(month)[0] - month_bounds(shift_month(month, -1))[1]).days == 1


def test_a_month_has_begun_from_its_first_day_on() -> None:
    assert [if_begun("2025-12", on) for on in (date(2025, 11, 30), date(2025, 12, 1))] == ["", "2025-12"]
