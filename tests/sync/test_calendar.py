"""The days off of a Japanese city, by year and in the database."""

from datetime import date

import pytest

from store.calendar import list_calendar
from store.tx import Store
from sync.calendar.japan import days_off, holidays_between
from sync.jobs.fill_calendar import fill_calendar
from tests.sync.desks import DECEMBER


def test_november_2025() -> None:
    assert sorted(holidays_between(date(2025, 11, 1), date(2025, 11, 30))) == [
        date(2025, 11, 3), date(2025, 11, 23), date(2025, 11, 24),
    ]  # fmt: skip


def test_the_turn_of_the_year_is_off_and_new_years_day_keeps_its_name() -> None:
    turn = sorted(holidays_between(date(2025, 12, 25), date(2026, 1, 5)))
    assert [on.day for on in turn] == [29, 30, 31, 1, 2, 3]
    assert dict(days_off(2026))[date(2026, 1, 1)] == "元日"


def test_years_before_the_law_are_refused() -> None:
    with pytest.raises(ValueError, match="1948"):
        days_off(1948)


def test_the_calendar_is_filled_once(store: Store) -> None:
    with store.transaction(DECEMBER) as tx:
        assert fill_calendar(tx, date(2025, 12, 3)) == (2024, 2025, 2026, 2027)
        assert fill_calendar(tx, date(2025, 12, 3)) == ()
        assert fill_calendar(tx, date(2026, 1, 1)) == (2028,)
        found = list_calendar(tx, date(2025, 11, 1), date(2025, 11, 30))
    assert [(day.day_on.day, day.name) for day in found] == [
        (3, "文化の日"), (23, "勤労感謝の日"), (24, "勤労感謝の日 振替休日"),
    ]  # fmt: skip
