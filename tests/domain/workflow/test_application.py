"""Every act in every state, and the rules of who, which content and how many saw it."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.workflow.application import (
    Application,
    Refusal,
    RefusedActError,
    Wish,
    list_waited_for,
    step_application,
)
from domain.workflow.route import Organisation, StepRole, Unit
from domain.workflow.states import OVER, TRANSITIONS, Act, State, Who

NOW = datetime(2025, 11, 13, 8, 0, tzinfo=UTC)
HEAD, ABOVE, HR, CLERK = "head", "above", "hr", "clerk"
CITY = Organisation(
    {"tax": Unit("tax", "finance", HEAD), "finance": Unit("finance", None, ABOVE)}, hr=frozenset({HR, "hr-2"})
)
DRAFT = Application("a-1", "overtime", CLERK, CLERK, "tax", (StepRole.head, StepRole.hr), "c0")


def act(application: Application, what: Act, by: str, reason: str = "", city: Organisation = CITY) -> Application:
    wish = Wish(what, by, application.content_hash, len(application.deeds), reason)
    return step_application(application, wish, city, NOW + timedelta(minutes=len(application.deeds)))


def refusal(application: Application, wish: Wish, city: Organisation = CITY) -> Refusal:
    with pytest.raises(RefusedActError) as refused:
        step_application(application, wish, city, NOW)
    return refused.value.refusal


def in_state(state: State) -> Application:
    submitted = act(DRAFT, Act.submit, CLERK)
    approved = act(act(submitted, Act.approve, HEAD), Act.approve, HR)
    return {
        State.draft: DRAFT,
        State.submitted: submitted,
        State.returned: act(submitted, Act.send_back, HEAD, "時刻を直して"),
        State.approved: approved,
        State.rejected: act(submitted, Act.reject, HEAD, "不要"),
        State.withdrawn: act(submitted, Act.withdraw, CLERK),
        State.cancelling: act(approved, Act.cancel, CLERK, "中止になった"),
        State.cancelled: act(approved, Act.revoke, HR, "命令を取り消す"),
    }[state]


@pytest.mark.parametrize(("state", "what"), list(itertools.product(State, Act)), ids=lambda each: each.value)
def test_what_stands_in_the_table_happens_and_nothing_else(state: State, what: Act) -> None:
    application = in_state(state)
    assert application.state is state
    transition = TRANSITIONS.get((state, what))
    if transition is None:
        wish = Wish(what, CLERK, application.content_hash, len(application.deeds), "理由")
        assert refusal(application, wish) is Refusal.not_now
        return
    by = CLERK if transition.who is Who.applicant else HR if application.step else HEAD
    after = act(application, what, by, "理由")
    assert after.state is (State.submitted if transition.each_step else transition.to)
    assert after.deeds[:-1] == application.deeds
    if transition.needs_reason:
        wish = Wish(what, by, application.content_hash, len(application.deeds), "  ")
        assert refusal(application, wish) is Refusal.no_reason


def test_nothing_leads_out_of_what_is_over() -> None:
    assert {state for state, _ in TRANSITIONS}.isdisjoint(OVER)
    assert {state for state, _ in TRANSITIONS} | OVER == set(State)


def test_each_step_needs_its_own_word() -> None:
    submitted = act(DRAFT, Act.submit, CLERK)
    assert [each.person_id for each in list_waited_for(submitted, CITY)] == [HEAD]
    once = act(submitted, Act.approve, HEAD)
    assert (once.state, once.step) == (State.submitted, 1)
    assert [each.person_id for each in list_waited_for(once, CITY)] == [HR, "hr-2"]
    assert act(once, Act.approve, HR).state is State.approved


def test_two_browsers_do_not_approve_twice() -> None:
    submitted = act(DRAFT, Act.submit, CLERK)
    wish = Wish(Act.approve, HEAD, "c0", seen=1)
    once = step_application(submitted, wish, CITY, NOW)
    assert refusal(once, wish) is Refusal.moved_on


def test_an_approval_holds_for_the_content_that_was_seen() -> None:
    submitted = act(DRAFT, Act.submit, CLERK)
    assert refusal(submitted, Wish(Act.approve, HEAD, "c1", seen=1)) is Refusal.content_changed


def test_after_a_return_everybody_decides_anew_on_the_new_content() -> None:
    once = act(act(DRAFT, Act.submit, CLERK), Act.approve, HEAD)
    returned = act(once, Act.send_back, HR, "終了時刻が違う")
    again = step_application(returned, Wish(Act.submit, CLERK, "c1", seen=3), CITY, NOW)
    assert (again.step, again.content_hash) == (0, "c1")
    assert [each.person_id for each in list_waited_for(again, CITY)] == [HEAD]


@pytest.mark.parametrize("what", [Act.approve, Act.send_back, Act.reject])
def test_nobody_decides_about_himself(what: Act) -> None:
    for own in (replace(DRAFT, person_id=HEAD), replace(DRAFT, applicant_id=HEAD)):
        submitted = act(own, Act.submit, own.applicant_id)
        assert refusal(submitted, Wish(what, HEAD, "c0", 1, "理由")) is Refusal.own_matter
        assert [each.person_id for each in list_waited_for(submitted, CITY)] == [ABOVE]


def test_others_decide_nothing_and_submit_nothing() -> None:
    submitted = act(DRAFT, Act.submit, CLERK)
    assert refusal(submitted, Wish(Act.approve, HR, "c0", 1)) is Refusal.not_a_decider
    assert refusal(DRAFT, Wish(Act.submit, HEAD, "c0", 0)) is Refusal.not_the_applicant


def test_whoever_stands_in_decides_and_the_record_says_for_whom() -> None:
    city = Organisation({"tax": Unit("tax", None, HEAD, delegates=frozenset({"deputy"}))}, frozenset({HR}))
    after = act(act(DRAFT, Act.submit, CLERK), Act.approve, "deputy", city=city)
    assert after.deeds[-1].acting_for == HEAD


def test_who_would_sign_twice_signs_once_but_a_stand_in_does_not_sign_for_himself() -> None:
    both = {"tax": Unit("tax", "finance", HEAD), "finance": Unit("finance", None, HEAD, acting=frozenset({"deputy"}))}
    city = Organisation(both, frozenset({HR}))
    twice = replace(DRAFT, route=(StepRole.head, StepRole.above))
    assert act(act(twice, Act.submit, CLERK), Act.approve, HEAD, city=city).state is State.approved
    deputy = Organisation({**both, "tax": Unit("tax", "finance", HEAD, frozenset({"deputy"}))}, frozenset({HR}))
    assert act(act(twice, Act.submit, CLERK), Act.approve, "deputy", city=deputy).state is State.submitted
