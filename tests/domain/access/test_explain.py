"""An explanation says what the decision says, rule by rule, and names the next opening exactly."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import PRECEDENCE, Tap, decide
from domain.access.explain import Outcome, explain, find_opening
from domain.access.policy import PolicySnapshot
from domain.access.situation import Situation
from domain.verdict import Denied, Reason
from tests.domain.access.policies import START, policies, situations, taps

ORDER = [reason for reason, _ in PRECEDENCE]
RIGHTS = {Reason.not_yet_active, Reason.expired, Reason.no_access_rights, Reason.out_of_schedule}


@given(policies(), taps(), situations)
def test_it_agrees_with_the_decision(policy: PolicySnapshot, tap: Tap, situation: Situation) -> None:
    told = explain(policy, tap, situation)
    assert told.verdict == decide(policy, tap, situation)
    assert [reason for reason, _ in told.rules] == ORDER
    outcomes = [outcome for _, outcome in told.rules]
    if isinstance(told.verdict, Denied):
        failed = ORDER.index(told.verdict.reason)
        assert outcomes[:failed] == [Outcome.passed] * failed
        assert outcomes[failed] is Outcome.failed
        assert set(outcomes[failed + 1 :]) <= {Outcome.not_asked}
    else:
        assert set(outcomes) == {Outcome.passed}
        assert told.verdict.rule in {f"{level}/{schedule}" for level, schedule, holds in told.grants if holds}
    if told.opens is not None:
        assert told.opens.at > tap.at


@given(policies(), taps(), st.sampled_from([0, 1, 5]))
def test_the_next_opening_is_the_first_hour_with_rights(policy: PolicySnapshot, tap: Tap, later: int) -> None:
    """Everything in these policies happens on the hour: so each hour after the tap can be tried."""
    tap = replace(tap, at=tap.at - timedelta(hours=later))

    def refused(hours: int) -> bool:
        at = START + timedelta(hours=hours)
        verdict = decide(policy, replace(tap, at=at, confirmed_at=at))
        return isinstance(verdict, Denied) and ORDER.index(verdict.reason) <= ORDER.index(Reason.out_of_schedule)

    opens = find_opening(policy, tap)
    hours = [hour for hour in range(-10, 60) if START + timedelta(hours=hour) > tap.at]
    since = [hour for hour in hours if not refused(hour)]
    if opens is None:
        assert since == [] or not _was_refused(policy, tap)
    elif _was_refused(policy, tap):
        assert opens.at == START + timedelta(hours=since[0])


def _was_refused(policy: PolicySnapshot, tap: Tap) -> bool:
    verdict = decide(policy, replace(tap, confirmed_at=tap.at))
    return isinstance(verdict, Denied) and verdict.reason in RIGHTS
