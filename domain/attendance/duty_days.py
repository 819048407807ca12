"""All duty days of a period assessed together: punches bound, orders held against presence, windows checked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from domain.attendance.day import DayAssessment, OrderedTime, assess_day, assess_order, leave_by_day, order_time
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.facts import MonthFacts
from domain.attendance.plan import Plan, in_compensatory_window, in_swap_window, settle_part
from domain.attendance.punches import BoundDay, bind_punches
from domain.attendance.spans import civil_date, intersect, merge

OUT_OF_WINDOW = Divergence(DivergenceKind.swap_out_of_window, 0, None, None)


def assess_days(facts: MonthFacts, planned: Plan) -> tuple[Plan, tuple[DayAssessment, ...]]:
    """Assess, in order, every duty day that has a punch, an order or something to tell.

    Gives the plan too: presence settles what it left open (the break of a swapped-in part of a day).
    """
    bound = bind_punches(facts.punches, facts.profile, planned, facts.until)
    plan = {on: settle_part(day, bound[on].last_out if on in bound else None) for on, day in planned.items()}
    orders = sorted(facts.orders, key=lambda order: (order.starts, order.ends, order.breaks, order.ref))
    ordered = [order_time(order, plan, facts.profile) for order in orders]
    by_day = _orders_by_day(ordered, bound)
    told = _tell_of_windows(facts)
    presence = merge(span for day in bound.values() for span in day.presence)
    for item in ordered:
        if _is_judged(facts, item, bound) and (divergence := assess_order(item, presence)):
            told.setdefault(item.on, []).append(divergence)
    leave = leave_by_day(facts.leave)
    days = []
    for on in sorted(bound.keys() | by_day.keys() | told.keys()):
        given = tuple(by_day.get(on, ()))
        day = assess_day(bound.get(on) or BoundDay(on), plan[on], given, leave.get(on, ()), facts.profile)
        days.append(replace(day, divergences=(*day.divergences, *told[on])) if on in told else day)
    return plan, tuple(days)


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
