"""Civil time: duty days, minutes past midnight, H.MM, eras."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import (
    JST,
    civil_minute,
    duty_day,
    format_clock,
    format_era,
    format_h_mm,
    instant,
    minute_on,
    month_end,
    parse_clock,
)

instants = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
dates = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "0.00"), (195, "3.15"), (165, "2.45"), (195 + 165, "6.00"), (59, "0.59"), (60, "1.00"), (-90, "-1.30")],
)
def test_h_mm_is_sexagesimal(minutes: int, shown: str) -> None:
    assert format_h_mm(minutes) == shown


@pytest.mark.parametrize(("text", "minutes"), [("8:30", 510), ("08:30", 510), ("24:00", 1440), ("25:30", 1530)])
def test_clock(text: str, minutes: int) -> None:
    assert parse_clock(text) == minutes


@pytest.mark.parametrize("text", ["", "830", "8:60", "8:5", "a:30", "-1:00", "08:30:00", "１:30"])
def test_no_clock(text: str) -> None:
    with pytest.raises(ValueError, match="expected HH:MM"):
        parse_clock(text)


@given(st.integers(0, 4 * 1440))
def test_clock_round_trip(minutes: int) -> None:
    assert parse_clock(format_clock(minutes)) == minutes


@given(instants)
def test_minute_on_reverses_instant(at: datetime) -> None:
    on, minute = civil_minute(at)
    assert 0 <= minute < 1440
    assert instant(on, minute) == at.replace(second=0, microsecond=0)
    assert minute_on(at, on - timedelta(days=1)) == minute + 1440


@given(dates, st.integers(0, 3 * 1440))
def test_instant_reverses_minute_on(on: date, minute: int) -> None:
    assert minute_on(instant(on, minute), on) == minute


def test_duty_day_changes_at_the_cut() -> None:
    before = datetime(2025, 11, 14, 4, 59, tzinfo=JST)
    assert duty_day(before, date_change_minutes=300) == date(2025, 11, 13)
    assert duty_day(before + timedelta(minutes=1), date_change_minutes=300) == date(2025, 11, 14)


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 22), "令和8年11月22日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
    ],
)
def test_era(on: date, shown: str) -> None:
    assert format_era(on) == shown


def test_no_era_before_showa() -> None:
    with pytest.raises(ValueError, match="昭和"):
        format_era(date(1926, 12, 24))


@pytest.mark.parametrize(
    ("on", "months", "last_on"),
    [
        (date(2025, 11, 1), 0, date(2025, 11, 30)),
        (date(2025, 11, 30), 2, date(2026, 1, 31)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2027, 12, 15), 2, date(2028, 2, 29)),
        (date(9999, 12, 1), 0, date(9999, 12, 31)),
    ],
)
def test_the_last_day_of_a_month(on: date, months: int, last_on: date) -> None:
    assert month_end(on, months=months) == last_on
