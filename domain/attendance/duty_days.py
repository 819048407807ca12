"""All duty days of a period assessed together: punches bound, orders held against presence, windows checked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from domain.attendance.bound_day import BoundDay, MissingPunch, Stretch
from domain.attendance.day import DayAssessment, OrderedTime, assess_day, assess_order, leave_by_day, order_time
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.elsewhere import Elsewhere, declared_spans, watch_spans
from domain.attendance.evidence import assess_computer_use, tell_doubtful
from domain.attendance.facts import Direction, MonthFacts
from domain.attendance.flex_settlement import tell_settlements
from domain.attendance.plan import Plan, in_compensatory_window, in_swap_window, settle_part
from domain.attendance.punches import bind_punches
from domain.attendance.rule_change import starts_before_change
from domain.attendance.spans import Spans, civil_date, intersect, merge, minute_from, subtract

OUT_OF_WINDOW = Divergence(DivergenceKind.swap_out_of_window, 0, None, None)
NOT_ADOPTED = Divergence(DivergenceKind.flex_not_adopted, 0, None, None)


def assess_days(facts: MonthFacts, planned: Plan) -> tuple[Plan, tuple[DayAssessment, ...]]:
    """Assess, in order, every duty day that has a punch, an order or something to tell.

    Gives the plan too: presence settles what it left open (the break of a swapped-in part of a day).
    """
    rules = facts.rules
    tapped = bind_punches(
        facts.punches, rules, planned, orders=facts.orders, until=facts.until, starts=starts_before_change(facts)
    )
    plan = {on: settle_part(day, tapped[on].last_out if on in tapped else None) for on, day in planned.items()}
    bound = _with_elsewhere(facts, tapped, plan)
    orders = sorted(facts.orders, key=lambda order: (order.starts, order.ends, order.breaks, order.ref))
    ordered = [order_time(order, plan, rules) for order in orders]
    by_day = _orders_by_day(ordered, bound)
    told = _tell_of_windows(facts)
    for on in bound:
        if plan[on].flex_unknown:
            told.setdefault(on, []).append(NOT_ADOPTED)
    presence = merge(span for day in bound.values() for span in day.presence)
    for item in ordered:
        if _is_judged(facts, item, bound) and (divergence := assess_order(item, presence)):
            told.setdefault(item.on, []).append(divergence)
    for evidence in (
        assess_computer_use(facts.computer_use, bound, presence, rules),
        tell_doubtful(facts.punches, rules),
    ):
        for on, divergences in evidence.items():
            told.setdefault(on, []).extend(divergences)
    leave = leave_by_day(facts.leave)
    watch = watch_spans(facts.elsewhere, rules)
    days = []
    for on in sorted(bound.keys() | by_day.keys() | told.keys()):
        given = tuple(by_day.get(on, ()))
        day = assess_day(bound.get(on) or BoundDay(on), plan[on], given, leave.get(on, ()), rules.on(on), watch=watch)
        days.append(replace(day, divergences=(*day.divergences, *told[on])) if on in told else day)
    return plan, tell_settlements(facts, plan, tuple(days))


def _with_elsewhere(facts: MonthFacts, tapped: Mapping[date, BoundDay], plan: Plan) -> Mapping[date, BoundDay]:
    # Declared hours stand for presence where something is due or ordered, and end where taps begin.
    if not facts.elsewhere:
        return tapped
    ordered = merge((order.starts, order.ends) for order in facts.orders)
    taken = merge(span for day in tapped.values() for span in day.presence)
    bound = dict(tapped)
    by_day: dict[date, list[Elsewhere]] = {}
    for item in facts.elsewhere:
        by_day.setdefault(item.on, []).append(item)
    for on, items in sorted(by_day.items()):
        due = merge((*plan[on].regular_window, *ordered))
        declared = declared_spans(items, facts.rules, due)
        known = declared if facts.until is None else intersect(declared, ((0, facts.until),))
        new = subtract(known, taken)
        taken = merge((*taken, *new))
        if new:
            refs = tuple(item.ref for item in sorted(items, key=lambda item: (item.starts_minute, item.ref)))
            bound[on] = _declare(bound.get(on) or BoundDay(on), new, refs)
    return bound


def _declare(day: BoundDay, spans: Spans, refs: tuple[str, ...]) -> BoundDay:
    stretches = sorted(
        (*day.stretches, *(Stretch(start, end, refs) for start, end in spans)),
        key=lambda each: (each.starts, each.ends),
    )
    missing = tuple(
        replace(punch, candidate_minute=_suggest(punch, day.on, spans)) if punch.candidate_minute is None else punch
        for punch in day.missing
    )
    return replace(day, stretches=tuple(stretches), missing=missing)


def _suggest(punch: MissingPunch, on: date, spans: Spans) -> int | None:
    # Who goes on a trip from the office was there until it began; who comes from one, since it ended.
    if punch.known is None:
        return None
    if punch.direction is Direction.clock_out:
        return next((minute_from(on, start) for start, _ in spans if start >= punch.known), None)
    return next((minute_from(on, end) for _, end in reversed(spans) if end <= punch.known), None)


def _orders_by_day(ordered: list[OrderedTime], bound: Mapping[date, BoundDay]) -> dict[date, list[OrderedTime]]:
    # An order belongs to the day on which it begins, and to any other day whose presence it meets.
    by_day: dict[date, list[OrderedTime]] = {}
    for item in ordered:
        for ordinal in range(item.on.toordinal() - 2, civil_date(item.order.ends).toordinal() + 1):
            on = date.fromordinal(ordinal)
            day = bound.get(on)
            if on == item.on or (day is not None and intersect(item.raw, day.presence)):
                by_day.setdefault(on, []).append(item)
    return by_day


def _is_judged(facts: MonthFacts, item: OrderedTime, bound: Mapping[date, BoundDay]) -> bool:
    # An order is held against presence once its time is over and no punch of the day is missing.
    if not item.effective:
        return True
    day = bound.get(item.on)
    if day is not None and (day.missing or day.open):
        return False
    return facts.until is None or facts.until >= item.order.ends


def _tell_of_windows(facts: MonthFacts) -> dict[date, list[Divergence]]:
    told: dict[date, list[Divergence]] = {}
    for swap in facts.swaps:
        if not in_swap_window(facts, swap):
            told.setdefault(swap.worked_on, []).append(OUT_OF_WINDOW)
    for day_off in facts.compensatory:
        if not in_compensatory_window(facts, day_off):
            told.setdefault(day_off.worked_on, []).append(OUT_OF_WINDOW)
    return told
