"""A person's month from facts: the one pure function behind pages, payroll and ``sekisho attendance evaluate``."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.attendance.caps import CountedMonth, Month
from domain.attendance.classes import Entry, beyond_statutory, classify, raise_after_60h
from domain.attendance.day import DayAssessment, leave_by_day
from domain.attendance.duty_days import assess_days
from domain.attendance.facts import MonthFacts
from domain.attendance.flex_settlement import Settlement, settle_periods
from domain.attendance.intervals import ShortInterval, assess_intervals
from domain.attendance.limits import CrossedLimit, assess_limits, count_months, with_managers_days
from domain.attendance.pay import pay_hours
from domain.attendance.person_day import PersonDay, person_day, sum_classes
from domain.attendance.plan import Plan, derive_plan
from domain.attendance.swap_week import swap_week_spans, with_swap_week
from domain.civil import format_h_mm, month_end


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A period of a person: every day of it in order, and the sums.

    ``settlements`` are those of flexible hours (L20) that meet the period; one that ends after it goes on.
    """

    person_id: str
    first_on: date
    last_on: date
    days: tuple[PersonDay, ...]
    worked_minutes: int
    regular_minutes: int
    overtime_minutes: int
    classes: Mapping[str, int]
    after_60h: Mapping[str, int]
    pay_hours: Mapping[str, int]
    limits: tuple[CrossedLimit, ...]
    intervals: tuple[ShortInterval, ...]
    settlements: tuple[Settlement, ...] = ()

    @property
    def overtime_shown(self) -> str:
        """Give the overtime in the city's notation; 3.15 and 2.45 are 6.00."""
        return format_h_mm(self.overtime_minutes)

    @property
    def divergence_count(self) -> int:
        """Count what someone still has to explain."""
        return sum(len(day.divergences) for day in self.days)


@dataclass(frozen=True, slots=True)
class AssessedMonth:
    """A period's facts held against its plan: what every sum and every cap departs from.

    ``plan`` is ``planned`` as presence settled it. Days and entries reach as far as the facts do.
    """

    facts: MonthFacts
    planned: Plan
    plan: Plan
    days: tuple[DayAssessment, ...]
    entries: tuple[Entry, ...]


def assess_month(facts: MonthFacts, planned: Plan) -> AssessedMonth:
    """Hold facts against their plan (:func:`derive_plan`), which may reach farther than they do."""
    plan, days = assess_days(facts, planned)
    return AssessedMonth(facts, planned, plan, days, _entries(facts, plan, days))


def derive_month(facts: MonthFacts) -> PersonMonth:
    """Derive the period.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    return sum_month(assess_month(facts, derive_plan(facts)))


def sum_month(assessed: AssessedMonth) -> PersonMonth:
    """Give the period: its days and its sums."""
    facts, plan, days = assessed.facts, assessed.plan, assessed.days
    own = tuple(entry for entry in assessed.entries if facts.first_on <= entry.on <= facts.last_on)
    rules = facts.rules
    limits = assess_limits(count_assessed(assessed), rules, facts.staff, facts.known_from_on)
    person_days = _person_days(facts, plan, days, own)
    return PersonMonth(
        person_id=facts.person_id,
        first_on=facts.first_on,
        last_on=facts.last_on,
        days=person_days,
        worked_minutes=sum(day.worked_minutes for day in person_days),
        regular_minutes=sum(day.regular_minutes for day in person_days),
        overtime_minutes=sum(day.overtime_minutes for day in person_days),
        classes=sum_classes(own),
        after_60h=sum_classes(own, raised_only=True),
        pay_hours=pay_hours(own, rules),
        limits=tuple(limit for limit in limits if facts.first_on <= limit.on <= facts.last_on),
        intervals=tuple(
            short for short in assess_intervals(days, rules) if facts.first_on <= short.on <= facts.last_on
        ),
        settlements=settle_periods(facts, plan, days),
    )


def count_facts(facts: MonthFacts) -> dict[Month, CountedMonth]:
    """Give the minutes that caps count, of every month that the facts reach.

    Raises:
        ImpossiblePlanError: a swap or 代休日 does not fit the plan.
    """
    return count_assessed(assess_month(facts, derive_plan(facts)))


def count_assessed(assessed: AssessedMonth) -> dict[Month, CountedMonth]:
    """Give the minutes that caps count, of every month that the facts reach."""
    staff = assessed.facts.staff
    as_manager = [day for day in assessed.days if staff.on(day.on).manager]
    counted = count_months(assessed.entries, assessed.facts.rules)
    return with_managers_days(counted, as_manager) if as_manager else counted


def _entries(facts: MonthFacts, plan: Plan, days: tuple[DayAssessment, ...]) -> tuple[Entry, ...]:
    rules = facts.rules
    entries = classify(days, plan, rules, facts.staff)
    return raise_after_60h(with_swap_week(entries, swap_week_spans(days, plan, rules)), rules)


def _person_days(
    facts: MonthFacts, plan: Plan, days: tuple[DayAssessment, ...], entries: tuple[Entry, ...]
) -> tuple[PersonDay, ...]:
    beyond = beyond_statutory(days, plan, facts.rules)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_day[entry.on].append(entry)
    assessed = {day.on: day for day in days}
    leave = leave_by_day(facts.leave)
    dates = (date.fromordinal(each) for each in range(facts.first_on.toordinal(), facts.last_on.toordinal() + 1))
    return tuple(
        person_day(
            facts,
            plan[on],
            assessed.get(on),
            entries=tuple(by_day[on]),
            beyond_statutory_minutes=beyond.get(on, 0),
            leave=leave.get(on, ()),
        )
        for on in dates
    )


def month_bounds(period: str) -> tuple[date, date]:
    """Give the first and last day of ``YYYY-MM``.

    Raises:
        ValueError: the text is no month; the message says what was expected.
    """
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        raise ValueError(f"{period!r} は月ではありません / is no month; expected YYYY-MM") from None
    return first, month_end(first)
