"""Sessions: every state can end, nothing ended comes back, accounting may be repeated in any order."""

from hypothesis import given
from hypothesis import strategies as st

from domain.zones.tier_session import LIVE, STEPS, SessionAct, SessionState, step_session


def test_every_live_state_leads_to_the_end() -> None:
    for state in LIVE:
        reached = {state}
        while more := {to for (at, _), to in STEPS.items() if at in reached} - reached:
            reached |= more
        assert SessionState.ended in reached


@given(st.lists(st.sampled_from(SessionAct), max_size=12))
def test_what_has_ended_never_lives_again(acts: list[SessionAct]) -> None:
    state = SessionState.ended
    for act in acts:
        state = step_session(state, act)
    assert state is SessionState.ended


@given(st.lists(st.sampled_from(SessionAct), max_size=12))
def test_once_told_to_end_only_a_proof_ends_the_watching(acts: list[SessionAct]) -> None:
    state = SessionState.ending
    for act in acts:
        after = step_session(state, act)
        if after is SessionState.ended:
            proofs = {SessionAct.obeyed, SessionAct.unknown, SessionAct.stop, SessionAct.missing, SessionAct.shut}
            assert act in proofs
            return
        assert after in {SessionState.ending, SessionState.disobeyed}
        state = after


def test_a_start_that_comes_after_the_cut_does_not_revive() -> None:
    cut = step_session(SessionState.pending, SessionAct.cut)
    assert step_session(cut, SessionAct.start) is SessionState.ending
