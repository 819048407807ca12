"""Where people stand with trainings, as a table shows it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.zones.training import Attendance, Training, assess_training
from domain.zones.training_matrix import Cell, CellState, Share, look_at_cell, sum_up

SECURITY = Training("security", "情報セキュリティ研修", "Security training", 12)
OTHER = Training("other", "個人情報研修", "Privacy", 6)
NOW = datetime(2025, 11, 20, 3, tzinfo=UTC)


def took(on: date, *, passed: bool = True, training: str = "security") -> Attendance:
    return Attendance("s1", training, on, passed)


@pytest.mark.parametrize(
    ("attended", "state", "last_on", "until_on"),
    [
        ((), CellState.missing, None, None),
        ((took(date(2025, 4, 1), training="other"),), CellState.missing, None, None),
        ((took(date(2025, 4, 1), passed=False),), CellState.failed, date(2025, 4, 1), None),
        ((took(date(2025, 4, 1)),), CellState.done, date(2025, 4, 1), date(2026, 4, 1)),
        ((took(date(2025, 4, 1)), took(date(2025, 9, 1), passed=False)),
         CellState.done, date(2025, 4, 1), date(2026, 4, 1)),
        ((took(date(2024, 11, 20)),), CellState.lapsing, date(2024, 11, 20), date(2025, 11, 20)),
        ((took(date(2024, 11, 19)),), CellState.lapsed, date(2024, 11, 19), date(2025, 11, 19)),
    ],
    ids=["none", "another", "failed", "done", "failed later", "its last day", "the day after"],
)  # fmt: skip
def test_a_cell_says_where_somebody_stands(
    attended: tuple[Attendance, ...], state: CellState, last_on: date | None, until_on: date | None
) -> None:
    assert look_at_cell(SECURITY, attended, NOW) == Cell("security", state, last_on, until_on)


days = st.dates(date(2020, 1, 1), date(2025, 11, 20))
attendances = st.lists(st.builds(took, days, passed=st.booleans(), training=st.sampled_from(["security", "other"])))


@given(attendances, st.integers(0, 60 * 24 * 900))
def test_a_cell_counts_exactly_where_the_decision_finds_nothing_missing(
    attended: list[Attendance], minutes: int
) -> None:
    at = NOW + timedelta(minutes=minutes)
    for training in (SECURITY, OTHER):
        cell = look_at_cell(training, attended, at)
        assert cell.counts == (not assess_training([training], attended, at).missing)


@given(st.lists(st.sampled_from(CellState), min_size=1))
def test_a_share_is_whole_only_when_everybody_has_it(states: list[CellState]) -> None:
    [share] = sum_up([(Cell("security", state),) for state in states])
    assert share.people == len(states)
    assert (share.percent == 100) == all(Cell("t", state).counts for state in states)
    assert (share.percent == 0) == (not any(Cell("t", state).counts for state in states))


def test_nobody_leaves_nothing_to_do() -> None:
    assert sum_up([]) == ()
    assert Share("security", 0, 0).percent == 100
