"""Cutting: at its own points a controller decides by its part as the centre does by the whole."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.access.change import apply_change, diff_policies
from domain.access.cutting import NOBODY, cut_change, cut_policy, cut_structure
from domain.access.decide import Tap, decide
from domain.access.outcomes import choose_outcomes, find_difference
from domain.access.policy import PolicySnapshot
from domain.access.situation import Situation
from domain.verdict import Denied, Reason
from tests.domain.access.policies import POINTS, START, policies, situations, taps

MINE = POINTS[:2]
some_points = st.lists(st.sampled_from(POINTS), unique=True, max_size=4)


@given(policies(), taps(MINE), situations)
def test_the_part_decides_as_the_whole(policy: PolicySnapshot, tap: Tap, situation: Situation) -> None:
    assert decide(cut_policy(policy, MINE), tap, situation) == decide(policy, tap, situation)


@given(policies(), some_points)
def test_the_part_names_only_what_it_holds(policy: PolicySnapshot, points: list[str]) -> None:
    part = cut_policy(policy, points)  # type: ignore[arg-type]
    assert part.points.keys() == set(points)
    assert {level for level in part.levels.values() if not level.points} == set()
    for level in part.levels.values():
        assert level.points.keys() <= part.points.keys()
    for credential in part.credentials.values():
        held = {*credential.levels, *credential.denied, *(dated.level for dated in credential.dated)}
        assert held <= part.levels.keys()
        assert (credential.person == NOBODY) is not (credential.levels or credential.dated)


@given(policies(1), policies(2))
def test_the_part_of_a_change_leads_to_the_part_of_the_second(before: PolicySnapshot, after: PolicySnapshot) -> None:
    after = replace(after, levels=before.levels)  # else the whole part is sent
    cut = cut_structure(after, MINE)
    change = cut_change(diff_policies(before, after), cut, structure=True)
    led = apply_change(cut_policy(before, MINE), change)
    assert led == replace(cut_policy(after, MINE), credentials=led.credentials)
    assert dict(led.credentials) == dict(cut_policy(after, MINE).credentials)


@given(policies(), st.integers(0, 31))
def test_outcomes_are_reproduced_by_the_same_policy_and_a_wrong_one_is_told(policy: PolicySnapshot, wrong: int) -> None:
    outcomes = choose_outcomes(policy, policy.credentials.keys(), START)
    assert 1 <= len(outcomes) <= 32
    assert find_difference(policy, outcomes) is None
    wrong %= len(outcomes)
    other = replace(outcomes[wrong], verdict=Denied(Reason.lockout))
    assert find_difference(policy, (*outcomes[:wrong], other, *outcomes[wrong + 1 :])) == other
