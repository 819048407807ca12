"""Parts of a day's leave: halves of the plan, and how many minutes a leave takes of its balance."""

from domain.attendance.plan import DayPlan
from domain.attendance.spans import Span, axis_minute, intersect, minute_from, total


def halves(plan: DayPlan) -> tuple[Span, Span] | None:
    """Give the first and the last half of a day (半日) as clock minutes: before and after its longest break.

    A day without a break is parted in the middle of its minutes. None where nothing is due.
    """
    if not plan.duty:
        return None
    starts, ends = plan.duty[0][0], plan.duty[-1][1]
    gaps = [(one[1], other[0]) for one, other in zip(plan.duty, plan.duty[1:], strict=False)]
    if gaps:
        leaves, returns = max(gaps, key=lambda gap: gap[1] - gap[0])
    else:
        leaves = returns = starts + (ends - starts) // 2
    return _clock(plan, (starts, leaves)), _clock(plan, (returns, ends))


def due_within(plan: DayPlan, starts_minute: int, ends_minute: int) -> int:
    """Count the working minutes of a day that lie between two clock minutes; breaks take nothing."""
    origin = axis_minute(plan.on)
    return total(intersect(plan.duty, ((origin + starts_minute, origin + ends_minute),)))


def charged_minutes(due_minutes: int, unit_minutes: int, room_minutes: int) -> int:
    """Give what leave by the hour takes: whole units, a begun one is whole, yet never more than there is room for.

    Args:
        due_minutes: the working minutes of the leave.
        unit_minutes: the unit, 60 for an hour.
        room_minutes: what is left of the day or of the balance; all that remains may be taken, also a fraction (L16).
    """
    whole = -(-due_minutes // unit_minutes) * unit_minutes
    return max(due_minutes, min(whole, room_minutes))


def _clock(plan: DayPlan, span: Span) -> Span:
    return minute_from(plan.on, span[0]), minute_from(plan.on, span[1])
