"""How sure a place is: by age, by what watches the door, by who said so."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.access.whereabouts import Doubt, doubt_place

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)  # 14:00 in Japan


@pytest.mark.parametrize(
    ("hours", "watched", "told", "doubt"),
    [
        (1, True, False, Doubt.none),
        (1, False, False, Doubt.unwatched),
        (1, True, True, Doubt.told),
        (3.99, True, False, Doubt.none),
        (4, True, False, Doubt.long_ago),
        (9.9, False, False, Doubt.long_ago),
        (10.1, True, False, Doubt.earlier_day),  # before 04:00
        (30, True, True, Doubt.earlier_day),
    ],
)
def test_doubt(hours: float, watched: bool, told: bool, doubt: Doubt) -> None:
    assert doubt_place(NOW - timedelta(hours=hours), NOW, watched=watched, told=told) is doubt
