"""Roll-outs: a row for each rule, and a machine of devices that come, hold, refuse and fall silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.access.rollout import (
    UNKNOWN,
    Cause,
    Counts,
    DeviceFacts,
    Phase,
    Rollout,
    RolloutRules,
    approve_rollout,
    begin_rollout,
    is_spike,
    list_reached,
    needs_second_person,
    step_rollout,
    stop_rollout,
)
from domain.ids import DeviceId

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A, B, C, D = (DeviceId(name) for name in ("a", "b", "c", "d"))
RULES = RolloutRules(((A,), (B,), (C, D)), soak=10 * MINUTE, arrive_within=15 * MINUTE)
RUNNING = begin_rollout(needs_approval=False, now=NOW)
HOLDS, WAITS = DeviceFacts(holds=True), DeviceFacts(holds=False)
CALM = Counts(100, 10)


def after(minutes: float) -> datetime:
    return NOW + minutes * MINUTE


def test_a_stage_soaks_before_the_next() -> None:
    state = step_rollout(RULES, RUNNING, {A: HOLDS, B: WAITS}, after(1))
    assert (state.stage, state.held_at) == (0, after(1))
    assert step_rollout(RULES, state, {A: HOLDS}, after(10.9)).stage == 0
    state = step_rollout(RULES, state, {A: HOLDS}, after(11))
    assert (state.stage, state.began_at, state.held_at) == (1, after(11), None)
    assert list_reached(RULES, state) == {A, B}


def test_the_last_stage_ends_it() -> None:
    state = replace(RUNNING, stage=2, held_at=NOW)
    assert step_rollout(RULES, state, dict.fromkeys((A, B, C, D), HOLDS), after(10)).phase is Phase.done


AWAY = DeviceFacts(holds=True, there=False, silent_since=after(1))
LONG_AWAY = DeviceFacts(holds=False, there=False, silent_since=after(-60))
REFUSING = DeviceFacts(holds=True, now=Counts(20, 12), before=CALM)


@pytest.mark.parametrize(
    ("stage", "facts", "minutes", "phase", "cause", "blamed"),
    [
        (0, {A: HOLDS}, 1, Phase.running, None, None),
        (0, {A: WAITS}, 14.9, Phase.running, None, None),
        (0, {A: WAITS}, 15, Phase.stopped, Cause.not_held, A),
        (0, {A: LONG_AWAY}, 14.9, Phase.running, None, None),
        (0, {A: LONG_AWAY}, 15, Phase.stopped, Cause.not_held, A),
        (0, {A: UNKNOWN}, 15, Phase.stopped, Cause.not_held, A),
        (0, {A: replace(HOLDS, fit=False)}, 1, Phase.stopped, Cause.health, A),
        (0, {A: replace(WAITS, fit=False)}, 1, Phase.running, None, None),
        (0, {A: AWAY}, 3, Phase.running, None, None),
        (0, {A: AWAY}, 3.1, Phase.stopped, Cause.health, A),
        (0, {A: REFUSING}, 1, Phase.stopped, Cause.refusals, A),
        (0, {A: replace(REFUSING, now=Counts(9, 9))}, 1, Phase.running, None, None),
        (0, {A: replace(REFUSING, before=Counts(100, 50))}, 1, Phase.running, None, None),
        (1, {A: HOLDS, B: LONG_AWAY}, 60, Phase.running, None, None),
        (1, {A: AWAY, B: HOLDS}, 3.1, Phase.stopped, Cause.health, A),
        (2, {A: HOLDS, B: HOLDS, C: HOLDS, D: LONG_AWAY}, 1, Phase.running, None, None),
        (2, {A: HOLDS, B: HOLDS, C: HOLDS, D: WAITS}, 15, Phase.stopped, Cause.not_held, D),
    ],
)
def test_the_table(stage, facts, minutes, phase, cause, blamed) -> None:
    state = step_rollout(RULES, replace(RUNNING, stage=stage), facts, after(minutes))
    assert (state.phase, state.cause, state.blamed) == (phase, cause, blamed)


def test_few_refusals_at_each_are_many_together() -> None:
    each = DeviceFacts(holds=True, now=Counts(6, 4), before=CALM)
    state = step_rollout(RULES, replace(RUNNING, stage=2), dict.fromkeys((A, B, C), each), after(1))
    assert (state.cause, state.blamed) == (Cause.refusals, None)


def test_the_soak_begins_again_when_a_device_was_away() -> None:
    state = replace(RUNNING, held_at=after(1))
    state = step_rollout(RULES, state, {A: replace(AWAY, silent_since=after(5))}, after(6))
    assert state.held_at is None
    assert step_rollout(RULES, state, {A: HOLDS}, after(12)).stage == 0


def test_who_was_silent_before_is_not_waited_for_but_a_canary_of_nobody_proves_nothing() -> None:
    state = replace(RUNNING, stage=2, held_at=NOW)
    assert step_rollout(RULES, state, {A: HOLDS, B: HOLDS, C: HOLDS, D: LONG_AWAY}, after(10)).phase is Phase.done
    assert step_rollout(RULES, RUNNING, {A: LONG_AWAY}, after(12)).held_at is None


def test_a_second_person_is_needed_for_more_than_the_share() -> None:
    assert not needs_second_person(lost=10, held=100, share_max=0.1)
    assert needs_second_person(lost=11, held=100, share_max=0.1)
    assert not needs_second_person(lost=0, held=0, share_max=0.0)
    assert needs_second_person(lost=1, held=1000, share_max=0.0)


def test_persons() -> None:
    proposed = begin_rollout(needs_approval=True, now=NOW)
    assert proposed.phase is Phase.proposed
    assert step_rollout(RULES, proposed, {A: HOLDS}, after(100)) == proposed
    assert list_reached(RULES, proposed) == frozenset()
    assert approve_rollout(proposed, after(1)) == Rollout(Phase.running, began_at=after(1))
    assert stop_rollout(proposed, Cause.person).phase is Phase.rejected
    stopped = stop_rollout(RUNNING, Cause.person)
    assert stopped.phase is Phase.stopped
    assert approve_rollout(stopped, NOW) == stop_rollout(stopped, Cause.health) == stopped
    assert list_reached(RULES, stopped) == frozenset()


counts = st.integers(0, 500).flatmap(lambda taps: st.builds(Counts, st.just(taps), st.integers(0, taps)))


@given(counts, counts)
def test_fewer_refusals_are_never_a_spike(before: Counts, now: Counts) -> None:
    if is_spike(before, now):
        assert now.share > before.share
        assert not is_spike(now, now)
        assert is_spike(before, replace(now, refused=now.taps))


class Fleet(RuleBasedStateMachine):
    """Devices do what they like; the roll-out never runs ahead of what they prove, and never moves when over."""

    @initialize(approval=st.booleans())
    def begin(self, approval: bool) -> None:
        self.now, self.state = NOW, begin_rollout(needs_approval=approval, now=NOW)
        self.facts = dict.fromkeys((A, B, C, D), WAITS)
        self.over: Rollout | None = None

    @rule(device=st.sampled_from((A, B, C, D)))
    def hold(self, device: DeviceId) -> None:
        if device in list_reached(RULES, self.state):
            self.facts[device] = replace(self.facts[device], holds=True)

    @rule(device=st.sampled_from((A, B, C, D)))
    def fall_silent(self, device: DeviceId) -> None:
        if self.facts[device].there:
            self.facts[device] = replace(self.facts[device], there=False, silent_since=self.now)

    @rule(device=st.sampled_from((A, B, C, D)))
    def return_(self, device: DeviceId) -> None:
        self.facts[device] = replace(self.facts[device], there=True, silent_since=None)

    @rule(device=st.sampled_from((A, B, C, D)), now=counts, before=counts)
    def tap(self, device: DeviceId, now: Counts, before: Counts) -> None:
        self.facts[device] = replace(self.facts[device], now=now, before=before)

    @rule(minutes=st.sampled_from((0.5, 1, 5, 10, 30)))
    def pass_time(self, minutes: float) -> None:
        self.now += minutes * MINUTE

    @precondition(lambda self: self.state.phase is Phase.proposed)
    @rule()
    def approve(self) -> None:
        self.state = approve_rollout(self.state, self.now)

    @rule()
    def step(self) -> None:
        before = self.state
        self.state = step_rollout(RULES, before, self.facts, self.now)
        if self.state.stage > before.stage or (self.state.phase is Phase.done and before.is_live):
            reached = [self.facts[device] for device in list_reached(RULES, before)]
            assert all(held.holds or not held.there for held in reached)
            assert not any(held.holds and is_spike(held.before, held.now) for held in reached if held.there)
            assert before.held_at is not None
            assert self.now - before.held_at >= RULES.soak
            assert self.state.stage - before.stage <= 1
        if not before.is_live:
            assert self.state == before

    @invariant()
    def a_canary_alone_follows_first(self) -> None:
        if not hasattr(self, "state"):
            return
        if self.state.stage == 0:
            assert list_reached(RULES, self.state) <= {A}
        if self.state.phase is not Phase.running:
            assert list_reached(RULES, self.state) == frozenset()
        if self.state.phase is Phase.stopped:
            assert self.state.cause is not None


TestFleet = Fleet.TestCase
