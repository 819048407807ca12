"""Duties that reach over the date change (24時間勤務, 深夜勤), each with the time around it in which taps are its own.

A day is cut at the date-change minute, but a fire crew's duty is not: whoever comes at 8:20 and leaves at 8:40 the next
day tapped twice in one duty. Duties that follow each other without a pause are one; what was ordered beside a duty
lengthens it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from domain.attendance.duty_clock import duty_ends, duty_on
from domain.attendance.facts import Order
from domain.attendance.plan import Plan
from domain.attendance.profile import InForce
from domain.attendance.spans import Span, Spans, civil_date, merge


def derive_overnight(plan: Plan, orders: Iterable[Order], profile: InForce) -> Spans:
    """Give the time of each duty that reaches the date change, in order and disjoint; empty where no duty does.

    Args:
        plan: the planned days.
        orders: what was ordered; it lengthens the duties that it lies near.
        profile: the date-change minute, and ``arrival_window_minutes``: how far from either end of a duty a tap may
            lie. Between two duties that are closer to each other the boundary lies halfway.
    """
    duties = merge((day.starts, day.window[-1][1]) for day in plan.values() if day.starts is not None)
    overnight = [duty for duty in duties if _reaches_change(duty, profile)]
    if not overnight:
        return ()
    ordered = merge((order.starts, order.ends) for order in orders)
    lengthened = merge(_lengthen(duty, ordered, _reach(duty, profile)) for duty in duties)
    return tuple(
        room
        for duty, room in zip(lengthened, _rooms(lengthened, profile), strict=True)
        if any(duty[0] <= starts < duty[1] for starts, _ in overnight)
    )


def _reaches_change(duty: Span, rules: InForce) -> bool:
    on = duty_on(rules, duty[0])
    return duty_on(rules, duty[0] - 1) != on or duty[1] >= duty_ends(on, rules)


def _reach(duty: Span, rules: InForce) -> int:
    return rules.on(civil_date(duty[0])).arrival_window_minutes


def _lengthen(duty: Span, ordered: Spans, reach_minutes: int) -> Span:
    starts, ends = duty
    for start, end in ordered:
        if starts <= end and start <= ends + reach_minutes:
            ends = max(ends, end)
    for start, end in reversed(ordered):
        if start <= ends and starts - reach_minutes <= end:
            starts = min(starts, start)
    return starts, ends


def _rooms(duties: Spans, rules: InForce) -> Iterator[Span]:
    halfway = [(one[1] + other[0] + 1) // 2 for one, other in pairwise(duties)]
    first, last = duties[0][0] - _reach(duties[0], rules), duties[-1][1] + _reach(duties[-1], rules)
    for duty, begins, stops in zip(duties, [first, *halfway], [*halfway, last], strict=True):
        reach = _reach(duty, rules)
        yield max(begins, duty[0] - reach), min(stops, duty[1] + reach)
