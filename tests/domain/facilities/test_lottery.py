"""A draw is the same for everybody who replays it, gives nothing twice, and prefers what was preferred."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facilities.lottery import (
    Entry,
    Lot,
    Round,
    assess_choices,
    assess_round,
    draw_wins,
    hash_seed,
    order_entries,
)
from domain.facilities.round_fault import RoundFault, RoundWhy
from domain.facilities.round_words import FIELDS, WORDS, describe_round_fault, tell_round_fault

NOW = datetime(2026, 11, 20, tzinfo=UTC)
START = NOW + timedelta(days=40)


def lot(number: int, *, hour: int = 0, wins: int = 1) -> Lot:
    return Lot(f"l{number}", f"room{number}", START + timedelta(hours=hour), START + timedelta(hours=hour + 2), wins)


LOTS = [lot(1), lot(2, hour=1), lot(3, hour=2, wins=2), lot(4, hour=6)]
ROUND = Round("r", "f", "夏", "Summer", NOW, NOW + timedelta(days=10), tuple(LOTS), hash_seed("s"))

seeds = st.text("0123456789abcdef", min_size=1, max_size=64)
entries_ = st.lists(
    st.tuples(st.permutations([each.id for each in LOTS]), st.integers(0, 4), st.integers(1, 4)), max_size=12
).map(lambda drawn: [Entry(f"e{n}", tuple(order[:count]), chances) for n, (order, count, chances) in enumerate(drawn)])


@given(seeds, entries_, st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_came_changes_nothing(
    seed: str, entries: list[Entry], most: int, random: object
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sorted(order_entries(seed, entries), key=lambda each: each.id) == sorted(entries, key=lambda each: each.id)
    assert draw_wins(seed, LOTS, shuffled, wins_most=most) == draw_wins(seed, LOTS, entries, wins_most=most)


@given(seeds, entries_, st.integers(1, 3))
def test_nothing_is_won_twice_and_nobody_wins_too_much(seed: str, entries: list[Entry], most: int) -> None:
    wins = draw_wins(seed, LOTS, entries, wins_most=most)
    known = {each.id: each for each in LOTS}
    choices = {each.id: each.choices for each in entries}
    for lot_id, count in Counter(win.lot_id for win in wins).items():
        assert count <= known[lot_id].wins
    for entry_id, count in Counter(win.entry_id for win in wins).items():
        assert count <= most
        mine = sorted((known[win.lot_id] for win in wins if win.entry_id == entry_id), key=lambda each: each.from_at)
        assert all(first.until_at <= second.from_at for first, second in itertools.pairwise(mine))
    assert all(win.lot_id in choices[win.entry_id] for win in wins)


@given(seeds, entries_)
def test_whoever_did_not_get_a_better_choice_lost_it_to_those_before(seed: str, entries: list[Entry]) -> None:
    wins = draw_wins(seed, LOTS, entries)
    got = {win.entry_id: win.lot_id for win in wins}
    position = {each.id: place for place, each in enumerate(order_entries(seed, entries), 1)}
    for entry in entries:
        mine = got.get(entry.id)
        better = entry.choices[: entry.choices.index(mine)] if mine else entry.choices
        for lot_id in better:
            winners = [win.entry_id for win in wins if win.lot_id == lot_id]
            assert len(winners) == next(each.wins for each in LOTS if each.id == lot_id)
            assert all(position[winner] < position[entry.id] for winner in winners)


def test_a_draw_that_was_published_is_replayed_by_its_numbers() -> None:
    # printf 2026-summer:e0:1 | sha256sum and so on: 01c8… e0, 19e7… e3, 4251… e4, 4e05… e1, 7ac6… e2
    entries = [Entry(f"e{number}", ("l1", "l3")) for number in range(5)]
    wins = draw_wins("2026-summer", LOTS, entries)
    assert [(win.position, win.entry_id, win.lot_id) for win in wins] == [
        (1, "e0", "l1"),
        (2, "e3", "l3"),
        (3, "e4", "l3"),
    ]


def test_more_chances_come_earlier_more_often() -> None:
    entries = [Entry("one", ("l1",)), Entry("three", ("l1",), chances=3)]
    won = Counter(draw_wins(str(seed), LOTS, entries)[0].entry_id for seed in range(400))
    assert 260 < won["three"] < 340  # three of four


def test_a_good_round_has_no_fault() -> None:
    assert assess_round(ROUND, NOW) == ()
    assert assess_choices(ROUND, ("l3", "l1")) == ()


@pytest.mark.parametrize(
    ("given_", "field", "why"),
    [
        ({"name": ""}, "name", RoundWhy.bad_text),
        ({"name_en": "x" * 81}, "name_en", RoundWhy.bad_text),
        ({"wins_most": 0}, "wins_most", RoundWhy.out_of_range),
        ({"choices_most": 21}, "choices_most", RoundWhy.out_of_range),
        ({"first_chances": 11}, "first_chances", RoundWhy.out_of_range),
        ({"enter_until_at": NOW}, "enter_until_at", RoundWhy.ends_before_start),
        ({"enter_until_at": START}, "lots", RoundWhy.lot_too_early),
        ({"lots": ()}, "lots", RoundWhy.out_of_range),
        ({"lots": (lot(1), lot(1))}, "lots", RoundWhy.lot_twice),
        ({"lots": (lot(1, wins=0),)}, "lots", RoundWhy.no_wins),
        ({"lots": (replace(lot(1), until_at=START),)}, "lots", RoundWhy.ends_before_start),
    ],
)
def test_each_fault_of_a_round_has_its_field(given_: dict[str, object], field: str, why: RoundWhy) -> None:
    faults = assess_round(replace(ROUND, **given_), NOW)  # type: ignore[arg-type]
    assert [(fault.field, fault.why) for fault in faults] == [(field, why)]
    assert all(tell_round_fault(fault) for fault in faults)


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ((), RoundWhy.no_choice),
        (("l1", "l2", "l3", "l4"), RoundWhy.too_many_choices),
        (("l1", "l1"), RoundWhy.choice_twice),
        (("l1", "l9"), RoundWhy.unknown_lot),
    ],
)
def test_each_fault_of_choices_is_told(choices: tuple[str, ...], why: RoundWhy) -> None:
    assert [fault.why for fault in assess_choices(ROUND, choices)] == [why]


@pytest.mark.parametrize("why", RoundWhy)
def test_every_reason_has_words_in_both_languages(why: RoundWhy) -> None:
    values = {"most": 3, "ends_at": NOW, "opens_at": NOW}
    japanese, english = describe_round_fault(RoundFault("id", why, values))
    assert japanese
    assert english
    assert "{" not in japanese + english
    assert set(WORDS) == set(RoundWhy)
    assert "id" in FIELDS
