"""The book against a switch: what is missing, what nobody booked, what is replaced, what has gone silent (Z14)."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.zones.cut_reason import CUT_WORDS, CutReason
from domain.zones.reconcile_sessions import (
    INTERIM,
    LIST_GRACE,
    SILENT_MAX,
    Differences,
    ListedSession,
    compare_sessions,
    find_replaced,
    find_silent,
)
from domain.zones.tier_session import LIVE, PortSession, SessionState
from tests.domain.zones.cases import LGWAN, NOW

HOUR_AGO = NOW - timedelta(hours=1)
CONFIRMED = SessionState.confirmed


def session(id_: str, **other: object) -> PortSession:
    made = PortSession(
        id_,
        LGWAN,
        20,
        "t",
        "s1",
        "sw",
        "7",
        CONFIRMED,
        HOUR_AGO,
        station=f"mac-{id_}",
        switch_session=f"n-{id_}",
        heard_at=NOW,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def test_z14_a_ghost_and_a_missing_one_are_told_apart() -> None:
    found = compare_sessions(
        [session("a"), session("b")], [ListedSession("n-a", "mac-a"), ListedSession("x", "y")], NOW
    )
    assert found == Differences(("b",), (ListedSession("x", "y"),))


def test_a_session_is_known_by_our_id_then_by_its_number_then_by_its_terminal() -> None:
    book = [session("a")]
    for listed in (
        ListedSession("other", "other", "a"),
        ListedSession("n-a", "other"),
        ListedSession("", "mac-a"),
    ):
        assert compare_sessions(book, [listed], NOW) == Differences()
    assert compare_sessions(book, [ListedSession("n-a", "mac-a", "b")], NOW).missing == ("a",)


def test_what_was_booked_just_now_or_not_begun_is_not_missing() -> None:
    book = [session("a", decided_at=NOW - LIST_GRACE / 2), session("b", state=SessionState.pending)]
    assert compare_sessions(book, [], NOW) == Differences()


def test_what_ended_after_the_list_was_made_is_no_ghost() -> None:
    book = [session("a", state=SessionState.ended, ended_at=NOW)]
    assert compare_sessions(book, [ListedSession("n-a", "mac-a")], NOW) == Differences()


def test_a_later_session_of_a_terminal_stands_for_the_earlier_ones_once_it_has_begun() -> None:
    old, new = session("a", station="m"), session("b", station="m", decided_at=NOW)
    assert list(find_replaced([old, new])) == [old]
    assert list(find_replaced([old, replace(new, state=SessionState.pending)])) == []
    assert list(find_replaced([old, replace(new, nas_id="another")])) == []
    assert list(find_replaced([replace(old, station=""), replace(new, station="")])) == []


def test_a_session_is_silent_where_its_switch_speaks_of_others() -> None:
    silent = session("a", heard_at=NOW - SILENT_MAX - timedelta(seconds=1))
    speaks, begun = session("b"), session("c", decided_at=NOW)
    assert list(find_silent([silent, speaks], NOW)) == [silent]
    assert list(find_silent([silent], NOW)) == []  # it sends no interim accounting, or none arrives
    assert list(find_silent([silent, begun], NOW)) == []  # a start says nothing of that
    assert list(find_silent([silent, replace(speaks, nas_id="another")], NOW)) == []
    assert list(find_silent([replace(silent, heard_at=NOW - 2 * INTERIM), speaks], NOW)) == []


BOOK = st.lists(
    st.builds(
        session,
        st.sampled_from("abcdef"),
        state=st.sampled_from([SessionState.pending, CONFIRMED, SessionState.ending, SessionState.disobeyed]),
        decided_at=st.sampled_from([HOUR_AGO, NOW]),
    ),
    unique_by=lambda each: each.id,
)
LISTED = st.lists(
    st.builds(lambda id_: ListedSession(f"n-{id_}", f"mac-{id_}"), st.sampled_from("abcdefgh")), unique=True
)


@given(BOOK, LISTED)
def test_every_listed_session_is_in_the_book_or_a_ghost_and_none_is_both(
    book: list[PortSession], listed: list[ListedSession]
) -> None:
    found = compare_sessions(book, listed, NOW)
    numbers = {each.switch_session for each in book}
    assert set(found.ghosts) == {each for each in listed if each.switch_session not in numbers}
    there = {each.switch_session for each in listed}
    for each in book:
        assert each.state in LIVE
        is_old = each.decided_at == HOUR_AGO and each.state is not SessionState.pending
        assert (each.id in found.missing) is (is_old and each.switch_session not in there)


@given(BOOK)
def test_what_is_listed_as_it_is_booked_differs_in_nothing(book: list[PortSession]) -> None:
    listed = [ListedSession(each.switch_session, each.station) for each in book]
    assert compare_sessions(book, listed, NOW) == Differences()


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(CUT_WORDS) == set(CutReason)
    assert all(saying.ja and saying.en and bool(saying.do_ja) is bool(saying.do_en) for saying in CUT_WORDS.values())
