"""The time that a request wants for itself, and whether two requests want the same."""

from datetime import date

from domain.attendance.facts import Leave
from domain.attendance.request_fault import RequestFault, Why
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
    subject_of,
)
from domain.attendance.spans import Span, Spans, axis_minute, intersect
from domain.civil import MINUTES_PER_DAY

LENGTH_MAX_MINUTES = MINUTES_PER_DAY
"""The longest time that one request of a day may ask for."""

Timed = OvertimeRequest | ElsewhereRequest | HoursOffRequest


def span_of(request: Timed) -> Span:
    """Give the axis span of a request for a time of one day."""
    return axis_minute(request.on, request.starts_minute), axis_minute(request.on, request.ends_minute)


def assess_span(request: Timed) -> tuple[RequestFault, ...]:
    """Name what is wrong with the ends themselves: the start lies on the day, the end after it, a day later at most."""
    values = {"starts_minute": request.starts_minute, "ends_minute": request.ends_minute}
    if not 0 <= request.starts_minute < 2 * MINUTES_PER_DAY:
        return (RequestFault("starts_minute", Why.outside_window, {**values, "first": 0, "last": 2 * MINUTES_PER_DAY}),)
    if request.ends_minute <= request.starts_minute:
        return (RequestFault("ends_minute", Why.ends_before_start, values),)
    if request.ends_minute - request.starts_minute > LENGTH_MAX_MINUTES:
        return (RequestFault("ends_minute", Why.too_long, {**values, "most_minutes": LENGTH_MAX_MINUTES}),)
    return ()


def spans_of_leave(leave: Leave) -> Spans:
    """Give the axis span of a leave; a whole day is the civil day."""
    return ((axis_minute(leave.on, leave.starts_minute or 0), axis_minute(leave.on, _ends(leave.ends_minute))),)


def wants_same(one: Request, other: Request) -> bool:
    """Tell whether two requests of a person cannot both be granted: one order, one absence, one change of a day."""
    match one, other:
        case (OvertimeRequest(), OvertimeRequest()):
            return bool(intersect((span_of(one),), (span_of(other),)))
        case (ElsewhereRequest(), ElsewhereRequest()):
            return bool(intersect((span_of(one),), (span_of(other),)))
        case (LeaveRequest() | HoursOffRequest(), LeaveRequest() | HoursOffRequest()):
            return bool(intersect((_away(one),), (_away(other),)))
        case (PunchRequest(), PunchRequest()):
            return (one.on, one.minute, one.direction) == (other.on, other.minute, other.direction)
        case (DivergenceAnswer(), DivergenceAnswer()) | (WrongTapRequest(), WrongTapRequest()):
            return subject_of(one) == subject_of(other)
        case (SwapRequest() | CompensatoryRequest(), SwapRequest() | CompensatoryRequest()):
            return bool({one.worked_on, one.off_on} & {other.worked_on, other.off_on})
        case _:
            return False


def _away(request: LeaveRequest | HoursOffRequest) -> Span:
    if isinstance(request, HoursOffRequest):
        return span_of(request)
    first_on: date = request.from_on
    return (
        axis_minute(first_on, request.starts_minute or 0),
        axis_minute(request.until_on, _ends(request.ends_minute)),
    )


def _ends(ends_minute: int | None) -> int:
    return MINUTES_PER_DAY if ends_minute is None else ends_minute
