"""What overtime that is asked for does to the month's caps, as a bar. Pure."""

from dataclasses import dataclass

from domain.attendance.facts import MonthFacts
from domain.attendance.forecast import forecast_by
from domain.attendance.requests import OvertimeRequest
from domain.attendance.suppose import suppose


@dataclass(frozen=True, slots=True)
class CapBar:
    """A cap of the month in minutes: what the orders given so far make, and what they make with the one asked for."""

    rule: str
    limit_minutes: int
    before_minutes: int
    after_minutes: int

    @property
    def scale_minutes(self) -> int:
        """Give the length of the whole bar: the limit stands at four fifths of it, unless there is more than that."""
        return max(self.limit_minutes * 5 // 4, self.after_minutes)

    @property
    def left_minutes(self) -> int:
        """Give what is left below the limit afterwards; below nothing by what is too much."""
        return self.limit_minutes - self.after_minutes


def derive_cap_bars(facts: MonthFacts, request: OvertimeRequest, now: int) -> tuple[CapBar, ...]:
    """Give the caps on the month that overtime is asked for in.

    Args:
        facts: the month of the request.
        request: its ends are in order.
        now: the axis minute.

    Raises:
        ImpossiblePlanError: what is in force fits no plan.
    """
    counting = facts.profile.counting
    before, after = (forecast_by(each, now, counting).caps for each in (facts, suppose(facts, request)))
    coming = {cap.rule: cap.expected_minutes for cap in after}
    return tuple(
        CapBar(cap.rule, cap.limit_minutes, cap.expected_minutes, coming[cap.rule])
        for cap in before
        if cap.rule.startswith("month_")
    )
