"""The decision: one row a reason in order of precedence, and properties that hold for any policy and situation."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access.decide import PRECEDENCE, STATEFUL
from domain.access.door import DoorMode
from domain.access.policy import (
    CredentialStatus,
    PassbackMode,
    StaleRule,
)
from domain.access.situation import Code, Pin, Situation
from domain.ids import AccessPointId, DoorId
from domain.verdict import Denied, Granted, Reason
from tests.domain.access.decision_case import (
    BREAKS,
    ESCAPE,
    HALL,
    HOUR,
    NOON,
    OUTSIDE,
    RESCUE,
    RIGHT,
    STAFF,
    STRONGROOM,
    VAULT,
    Case,
)


def test_every_reason_of_the_table_has_a_row() -> None:
    assert {reason for reason, _ in PRECEDENCE} == set(BREAKS) == set(Reason)


def test_where_all_is_right_it_opens() -> None:
    assert RIGHT.decided() == Granted("staff/office")


@pytest.mark.parametrize("reason", BREAKS)
def test_each_rule_alone_refuses(reason: Reason) -> None:
    assert BREAKS[reason](RIGHT).decided() == Denied(reason)


@pytest.mark.parametrize("reason", BREAKS)
def test_the_first_of_several_broken_rules_is_told(reason: Reason) -> None:
    case = RIGHT
    for broken in reversed(list(Reason)[list(Reason).index(reason) :]):
        case = BREAKS[broken](case)
    assert case.decided() == Denied(reason)


def test_the_table_follows_the_catalogues_order() -> None:
    order = list(Reason)
    ranks = [order.index(reason) for reason, _ in PRECEDENCE]
    assert ranks == sorted(ranks)


def test_what_rests_on_others_comes_last() -> None:
    reasons = [reason for reason, _ in PRECEDENCE]
    assert set(reasons[-len(STATEFUL) :]) == STATEFUL


SITUATIONS = st.builds(
    Situation,
    place=st.sampled_from([None, OUTSIDE, HALL, STRONGROOM]),
    entered_at=st.sampled_from([None, NOON - 2 * HOUR, NOON - HOUR / 2]),
    inside=st.integers(0, 4),
    companions=st.integers(0, 2),
    escort=st.booleans(),
    open_doors=st.sampled_from([(), (DoorId("d2"),)]),
    mode=st.sampled_from([DoorMode.locked, DoorMode.locked_down, DoorMode.blocked]),
    pin=st.sampled_from(list(Pin)),
    code=st.sampled_from(list(Code)),
    locked_out=st.booleans(),
)


@st.composite
def cases(draw: st.DrawFn, point: AccessPointId = VAULT) -> Case:
    """Any policy of this depth, any tap, any situation; about a third of them open."""
    case = replace(RIGHT, now=draw(st.one_of(st.just(RIGHT.now), SITUATIONS))).tapped(
        point=point, assurance=draw(st.sampled_from([1, 1, 2, 0])), confirmed_at=NOON - draw(st.integers(0, 10)) * HOUR
    )
    case = case.holder(
        status=draw(st.sampled_from([CredentialStatus.active, *CredentialStatus])),
        escorted=draw(st.booleans()),
        passback_exempt=draw(st.booleans()),
        levels=draw(st.sampled_from([(STAFF,), (STAFF, RESCUE), ()])),
    )
    return case.area(
        passback=draw(st.sampled_from(list(PassbackMode))),
        passback_fades=draw(st.sampled_from([None, HOUR])),
        occupancy_max=draw(st.sampled_from([None, 1, 3])),
        two_person=draw(st.booleans()),
        on_stale=draw(st.sampled_from(list(StaleRule))),
    )


def _fewer_or_more_inside(case: Case) -> Case:
    """More people inside speak against whoever needs room, fewer against whoever needs company."""
    area = case.policy.areas[STRONGROOM]
    if area.two_person and area.occupancy_max is not None:
        return case
    return case.facts(inside=0 if area.two_person else case.now.inside + 1)


AGAINST: dict[Reason, Callable[[Case], Case]] = {**BREAKS, Reason.occupancy_max: _fewer_or_more_inside}


@given(cases(), st.lists(st.sampled_from(list(AGAINST)), min_size=1, max_size=6))
def test_more_facts_against_it_never_open_a_door(case: Case, against: list[Reason]) -> None:
    worse = case
    for reason in against:
        worse = AGAINST[reason](worse)
    assert isinstance(case.decided(), Granted) or isinstance(worse.decided(), Denied)


@given(cases(point=ESCAPE))
def test_a_way_out_is_never_refused_for_a_mode_or_an_escort(case: Case) -> None:
    verdict = case.decided()
    never = {Reason.threat_level, Reason.door_blocked, Reason.escort_missing}
    assert not (isinstance(verdict, Denied) and verdict.reason in never)
