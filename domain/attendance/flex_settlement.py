"""Settlement of flexible hours (フレックスタイム, L20): a period's hours held against what was due, to the minute.

Regular minutes in the band and leave fulfil the hours; ordered overtime does not. A period is settled on its last day,
once it is over and no punch of it is missing or in doubt. Then a shortage, and an excess that nobody ordered, are
divergences of that day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from domain.attendance.bound_day import BoundDay
from domain.attendance.day import DayAssessment, assess_day, leave_by_day
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.duty_clock import duty_ends
from domain.attendance.facts import Leave, MonthFacts
from domain.attendance.flex import FlexStretch, due_minutes, find_stretches
from domain.attendance.plan import DayPlan, Plan
from domain.attendance.shift import DayKind
from domain.attendance.spans import axis_minute, intersect, merge, total


class SettlementState(StrEnum):
    """How far a settlement is: ``unknown`` is over, and a punch of it is missing, in doubt, or was never heard of."""

    running = "running"
    unknown = "unknown"
    settled = "settled"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement period of a person, both ends included; ``ordered_minutes`` are beside what was due."""

    first_on: date
    last_on: date
    state: SettlementState
    due_minutes: int
    worked_minutes: int
    leave_minutes: int
    ordered_minutes: int

    @property
    def balance_minutes(self) -> int:
        """Give what was fulfilled beyond what was due; less than nothing is what is missing still."""
        return self.worked_minutes + self.leave_minutes - self.due_minutes

    @property
    def shortage_minutes(self) -> int:
        """Give what was not fulfilled when the period was settled."""
        return max(0, -self.balance_minutes) if self.state is SettlementState.settled else 0

    @property
    def excess_minutes(self) -> int:
        """Give what was worked beyond when the period was settled."""
        return max(0, self.balance_minutes) if self.state is SettlementState.settled else 0


def settle_periods(facts: MonthFacts, plan: Plan, days: tuple[DayAssessment, ...]) -> tuple[Settlement, ...]:
    """Give the settlements of the periods that meet the facts' period, in order.

    A manager has none: nobody counts the hours (L18, 労基法41).
    """
    assessed = {day.on: day for day in days}
    leave = leave_by_day(facts.leave)
    return tuple(
        _settle(stretch, facts, plan, assessed, leave)
        for stretch in find_stretches(plan, facts.rules)
        if stretch.first_on <= facts.last_on
        and stretch.last_on >= facts.first_on
        and not facts.staff.on(stretch.last_on).manager
    )


def tell_settlements(facts: MonthFacts, plan: Plan, days: tuple[DayAssessment, ...]) -> tuple[DayAssessment, ...]:
    """Put what a settlement found beside the divergences of its last day, where that lies in the facts' period."""
    told = {
        each.last_on: found
        for each in settle_periods(facts, plan, days)
        if each.last_on <= facts.last_on and (found := _divergence(each, facts)) is not None
    }
    if not told:
        return days
    by_day = {day.on: day for day in days}
    leave = leave_by_day(facts.leave)
    for on, divergence in told.items():
        day = by_day.get(on) or assess_day(BoundDay(on), plan[on], (), leave.get(on, ()), facts.rules.on(on))
        by_day[on] = replace(day, divergences=(*day.divergences, divergence))
    return tuple(by_day[on] for on in sorted(by_day))


def _settle(
    stretch: FlexStretch,
    facts: MonthFacts,
    plan: Plan,
    assessed: Mapping[date, DayAssessment],
    leave: Mapping[date, tuple[Leave, ...]],
) -> Settlement:
    own = [assessed[on] for on in stretch.days if on in assessed]
    return Settlement(
        first_on=stretch.first_on,
        last_on=stretch.last_on,
        state=_state(stretch, facts, own),
        due_minutes=sum(due_minutes(plan[on], stretch.profile) for on in stretch.days),
        worked_minutes=sum(total(day.regular) for day in own),
        leave_minutes=sum(_leave_minutes(plan[on], leave.get(on, ()), stretch) for on in stretch.days),
        ordered_minutes=sum(total(spans) for day in own for _, spans in day.ordered),
    )


def _state(stretch: FlexStretch, facts: MonthFacts, days: list[DayAssessment]) -> SettlementState:
    if facts.until is not None and facts.until < duty_ends(stretch.last_on, facts.rules):
        return SettlementState.running
    whole_from_on = facts.whole_from_on or min(facts.first_on, facts.known_from_on)
    if stretch.first_on < whole_from_on or any(_is_in_doubt(day) for day in days):
        return SettlementState.unknown
    return SettlementState.settled


def _is_in_doubt(day: DayAssessment) -> bool:
    doubtful = any(each.kind is DivergenceKind.uncertain_clock for each in day.divergences)
    return day.open or bool(day.missing) or doubtful


def _leave_minutes(day: DayPlan, leave: tuple[Leave, ...], stretch: FlexStretch) -> int:
    if day.kind is not DayKind.work:
        return 0
    parts = list(_parts(day, leave))
    if len(parts) < len(leave):
        return due_minutes(day, stretch.profile)
    return total(intersect(merge(parts), day.duty))


def _parts(day: DayPlan, leave: tuple[Leave, ...]) -> Iterator[tuple[int, int]]:
    for each in leave:
        if each.starts_minute is not None and each.ends_minute is not None:
            yield axis_minute(day.on, each.starts_minute), axis_minute(day.on, each.ends_minute)


def _divergence(settlement: Settlement, facts: MonthFacts) -> Divergence | None:
    threshold = facts.rules.on(settlement.last_on).stay_threshold_minutes
    if minutes := settlement.shortage_minutes:
        return Divergence(DivergenceKind.flex_shortage, minutes, None, minutes)
    if settlement.excess_minutes > threshold:
        return Divergence(DivergenceKind.flex_excess, settlement.excess_minutes, None, settlement.excess_minutes)
    return None
