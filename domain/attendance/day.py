"""One duty day held against its plan and its orders: what counts as work, and what differs.

Overtime is order ∩ presence (S5). Minutes of a day's regular window are never overtime, its scheduled breaks never
count, and minutes outside it count only where an order covers them (L19, S2). On a day with a missing punch the ordered
minutes are held back: presence is not known there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.bound_day import BoundDay, MissingPunch, Stretch
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.duty_clock import duty_on
from domain.attendance.facts import Leave, Order
from domain.attendance.plan import DayPlan, Plan
from domain.attendance.profile import InForce, Profile
from domain.attendance.shift import DayKind
from domain.attendance.spans import Span, Spans, axis_minute, civil_date, intersect, merge, minute_from, subtract, total


@dataclass(frozen=True, slots=True)
class OrderedTime:
    """An order as far as it can count: ``raw`` without its breaks, ``effective`` also without regular hours."""

    order: Order
    on: date  # the duty day on which it begins
    raw: Spans
    effective: Spans


@dataclass(frozen=True, slots=True)
class DayAssessment:
    """A duty day before its minutes get classes; spans are on the axis, everything else in minutes."""

    on: date
    plan: DayPlan
    stretches: tuple[Stretch, ...]
    first_in: int | None
    last_out: int | None
    late_minutes: int
    early_leave_minutes: int
    worked: Spans
    regular: Spans
    ordered: tuple[tuple[Order, Spans], ...]
    divergences: tuple[Divergence, ...]
    missing: tuple[MissingPunch, ...]
    unordered: Spans  # the flagged ones: evidence that may turn out to be work
    held_back: Spans  # ordered and present, but a punch of the day is missing
    breaks: Spans
    away: Spans  # leave
    open: bool


def order_time(order: Order, plan: Plan, profile: InForce) -> OrderedTime:
    """Take from an order its breaks and every day's regular window; on holidays only the breaks of the window."""
    raw = subtract(((order.starts, order.ends),), merge(order.breaks))
    blocked: list[Span] = []
    first = civil_date(order.starts).toordinal() - 1  # the day before may reach over midnight
    for ordinal in range(first, civil_date(order.ends).toordinal() + 1):
        day = plan.get(date.fromordinal(ordinal))
        if day is not None:
            blocked += day.window if day.kind is DayKind.work else day.breaks
    return OrderedTime(order, duty_on(profile, order.starts), raw, subtract(raw, merge(blocked)))


def assess_day(
    bound: BoundDay,
    plan: DayPlan,
    orders: tuple[OrderedTime, ...],
    leave: tuple[Leave, ...],
    profile: Profile,
    *,
    watch: Spans = (),
) -> DayAssessment:
    """Assess one duty day.

    Args:
        bound: the day's punches; empty on a day without any.
        plan: the day as planned.
        orders: the orders that begin on this duty day or meet its presence, in order.
        leave: the day's leave.
        profile: thresholds.
        watch: hours of watch (宿日直): what is not ordered in them is neither work nor a stay to explain.
    """
    presence = bound.presence
    away = _leave_spans(plan, leave)
    regular = intersect(presence, _regular_time(plan, orders, away))
    ordered = () if bound.missing else _once_each((item.order, intersect(item.effective, presence)) for item in orders)
    counted = merge((*regular, *(span for _, spans in ordered for span in spans)))
    pauses = merge((*plan.breaks, *(pause for item in orders for pause in item.order.breaks)))
    breaks = subtract(pauses, counted)  # one order's break may be another's time, or lie in regular hours
    late, early_leave = _lost(bound, plan, away)
    watched = subtract(watch, counted)
    unordered = _unordered(subtract(presence, watched), plan, orders, profile)
    return DayAssessment(
        on=plan.on,
        plan=plan,
        stretches=bound.stretches,
        first_in=bound.first_in,
        last_out=bound.last_out,
        late_minutes=late,
        early_leave_minutes=early_leave,
        worked=subtract(presence, merge((*breaks, *watched))),
        regular=regular,
        ordered=ordered,
        divergences=(
            *(_divergence(plan.on, kind, span) for kind, span in unordered),
            *_evidence(bound, plan.on, profile),
            *(_missing(plan.on, punch) for punch in bound.missing),
        ),
        missing=bound.missing,
        unordered=tuple(span for _, span in unordered),
        held_back=_held_back(bound, orders),
        breaks=breaks,
        away=away,
        open=bound.open,
    )


def assess_order(item: OrderedTime, presence: Spans) -> Divergence | None:
    """Hold an order against all presence: nothing to order in it, or ordered minutes without presence (V4)."""
    if not item.effective:
        return Divergence(DivergenceKind.impossible_order, total(item.raw), *_ends(item.on, item.order))
    absent = subtract(item.effective, presence)
    if not absent:
        return None
    first, last = minute_from(item.on, absent[0][0]), minute_from(item.on, absent[-1][1])
    return Divergence(DivergenceKind.over_claim, total(absent), first, last)


