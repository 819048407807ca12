"""Every fault of a punch by hand (打刻訂正), of a wrong tap (打刻の除外), of an answer to a divergence (乖離理由)."""

from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import MANUAL, Direction, Punch
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import DivergenceAnswer, Explanation, PunchRequest, WrongTapRequest, subject_of
from domain.attendance.spans import axis_minute
from domain.civil import MINUTES_PER_DAY

SAID_IN_WORDS = frozenset({Explanation.work, Explanation.wrong_punch})
"""Explanations that somebody must be able to look into: they say more than their code."""


def assess_punch(request: PunchRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: it says in or out, on its day or the day after, and lies in the past."""
    faults = []
    if request.direction is Direction.none:
        faults.append(RequestFault("direction", Why.unknown_kind, {"kind": request.direction.value}))
    if not 0 <= request.minute < 2 * MINUTES_PER_DAY:
        faults.append(RequestFault("minute", Why.outside_window, {"first": 0, "last": 2 * MINUTES_PER_DAY}))
    elif axis_minute(request.on, request.minute) > facts.asked_at:
        faults.append(RequestFault("minute", Why.not_yet, {"minute": request.minute}))
    return tuple(faults)


def may_be_wrong(punch: Punch) -> bool:
    """Tell whether a punch is a tap that bounds presence: no door inside, none by hand, no question of HR's."""
    return not (punch.interior or punch.doubtful or punch.ref.startswith(MANUAL))


def assess_wrong_tap(request: WrongTapRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: the tap is one of the duty day that counts now, at the minute that is told."""
    at = axis_minute(request.on, request.minute)
    found = any(
        punch.ref == request.tap and punch.minute == at and may_be_wrong(punch)
        for punch in facts.time.punches
        if duty_on(facts.time.profile, punch.minute) == request.on
    )
    return () if found else (RequestFault("tap", Why.no_such_tap, {"minute": request.minute}),)


def assess_answer(request: DivergenceAnswer, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: the day has this divergence now, and what somebody looks into is said in words."""
    faults = []
    if subject_of(request) not in facts.divergences:
        faults.append(RequestFault("kind", Why.no_such_divergence, {"on": request.on, "kind": request.kind.value}))
    if request.explanation in SAID_IN_WORDS and not request.reason.strip():
        faults.append(RequestFault("reason", Why.no_reason))
    return tuple(faults)
