"""Letters say everything in Japanese and in English, name nobody, and tell nothing in their subject."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from contract.letter_words import LANGUAGES, LetterWords, compose_letter, load_letter_book, write_span
from contract.sealed_bytes import SealError
from contract.sealed_codes import open_code, seal_code
from domain.notices.reservee_letter import LetterKind

FILLING = {
    "facility": "市民館",
    "facility_en": "Civic Hall",
    "room": "ホール",
    "room_en": "Hall",
    "from_at": "2026-12-01T00:00:00+00:00",
    "until_at": "2026-12-01T03:00:00+00:00",
}
KEY = bytes(range(32))


@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_is_said_in_both_languages(kind: LetterKind) -> None:
    subject, text = compose_letter(kind, FILLING, "https://rooms.city.example/bookings/r1")
    for language in LANGUAGES:
        assert load_letter_book(language).kinds[kind].subject in subject
        assert load_letter_book(language).foot in text
    assert text.count("https://rooms.city.example/bookings/r1") == len(LANGUAGES)
    assert "{" not in text


def test_each_half_has_its_own_names_and_times() -> None:
    _, text = compose_letter(LetterKind.permitted, FILLING, "")
    japanese, english = text.split("-" * 40)
    assert "市民館 ホール\n2026年12月1日（火）09:00〜12:00" in japanese
    assert "Civic Hall Hall\nTue 2026-12-01 09:00–12:00" in english


def test_what_is_missing_is_a_dash_and_what_is_long_is_cut() -> None:
    _, text = compose_letter(LetterKind.draw_won, {"name": "長" * 200}, "")
    assert "長" * 79 + "…" in text
    assert "—件" in text


def test_a_stretch_over_midnight_names_its_last_day() -> None:
    span = datetime(2026, 12, 1, 0, tzinfo=UTC), datetime(2026, 12, 2, 3, tzinfo=UTC)
    assert write_span(*span, language="ja") == "2026年12月1日（火）09:00〜2026年12月2日（水）12:00"


def test_words_that_would_tell_more_are_refused() -> None:
    with pytest.raises(ValidationError, match="subject"):
        LetterWords(subject="{room}の予約", body="-")
    with pytest.raises(ValidationError, match="expected only"):
        LetterWords(subject="予約", body="{reservee}様")


def test_a_sealed_code_opens_for_its_own_letter_alone() -> None:
    sealed = seal_code(KEY, "c1", "123456", bytes(12))
    assert open_code(KEY, "c1", sealed) == "123456"
    with pytest.raises(SealError):
        open_code(KEY, "c2", sealed)
    with pytest.raises(SealError):
        open_code(bytes(32), "c1", sealed)
