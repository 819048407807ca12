"""What people ask for beforehand: overtime, leave, days elsewhere, swaps, watch; and how a request is handed in."""

from collections.abc import Iterator
from datetime import date, timedelta

from domain.attendance.elsewhere import ElsewhereKind
from domain.attendance.facts import MonthFacts
from domain.attendance.leave_parts import halves
from domain.attendance.plan import DayPlan, Plan, derive_plan
from domain.attendance.requests import (
    CompensatoryRequest,
    ElsewhereRequest,
    HoursOffRequest,
    LeaveRequest,
    OvertimeRequest,
    Request,
    SwapRequest,
)
from domain.attendance.shift import DayKind
from domain.attendance.spans import minute_from
from domain.civil import month_end
from domain.workflow.application import RefusedActError
from gateway.operations.attendance.apply_request import Asked, apply_request
from gateway.requests.refusals import RequestFaultsError
from tests.city_years.city import RULES, City
from tests.city_years.staff import Worker

BUSY = (0.01, 0.02, 0.03, 0.05, 0.08, 0.15, 0.75)
"""How often somebody's day brings overtime; drawn once for each person."""

TOLERATED = frozenset(
    """overlaps_leave overlaps_order overlaps_request overlaps_swap inside_regular_hours balance begun day_off unit
    too_many_days_on_end for_managers_no_overtime not_a_day_off outside_window nothing_raised outside_regular_hours
    no_such_divergence day_share not_a_holiday""".split()  # noqa: SIM905 (a list of words is a text)
)
"""What a request may be refused for when people ask without looking."""


def hand_in(city: City, person_id: str, request: Request, *, name: str = "", seen: int = 0) -> bool:
    """Apply; a fault that people make counts, any other is an error."""
    city.serial += not name
    asked = Asked(name or f"a{city.serial}", person_id, person_id, request, seen)
    city.count("asked")
    try:
        with city.act() as tx:
            apply_request(tx, asked, RULES)
    except RequestFaultsError as error:
        for fault in error.faults:
            if fault.why.value not in TOLERATED:
                raise
            city.count(f"fault.{fault.why.value}")
        return False
    except RefusedActError as error:
        city.count(f"refused.{error.refusal.value}")
        return False
    city.asked[asked.id] = asked
    return True


def draw_requests(city: City, worker: Worker, facts: MonthFacts) -> Iterator[Request]:
    """Draw what somebody asks for before the month's days come."""
    plan = derive_plan(facts)
    busy = BUSY[hash_of(worker.id) % len(BUSY)]
    for number in range((facts.last_on - facts.first_on).days + 1):
        on = facts.first_on + timedelta(days=number)
        day = plan[on]
        if day.kind is DayKind.work and day.window:
            yield from _on_workday(city, worker, day, busy)
        elif day.kind is not DayKind.work and not worker.is_manager and city.happens(busy / 8):
            yield OvertimeRequest(on, 540, 540 + 60 * city.random.randint(4, 9), "行事", ((720, 780),))
        elif day.kind is DayKind.rest and city.happens(0.006) and (off := _off_day(city, plan, on)):
            yield SwapRequest(on, off, "選挙事務")


def draw_days_off(city: City, worker: Worker, facts: MonthFacts) -> Iterator[Request]:
    """Draw what somebody takes for what was worked: 代休 for a holiday, 超勤代休時間 for the month before the last."""
    plan = derive_plan(facts)
    work = [on for on in plan if facts.first_on <= on <= facts.last_on and plan[on].starts is not None]
    for worked_on in city.worked_holidays.pop(worker.id, ()):
        if work and city.happens(0.5):
            yield CompensatoryRequest(worked_on, city.random.choice(work))
    if work and worker.pattern is None and hash_of(worker.id) % len(BUSY) == len(BUSY) - 1 and city.happens(0.5):
        on = city.random.choice(work)
        period = f"{month_end(facts.first_on, months=-2):%Y-%m}"
        yield HoursOffRequest(period, on, 13 * 60 + 15, 17 * 60 + 15)


def hash_of(person_id: str) -> int:
    """Give a number that stays with a person."""
    return int(person_id[1:]) * 7919 % 101


def _on_workday(city: City, worker: Worker, day: DayPlan, busy: float) -> Iterator[Request]:
    random = city.random
    starts, ends = minute_from(day.on, day.window[0][0]), minute_from(day.on, day.window[-1][1])
    draw = random.random()
    if draw < 0.035:
        yield _leave(city, day)
    elif draw < 0.055:
        kind = random.choice([ElsewhereKind.home, ElsewhereKind.trip, ElsewhereKind.training])
        yield ElsewhereRequest(day.on, kind, starts, ends, "用務")
    elif draw < 0.065 and starts < 720 < ends <= 1440:
        yield ElsewhereRequest(day.on, ElsewhereKind.trip, 13 * 60, ends, "現地調査")
    elif draw < 0.069 and worker.pattern is None and not worker.is_manager:
        yield ElsewhereRequest(day.on, ElsewhereKind.night_duty, ends, 1440 + 8 * 60 + 30, "宿直")
    if not worker.is_manager and random.random() < busy:
        yield OvertimeRequest(day.on, ends, ends + 15 * random.randint(2, 22), "決算")
    elif not worker.is_manager and random.random() < busy / 10:
        yield OvertimeRequest(day.on, starts - 60, starts, "早朝の準備")


def _leave(city: City, day: DayPlan) -> LeaveRequest:
    draw = city.random.random()
    parts = halves(day)
    starts, ends = minute_from(day.on, day.window[0][0]), minute_from(day.on, day.window[-1][1])
    if draw < 0.45:
        return LeaveRequest("annual", day.on, day.on)
    if draw < 0.6 and parts is not None:
        return LeaveRequest("annual", day.on, day.on, "", *city.random.choice(parts))
    if draw < 0.85:
        hours = 60 * city.random.randint(1, 3)
        span = (starts, starts + hours) if city.happens(0.5) else (ends - hours, ends)
        return LeaveRequest("annual", day.on, day.on, "", *span)
    if draw < 0.95:
        return LeaveRequest("sick", day.on, day.on + timedelta(days=city.random.randint(0, 2)), "発熱")
    return LeaveRequest("special.summer", day.on, day.on)


def _off_day(city: City, plan: Plan, on: date) -> date | None:
    days = [on + timedelta(days=each) for each in range(1, 25)]
    work = [each for each in days if each in plan and plan[each].kind is DayKind.work and plan[each].window]
    return city.random.choice(work) if work else None
