"""What overtime that is asked for does to the month's caps, as bars. Pure."""

from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import forecast_assessed
from domain.attendance.month import assess_month
from domain.attendance.plan import derive_plan
from domain.attendance.requests import OvertimeRequest
from domain.attendance.suppose import suppose
from gateway.pages.attendance.caps_view import Bar


def derive_cap_bars(facts: MonthFacts, request: OvertimeRequest, now: int) -> tuple[Bar, ...]:
    """Give the caps on the month that overtime is asked for in: what orders make so far, and with the one asked for.

    Args:
        facts: the month of the request.
        request: its ends are in order.
        now: the axis minute.

    Raises:
        ImpossiblePlanError: what is in force fits no plan.
    """
    plan = derive_plan(facts)
    both = (facts, suppose(facts, request, plan))
    before, after = (forecast_assessed(assess_month(each, plan), now).caps for each in both)
    coming = {cap.rule: cap.expected_minutes for cap in after}
    return tuple(
        Bar(cap.limit_minutes, cap.expected_minutes, coming[cap.rule])
        for cap in before
        if cap.rule.startswith("month_")
    )
