"""Quiet hours and the digest: nothing leaves too early, nothing waits longer than a day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import civil_minute, instant
from domain.notices.due import ALWAYS, Habits, HabitsError, due_at, is_quiet

MINUTES = st.integers(0, 1439)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
QUIET = st.tuples(MINUTES, MINUTES).filter(lambda ends: ends[0] != ends[1])
NIGHT = Habits(20 * 60, 7 * 60)


def jst(clock_minute: int, day: int = 4) -> datetime:
    return instant(datetime(2025, 11, day).date(), clock_minute).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (jst(19 * 60 + 59), jst(19 * 60 + 59)),
        (jst(20 * 60), jst(7 * 60, 5)),
        (jst(0, 5), jst(7 * 60, 5)),
        (jst(6 * 60 + 59, 5), jst(7 * 60, 5)),
        (jst(7 * 60, 5), jst(7 * 60, 5)),
    ],
)
def test_a_night_is_slept_through(now: datetime, due: datetime) -> None:
    assert due_at(now, NIGHT) == due


@given(INSTANTS, QUIET)
def test_nothing_leaves_in_quiet_hours_and_nothing_waits_longer_than_they_last(
    now: datetime, ends: tuple[int, int]
) -> None:
    habits = Habits(*ends)
    due = due_at(now, habits)
    assert due >= now
    assert not is_quiet(due, habits)
    assert due - now <= timedelta(minutes=(ends[1] - ends[0]) % 1440)
    if not is_quiet(now, habits):
        assert due == now


@given(INSTANTS, MINUTES)
def test_a_digest_comes_at_its_minute_within_a_day(now: datetime, minute: int) -> None:
    due = due_at(now, Habits(digest_minute=minute))
    assert timedelta(0) <= due - now < timedelta(days=1)
    assert civil_minute(due)[1] == minute


@given(INSTANTS)
def test_without_habits_at_once(now: datetime) -> None:
    assert due_at(now, ALWAYS) == now


@pytest.mark.parametrize(
    ("habits", "field"),
    [
        ({"quiet_from_minute": 0}, "quiet_until_minute"),
        ({"quiet_until_minute": 0}, "quiet_from_minute"),
        ({"quiet_from_minute": 60, "quiet_until_minute": 60}, "quiet_until_minute"),
        ({"quiet_from_minute": 1440, "quiet_until_minute": 60}, "quiet_from_minute"),
        ({"digest_minute": -1}, "digest_minute"),
    ],
)
def test_impossible_hours_are_refused_by_name(habits: dict[str, int], field: str) -> None:
    with pytest.raises(HabitsError, match=" / expected") as refused:
        Habits(**habits)
    assert refused.value.field == field
