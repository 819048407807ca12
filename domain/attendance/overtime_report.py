"""Overtime of many people against their caps: a month as three sums, and how much of each cap is used. Pure.

Caps look at real minutes of whole months here; the minute of a crossing is told by ``limits`` and ``forecast``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.attendance.caps import Month, counts_as_manager, has_maximum, month_caps, year_caps, year_of
from domain.attendance.facts import Staff
from domain.attendance.month import PersonMonth
from domain.attendance.profile import Profile
from domain.attendance.spans import subtract, total

AVERAGE_MONTHS = range(2, 7)
"""Over how many months, this one the last, the average is taken (R8)."""

_STATUTORY_REST = ("statutory_rest", "statutory_rest_night")


@dataclass(frozen=True, slots=True)
class MonthSums:
    """A person's month as caps count it, in minutes.

    ``with_holidays_minutes`` adds statutory rest days (R8), ``notice_minutes`` all holiday work and, of the days on
    which the person was a manager, presence outside regular hours (R16).
    """

    overtime_minutes: int = 0
    with_holidays_minutes: int = 0
    notice_minutes: int = 0


@dataclass(frozen=True, slots=True)
class CapUse:
    """How much of a cap is used; with ``when_reached`` it is crossed as soon as it is full."""

    rule: str
    used_minutes: int
    limit_minutes: int
    when_reached: bool = False

    @property
    def percent(self) -> int:
        """Give the share that is used, rounded down."""
        return self.used_minutes * 100 // max(1, self.limit_minutes)

    @property
    def is_crossed(self) -> bool:
        """Tell whether the cap is crossed."""
        return self.used_minutes > self.limit_minutes - self.when_reached


def sum_overtime(month: PersonMonth, staff: Staff) -> MonthSums:
    """Give the sums of a counted month; ``staff`` says on which days the person was a manager."""
    rest = sum(month.classes.get(name, 0) for name in _STATUTORY_REST)
    holiday = month.classes.get("holiday_regular", 0)
    outside = sum(
        total(subtract(day.assessment.worked, day.assessment.regular))
        for day in month.days
        if day.assessment is not None and staff.on(day.on).manager
    )
    overtime = month.overtime_minutes
    return MonthSums(overtime, overtime + rest, overtime + rest + holiday + outside)


def use_caps(sums: Mapping[Month, MonthSums], month: Month, staff: Staff, profile: Profile) -> tuple[CapUse, ...]:
    """Give how much of each cap of a month and of its year is used, the fullest first.

    Args:
        sums: by month; a month that is not there counts nothing, and averages end before it.
        month: the month that is looked at; of its year the months up to it count.
        staff: employment, manager and workplaces choose the caps (L2, R16).
        profile: the limits.
    """
    own = sums.get(month, MonthSums())
    uses = [
        CapUse(cap.rule, _used(cap.rule, own), cap.minutes, cap.when_reached)
        for cap in month_caps(staff, profile, month)
    ]
    if has_maximum(staff, profile, month) and not counts_as_manager(staff, month):
        average = _highest_average(sums, month)
        uses += [] if average is None else [CapUse("average_80h", average, profile.average_cap_minutes)]
    year = year_of(month, profile)
    so_far = sum(each.overtime_minutes for one, each in sums.items() if year_of(one, profile) == year and one <= month)
    uses += [CapUse(cap.rule, so_far, cap.minutes) for cap in year_caps(staff, profile, year)]
    return tuple(sorted(uses, key=lambda use: (-use.used_minutes / max(1, use.limit_minutes), use.rule)))


def _used(rule: str, own: MonthSums) -> int:
    if rule == "notice_80h":
        return own.notice_minutes
    return own.with_holidays_minutes if rule == "month_100h" else own.overtime_minutes


def _highest_average(sums: Mapping[Month, MonthSums], month: Month) -> int | None:
    """Give the highest average of 2 to 6 months that end with this one, rounded up: it must not hide a crossing."""
    averages = []
    for length in AVERAGE_MONTHS:
        window = [_before(month, back) for back in range(length)]
        if window[-1] not in sums:
            break
        averages.append(-(-sum(sums[each].with_holidays_minutes for each in window) // length))
    return max(averages, default=None)


def _before(month: Month, back: int) -> Month:
    year, number = divmod(month[0] * 12 + month[1] - 1 - back, 12)
    return year, number + 1
