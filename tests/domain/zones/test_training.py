"""Trainings: what counts until when, to the midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.zones.training import Attendance, Training, assess_training, lapses_at, list_lapsing

SECURITY = Training("security", "情報セキュリティ研修", "Security training", 12)
DRILL = Training("drill", "標的型メール訓練", "Phishing drill", 6)


def jst(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC) - timedelta(hours=9)


@pytest.mark.parametrize(
    ("on", "months", "until"),
    [
        (date(2025, 4, 10), 12, jst(2026, 4, 11)),
        (date(2024, 2, 29), 12, jst(2025, 3, 1)),
        (date(2025, 8, 31), 6, jst(2026, 3, 1)),
        (date(2025, 12, 31), 1, jst(2026, 2, 1)),
    ],
)
def test_a_training_counts_until_the_same_day_is_over(on: date, months: int, until: datetime) -> None:
    assert lapses_at(Training("t", "研修", "t", months), on) == until


def test_the_last_one_passed_counts_and_the_first_to_lapse_ends_it() -> None:
    done = [
        Attendance("s1", "security", date(2024, 4, 1)),
        Attendance("s1", "security", date(2025, 4, 10)),
        Attendance("s1", "drill", date(2025, 9, 1)),
        Attendance("s1", "drill", date(2025, 10, 1), passed=False),
    ]
    found = assess_training([SECURITY, DRILL], done, jst(2025, 11, 20))
    assert found.missing == frozenset()
    assert found.ends_at == jst(2026, 3, 2)
    over = assess_training([SECURITY, DRILL], done, jst(2026, 3, 2))
    assert (over.missing, over.ends_at) == (frozenset(("drill",)), jst(2026, 4, 11))
    assert list_lapsing([SECURITY, DRILL], done, jst(2026, 2, 20), timedelta(days=30)) == [("drill", jst(2026, 3, 2))]


def test_what_was_never_done_is_missing() -> None:
    assert assess_training([SECURITY], [], jst(2025, 11, 20)).missing == {"security"}
