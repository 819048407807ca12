"""Closures against other people's arithmetic: RFC 5545's n-th weekdays, and real years of Japanese holidays."""

from datetime import date, datetime, timedelta

from dateutil.rrule import MONTHLY, rrule
from dateutil.rrule import weekday as nth_weekday
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.closures import (
    LAST,
    ClosureKind,
    ClosureRule,
    OnHoliday,
    closes_on,
    list_national_holidays,
)
from sync.calendar.japan import days_off

YEARS = range(2019, 2031)
TABLE = frozenset(on for year in YEARS for on, _ in days_off(year))
NATIONAL = list_national_holidays(TABLE)
years = st.sampled_from(range(2020, 2030))
weekdays = st.sets(st.integers(0, 6), min_size=1).map(frozenset)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


@given(years, weekdays, st.sets(st.sampled_from([1, 2, 3, 4, 5, LAST]), min_size=1).map(frozenset))
def test_nth_weekdays_are_those_of_the_calendar_standard(year: int, days: frozenset[int], nths: frozenset[int]) -> None:
    rule = ClosureRule("c", ClosureKind.monthly, "x", weekdays=days, nths=nths)
    by_day = [nth_weekday(day, nth) for day in days for nth in nths]
    start, end = datetime(year, 1, 1), datetime(year, 12, 31)
    expected = {at.date() for at in rrule(MONTHLY, dtstart=start, until=end, byweekday=by_day)}
    assert {on for on in days_of(year) if closes_on(rule, on, TABLE)} == expected


@given(years, weekdays.filter(lambda days: max(days) < 5))
def test_each_closing_weekday_closes_itself_or_the_first_weekday_after_the_holidays(
    year: int, days: frozenset[int]
) -> None:
    rule = ClosureRule("c", ClosureKind.weekly, "x", weekdays=days, on_holiday=OnHoliday.next_weekday)
    closed = {on for on in days_of(year) if closes_on(rule, on, TABLE)}
    expected = set()
    for on in days_of(year):
        moved = on
        while on.weekday() in days and (moved in NATIONAL or moved.weekday() >= 5):
            moved += timedelta(days=1)
        if on.weekday() in days:
            expected.add(moved)
    # What was moved over the year's beginning is the other year's.
    inside = {on for on in days_of(year) if (on.month, on.day) > (1, 10) and (on.month, on.day) < (12, 20)}
    assert closed & inside == expected & inside
    assert not closed & NATIONAL


def test_a_hall_that_is_closed_on_mondays_in_a_real_year() -> None:
    """2026: seven holidays fall on a Monday; May and September move theirs past a row of days off."""
    rule = ClosureRule("c", ClosureKind.weekly, "x", weekdays=frozenset({0}), on_holiday=OnHoliday.next_weekday)
    others = [on for on in days_of(2026) if closes_on(rule, on, TABLE) and on.weekday() != 0]
    assert others == [
        date(2026, 1, 13),  # 成人の日
        date(2026, 2, 24),  # 天皇誕生日
        date(2026, 5, 7),  # みどりの日, then こどもの日 and its substitute
        date(2026, 7, 21),  # 海の日
        date(2026, 9, 24),  # 敬老の日, 国民の休日, 秋分の日
        date(2026, 10, 13),  # スポーツの日
        date(2026, 11, 24),  # 勤労感謝の日
    ]
