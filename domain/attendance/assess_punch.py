"""Every fault of a punch by hand (打刻訂正) and of an answer to a divergence (乖離理由)."""

from domain.attendance.facts import Direction
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import DivergenceAnswer, Explanation, PunchRequest, subject_of
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


def assess_answer(request: DivergenceAnswer, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: the day has this divergence now, and what somebody looks into is said in words."""
    faults = []
    if subject_of(request) not in facts.divergences:
        faults.append(RequestFault("kind", Why.no_such_divergence, {"on": request.on, "kind": request.kind.value}))
    if request.explanation in SAID_IN_WORDS and not request.reason.strip():
        faults.append(RequestFault("reason", Why.no_reason))
    return tuple(faults)
