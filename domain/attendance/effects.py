"""What an approved request puts into force: orders, leave, punches by hand, wrong taps, swaps, 代休日 …. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.elsewhere import Elsewhere
from domain.attendance.facts import Compensatory, Direction, Leave, Order, Swap
from domain.attendance.plan import DayPlan, Plan
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
from domain.attendance.shift import DayKind
from domain.attendance.spans import axis_minute, intersect, total

HOURS_OFF_KIND = "hours_off"
"""The kind under which 超勤代休時間 stands among what was taken of working hours."""


@dataclass(frozen=True, slots=True)
class TakenLeave:
    """Leave of one day, and the minutes that it takes of a balance."""

    leave: Leave
    minutes: int


@dataclass(frozen=True, slots=True)
class HandPunch:
    """A punch by hand (手動) at a minute from 00:00 of its duty day."""

    on: date
    minute: int
    direction: Direction


@dataclass(frozen=True, slots=True)
class WrongTap:
    """A tap (``ref``) at a minute from 00:00 of its duty day that is none of working time."""

    on: date
    minute: int
    ref: str


Effect = Order | TakenLeave | HandPunch | WrongTap | Swap | Compensatory | Elsewhere
TakenMinutes = Callable[[LeaveRequest, DayPlan], int]
"""How many minutes of a balance a leave takes on a day."""


def due_minutes(request: LeaveRequest, day: DayPlan) -> int:
    """Give the planned minutes of a day that a leave covers; none on a day off."""
    if day.kind is not DayKind.work:
        return 0
    if request.starts_minute is None or request.ends_minute is None:
        return day.leave_minutes
    span = axis_minute(day.on, request.starts_minute), axis_minute(day.on, request.ends_minute)
    return total(intersect((span,), day.duty))


def list_effects(request: Request, plan: Plan, taken: TakenMinutes = due_minutes) -> tuple[Effect, ...]:
    """Give what a request puts into force; nothing for an answer to a divergence, which is itself what was decided.

    Args:
        request: as it was approved.
        plan: the plan of its days.
        taken: how many minutes of a balance a leave takes on a day; days on which nothing is due are left out.
    """
    match request:
        case OvertimeRequest(on=on, starts_minute=starts, ends_minute=ends, breaks=breaks):
            pauses = tuple((axis_minute(on, start), axis_minute(on, end)) for start, end in sorted(breaks))
            return (Order(axis_minute(on, starts), axis_minute(on, ends), pauses),)
        case LeaveRequest():
            return tuple(_leave(request, plan, taken))
        case HoursOffRequest(on=on, starts_minute=starts, ends_minute=ends):
            span = axis_minute(on, starts), axis_minute(on, ends)
            minutes = total(intersect((span,), plan[on].duty))
            return (TakenLeave(Leave(on, HOURS_OFF_KIND, starts, ends), minutes),)
        case PunchRequest(on=on, minute=minute, direction=direction):
            return (HandPunch(on, minute, direction),)
        case WrongTapRequest(on=on, minute=minute, tap=tap):
            return (WrongTap(on, minute, tap),)
        case SwapRequest(worked_on=worked_on, off_on=off_on, part_minutes=part_minutes):
            return (Swap(worked_on, off_on, part_minutes),)
        case CompensatoryRequest(worked_on=worked_on, off_on=off_on):
            return (Compensatory(worked_on, off_on),)
        case ElsewhereRequest(on=on, kind=kind, starts_minute=starts, ends_minute=ends):
            return (Elsewhere(on, kind, starts, ends),)
        case DivergenceAnswer():
            return ()


def _leave(request: LeaveRequest, plan: Plan, taken: TakenMinutes) -> Iterator[TakenLeave]:
    for ahead in range((request.until_on - request.from_on).days + 1):
        on = request.from_on + timedelta(days=ahead)
        if due_minutes(request, plan[on]):
            leave = Leave(on, request.kind, request.starts_minute, request.ends_minute)
            yield TakenLeave(leave, taken(request, plan[on]))
