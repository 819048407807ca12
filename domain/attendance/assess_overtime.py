"""Every fault of a request for overtime: beforehand (命令の申請) or afterwards with a reason (L19)."""

from dataclasses import replace

from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.request_span import assess_span, span_of, spans_of_leave
from domain.attendance.requests import OvertimeRequest
from domain.attendance.shift import DayKind
from domain.attendance.spans import Spans, axis_minute, intersect, merge, subtract

BREAKS_MAX = 10


def settle_overtime(request: OvertimeRequest, asked_at: int) -> OvertimeRequest:
    """Give the request as it can be asked at an axis minute: what has begun is asked for afterwards."""
    return replace(request, afterwards=axis_minute(request.on, request.starts_minute) <= asked_at)


def assess_overtime(request: OvertimeRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault; a manager has only ordered presence on a day off (管理職員特別勤務)."""
    if wrong := assess_span(request):
        return wrong
    span = span_of(request)
    faults = [*_assess_moment(request, facts), *_assess_breaks(request)]
    if facts.time.staff.on(request.on).manager and facts.plan[request.on].kind is DayKind.work:
        faults.append(RequestFault("on", Why.for_managers_no_overtime, {"on": request.on}))
    regular = merge(part for day in facts.plan.values() if day.kind is DayKind.work for part in day.window)
    if inside := intersect((span,), regular):
        origin = axis_minute(request.on)
        values = {"starts_minute": inside[0][0] - origin, "ends_minute": inside[0][1] - origin}
        faults.append(RequestFault("starts_minute", Why.inside_regular_hours, values))
    if intersect((span,), merge((order.starts, order.ends) for order in facts.time.orders)):
        faults.append(RequestFault("starts_minute", Why.overlaps_order, {"on": request.on}))
    leave = merge(part for each in facts.time.leave for part in spans_of_leave(each))
    if intersect((span,), leave):
        faults.append(RequestFault("on", Why.overlaps_leave, {"on": request.on}))
    return tuple(faults)


def _assess_moment(request: OvertimeRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    starts, ends = span_of(request)
    if not request.afterwards and starts <= facts.asked_at:
        return (RequestFault("starts_minute", Why.begun, {"starts_minute": request.starts_minute}),)
    if request.afterwards and ends > facts.asked_at:
        return (RequestFault("ends_minute", Why.not_yet, {"ends_minute": request.ends_minute}),)
    return ()


def _assess_breaks(request: OvertimeRequest) -> tuple[RequestFault, ...]:
    whole: Spans = ((request.starts_minute, request.ends_minute),)
    breaks = tuple(sorted(request.breaks))
    in_order = merge(breaks) == breaks and len(breaks) <= BREAKS_MAX
    if in_order and not subtract(breaks, whole) and subtract(whole, breaks):
        return ()
    return (RequestFault("breaks", Why.break_outside, {"starts_minute": whole[0][0], "ends_minute": whole[0][1]}),)
