"""Facts as they would be were a request in force: what whoever decides has to see before the word is given. Pure."""

from dataclasses import replace

from domain.attendance.effects import Effect, HandPunch, TakenLeave, WrongTap, list_effects
from domain.attendance.elsewhere import Elsewhere
from domain.attendance.facts import MANUAL, Compensatory, MonthFacts, Order, Punch, Swap
from domain.attendance.plan import Plan
from domain.attendance.requests import LeaveRequest, Request
from domain.attendance.spans import axis_minute

SUPPOSED = "supposed"
"""The reference of an order or a punch that is not in force."""


def suppose(facts: MonthFacts, request: Request, plan: Plan) -> MonthFacts:
    """Give the facts with what a request asks for; of a leave that reaches farther only the days of the period.

    Args:
        facts: a month of the person; the request's first day lies in it.
        request: without a fault of its own.
        plan: that of the facts.
    """
    if isinstance(request, LeaveRequest):
        request = replace(
            request, from_on=max(request.from_on, facts.first_on), until_on=min(request.until_on, facts.last_on)
        )
    for effect in list_effects(request, plan):
        facts = _put(facts, effect)
    return facts


def _put(facts: MonthFacts, effect: Effect) -> MonthFacts:
    match effect:
        case Order():
            return replace(facts, orders=(*facts.orders, replace(effect, ref=SUPPOSED)))
        case TakenLeave(leave=leave):
            return replace(facts, leave=(*facts.leave, leave))
        case HandPunch(on=on, minute=minute, direction=direction):
            punch = Punch(axis_minute(on, minute), direction, ref=f"{MANUAL}{SUPPOSED}")
            return replace(facts, punches=(*facts.punches, punch))
        case WrongTap(ref=ref):
            return replace(facts, punches=tuple(each for each in facts.punches if each.ref != ref))
        case Swap():
            return replace(facts, swaps=(*facts.swaps, effect))
        case Compensatory():
            return replace(facts, compensatory=(*facts.compensatory, effect))
        case Elsewhere():
            return replace(facts, elsewhere=(*facts.elsewhere, effect))
