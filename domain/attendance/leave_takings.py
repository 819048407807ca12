"""What a request for leave takes of the balance, day by day, and the facts it is held against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.leave_balance import Lot, Taking, most_to_take, yearly_lots
from domain.attendance.leave_kinds import LeaveKind, LeaveUnit
from domain.attendance.leave_parts import charged_minutes, due_within, halves
from domain.attendance.plan import DayPlan, Plan
from domain.attendance.profile import InForce, Profile
from domain.attendance.requests import LeaveRequest
from domain.attendance.shift import DayKind
from domain.attendance.spans import axis_minute


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """What a request is held against.

    ``plan`` holds the days asked for; ``lots`` are those of the kind asked for; ``takings`` the person's leave that
    stands, of every kind, from the first day of the leave year before. ``day_minutes`` is the person's day.
    """

    profile: InForce
    kinds: Mapping[str, LeaveKind]
    plan: Plan
    day_minutes: int
    lots: tuple[Lot, ...] = ()
    takings: tuple[Taking, ...] = ()

    def lots_for(self, kind: LeaveKind, days: tuple[date, ...]) -> tuple[Lot, ...]:
        """Give the lots that a kind draws from: the stored ones and those that it has by itself each year."""
        return self.lots + yearly_lots(kind, self.day_minutes, days)


def derive_takings(request: LeaveRequest, facts: LeaveFacts, ref: str) -> tuple[Taking, ...]:
    """Give what a request takes, a taking for each day with work; days off between take nothing.

    Args:
        request: a request without faults.
        facts: as they are when it takes effect.
        ref: the application's id; a taking's id is made of it and the day, so that writing twice is harmless.
    """
    return tuple(
        Taking(
            f"{ref}/{day.on.isoformat()}",
            request.kind,
            day.on,
            taken_minutes(request, day, facts),
            request.starts_minute,
            request.ends_minute,
        )
        for day in due_days(request, facts)
    )


def taken_minutes(request: LeaveRequest, day: DayPlan, facts: LeaveFacts) -> int:
    """Give what a request takes of its balance on one day: the day's plan, a half of it, or whole units of an hour.

    Leave in several parts never takes more than the day: what a begun hour took of it before is not taken again.
    """
    if not is_due(day):
        return 0
    if request.starts_minute is None or request.ends_minute is None:
        return day.leave_minutes
    kind = facts.kinds[request.kind]
    due = due_within(day, request.starts_minute, request.ends_minute)
    if is_half(request.starts_minute, request.ends_minute, day, kind):
        return due
    mine = tuple(each for each in facts.takings if each.kind == kind.id)
    of_the_day = max(0, day.net_minutes - sum(each.minutes for each in mine if each.on == day.on))
    room = of_the_day
    if kind.has_balance:
        room = min(room, most_to_take(facts.lots_for(kind, (day.on,)), mine, day.on))
    return min(of_the_day, charged_minutes(due, kind.unit_minutes, room))


def due_days(request: LeaveRequest, facts: LeaveFacts) -> Iterator[DayPlan]:
    """Yield the days of a request on which something is due."""
    for ordinal in range(request.from_on.toordinal(), request.until_on.toordinal() + 1):
        day = facts.plan.get(date.fromordinal(ordinal))
        if day is not None and is_due(day):
            yield day


def is_due(day: DayPlan) -> bool:
    """Tell whether a day is one of work."""
    return day.kind is DayKind.work and day.net_minutes > 0


def is_half(starts: int, ends: int, day: DayPlan, kind: LeaveKind) -> bool:
    """Tell whether clock minutes are a half day that the kind knows."""
    return LeaveUnit.half in kind.units and (starts, ends) in (halves(day) or ())


def is_hourly(taking: Taking, kind: LeaveKind, facts: LeaveFacts) -> bool:
    """Tell whether leave was taken by the hour: part of a day, and no half of it."""
    if taking.starts_minute is None or taking.ends_minute is None:
        return False
    day = facts.plan.get(taking.on) or _usual_day(taking.on, facts.profile.on(taking.on))
    return not is_half(taking.starts_minute, taking.ends_minute, day, kind)


def _usual_day(on: date, profile: Profile) -> DayPlan:
    shift, origin = profile.week[on.weekday()], axis_minute(on)
    duty = () if shift.hours is None else shift.hours.duty
    return DayPlan(on, shift.kind, duty=tuple((origin + start, origin + end) for start, end in duty))
