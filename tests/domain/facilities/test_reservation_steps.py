"""The table of a reservation's life: what leads where, who may, and that what is over stays over."""

import pytest

from domain.facilities.reservation import (
    HOLDING,
    OVER,
    STEPS,
    Actor,
    ReservationAct,
    ReservationState,
    StepError,
    step_reservation,
)


def test_a_booking_goes_its_whole_way() -> None:
    state = ReservationState.tentative
    for act, actor in (
        (ReservationAct.apply, Actor.reservee),
        (ReservationAct.permit, Actor.decider),
        (ReservationAct.begin, Actor.door),
        (ReservationAct.complete, Actor.clock),
    ):
        state = step_reservation(state, act, actor)
    assert state is ReservationState.completed


@pytest.mark.parametrize("state", sorted(OVER))
def test_nothing_leads_out_of_what_is_over(state: ReservationState) -> None:
    assert [act for known, act in STEPS if known is state] == []


def test_every_state_is_reached_and_either_holds_or_gives_free() -> None:
    assert {step.to for step in STEPS.values()} | {ReservationState.tentative} == set(ReservationState)
    assert set(ReservationState) == HOLDING | OVER | {ReservationState.no_show}


@pytest.mark.parametrize("act", [ReservationAct.reject, ReservationAct.revoke])
def test_a_no_says_why(act: ReservationAct) -> None:
    state = ReservationState.applied if act is ReservationAct.reject else ReservationState.permitted
    with pytest.raises(StepError, match="reason_missing"):
        step_reservation(state, act, Actor.decider, reason=" ")
    assert step_reservation(state, act, Actor.decider, reason="改修工事のため") in OVER


def test_a_question_leaves_an_application_where_it_is_and_has_words() -> None:
    asks = ReservationState.applied, ReservationAct.ask
    assert step_reservation(*asks, Actor.decider, reason="責任者の連絡先がありません") is ReservationState.applied
    with pytest.raises(StepError, match="reason_missing"):
        step_reservation(*asks, Actor.decider)
    with pytest.raises(StepError, match="not_yours"):
        step_reservation(*asks, Actor.desk, reason="x")


def test_nobody_permits_for_oneself() -> None:
    with pytest.raises(StepError, match="not_yours"):
        step_reservation(ReservationState.applied, ReservationAct.permit, Actor.reservee)


def test_a_changed_permission_is_asked_again() -> None:
    assert step_reservation(ReservationState.permitted, ReservationAct.change, Actor.desk) is ReservationState.applied
