"""Breaks that the law asks of a day (R7, 労基法34): a check of shifts and plans. Nothing is ever filled in."""

from dataclasses import dataclass

from domain.attendance.profile import Profile
from domain.attendance.shift import Hours
from domain.attendance.spans import merge, total


@dataclass(frozen=True, slots=True)
class ShortBreak:
    """Hours whose breaks are shorter than is due."""

    due_minutes: int
    given_minutes: int


def break_due(work_minutes: int, profile: Profile) -> int:
    """Give the minutes of break that so many working minutes must have; an exact 6:00 or 8:00 asks for no more."""
    return max((step.due_minutes for step in profile.break_steps if work_minutes > step.over_minutes), default=0)


def assess_breaks(hours: Hours, profile: Profile) -> ShortBreak | None:
    """Hold the breaks of a shift against what its working minutes ask for; None when they are long enough.

    The time between the parts of a split shift is nobody's but the person's own and rests as a break does.
    """
    due, given = break_due(hours.net_minutes, profile), total(merge((*hours.breaks, *hours.gaps)))
    return ShortBreak(due, given) if given < due else None
