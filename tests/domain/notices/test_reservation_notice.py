"""Who hears what of a reservation: deciders that it waits, members of staff what became of their own, in words."""

from dataclasses import replace

import pytest

from contract.message_words import LANGUAGES, load_message_words
from domain.facilities.reservation import ReservationAct
from domain.notices.reservation_notice import (
    WAITING,
    ReservationNotice,
    derive_reservation_messages,
    list_settled_subjects,
)

APPLIED = ReservationNotice("r1", "apply", "applied", 2, "会議室", "2026-12-01", "p1", "p1", ("p9", "p8", "p1"))


def test_deciders_hear_that_it_waits_and_nobody_of_his_own_act() -> None:
    told = derive_reservation_messages(APPLIED)
    assert [(each.person_id, each.kind, each.subject) for each in told] == [
        ("p8", WAITING, "r1/2"),
        ("p9", WAITING, "r1/2"),
    ]


@pytest.mark.parametrize("act", ["permit", "ask", "reject", "cancel", "revoke", "change", "expire"])
def test_the_reservee_hears_what_others_did_in_words_of_both_languages(act: str) -> None:
    (told,) = derive_reservation_messages(replace(APPLIED, act=act, state="over", by_person_id="p9"))
    assert (told.person_id, told.link) == ("p1", "/bookings/r1")
    for language in LANGUAGES:
        said = load_message_words(language).say(told)
        assert "会議室" in said.body
        assert "会議室" not in said.title + said.short


def test_a_citizen_has_no_messages_here() -> None:
    assert derive_reservation_messages(replace(APPLIED, act="permit", state="permitted", person_id=None)) == ()


def test_a_question_goes_to_the_reservee_and_not_again_to_the_deciders() -> None:
    told = derive_reservation_messages(replace(APPLIED, act="ask", by_person_id="p9"))
    assert [(each.person_id, each.kind) for each in told] == [("p1", "reservation_asked")]


@pytest.mark.parametrize("act", ["hold", "begin", "complete", "miss"])
def test_what_needs_no_word_gives_none(act: str) -> None:
    assert act in {each.value for each in ReservationAct}
    assert derive_reservation_messages(replace(APPLIED, act=act, state="over", by_person_id="p9")) == ()


def test_what_was_decided_waits_no_longer() -> None:
    assert list_settled_subjects(APPLIED) == ("r1/1",)
    assert list_settled_subjects(replace(APPLIED, state="permitted")) == ("r1/1", "r1/2")
