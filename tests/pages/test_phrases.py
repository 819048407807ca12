"""Dates and times as people read them: as short as they can be without being taken for others."""

from datetime import UTC, datetime

import pytest

from gateway.pages.drawing.phrases import Phrases
from gateway.pages.words import Language

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "japanese", "english"),
    [
        (datetime(2026, 11, 22, 1, 30, 5, tzinfo=UTC), "10:30:05", "10:30:05"),
        (datetime(2026, 11, 21, 15, 0, tzinfo=UTC), "00:00:00", "00:00:00"),
        (datetime(2026, 11, 21, 1, 30, tzinfo=UTC), "11月21日（土） 10:30:00", "Sat 21 November 10:30:00"),
        (datetime(2027, 12, 25, 15, tzinfo=UTC), "2027年12月26日（日） 00:00:00", "Sun 26 December 2027 00:00:00"),
    ],
    ids=["today", "after midnight here", "another day", "another year"],
)
def test_an_instant_names_its_day_and_its_year_where_they_are_others(at: datetime, japanese: str, english: str) -> None:
    assert Phrases(Language.ja).moment(at, NOW) == japanese
    assert Phrases(Language.en).moment(at, NOW) == english


def test_names_are_joined_as_the_language_does() -> None:
    assert [Phrases(each).comma for each in Language] == ["、", ", "]
    assert [Phrases(each).dot for each in Language] == ["・", " · "]


def test_an_instant_to_come_is_never_told_too_early() -> None:
    last = datetime(2026, 12, 31, 14, 59, 30, tzinfo=UTC)
    assert Phrases(Language.ja).until(last, NOW) == "2027年1月1日（金） 00:00"
