"""What we handed over against what they have: agreement is silent, everything else has a name."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.pay_line import LineState, PayLine
from domain.attendance.reconciliation import Difference, TheirList, reconcile


def line(minutes: int, name: str = "overtime", person: str = "p1", version: int = 1, row: str = "month") -> PayLine:
    return PayLine(person, "2025-11", version, row, name, minutes, "generic")


def theirs(figures: Mapping[tuple[str, str], int]) -> TheirList:
    return TheirList(figures, {"overtime", "worked"})


@pytest.mark.parametrize(
    ("state", "minutes", "figures", "difference"),
    [
        (LineState.confirmed, 60, {("p1", "overtime"): 120}, Difference.twice),
        (LineState.confirmed, 60, {("p1", "overtime"): 59}, Difference.differs),
        (LineState.sent, 60, {}, Difference.missing_there),
        (LineState.refused, 60, {("p1", "overtime"): 60}, Difference.refused_there),
    ],
)
def test_each_difference(
    state: LineState, minutes: int, figures: Mapping[tuple[str, str], int], difference: Difference
) -> None:
    (found,) = reconcile([(line(minutes), state)], theirs(figures), replace=False).found
    assert (found.person_id, found.line, found.difference) == ("p1", "overtime", difference)


def test_whom_we_never_told_them_about() -> None:
    (found,) = reconcile([], theirs({("p9", "overtime"): 5}), replace=False).found
    assert (found.ours, found.theirs, found.difference) == (None, 5, Difference.missing_here)


def test_rows_are_added_up_or_the_last_one_counts() -> None:
    lines = [
        (line(300), LineState.confirmed),
        (line(-30, row="difference:a1"), LineState.confirmed),
        (line(100, version=2, row="difference"), LineState.confirmed),
    ]
    assert reconcile(lines, theirs({("p1", "overtime"): 370}), replace=False).found == ()
    replaced = [
        (line(300), LineState.confirmed),
        (line(60, "worked"), LineState.confirmed),
        (line(270, row="month:a1"), LineState.confirmed),
    ]
    assert reconcile(replaced, theirs({("p1", "overtime"): 270}), replace=True).found == ()


def test_lines_of_which_the_list_says_nothing_are_not_compared() -> None:
    found = reconcile([(line(5, "night"), LineState.confirmed)], theirs({("p1", "worked"): 0}), replace=False)
    assert (found.found, found.agreed) == ((), 1)


def test_without_a_list_the_states_alone_are_told() -> None:
    states = [LineState.made, LineState.sent, LineState.sent, LineState.refused]
    report = reconcile([(line(1), state) for state in states], None, replace=False)
    assert (report.counts, report.unknown, report.found) == (
        {LineState.made: 1, LineState.sent: 2, LineState.refused: 1},
        2,
        (),
    )


people = st.sampled_from(["p1", "p2", "p3"])
names = st.sampled_from(["overtime", "worked"])


@given(st.dictionaries(st.tuples(people, names), st.integers(0, 500)), st.data())
def test_nothing_is_found_exactly_when_both_sides_say_the_same(ours: dict[tuple[str, str], int], data: st.DataObject):
    lines = [(line(minutes, name, person), LineState.confirmed) for (person, name), minutes in ours.items()]
    assert reconcile(lines, theirs(ours), replace=False).found == ()
    if ours:
        key = data.draw(st.sampled_from(sorted(ours)))
        other = {**ours, key: ours[key] + data.draw(st.integers(1, 600))}
        found = reconcile(lines, theirs(other), replace=False).found
        assert [(one.person_id, one.line) for one in found] == [key]
