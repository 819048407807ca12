"""A counted month as pay takes it: from ``derive_month`` to the sums by class, rate, day and leave."""

from collections import Counter
from collections.abc import Mapping

from domain.attendance.facts import Leave
from domain.attendance.leave_kinds import pay_name
from domain.attendance.month import PersonMonth
from domain.attendance.pay import ALLOWANCES
from domain.attendance.pay_line import ClosedMonth
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import Profile
from domain.attendance.spans import axis_minute, intersect, total

_WEEKDAY = ("weekday_day", "weekday_night", "parttime_day", "parttime_night")


def sum_month(month: PersonMonth, period: str, version: int, profile: Profile) -> ClosedMonth:
    """Give the sums of a counted month.

    Args:
        month: the month as it was counted.
        period: its name, ``YYYY-MM``.
        version: the closed version; 0 for a month that is not closed.
        profile: the rules it was counted by; they say the rate of a class.
    """
    leave_days, leave_minutes = _sum_leave(month.days)
    within, beyond = _split_weekdays(month.days)
    return ClosedMonth(
        person_id=month.person_id,
        period=period,
        version=version,
        classes=month.classes,
        after_60h=month.after_60h,
        pay_hours=month.pay_hours,
        rate_minutes=sum_rates(month.classes, month.after_60h, profile),
        worked_minutes=month.worked_minutes,
        regular_minutes=month.regular_minutes,
        overtime_minutes=month.overtime_minutes,
        beyond_statutory_minutes=sum(day.beyond_statutory_minutes for day in month.days),
        weekday_within_minutes=within,
        weekday_beyond_minutes=beyond,
        late_minutes=sum(day.late_minutes for day in month.days),
        early_leave_minutes=sum(day.early_leave_minutes for day in month.days),
        days=_sum_days(month.days),
        leave_days=leave_days,
        leave_minutes=leave_minutes,
        counts={
            "divergences": month.divergence_count,
            "missing_punches": sum(len(day.missing) for day in month.days),
        },
        flex_shortage_minutes=sum(each.shortage_minutes for each in month.settlements if each.last_on <= month.last_on),
    )


def sum_rates(classes: Mapping[str, int], after_60h: Mapping[str, int], profile: Profile) -> dict[str, int]:
    """Give minutes by rate ("125" …) and by allowance, before they are rounded to hours (L14)."""
    minutes = Counter[str]()
    for name, counted in classes.items():
        raised = after_60h.get(name, 0)
        if name in ALLOWANCES:
            minutes[name] += counted
        elif name in profile.rates:
            minutes[str(profile.rates[name])] += counted - raised
            if raised:
                minutes[str(profile.raised_rates[name])] += raised
    return {key: amount for key, amount in sorted(minutes.items()) if amount}


def _split_weekdays(days: tuple[PersonDay, ...]) -> tuple[int, int]:
    within = beyond = 0
    for day in days:
        minutes = sum(day.classes.get(name, 0) for name in _WEEKDAY)
        over = min(minutes, day.beyond_statutory_minutes)
        within += minutes - over
        beyond += over
    return within, beyond


def _sum_days(days: tuple[PersonDay, ...]) -> dict[str, int]:
    counted = Counter[str]()
    for day in days:
        if day.worked_minutes:
            counted["worked"] += 1
            counted[f"worked_{day.kind.value}"] += 1
        if day.special_duty is not None:
            counted[f"special_duty_{day.special_duty}"] += 1
    return dict(counted)


def _sum_leave(days: tuple[PersonDay, ...]) -> tuple[dict[str, int], dict[str, int]]:
    whole, parts = Counter[str](), Counter[str]()
    for day in days:
        for leave in day.leave:
            if leave.starts_minute is None or leave.ends_minute is None:
                whole[pay_name(leave.kind)] += 1
            else:
                parts[pay_name(leave.kind)] += _part_minutes(day, leave, leave.starts_minute, leave.ends_minute)
    return dict(whole), dict(parts)


def _part_minutes(day: PersonDay, leave: Leave, starts_minute: int, ends_minute: int) -> int:
    span = (axis_minute(leave.on, starts_minute), axis_minute(leave.on, ends_minute))
    if day.assessment is None:  # nothing else is known of the day: the leave's own ends are all there is
        return span[1] - span[0]
    return total(intersect((span,), day.assessment.plan.duty))
