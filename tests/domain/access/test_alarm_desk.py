"""The life of an alarm: nothing is lost between raising and clearing, and what has no row cannot happen."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.access.alarm_desk import (
    HANDLINGS,
    AlarmAct,
    AlarmState,
    Severity,
    ends_by_itself,
    handle,
    is_overdue,
    step_alarm,
)

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


@given(st.lists(st.sampled_from(AlarmAct)))
def test_only_an_acknowledged_alarm_is_cleared_and_a_cleared_one_stays(acts: list[AlarmAct]) -> None:
    state = AlarmState.raised
    for act in acts:
        after = step_alarm(state, act)
        if after is AlarmState.cleared and state is not AlarmState.cleared:
            assert (state, act) == (AlarmState.acknowledged, AlarmAct.clear)
        if state is AlarmState.cleared:
            assert after in (None, AlarmState.cleared)
        state = after or state


def test_what_happens_again_needs_a_person_again() -> None:
    assert step_alarm(AlarmState.acknowledged, AlarmAct.repeat) is AlarmState.raised
    assert step_alarm(AlarmState.raised, AlarmAct.restore) is AlarmState.raised


def test_only_what_needs_a_person_now_sounds_and_is_told_again() -> None:
    for handling in HANDLINGS.values():
        grave = handling.severity in (Severity.emergency, Severity.urgent)
        assert handling.sounds is grave
        assert handling.escalates_after is not None or not grave
    assert handle("of_a_later_version").severity is Severity.warning


def test_a_held_door_that_closed_ends_with_the_acknowledgement_and_a_forced_one_does_not() -> None:
    assert ends_by_itself("door_held_open", AlarmState.acknowledged, restored=True)
    assert not ends_by_itself("door_held_open", AlarmState.raised, restored=True)
    assert not ends_by_itself("door_held_open", AlarmState.acknowledged, restored=False)
    assert not ends_by_itself("door_forced_open", AlarmState.acknowledged, restored=True)


def test_an_emergency_is_overdue_after_two_minutes_unless_acknowledged() -> None:
    for state, minutes, overdue in (
        (AlarmState.raised, 2, True),
        (AlarmState.raised, 1, False),
        (AlarmState.acknowledged, 60, False),
    ):
        assert is_overdue("duress", state, NOW - timedelta(minutes=minutes), NOW) is overdue
    assert not is_overdue("suspended", AlarmState.raised, NOW - timedelta(days=9), NOW)
