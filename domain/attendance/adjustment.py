"""What is put right after a month was closed (遡及調整): a difference of two counts, that two persons agree on. Pure.

The closed version never changes. It and the agreed adjustments, added up, are what the month counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.attendance.flex_period import widen_to_periods
from domain.attendance.month import PersonMonth
from domain.attendance.month_fault import MonthFault, MonthWhy, RefusedMonthError
from domain.attendance.pay_due import add_amounts, subtract_amounts
from domain.attendance.pay_line import Amounts
from domain.attendance.person_day import PersonDay
from domain.attendance.profile import InForce

REACH = timedelta(days=7)
"""A fact of a day bears on the days of its week, and on the duty that it ends up to two days later."""


class Cause(StrEnum):
    """Why a day's facts changed."""

    late_tap = "late_tap"
    disputed = "disputed"  # its journal was told in two ways, so that its taps count no more
    judged = "judged"  # somebody looked at a tap whose clock was uncertain
    approved = "approved"  # an application came into effect
    cancelled = "cancelled"
    roster = "roster"
    calendar = "calendar"
    profile = "profile"
    hr = "hr"


class AdjustmentState(StrEnum):
    """How far an adjustment is."""

    found = "found"
    proposed = "proposed"
    agreed = "agreed"
    dismissed = "dismissed"


class AdjustmentAct(StrEnum):
    """What is done about an adjustment."""

    propose = "propose"
    agree = "agree"
    dismiss = "dismiss"


ACTS: Mapping[tuple[AdjustmentState, AdjustmentAct], AdjustmentState] = MappingProxyType(
    {
        (AdjustmentState.found, AdjustmentAct.propose): AdjustmentState.proposed,
        (AdjustmentState.proposed, AdjustmentAct.agree): AdjustmentState.agreed,
        (AdjustmentState.found, AdjustmentAct.dismiss): AdjustmentState.dismissed,
        (AdjustmentState.proposed, AdjustmentAct.dismiss): AdjustmentState.dismissed,
    }
)
"""Every lawful act; what was agreed or dismissed stays so."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted month as far as adjustments look at it: amounts by item of the month, and of each day that has any."""

    amounts: Amounts
    days: Mapping[date, Amounts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayDifference:
    """One day's amounts before and after."""

    on: date
    before: Amounts
    after: Amounts


@dataclass(frozen=True, slots=True)
class Difference:
    """What the month counts more (or less) than before: amounts after less before, and the days that differ."""

    amounts: Amounts
    days: tuple[DayDifference, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who did what about an adjustment, and when; the difference itself never changes."""

    person_id: str
    state: AdjustmentState = AdjustmentState.found
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    dismissed_at: datetime | None = None
    reason: str = ""


def day_amounts(day: PersonDay) -> dict[str, int]:
    """Give a day's amounts by item, zeros left out."""
    named = {f"class.{name}": minutes for name, minutes in day.classes.items()}
    named |= {
        "minutes.worked": day.worked_minutes,
        "minutes.regular": day.regular_minutes,
        "minutes.overtime": day.overtime_minutes,
        "minutes.late": day.late_minutes,
        "minutes.early_leave": day.early_leave_minutes,
        "count.divergences": len(day.divergences),
        "count.missing_punches": len(day.missing),
    }
    return {item: amount for item, amount in sorted(named.items()) if amount}


def count_days(month: PersonMonth) -> dict[date, Amounts]:
    """Give the amounts of every day of a month that has any."""
    return {day.on: amounts for day in month.days if (amounts := day_amounts(day))}


def find_difference(before: Counted, after: Counted) -> Difference | None:
    """Give what differs between two counts; None where nothing does."""
    amounts = subtract_amounts(after.amounts, before.amounts)
    days = tuple(
        DayDifference(on, before.days.get(on, {}), after.days.get(on, {}))
        for on in sorted(before.days.keys() | after.days.keys())
        if before.days.get(on, {}) != after.days.get(on, {})
    )
    return Difference(amounts, days) if amounts or days else None


def add_difference(before: Counted, difference: Difference) -> Counted:
    """Give the count after a difference; the reverse of :func:`find_difference`."""
    days = {**before.days, **{day.on: day.after for day in difference.days}}
    return Counted(
        add_amounts(before.amounts, difference.amounts), {on: amounts for on, amounts in days.items() if amounts}
    )


def touched_periods(on: date, rules: InForce | None = None) -> frozenset[str]:
    """Give the months (``YYYY-MM``) whose count a fact of a day can change.

    With the rules, that too in which the day's settlement period of flexible hours ends, where they have any (L20).
    """
    settled_on = on if rules is None else widen_to_periods((on, on), rules)[1]
    return frozenset(day.isoformat()[:7] for day in (on - REACH, on, on + REACH, settled_on))


def step_adjustment(decision: Decision, act: AdjustmentAct, *, by: str, reason: str, now: datetime) -> Decision:
    """Give the decision after an act of HR's.

    Raises:
        RefusedMonthError: the act is not possible now, it is one's own month, the proposer agrees with himself, or a
            reason is missing (proposing and dismissing need one).
    """
    state = ACTS.get((decision.state, act))
    if state is None:
        raise RefusedMonthError((MonthFault("act", MonthWhy.not_now, decision.person_id),))
    faults = []
    if by == decision.person_id:
        faults.append(MonthFault("by", MonthWhy.own_month, decision.person_id))
    if act is AdjustmentAct.agree and by == decision.proposed_by:
        faults.append(MonthFault("by", MonthWhy.same_person, decision.person_id))
    if act is not AdjustmentAct.agree and not reason.strip():
        faults.append(MonthFault("reason", MonthWhy.no_reason, decision.person_id))
    if faults:
        raise RefusedMonthError(tuple(faults))
    if act is AdjustmentAct.propose:
        return replace(decision, state=state, proposed_by=by, proposed_at=now, reason=reason.strip())
    if act is AdjustmentAct.agree:
        return replace(decision, state=state, agreed_by=by, agreed_at=now)
    return replace(decision, state=state, dismissed_at=now, reason=reason.strip())
