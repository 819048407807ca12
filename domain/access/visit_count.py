"""The day's visits in numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.access.visits import INSIDE, VisitState, VisitTimes, state_at


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day's visits: how many were to come, came, are here now, left, never came; and the most here at once."""

    expected: int = 0
    arrived: int = 0
    inside: int = 0
    overdue: int = 0
    left: int = 0
    no_show: int = 0
    most_at_once: int = 0


def count_day(visits: Iterable[VisitTimes], begins_at: datetime, ends_at: datetime, now: datetime) -> DayCount:
    """Count the visits that touch a day (``begins_at`` inside, ``ends_at`` not): as of ``now``."""
    states: list[VisitState] = []
    moves: list[tuple[datetime, int]] = []
    came = went = 0
    for visit in visits:
        if visit.standing in {VisitState.cancelled, VisitState.refused}:
            continue
        states.append(state_at(visit.standing, visit.valid_until, now))
        if visit.arrived_at is not None:
            came += begins_at <= visit.arrived_at < ends_at
            moves.append((max(visit.arrived_at, begins_at), 1))
        if visit.left_at is not None:
            went += begins_at <= visit.left_at < ends_at
            moves.append((visit.left_at, -1))
    return DayCount(
        expected=len(states),
        arrived=came,
        inside=sum(state in INSIDE for state in states),
        overdue=states.count(VisitState.overdue),
        left=went,
        no_show=states.count(VisitState.no_show),
        most_at_once=_count_most(moves, ends_at),
    )


def _count_most(moves: Iterable[tuple[datetime, int]], ends_at: datetime) -> int:
    most = inside = 0
    for at, change in sorted(moves):  # at one instant those who leave go first
        if at < ends_at:
            inside += change
            most = max(most, inside)
    return most
