"""Which leave is of one event (結婚, 忌引, one illness), and how many of the event's days are taken by it. Pure.

No request names its event: leave of one kind is of the same event as long as no more than the kind's ``event_gap_days``
of the calendar lie between. So a leave that goes on, or is asked for in parts, cannot outgrow what the kind gives.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.attendance.leave_balance import Taking
from domain.attendance.leave_kinds import DayCount, LeaveKind
from domain.attendance.leave_takings import LeaveFacts, derive_takings
from domain.attendance.requests import LeaveRequest


class _Stretch(NamedTuple):
    """The leave of one application; days off at work between its first and last day are inside."""

    first_on: date
    last_on: date
    takings: tuple[Taking, ...]


def count_event_days(request: LeaveRequest, kind: LeaveKind, facts: LeaveFacts) -> int:
    """Give the days of the request's event that are taken with it.

    In a count of the calendar every day from an application's first to its last one is a day; else a whole day of work
    is one, and what was taken in parts of days is added up to days.
    """
    asked = _Stretch(request.from_on, request.until_on, derive_takings(request, facts, ""))
    event = _gather(asked, _list_stretches(each for each in facts.takings if each.kind == kind.id), kind.event_gap_days)
    if kind.day_count is DayCount.calendar:
        ordinals = (range(each.first_on.toordinal(), each.last_on.toordinal() + 1) for each in event)
        return len(set().union(*ordinals))
    takings = [taking for each in event for taking in each.takings]
    parts = sum(taking.minutes for taking in takings if not taking.is_whole_day)
    return sum(taking.is_whole_day for taking in takings) + -(-parts // facts.day_minutes)


def _list_stretches(takings: Iterable[Taking]) -> list[_Stretch]:
    by_application: dict[str, list[Taking]] = defaultdict(list)
    for taking in takings:
        by_application[taking.id.rpartition("/")[0]].append(taking)
    return [
        _Stretch(min(each.on for each in some), max(each.on for each in some), tuple(some))
        for some in by_application.values()
    ]


def _gather(asked: _Stretch, others: Iterable[_Stretch], gap_days: int) -> list[_Stretch]:
    event, left = [asked], sorted(others)
    first_on, last_on = asked.first_on, asked.last_on
    while near := [each for each in left if _between(each, first_on, last_on) <= gap_days]:
        event += near
        left = [each for each in left if each not in near]
        first_on = min(first_on, *(each.first_on for each in near))
        last_on = max(last_on, *(each.last_on for each in near))
    return event


def _between(one: _Stretch, first_on: date, last_on: date) -> int:
    return max((first_on - one.last_on).days, (one.first_on - last_on).days) - 1
