"""Every fault of a 週休日の振替 (L10) and of a 代休日 (L12)."""

from datetime import date, timedelta

from domain.attendance.facts import Compensatory, Swap
from domain.attendance.plan import DayPlan, Plan, in_compensatory_window, in_swap_window
from domain.attendance.request_facts import RequestFacts
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import CompensatoryRequest, SwapRequest
from domain.attendance.shift import DayKind
from domain.attendance.spans import axis_minute, intersect, merge

_DAYS_OFF = frozenset({DayKind.rest, DayKind.statutory_rest})


def assess_swap(request: SwapRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: fixed beforehand, in its window, a day off for a day of work, and no run of days too long."""
    worked, off = facts.plan[request.worked_on], facts.plan[request.off_on]
    faults = []
    if worked.kind not in _DAYS_OFF:
        faults.append(RequestFault("worked_on", Why.not_a_day_off, {"on": request.worked_on}))
    if off.kind is not DayKind.work:
        faults.append(RequestFault("off_on", Why.day_off, {"on": request.off_on}))
    if not in_swap_window(facts.time, Swap(request.worked_on, request.off_on, request.part_minutes)):
        faults.append(_outside("off_on", *_swap_window(request, facts)))
    if request.part_minutes is not None and not 0 < request.part_minutes < max(off.net_minutes, 1):
        faults.append(RequestFault("part_minutes", Why.unit, {"most_minutes": off.net_minutes}))
    faults += [*_assess_beforehand(off, request, facts), *_assess_free(request, facts)]
    run = _run_around(request, facts.plan)
    most = facts.time.rules.on(request.worked_on).consecutive_days_max
    if run > most:
        values = {"days": run, "most_days": most}
        faults.append(RequestFault("worked_on", Why.too_many_days_on_end, values))
    return tuple(faults)


def assess_compensatory(request: CompensatoryRequest, facts: RequestFacts) -> tuple[RequestFault, ...]:
    """Name every fault: a worked day off that nothing answers yet, and a coming day of work within eight weeks."""
    worked, off = facts.plan[request.worked_on], facts.plan[request.off_on]
    faults = []
    if worked.kind is DayKind.work:
        faults.append(RequestFault("worked_on", Why.not_a_holiday, {"on": request.worked_on}))
    if off.kind is not DayKind.work:
        faults.append(RequestFault("off_on", Why.day_off, {"on": request.off_on}))
    if not in_compensatory_window(facts.time, Compensatory(request.worked_on, request.off_on)):
        latest = request.worked_on + timedelta(weeks=facts.time.rules.on(request.worked_on).swap_weeks_after)
        faults.append(_outside("off_on", request.worked_on + timedelta(days=1), latest))
    if off.starts is not None and off.starts <= facts.asked_at:
        faults.append(RequestFault("off_on", Why.begun, {"on": request.off_on}))
    return (*faults, *_assess_free(request, facts))


def _assess_beforehand(off: DayPlan, request: SwapRequest, facts: RequestFacts) -> list[RequestFault]:
    if off.starts is None:
        return []
    clock = off.starts - axis_minute(request.off_on)
    days = {"worked_on": request.worked_on, "off_on": request.off_on}
    begun = (name for name, on in days.items() if axis_minute(on, clock) <= facts.asked_at)
    return [RequestFault(name, Why.begun, {"on": days[name]}) for name in begun]


def _assess_free(request: SwapRequest | CompensatoryRequest, facts: RequestFacts) -> list[RequestFault]:
    days = {"worked_on": request.worked_on, "off_on": request.off_on}
    swapped = {on for each in facts.time.swaps for on in (each.worked_on, each.off_on)}
    swapped |= {on for each in facts.time.compensatory for on in (each.worked_on, each.off_on)}
    faults = [RequestFault(name, Why.overlaps_swap, {"on": on}) for name, on in days.items() if on in swapped]
    if any(leave.on == request.off_on for leave in facts.time.leave):
        faults.append(RequestFault("off_on", Why.overlaps_leave, {"on": request.off_on}))
    if isinstance(request, SwapRequest):
        faults += _assess_orders(request, facts)
    return faults


def _assess_orders(request: SwapRequest, facts: RequestFacts) -> list[RequestFault]:
    """An order for hours that the swap makes regular must end first."""
    moved = axis_minute(request.worked_on) - axis_minute(request.off_on)
    regular = tuple((start + moved, end + moved) for start, end in facts.plan[request.off_on].window)
    if intersect(regular, merge((order.starts, order.ends) for order in facts.time.orders)):
        return [RequestFault("worked_on", Why.overlaps_order, {"on": request.worked_on})]
    return []


def _swap_window(request: SwapRequest, facts: RequestFacts) -> tuple[date, date]:
    profile = facts.time.rules.on(request.worked_on)
    before, after = timedelta(weeks=profile.swap_weeks_before), timedelta(weeks=profile.swap_weeks_after)
    return request.worked_on - before, request.worked_on + after


def _outside(field: str, first_on: date, last_on: date) -> RequestFault:
    return RequestFault(field, Why.outside_window, {"first": first_on, "last": last_on})


def _run_around(request: SwapRequest, plan: Plan) -> int:
    """Count the days of work on end that the swap's worked day would lie in."""

    def is_worked(on: date) -> bool:
        if on == request.off_on:
            return request.part_minutes is not None
        return on == request.worked_on or (on in plan and plan[on].kind is DayKind.work)

    run = 1
    for step in (timedelta(days=-1), timedelta(days=1)):
        on = request.worked_on + step
        while on in plan and is_worked(on):
            run, on = run + 1, on + step
    return run
