"""Everything that is wrong with a request for leave. Pure.

What every kind of request has in common (a closed month, a day before the employment, another request that waits) is
assessed where requests are taken in.
"""

from collections.abc import Iterator
from datetime import date

from domain.attendance.leave_balance import Taking, most_to_take
from domain.attendance.leave_event import count_event_days
from domain.attendance.leave_kinds import Allowance, DayCount, LeaveKind, LeaveUnit, leave_year
from domain.attendance.leave_minutes import hourly_cap_minutes
from domain.attendance.leave_parts import charged_minutes, due_within
from domain.attendance.leave_takings import LeaveFacts, derive_takings, due_days, is_due, is_half, is_hourly
from domain.attendance.plan import DayPlan
from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.requests import LeaveRequest
from domain.civil import MINUTES_PER_DAY

DAYS_MAX = 366
CLOCK_MAX = 3 * MINUTES_PER_DAY


def assess_leave(request: LeaveRequest, facts: LeaveFacts) -> tuple[RequestFault, ...]:
    """Name every fault of a request for leave; none means that it can be taken as it is."""
    kind = facts.kinds.get(request.kind)
    if kind is None:
        return (RequestFault("kind", Why.unknown_kind, {"kind": request.kind}),)
    if broken := _broken(request):
        return (broken,)
    faults = [*_of_kind(request, kind), *_of_days(request, kind, facts)]
    return tuple(faults) if faults else tuple(_of_balance(request, kind, facts))


def _broken(request: LeaveRequest) -> RequestFault | None:
    starts, ends = request.starts_minute, request.ends_minute
    if request.until_on < request.from_on:
        return RequestFault("until_on", Why.ends_before_start, {"first": request.from_on, "last": request.until_on})
    if (request.until_on - request.from_on).days >= DAYS_MAX:
        return RequestFault("until_on", Why.too_long, {"most_days": DAYS_MAX})
    if starts is None and ends is None:
        return None
    if starts is None or ends is None or not 0 <= starts < ends <= CLOCK_MAX:
        return RequestFault("ends_minute", Why.ends_before_start, {"starts_minute": starts or 0})
    if request.from_on != request.until_on:
        return RequestFault("until_on", Why.too_long, {"most_days": 1})
    return None


def _of_kind(request: LeaveRequest, kind: LeaveKind) -> Iterator[RequestFault]:
    if kind.needs_reason and not request.reason.strip():
        yield RequestFault("reason", Why.no_reason, {})
    season = kind.season
    if season is not None:
        for field, on in (("from_on", request.from_on), ("until_on", request.until_on)):
            if not season.holds(on) or on.year != request.from_on.year:
                first_on, last_on = (date(request.from_on.year, *end) for end in season)
                yield RequestFault(field, Why.outside_window, {"first": first_on, "last": last_on})


def _of_days(request: LeaveRequest, kind: LeaveKind, facts: LeaveFacts) -> Iterator[RequestFault]:
    for on, field in {request.until_on: "until_on", request.from_on: "from_on"}.items():
        day = facts.plan.get(on)
        if day is None or not is_due(day):
            yield RequestFault(field, Why.day_off, {"on": on})
    days = tuple(due_days(request, facts))
    if request.starts_minute is not None and request.ends_minute is not None:
        for day in days:
            yield from _of_part(request.starts_minute, request.ends_minute, day, kind, facts)
    elif LeaveUnit.day not in kind.units:
        yield RequestFault("starts_minute", Why.only_by_the_hour, {"kind": kind.title})
    for day in days:
        if any(_overlap(request, taking, day) for taking in facts.takings):
            yield RequestFault("from_on", Why.overlaps_leave, {"on": day.on})
    if kind.allowance is Allowance.event and kind.days is not None:
        yield from _of_event(request, kind, kind.days, facts)


def _of_event(request: LeaveRequest, kind: LeaveKind, most_days: int, facts: LeaveFacts) -> Iterator[RequestFault]:
    is_calendar = kind.day_count is DayCount.calendar
    asked = (request.until_on - request.from_on).days + 1 if is_calendar else len(tuple(due_days(request, facts)))
    together = count_event_days(request, kind, facts)
    if asked > most_days:
        yield RequestFault("until_on", Why.too_long, {"most_days": most_days})
    elif together > most_days:
        yield RequestFault("until_on", Why.event_days, {"most_days": most_days, "asked_days": together})


def _of_part(starts: int, ends: int, day: DayPlan, kind: LeaveKind, facts: LeaveFacts) -> Iterator[RequestFault]:
    due = due_within(day, starts, ends)
    if due == 0:
        yield RequestFault("starts_minute", Why.outside_regular_hours, {"on": day.on})
        return
    if LeaveUnit.hour not in kind.units and not is_half(starts, ends, day, kind):
        yield RequestFault("starts_minute", Why.not_by_the_hour, {"kind": kind.title})
    if kind.day_minutes_max is not None:
        same_day = sum(each.minutes for each in facts.takings if each.on == day.on and each.kind == kind.id)
        if same_day + charged_minutes(due, kind.unit_minutes, day.net_minutes) > kind.day_minutes_max:
            yield RequestFault("ends_minute", Why.day_share, {"most_minutes": kind.day_minutes_max})


def _of_balance(request: LeaveRequest, kind: LeaveKind, facts: LeaveFacts) -> Iterator[RequestFault]:
    if not kind.has_balance:
        return
    asked = derive_takings(request, facts, "")
    mine = tuple(taking for taking in facts.takings if taking.kind == kind.id)
    lots = facts.lots_for(kind, tuple(taking.on for taking in (*mine, *asked)))
    standing = mine
    for taking in asked:
        most = most_to_take(lots, standing, taking.on)
        if taking.minutes > most:
            yield RequestFault(
                "from_on", Why.balance, {"on": taking.on, "asked_minutes": taking.minutes, "left_minutes": most}
            )
            return
        standing = (*standing, taking)
    rules = facts.profile.on(request.from_on)
    cap = hourly_cap_minutes(facts.day_minutes, rules) if kind.allowance is Allowance.granted else None
    by_the_hour = [taking for taking in asked if is_hourly(taking, kind, facts)]
    if cap is not None and by_the_hour:
        first_on, last_on = leave_year(kind.year_start, request.from_on)
        taken = sum(each.minutes for each in mine if first_on <= each.on <= last_on and is_hourly(each, kind, facts))
        if taken + by_the_hour[0].minutes > cap:
            yield RequestFault(
                "ends_minute", Why.hourly_cap, {"most_minutes": cap, "left_minutes": max(0, cap - taken)}
            )


def _overlap(request: LeaveRequest, taking: Taking, day: DayPlan) -> bool:
    if taking.on != day.on:
        return False
    if request.starts_minute is None or request.ends_minute is None:
        return True
    if taking.starts_minute is None or taking.ends_minute is None:
        return True
    return request.starts_minute < taking.ends_minute and taking.starts_minute < request.ends_minute
