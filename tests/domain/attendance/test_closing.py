"""The states at a month's end: the table, confirmations that name what was seen, two persons to reopen."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.closing import (
    CONFIRMED,
    IN_FORCE,
    TRANSITIONS,
    Actor,
    MonthAct,
    MonthStanding,
    MonthState,
    MonthWish,
    assess_month_act,
    step_month,
)
from domain.attendance.month_fault import WORDS, MonthWhy, RefusedMonthError

PEOPLE = st.sampled_from(["p1", "head", "hr1", "hr2", ""])
HASHES = st.sampled_from(["a", "b"])
WISHES = st.builds(
    MonthWish,
    st.sampled_from(MonthAct),
    PEOPLE,
    st.frozensets(st.sampled_from(Actor)),
    HASHES,
    st.sampled_from(["", "誤り"]),
)
OPEN = MonthStanding("p1", "2025-11")


@given(st.lists(st.tuples(WISHES, HASHES), max_size=40))
def test_whatever_is_tried_the_month_keeps_its_promises(tries: list[tuple[MonthWish, str]]) -> None:
    standing = OPEN
    for wish, counted in tries:
        faults = assess_month_act(standing, wish, counted)
        if faults:
            with pytest.raises(RefusedMonthError) as refused:
                step_month(standing, wish, counted)
            assert refused.value.faults == faults
            continue
        after = step_month(standing, wish, counted)
        assert after.version - standing.version == (wish.act is MonthAct.close)
        if after.state in CONFIRMED or wish.act is MonthAct.close:
            assert after.seen_hash == wish.seen_hash == counted
        if wish.act is MonthAct.close:
            assert standing.state is MonthState.head_confirmed
            assert standing.seen_hash == counted
        if wish.act is MonthAct.confirm_as_head:
            assert wish.by != "p1"
        if standing.state in IN_FORCE and after.state not in IN_FORCE:
            assert wish.act is MonthAct.agree_reopening
            assert wish.by not in {"p1", standing.proposed_by}
        assert (after.proposed_by is not None) is (after.state is MonthState.reopening)
        standing = after


@given(WISHES, st.sampled_from(MonthState), HASHES)
def test_what_the_table_does_not_name_is_refused(wish: MonthWish, state: MonthState, counted: str) -> None:
    if (state, wish.act) not in TRANSITIONS:
        (fault,) = assess_month_act(replace(OPEN, state=state), wish, counted)
        assert (fault.field, fault.why) == ("act", MonthWhy.not_now)


def test_every_fault_is_told() -> None:
    wish = MonthWish(MonthAct.confirm_as_head, "p1", frozenset(), "a")
    with pytest.raises(RefusedMonthError) as refused:
        step_month(OPEN, wish, "b")
    assert [(fault.field, fault.why) for fault in refused.value.faults] == [
        ("by", MonthWhy.not_yours),
        ("by", MonthWhy.own_month),
        ("reason", MonthWhy.no_reason),
        ("seen_hash", MonthWhy.changed),
    ]
    assert "理由を入力してください" in str(refused.value)
    assert "look at it and confirm again" in str(refused.value)


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(WORDS) == set(MonthWhy)
    assert all(" / " in words and not words.isascii() for words in WORDS.values())


def test_every_state_but_open_can_be_left_for_open() -> None:
    for state in MonthState:
        reached, ahead = {state}, [state]
        while ahead:
            here = ahead.pop()
            new = {transition.to for (at, _), transition in TRANSITIONS.items() if at is here} - reached
            reached |= new
            ahead += new
        assert MonthState.open in reached
