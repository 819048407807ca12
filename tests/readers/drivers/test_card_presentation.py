"""One event a presentation: the rules by example, then whatever a field can do."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.drivers.field_watch import KEPT_SECONDS, FieldWatch
from readers.drivers.port import CardSeen, ReadTrouble
from readers.drivers.presentation import (
    EMPTY,
    MISSES_TO_LIFT,
    Reading,
    Sight,
    step_field,
)

A = Reading("felica_idm", bytes.fromhex("0101050103b0c30b"))
B = Reading("felica_idm", bytes.fromhex("0101050103b0c30c"))
CARD = Reading("iso14443_uid", bytes.fromhex("04112233445566"))
PROVEN = Reading("felica_lite_s", A.identifier, 3, "lite-s mutual key 1")
MISS: tuple[Sight, ...] = ()


def events(looks: Sequence[Sequence[Sight]]) -> list[Sight]:
    field, news = EMPTY, []
    for look in looks:
        field, fresh = step_field(field, look)
        news += fresh
    return news


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([[A]] * 9, [A]),
        ([[A], MISS, [A], MISS, MISS, [A]], [A]),  # it flickers
        ([[A], *[MISS] * MISSES_TO_LIFT, [A]], [A, A]),  # it was lifted
        ([[A], MISS, [B], [B]], [A, B]),  # the next person is quick
        ([[A, B], [A, B], [A], [A]], ["several_cards"]),  # the one left behind is nobody's tap
        ([[A], [A], [A, CARD], [CARD]], [A, "several_cards"]),
        ([[A], [B], [A], [B], [A]], [A, B, "several_cards"]),  # two FeliCa that take turns answering
        ([[A, B], *[MISS] * MISSES_TO_LIFT, [B]], ["several_cards", B]),
        ([["random_id"]] * 6, ["random_id"]),  # it changes at every look, and is the same sight
        ([[A, "random_id"]] * 3, [A]),  # a phone shows both
        ([["random_id", PROVEN]] * 3, [PROVEN]),
        ([["emulated_id", "random_id"]] * 3, ["emulated_id"]),
        ([["not_genuine"]] * 4, ["not_genuine"]),
        ([["not_genuine", A]] * 2, ["several_cards"]),
        ([["torn"], [A]], ["torn", A]),
        ([["garbled"], [A], ["garbled"], [A]], ["garbled", A]),
        ([["unsupported"]] * 3, ["unsupported"]),
    ],
)
def test_one_event_a_presentation(looks: list[Sequence[Sight]], expected: list[Sight]) -> None:
    assert events(looks) == expected


def test_a_reader_that_reopens_repeats_no_tap_but_does_not_remember_for_long() -> None:
    now = [100.0]
    watch = FieldWatch("west", clock=lambda: now[0])
    assert watch.look([A]) == (CardSeen("west", "felica_idm", A.identifier, 1, 100.0),)
    now[0] += KEPT_SECONDS
    assert watch.look([A]) == ()
    now[0] += KEPT_SECONDS + 0.1
    assert watch.look(["torn"]) == (ReadTrouble("west", "torn"),)
    assert watch.look([A]) == (CardSeen("west", "felica_idm", A.identifier, 1, now[0]),)


def test_what_proved_a_card_is_told() -> None:
    watch = FieldWatch("west", clock=lambda: 7.0)
    assert watch.look([PROVEN]) == (CardSeen("west", "felica_lite_s", A.identifier, 3, 7.0, "lite-s mutual key 1"),)


SIGHTS: list[Sight] = [A, B, CARD, PROVEN, "random_id", "unsupported", "not_genuine"]
LOOKS = st.lists(st.sets(st.sampled_from(SIGHTS), max_size=3), max_size=60)


@given(LOOKS)
def test_a_card_counts_again_only_after_it_was_lifted(looks: list[set[Sight]]) -> None:
    field, seen_at = EMPTY, {}
    for number, look in enumerate(looks):
        field, fresh = step_field(field, sorted(look, key=repr))
        for card in fresh:
            if isinstance(card, Reading):
                assert number - seen_at.get(card, -MISSES_TO_LIFT - 1) > MISSES_TO_LIFT
        seen_at.update((card, number) for card in look)


@given(LOOKS)
def test_whatever_the_field_does_only_what_was_seen_is_reported_and_at_most_one_thing_a_look(
    looks: list[set[Sight]],
) -> None:
    field = EMPTY
    for look in looks:
        field, fresh = step_field(field, sorted(look, key=repr))
        assert len(fresh) <= 1
        assert {card for card in fresh if isinstance(card, Reading)} <= look
        assert len(field.misses) <= len(SIGHTS)


@given(LOOKS, st.sampled_from([A, B, CARD]))
def test_after_any_past_a_quiet_field_takes_the_next_card(looks: list[set[Sight]], card: Reading) -> None:
    past = [sorted(look, key=repr) for look in looks]
    quiet = [*past, *[MISS] * MISSES_TO_LIFT]
    assert events([*quiet, [card]]) == [*events(quiet), card]