def leave_by_day(leave: tuple[Leave, ...]) -> Mapping[date, tuple[Leave, ...]]:
    """Sort leave by its day."""
    days: dict[date, tuple[Leave, ...]] = {}
    for item in leave:
        days[item.on] = (*days.get(item.on, ()), item)
    return days


def _regular_time(plan: DayPlan, orders: tuple[OrderedTime, ...], away: Spans) -> Spans:
    if plan.kind is not DayKind.work:
        return ()
    if not plan.is_flexible:
        return subtract(plan.duty, away)
    # Of the band (L20) what an order covers beyond the assigned hours is the order's.
    ordered = subtract(merge((item.order.starts, item.order.ends) for item in orders), plan.window)
    return subtract(plan.band, merge((*plan.breaks, *away, *ordered)))


def _leave_spans(plan: DayPlan, leave: tuple[Leave, ...]) -> Spans:
    whole = any(item.starts_minute is None for item in leave)
    if whole:
        return plan.regular_window
    return merge(
        (axis_minute(plan.on, item.starts_minute or 0), axis_minute(plan.on, item.ends_minute or 0)) for item in leave
    )


def _lost(bound: BoundDay, plan: DayPlan, away: Spans) -> tuple[int, int]:
    # Late and early leave are working minutes: neither breaks nor leave are lost.
    if plan.kind is not DayKind.work:
        return 0, 0
    due = subtract(plan.core if plan.is_flexible else plan.duty, away)
    late = early_leave = 0
    between = _lost_between(bound, plan.window, due)
    if bound.first_in is not None:
        late = total(intersect(due, ((0, bound.first_in),))) + between[0]
    gone = bound.last_out
    is_last = gone is not None and not any(lone > gone for lone in bound.lone_ins)
    if gone is not None and is_last and due:
        early_leave = total(intersect(due, ((gone, max(gone, due[-1][1])),)))
    return late, early_leave + between[1]


def _lost_between(bound: BoundDay, windows: Spans, due: Spans) -> tuple[int, int]:
    # A split shift's parts have their own beginnings and ends: late for the second, gone early from the first.
    if len(windows) < 2 or bound.missing or bound.open or bound.first_in is None or bound.last_out is None:
        return 0, 0
    inside = ((bound.first_in, bound.last_out),)
    late = early_leave = 0
    for part in windows:
        due_here = intersect(intersect(due, (part,)), inside)
        absent = subtract(due_here, bound.presence)
        if absent and part != windows[0] and absent[0][0] == due_here[0][0]:
            late += total(absent[:1])
            absent = absent[1:]
        if absent and part != windows[-1] and absent[-1][1] == due_here[-1][1]:
            early_leave += total(absent[-1:])
    return late, early_leave


def _once_each(ordered: Iterable[tuple[Order, Spans]]) -> tuple[tuple[Order, Spans], ...]:
    # Where orders overlap a minute counts once, for the order that came first.
    taken: Spans = ()
    once = []
    for order, spans in ordered:
        own = subtract(spans, taken)
        taken = merge((*taken, *own))
        if own:
            once.append((order, own))
    return tuple(once)


def _held_back(bound: BoundDay, orders: tuple[OrderedTime, ...]) -> Spans:
    if not bound.missing:
        return ()
    return intersect(bound.presence, merge(span for item in orders for span in item.effective))


def _unordered(
    presence: Spans, plan: DayPlan, orders: tuple[OrderedTime, ...], profile: Profile
) -> tuple[tuple[DivergenceKind, Span], ...]:
    window = plan.regular_window if plan.kind is DayKind.work else ()
    covered = merge((*window, *((item.order.starts, item.order.ends) for item in orders)))
    duty_starts = window[0][0] if window else min((item.order.starts for item in orders), default=0)
    found = []
    for start, end in subtract(presence, covered):
        early = end <= duty_starts
        threshold = profile.early_threshold_minutes if early else profile.stay_threshold_minutes
        if end - start > threshold:
            found.append((DivergenceKind.unordered_early if early else DivergenceKind.unordered_stay, (start, end)))
    return tuple(found)


def _evidence(bound: BoundDay, on: date, profile: Profile) -> tuple[Divergence, ...]:
    seen = bound.seen_after_out
    if seen is None or seen[1] - seen[0] <= profile.stay_threshold_minutes:
        return ()
    return (_divergence(on, DivergenceKind.interior_after_out, seen),)


def _missing(on: date, punch: MissingPunch) -> Divergence:
    known = None if punch.known is None else minute_from(on, punch.known)
    if punch.direction == "out":
        return Divergence(DivergenceKind.missing_out, 0, known, None)
    return Divergence(DivergenceKind.missing_in, 0, None, known)


def _divergence(on: date, kind: DivergenceKind, span: Span) -> Divergence:
    return Divergence(kind, total((span,)), minute_from(on, span[0]), minute_from(on, span[1]))


def _ends(on: date, order: Order) -> tuple[int, int]:
    return minute_from(on, order.starts), minute_from(on, order.ends)
