"""Every fault of hours elsewhere (在宅, 出張, 宿日直 …) and of 超勤代休時間 (L13)."""

from domain.attendance.elsewhere import Elsewhere, watch_spans
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.request_span import assess_span, span_of, spans_of_leave
from domain.attendance.requests import ElsewhereRequest, HoursOffRequest
from domain.attendance.shift import DayKind
from domain.attendance.spans import intersect, merge, total


def assess_elsewhere(request: ElsewhereRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: watch lies outside regular hours, nobody is elsewhere twice or on leave."""
    if wrong := assess_span(request):
        return wrong
    faults = []
    mine = (span_of(request),)
    item = Elsewhere(request.on, request.kind, request.starts_minute, request.ends_minute)
    regular = merge(part for day in facts.plan.values() if day.kind is DayKind.work for part in day.window)
    if intersect(watch_spans((item,), facts.time.rules), regular):
        faults.append(RequestFault("starts_minute", Why.inside_regular_hours, {"on": request.on}))
    if intersect(mine, merge(each.span for each in facts.time.elsewhere)):
        faults.append(RequestFault("starts_minute", Why.overlaps_request, {"on": request.on}))
    if intersect(mine, merge(part for each in facts.time.leave for part in spans_of_leave(each))):
        faults.append(RequestFault("on", Why.overlaps_leave, {"on": request.on}))
    return tuple(faults)


def assess_hours_off(request: HoursOffRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: a day or 4:00 beside the start or end of regular hours, in its window, within what is left."""
    offer, day = facts.hours_off, facts.plan[request.on]
    if wrong := assess_span(request):
        return wrong
    if offer is None or not offer.minutes:
        return (RequestFault("period", Why.nothing_raised, {"period": request.period}),)
    faults = []
    if not offer.first_on <= request.on <= offer.last_on:
        faults.append(RequestFault("on", Why.outside_window, {"first": offer.first_on, "last": offer.last_on}))
    if day.kind is not DayKind.work or not day.duty:
        return (*faults, RequestFault("on", Why.day_off, {"on": request.on}))
    span = span_of(request)
    minutes = total(intersect((span,), day.duty))
    beside = span[0] == day.window[0][0] or span[1] == day.window[-1][1]
    unit = facts.time.rules.on(request.on).hours_off_unit_minutes
    if minutes not in {unit, day.net_minutes} or not beside:
        faults.append(RequestFault("ends_minute", Why.unit, {"unit_minutes": unit, "day_minutes": day.net_minutes}))
    if minutes > offer.minutes - facts.hours_off_taken:
        left = offer.minutes - facts.hours_off_taken
        faults.append(RequestFault("ends_minute", Why.balance, {"left_minutes": left, "asked_minutes": minutes}))
    if intersect((span,), merge(part for each in facts.time.leave for part in spans_of_leave(each))):
        faults.append(RequestFault("on", Why.overlaps_leave, {"on": request.on}))
    return tuple(faults)
