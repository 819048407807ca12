"""The plan of each day: profile week, calendar, roster, swaps (週休日の振替) and 代休日 laid over each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from domain.attendance.facts import Compensatory, Employment, MonthFacts, Swap
from domain.attendance.flex_period import widen_to_periods
from domain.attendance.profile import Profile
from domain.attendance.shift import DayKind, Hours, Shift, first_part, without_last_part
from domain.attendance.spans import Spans, axis_minute, civil_date, intersect, merge, total


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
    ``swapped_in`` a rest day that became a day of work, ``is_part`` one that became a part of a day. ``holiday_duty``
    marks a holiday on which a roster has duty: due like any day's, paid as 休日勤務. A split shift has several windows.

    On a day of flexible hours (L20) ``window`` and ``duty`` are what was assigned, ``band`` is where presence is
    regular work, only ``core`` is due at its time, and leave of the day takes ``standard_minutes`` of a balance.
    ``flex_unknown`` marks one that was planned where the city's rules have no flexible hours: it is an ordinary day.
    """

    on: date
    kind: DayKind
    window: Spans = ()
    breaks: Spans = ()
    duty: Spans = ()
    net_minutes: int = 0
    compensated: bool = False
    swapped_in: bool = False
    is_part: bool = False
    holiday_duty: bool = False
    band: Spans = ()
    core: Spans = ()
    standard_minutes: int = 0
    flex_unknown: bool = False

    @property
    def is_flexible(self) -> bool:
        """Tell whether the day has flexible hours."""
        return bool(self.band)

    @property
    def regular_window(self) -> Spans:
        """Give where presence is no stay to explain: the band of flexible hours, else the windows."""
        return self.band or self.window

    @property
    def leave_minutes(self) -> int:
        """Give what leave of the whole day takes of a balance."""
        return self.standard_minutes or self.net_minutes

    @property
    def is_paid_as_holiday(self) -> bool:
        """Tell whether regular hours of this civil day are 休日勤務 (L7)."""
        return (self.kind is DayKind.holiday or self.holiday_duty) and not self.compensated

    @property
    def starts(self) -> int | None:
        """Give the axis minute at which duty begins; None on days without duty."""
        return self.window[0][0] if self.kind is DayKind.work and self.window else None


Plan = Mapping[date, DayPlan]

PLAN_MARGIN = timedelta(days=9)
"""Planned on each side of what is known, settlement periods whole: weeks, and a duty over midnight."""


def planned_range(facts: MonthFacts) -> tuple[date, date]:
    """Give the first and last day that a plan must hold: the period, every fact, and the margin."""
    known = [facts.first_on, facts.last_on]
    minutes = [punch.minute for punch in facts.punches]
    minutes += [minute for order in facts.orders for minute in (order.starts, order.ends)]
    known += [civil_date(minute) for minute in (min(minutes), max(minutes))] if minutes else []
    known += [on for swap in facts.swaps for on in (swap.worked_on, swap.off_on)]
    known += [on for day_off in facts.compensatory for on in (day_off.worked_on, day_off.off_on)]
    known += [item.on for item in facts.elsewhere]
    first_on, last_on = widen_to_periods((min(known), max(known)), facts.rules)
    return first_on - PLAN_MARGIN, last_on + PLAN_MARGIN


def derive_plan(facts: MonthFacts) -> dict[date, DayPlan]:
    """Plan every day of :func:`planned_range`.

    Raises:
        ImpossiblePlanError: a swap's or 代休日's dates do not fit the plan.
    """
    first_on, last_on = planned_range(facts)
    dates = (date.fromordinal(ordinal) for ordinal in range(first_on.toordinal(), last_on.toordinal() + 1))
    rules = facts.rules
    shifts = {on: _shift_on(facts, on, rules.on(on)) for on in dates}
    swapped_in = _apply_swaps(facts, shifts)
    compensated = _apply_compensatory(facts, shifts)
    plan = {on: _day(on, shift, facts, rules.on(on)) for on, shift in shifts.items()}
    for on, is_part in swapped_in.items():
        plan[on] = replace(plan[on], swapped_in=True, is_part=is_part)
    for on in compensated:
        plan[on] = replace(plan[on], compensated=True)
    return plan


def replan(facts: MonthFacts, known: MonthFacts, plan: Plan) -> Plan:
    """Give the plan of facts that came of others, of the same days, whose plan is known: most facts plan nothing.

    Raises:
        ImpossiblePlanError: as :func:`derive_plan`.
    """
    is_same = facts.swaps == known.swaps and facts.compensatory == known.compensatory
    return plan if is_same else derive_plan(facts)


def settle_part(day: DayPlan, last_out: int | None) -> DayPlan:
    """Settle the break of a swapped-in part of a day: up to 6:00 need none (R7).

    Whoever is gone by the end of the break has worked the part through; whoever stays longer has taken it.
    """
    splits = len(day.window) > 1
    if not (day.is_part and day.breaks and last_out is not None and last_out <= day.breaks[-1][1]) or splits:
        return day
    starts = day.window[0][0]
    through = ((starts, starts + day.net_minutes),)
    return replace(day, window=through, breaks=(), duty=through)


