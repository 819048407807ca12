"""Figures are written in each notation and read back; H.MM and decimal hours are never mixed up."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.payroll.notation import read_figure, write_figure

minutes = st.integers(-60_000, 600_000)


@pytest.mark.parametrize(
    ("unit", "told"), [("minutes", "195"), ("h.mm", "3.15"), ("h:mm", "3:15"), ("decimal", "3.25")]
)
def test_three_hours_fifteen(unit: str, told: str) -> None:
    assert write_figure(195, unit) == told
    assert read_figure(told, unit) == 195


def test_the_seed_sum_is_six_hours_in_every_notation() -> None:
    assert [write_figure(195 + 165, unit) for unit in ("h.mm", "h:mm", "decimal", "minutes")] == [
        "6.00",
        "6:00",
        "6.00",
        "360",
    ]


@pytest.mark.parametrize(("rounding", "told"), [("half_up", "3.33"), ("down", "3.33"), ("up", "3.34")])
def test_decimal_hours_are_rounded_as_the_layout_says(rounding: str, told: str) -> None:
    assert write_figure(200, "decimal", rounding=rounding) == told


def test_digits_of_decimals_and_days() -> None:
    assert [write_figure(200, "decimal", digits=digits) for digits in (0, 1, 4)] == ["3", "3.3", "3.3333"]
    assert (write_figure(12, "days", digits=1), write_figure(12, "days", digits=0)) == ("12.0", "12")
    assert write_figure(-1, "decimal", digits=1) == "0.0"


@given(minutes, st.sampled_from(["minutes", "h.mm", "h:mm", "decimal"]))
def test_what_is_written_is_read_back(amount: int, unit: str) -> None:
    assert read_figure(write_figure(amount, unit), unit) == amount


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3.5", "h.mm"),
        ("3.60", "h.mm"),
        ("3:60", "h:mm"),
        ("1,5", "decimal"),
        ("1e3", "minutes"),
        ("1.5", "minutes"),
        ("１", "minutes"),
        ("=1", "minutes"),
        ("1.5", "hours"),
    ],
)
def test_what_is_no_figure_is_refused(text: str, unit: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_figure(text, unit)


def test_nothing_is_zero() -> None:
    assert [read_figure(text, "h.mm") for text in ("", " ", "7")] == [0, 0, 420]


@given(st.text(max_size=12), st.sampled_from(["minutes", "h.mm", "h:mm", "decimal", "hours"]))
def test_any_text_is_read_or_refused(text: str, unit: str) -> None:
    with contextlib.suppress(ValueError):
        assert abs(read_figure(text, unit)) < 10**9
