"""What a decision asks of the situation: PIN and code, passback, room inside, a second person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.access.decide import decide
from domain.access.policy import (
    PassbackMode,
)
from domain.access.situation import Code, Pin, Situation
from domain.verdict import Denied, Granted, Reason
from tests.domain.access.decision_case import (
    HALL,
    HOUR,
    KEYHOLDER,
    MAIN,
    NOON,
    OFFICE,
    OUTSIDE,
    POLICY,
    RIGHT,
    STRONGROOM,
    TAP,
    holding,
)


@pytest.mark.parametrize("pin", [Pin.right, Pin.duress])
def test_a_pin_under_duress_opens_like_the_right_one(pin: Pin) -> None:
    assert RIGHT.facts(pin=pin).decided() == Granted("staff/office")


@pytest.mark.parametrize("pin", list(Pin))
def test_where_no_pin_is_asked_none_is_looked_at(pin: Pin) -> None:
    assert decide(POLICY, TAP, Situation(pin=pin)) == Granted("staff/office")


def test_a_pin_is_asked_while_its_schedule_holds() -> None:
    point = replace(POLICY.points[MAIN], pin=OFFICE)
    policy = replace(holding(levels=(KEYHOLDER,)), points={**POLICY.points, MAIN: point})
    assert decide(policy, TAP) == Denied(Reason.pin_required)
    late = replace(TAP, at=NOON + 4 * HOUR, confirmed_at=NOON + 4 * HOUR)
    assert decide(policy, late) == Granted("keyholder/always")


@pytest.mark.parametrize(
    ("code", "reason"),
    [(Code.early, Reason.not_yet_active), (Code.over, Reason.expired), (Code.used, Reason.code_used)],
)
def test_a_code_out_of_its_time_or_used_is_refused(code: Code, reason: Reason) -> None:
    assert RIGHT.facts(code=code).decided() == Denied(reason)
    assert RIGHT.facts(code=Code.fresh).decided() == Granted("staff/office")


INSIDE = RIGHT.facts(place=STRONGROOM, entered_at=NOON - HOUR / 2)


def test_soft_passback_opens_and_is_noted() -> None:
    soft = INSIDE.area(passback=PassbackMode.soft)
    assert soft.decided() == Granted("staff/office", (Reason.passback,))
    assert soft.facts(place=HALL).decided() == Granted("staff/office")


@pytest.mark.parametrize("mode", [PassbackMode.soft, PassbackMode.hard])
def test_passback_fades_with_the_entry_and_not_before(mode: PassbackMode) -> None:
    case = INSIDE.area(passback=mode)
    just_before = case.facts(entered_at=NOON - HOUR + timedelta(microseconds=1)).decided()
    assert just_before == (
        Denied(Reason.passback) if mode is PassbackMode.hard else Granted("staff/office", (Reason.passback,))
    )
    assert case.facts(entered_at=NOON - HOUR).decided() == Granted("staff/office")
    never = case.area(passback_fades=None).facts(entered_at=NOON - 1000 * HOUR).decided()
    assert never != Granted("staff/office")


def test_passback_asks_nothing_of_the_exempt_of_others_places_and_where_it_is_off() -> None:
    granted = Granted("staff/office")
    assert INSIDE.holder(passback_exempt=True).decided() == granted
    assert INSIDE.area(passback=PassbackMode.off).decided() == granted
    assert INSIDE.facts(place=OUTSIDE).decided() == granted
    assert INSIDE.facts(place=None, entered_at=None).decided() == granted, "an unknown place violates nothing"


@pytest.mark.parametrize(("inside", "most", "granted"), [(0, 1, True), (1, 1, False), (4, 5, True), (9, None, True)])
def test_an_area_takes_so_many(inside: int, most: int | None, granted: bool) -> None:
    case = RIGHT.area(occupancy_max=most).facts(inside=inside)
    assert case.decided() == (Granted("staff/office") if granted else Denied(Reason.occupancy_max))


@pytest.mark.parametrize(
    ("inside", "companions", "granted"), [(0, 0, False), (1, 0, False), (0, 1, True), (1, 1, True), (2, 0, True)]
)
def test_two_enter_together_until_two_are_inside(inside: int, companions: int, granted: bool) -> None:
    case = RIGHT.area(occupancy_max=None).facts(inside=inside, companions=companions)
    assert case.decided() == (Granted("staff/office") if granted else Denied(Reason.two_person_waiting))


def test_whoever_is_one_of_the_two_inside_needs_no_second() -> None:
    case = RIGHT.area(occupancy_max=None, passback=PassbackMode.off).facts(inside=1, companions=0)
    assert case.decided() == Denied(Reason.two_person_waiting)
    assert case.facts(place=STRONGROOM).decided() == Granted("staff/office")
