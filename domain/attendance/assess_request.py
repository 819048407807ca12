"""Every fault of any request: what holds for all kinds, then what holds for its own."""

import re
from collections.abc import Iterator
from datetime import date

from domain.attendance.assess_elsewhere import assess_elsewhere, assess_hours_off
from domain.attendance.assess_overtime import assess_overtime
from domain.attendance.assess_punch import assess_answer, assess_punch, assess_wrong_tap
from domain.attendance.assess_swap import assess_compensatory, assess_swap
from domain.attendance.request_facts import YEARS_MAX, RequestFacts, list_days
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.request_span import wants_same
from domain.attendance.requests import (
    CompensatoryRequest,
    DivergenceAnswer,
    ElsewhereRequest,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    PunchRequest,
    Request,
    SwapRequest,
    WrongTapRequest,
)

REASON_LENGTH_MAX = 200

_PERIOD = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])")

_DAY_FIELDS = {
    LeaveRequest: ("from_on", "until_on"),
    SwapRequest: ("worked_on", "off_on"),
    CompensatoryRequest: ("worked_on", "off_on"),
}
_SAYS_WHY = (OvertimeRequest, PunchRequest, WrongTapRequest, SwapRequest, ElsewhereRequest)
_AFTER_CLOSING = (WrongTapRequest,)
"""What may still be asked of a closed month: like a judgement of a tap it changes a fact, and becomes an adjustment."""


def day_fields(request: Request) -> tuple[tuple[str, date], ...]:
    """Give the names of a request's fields that are days, with their days."""
    return tuple((name, getattr(request, name)) for name in _DAY_FIELDS.get(type(request), ("on",)))


def assess_reach(request: Request, today: date) -> tuple[RequestFault, ...]:
    """Name days so far off that no facts are looked at: more than two years, or an end before its start."""
    faults = [
        RequestFault(
            name, Why.outside_window, {"first_year": today.year - YEARS_MAX, "last_year": today.year + YEARS_MAX}
        )
        for name, on in day_fields(request)
        if abs(on.year - today.year) > YEARS_MAX
    ]
    if isinstance(request, HoursOffRequest) and not _PERIOD.fullmatch(request.period):
        faults.append(RequestFault("period", Why.outside_window, {"period": request.period[:10]}))
    if isinstance(request, LeaveRequest) and request.until_on < request.from_on:
        faults.append(
            RequestFault("until_on", Why.ends_before_start, {"first": request.from_on, "last": request.until_on})
        )
    return tuple(faults)


def assess_request(request: Request, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault of a request whose days :func:`assess_reach` lets pass; ``facts`` are planned.

    Leave has its own ledger: those faults are ``assess_leave``'s.
    """
    return (*_assess_any(request, facts), *_assess_own(request, facts))


def _assess_any(request: Request, facts: RequestFacts) -> Iterator[RequestFault]:
    for name, on in day_fields(request):
        if f"{on:%Y-%m}" in facts.closed and not isinstance(request, _AFTER_CLOSING):
            yield RequestFault(name, Why.month_closed, {"period": f"{on:%Y-%m}"})
        if (facts.joined_on and on < facts.joined_on) or (facts.left_on and on > facts.left_on):
            yield RequestFault(name, Why.not_employed, {"on": on})
    between = {f"{on:%Y-%m}" for on in list_days(request)} - {f"{on:%Y-%m}" for _, on in day_fields(request)}
    for period in sorted(between & facts.closed):
        yield RequestFault("until_on", Why.month_closed, {"period": period})
    if isinstance(request, _SAYS_WHY) and not request.reason.strip():
        yield RequestFault("reason", Why.no_reason)
    if len(request.reason) > REASON_LENGTH_MAX:
        yield RequestFault("reason", Why.too_long, {"most_characters": REASON_LENGTH_MAX})
    if any(wants_same(request, other) for other in facts.waiting):
        yield RequestFault(day_fields(request)[0][0], Why.overlaps_request, {"on": day_fields(request)[0][1]})


def _assess_own(request: Request, facts: RequestFacts) -> tuple[RequestFault, ...]:
    match request:
        case OvertimeRequest():
            return assess_overtime(request, facts)
        case PunchRequest():
            return assess_punch(request, facts)
        case WrongTapRequest():
            return assess_wrong_tap(request, facts)
        case DivergenceAnswer():
            return assess_answer(request, facts)
        case SwapRequest():
            return assess_swap(request, facts)
        case CompensatoryRequest():
            return assess_compensatory(request, facts)
        case ElsewhereRequest():
            return assess_elsewhere(request, facts)
        case HoursOffRequest():
            return assess_hours_off(request, facts)
        case LeaveRequest():
            return ()
