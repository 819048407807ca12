"""Every kind has words in both languages, what may leave the city's network names nobody, and fillings are data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.message_words import FILLING_MAX, LANGUAGES, UNKNOWN, KindWords, Language, load_message_words
from domain.attendance.requests import RequestKind
from domain.notices.application_notice import ApplicationNotice, derive_messages
from domain.notices.message import Message

STATES = ("submitted", "approved", "returned", "rejected", "cancelled")


def test_both_languages_say_the_same_kinds() -> None:
    japanese, english = (load_message_words(language) for language in LANGUAGES)
    assert japanese.kinds.keys() == english.kinds.keys()
    assert {name: set(words) for name, words in japanese.words.items()} == {
        name: set(words) for name, words in english.words.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_application_has_a_word(language: Language) -> None:
    assert set(load_message_words(language).words["application_kind"]) == {kind.value for kind in RequestKind}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_acts_are_told_in_words(language: Language, state: str) -> None:
    notice = ApplicationNotice("a1", "leave", "approve", state, 1, "p1", "p1", "p9", "2025-11-04", ("p8",))
    told = derive_messages(notice)
    assert told
    for message in told:
        said = load_message_words(language).say(message)
        assert "2025-11-04" in said.body
        assert "2025-11-04" not in said.short
        assert "leave" not in said.body or language == "en"


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_a_filling_is_never_a_template_nor_a_line_of_its_own(text: str, language: Language) -> None:
    words = load_message_words(language)
    said = words.say(Message("p1", "month_to_confirm", "s", "/", {"period": text + "{on}{0.__class__}\r\nBcc: x"}))
    assert len(said.short.splitlines()) == 1
    assert "<class" not in said.short
    assert len(said.short) <= len(words.kinds["month_to_confirm"].short) + FILLING_MAX


def test_a_missing_filling_is_a_dash_and_an_unknown_kind_is_said() -> None:
    words = load_message_words("ja")
    assert UNKNOWN in words.say(Message("p1", "cap_near", "s", "/")).body
    with pytest.raises(KeyError):
        words.say(Message("p1", "no_such_kind", "s", "/"))


def test_words_that_leave_may_not_ask_for_names() -> None:
    with pytest.raises(ValueError, match="expected only"):
        KindWords(title="{application_kind}", body="x", short="x")