def in_swap_window(facts: MonthFacts, swap: Swap) -> bool:
    """Tell whether the off day lies from 4 weeks before to 8 weeks after the worked day (L10)."""
    profile = facts.rules.on(swap.worked_on)
    earliest = swap.worked_on - timedelta(weeks=profile.swap_weeks_before)
    latest = swap.worked_on + timedelta(weeks=profile.swap_weeks_after)
    return earliest <= swap.off_on <= latest


def in_compensatory_window(facts: MonthFacts, day_off: Compensatory) -> bool:
    """Tell whether the 代休日 lies within 8 weeks after the worked day (L12)."""
    latest = day_off.worked_on + timedelta(weeks=facts.rules.on(day_off.worked_on).swap_weeks_after)
    return day_off.worked_on < day_off.off_on <= latest


def _shift_on(facts: MonthFacts, on: date, profile: Profile) -> Shift:
    shift = facts.shifts.get(on) or profile.week[on.weekday()]
    if shift.kind is DayKind.holiday:
        return Shift(DayKind.holiday, profile.week[on.weekday()].hours)
    if shift.kind is DayKind.work and on in facts.holidays and not shift.on_holidays:
        return Shift(DayKind.holiday, shift.hours)
    return shift


def _apply_swaps(facts: MonthFacts, shifts: dict[date, Shift]) -> dict[date, bool]:
    worked: dict[date, bool] = {}
    for index, swap in enumerate(facts.swaps):
        off, gone = shifts[swap.off_on], shifts[swap.worked_on]
        if gone.kind not in {DayKind.rest, DayKind.statutory_rest}:
            raise ImpossiblePlanError(("swaps", index, "worked_on"), "週休日 (a rest day)")
        if off.kind is not DayKind.work or off.hours is None:
            raise ImpossiblePlanError(("swaps", index, "off_on"), "勤務日 (a day of work)")
        taken, left = _parts(off.hours, swap.part_minutes)
        flexible = off.flexible and left is None  # a part of a day is worked at its time
        shifts[swap.worked_on] = Shift(DayKind.work, taken, flexible=flexible)
        shifts[swap.off_on] = Shift(DayKind.rest) if left is None else replace(off, hours=left, on_holidays=False)
        worked[swap.worked_on] = swap.part_minutes is not None
    return worked


def _parts(hours: Hours, part_minutes: int | None) -> tuple[Hours, Hours | None]:
    if part_minutes is None:
        return hours, None
    return first_part(hours, part_minutes), without_last_part(hours, part_minutes)


def _apply_compensatory(facts: MonthFacts, shifts: dict[date, Shift]) -> set[date]:
    answered: set[date] = set()
    for index, day_off in enumerate(facts.compensatory):
        worked, off = shifts[day_off.worked_on], shifts[day_off.off_on]
        is_duty = worked.kind is DayKind.work and not _is_holiday_duty(day_off.worked_on, worked, facts.holidays)
        if is_duty or day_off.worked_on in answered:
            raise ImpossiblePlanError(("compensatory", index, "worked_on"), "休日 (a holiday or rest day), once")
        if off.kind is not DayKind.work or off.hours is None:
            raise ImpossiblePlanError(("compensatory", index, "off_on"), "勤務日 (a day of work)")
        shifts[day_off.off_on] = Shift(DayKind.holiday, off.hours)
        answered.add(day_off.worked_on)
    return answered


def _is_holiday_duty(on: date, shift: Shift, holidays: frozenset[date]) -> bool:
    return shift.on_holidays and shift.hours is not None and on in holidays


def _day(on: date, shift: Shift, facts: MonthFacts, profile: Profile) -> DayPlan:
    if shift.hours is None:
        return DayPlan(on, shift.kind)
    origin = axis_minute(on)
    hours, duty = shift.hours, _duty(shift.hours)
    day = DayPlan(
        on,
        shift.kind,
        window=tuple((origin + start, origin + end) for start, end in hours.parts),
        breaks=tuple((origin + start, origin + end) for start, end in hours.breaks),
        duty=tuple((origin + start, origin + end) for start, end in duty),
        net_minutes=total(duty),
        holiday_duty=shift.kind is DayKind.work and _is_holiday_duty(on, shift, facts.holidays),
    )
    if not shift.flexible or shift.kind is not DayKind.work or day.holiday_duty:
        return day
    return _flexible(day, facts, profile) if profile.flex_adopted else replace(day, flex_unknown=True)


def _flexible(day: DayPlan, facts: MonthFacts, profile: Profile) -> DayPlan:
    origin = axis_minute(day.on)
    band = (origin + profile.flex_band_starts_minute, origin + profile.flex_band_ends_minute)
    core = (origin + profile.flex_core_starts_minute, origin + profile.flex_core_ends_minute)
    full_time = facts.staff.on(day.on).employment is Employment.full_time
    return replace(
        day,
        band=merge((band, *day.window)),
        core=intersect(merge((core,)), day.duty),
        standard_minutes=profile.flex_day_minutes if full_time else day.net_minutes,
    )


@lru_cache(maxsize=1024)
def _duty(hours: Hours) -> Spans:
    return hours.duty  # a month asks for the same few hours on every day
