"""The plan of each day: profile week, calendar, roster, swaps (週休日の振替) and 代休日 laid over each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.attendance.facts import Compensatory, MonthFacts, Swap
from domain.attendance.shift import DayKind, Hours, Shift, first_part, without_last_part
from domain.attendance.spans import Spans, axis_minute


class ImpossiblePlanError(Exception):
    """A swap or 代休日 that no plan can follow; ``path`` leads to the field (``("swaps", 0, "off_on")``)."""

    def __init__(self, path: tuple[str | int, ...], expected: str) -> None:
        super().__init__(expected)
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day as planned in the end; spans are on the axis.

    ``window`` reaches from the first to the last regular minute, ``breaks`` lie in it, ``duty`` is the rest of it. A
    holiday has them too: they tell 休日勤務 from overtime. ``compensated`` marks a holiday that a 代休日 answers (L12),
    ``swapped_in`` a rest day that became a day of work.
    """

    on: date
    kind: DayKind
    window: Spans = ()
    breaks: Spans = ()
    duty: Spans = ()
    net_minutes: int = 0
    compensated: bool = False
    swapped_in: bool = False

    @property
    def starts(self) -> int | None:
        """Give the axis minute at which duty begins; None on days without duty."""
        return self.window[0][0] if self.kind is DayKind.work and self.window else None


Plan = Mapping[date, DayPlan]


def derive_plan(facts: MonthFacts, first_on: date, last_on: date) -> dict[date, DayPlan]:
    """Plan every day of the range, both ends included.

    Raises:
        ImpossiblePlanError: a swap's or 代休日's dates do not fit the plan.
    """
    shifts = {
        date.fromordinal(ordinal): _shift_on(facts, date.fromordinal(ordinal))
        for ordinal in range(first_on.toordinal(), last_on.toordinal() + 1)
    }
    swapped_in = _apply_swaps(facts, shifts)
    compensated = _apply_compensatory(facts, shifts)
    plan = {on: _day(on, shift) for on, shift in shifts.items()}
    for on in swapped_in & plan.keys():
        plan[on] = replace(plan[on], swapped_in=True)
    for on in compensated & plan.keys():
        plan[on] = replace(plan[on], compensated=True)
    return plan


def in_swap_window(facts: MonthFacts, swap: Swap) -> bool:
    """Tell whether the off day lies from 4 weeks before to 8 weeks after the worked day (L10)."""
    profile = facts.profile
    earliest = swap.worked_on - timedelta(weeks=profile.swap_weeks_before)
    latest = swap.worked_on + timedelta(weeks=profile.swap_weeks_after)
    return earliest <= swap.off_on <= latest


def in_compensatory_window(facts: MonthFacts, day_off: Compensatory) -> bool:
    """Tell whether the 代休日 lies within 8 weeks after the worked day (L12)."""
    latest = day_off.worked_on + timedelta(weeks=facts.profile.swap_weeks_after)
    return day_off.worked_on < day_off.off_on <= latest


def _shift_on(facts: MonthFacts, on: date) -> Shift:
    shift = facts.shifts.get(on) or facts.profile.week[on.weekday()]
    if shift.kind is DayKind.holiday:
        return Shift(DayKind.holiday, facts.profile.week[on.weekday()].hours)
    if shift.kind is DayKind.work and on in facts.holidays:
        return Shift(DayKind.holiday, shift.hours)
    return shift


def _apply_swaps(facts: MonthFacts, shifts: dict[date, Shift]) -> set[date]:
    worked: set[date] = set()
    for index, swap in enumerate(facts.swaps):
        off = shifts.get(swap.off_on) or _shift_on(facts, swap.off_on)
        gone = shifts.get(swap.worked_on) or _shift_on(facts, swap.worked_on)
        if gone.kind not in {DayKind.rest, DayKind.statutory_rest}:
            raise ImpossiblePlanError(("swaps", index, "worked_on"), "週休日 (a rest day)")
        if off.kind is not DayKind.work or off.hours is None:
            raise ImpossiblePlanError(("swaps", index, "off_on"), "勤務日 (a day of work)")
        taken, left = _parts(off.hours, swap.part_minutes)
        shifts[swap.worked_on] = Shift(DayKind.work, taken)
        shifts[swap.off_on] = Shift(DayKind.rest) if left is None else Shift(DayKind.work, left)
        worked.add(swap.worked_on)
    return worked


def _parts(hours: Hours, part_minutes: int | None) -> tuple[Hours, Hours | None]:
    if part_minutes is None:
        return hours, None
    return first_part(hours, part_minutes), without_last_part(hours, part_minutes)


def _apply_compensatory(facts: MonthFacts, shifts: dict[date, Shift]) -> set[date]:
    answered: set[date] = set()
    for index, day_off in enumerate(facts.compensatory):
        worked = shifts.get(day_off.worked_on) or _shift_on(facts, day_off.worked_on)
        off = shifts.get(day_off.off_on) or _shift_on(facts, day_off.off_on)
        if worked.kind is DayKind.work or day_off.worked_on in answered:
            raise ImpossiblePlanError(("compensatory", index, "worked_on"), "休日 (a holiday or rest day), once")
        if off.kind is not DayKind.work:
            raise ImpossiblePlanError(("compensatory", index, "off_on"), "勤務日 (a day of work)")
        shifts[day_off.off_on] = Shift(DayKind.holiday, off.hours)
        answered.add(day_off.worked_on)
    return answered


def _day(on: date, shift: Shift) -> DayPlan:
    if shift.hours is None:
        return DayPlan(on, shift.kind)
    origin = axis_minute(on)
    hours = shift.hours
    return DayPlan(
        on,
        shift.kind,
        window=((origin + hours.starts_minute, origin + hours.ends_minute),),
        breaks=tuple((origin + start, origin + end) for start, end in hours.breaks),
        duty=tuple((origin + start, origin + end) for start, end in hours.duty),
        net_minutes=hours.net_minutes,
    )
