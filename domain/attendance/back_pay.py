"""Back-pay (R14, R15): what a month would have given if the time found to be work had been ordered and present.

A proposal and no decision: somebody found that a divergence was work, and this says in classes and rates what that is
worth. The month is counted twice, so night, rest days and the 60-hour step fall where they would have fallen; minutes
that the step then raises later in the month stand as a pair of lines, less at the old rate and more at the new one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.attendance.classes import COMPENSATED, REGULAR, Entry
from domain.attendance.directions import TICKS_PER_MINUTE, directed_punches
from domain.attendance.facts import Direction, MonthFacts, Order, Punch
from domain.attendance.month import PersonMonth, derive_month
from domain.attendance.overnight import derive_overnight
from domain.attendance.plan import derive_plan
from domain.attendance.profile import Profile
from domain.attendance.requests import DivergenceAnswer, Explanation, divergence_subject
from domain.attendance.spans import Span, Spans, axis_minute, intersect, merge, subtract

TICK_LAST = TICKS_PER_MINUTE - 1
"""Found presence begins after the out that the person made in the same minute."""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """Time of a duty day that was found to be work; minutes from 00:00 of the day, ``ref`` names the finding."""

    on: date
    starts_minute: int
    ends_minute: int
    ref: str = ""

    @property
    def span(self) -> Span:
        """Give the time on the axis."""
        return axis_minute(self.on, self.starts_minute), axis_minute(self.on, self.ends_minute)


class ImpossibleFindingError(ValueError):
    """A finding that no month can hold: ``field`` is the wrong one, ``expected`` what it should have been."""

    def __init__(self, finding: FoundWork, field: str, expected: str) -> None:
        super().__init__(f"{finding.on} {finding.ref}: {field}: {expected}")
        self.finding = finding
        self.field = field
        self.expected = expected


@dataclass(frozen=True, slots=True)
class BackPayLine:
    """Minutes of a duty day, class and rate (percent of the hourly pay) that are to be added; negative ones go."""

    on: date
    name: str
    rate: int
    minutes: int


@dataclass(frozen=True, slots=True)
class BackPay:
    """The proposal: its lines, the minutes by rate, and the month as it would have been."""

    lines: tuple[BackPayLine, ...]
    minutes_by_rate: Mapping[int, int]
    month: PersonMonth


def found_work(answers: Iterable[DivergenceAnswer]) -> tuple[FoundWork, ...]:
    """Give the time of the divergences that were explained as work; those without both ends have none."""
    return tuple(
        FoundWork(answer.on, answer.from_minute, answer.to_minute, divergence_subject(answer.on, answer))
        for answer in answers
        if answer.explanation is Explanation.work and answer.from_minute is not None and answer.to_minute is not None
    )


def propose_back_pay(facts: MonthFacts, found: Iterable[FoundWork]) -> BackPay:
    """Say what the found work is worth.

    Args:
        facts: the facts of the month as they stand.
        found: the time of divergences that was found to be work; what lies inside regular hours or under an order
            that was kept adds nothing.

    Raises:
        ImpossibleFindingError: a finding ends before it starts, lies outside the month, or a punch of its day is
            missing and has to be supplied first.
        ImpossiblePlanError: a swap or 代休日 of the facts does not fit the plan.
    """
    findings = sorted(set(found), key=lambda each: (each.span, each.ref))
    before = derive_month(facts)
    for each in findings:
        _refuse_impossible(each, before)
    after = derive_month(_as_if_ordered(facts, findings, _presence(before)))
    added = Counter(_minutes_by_line(after, facts.profile))
    added.subtract(_minutes_by_line(before, facts.profile))
    lines = tuple(BackPayLine(*key, minutes) for key, minutes in sorted(added.items()) if minutes)
    by_rate = Counter[int]()
    for line in lines:
        by_rate[line.rate] += line.minutes
    return BackPay(lines, {rate: minutes for rate, minutes in sorted(by_rate.items()) if minutes}, after)


def _refuse_impossible(each: FoundWork, month: PersonMonth) -> None:
    if not month.first_on <= each.on <= month.last_on:
        raise ImpossibleFindingError(each, "on", "この月の日 / a day of the month")
    if each.ends_minute <= each.starts_minute:
        raise ImpossibleFindingError(each, "ends_minute", "始まりより後の時刻 / a time after the start")
    if month.days[(each.on - month.first_on).days].missing:
        raise ImpossibleFindingError(each, "on", "打刻のそろった日（先に打刻を訂正） / a day without a missing punch")


def _presence(month: PersonMonth) -> Spans:
    assessed = (day.assessment for day in month.days if day.assessment is not None)
    return merge((stretch.starts, stretch.ends) for day in assessed for stretch in day.stretches)


def _as_if_ordered(facts: MonthFacts, findings: list[FoundWork], presence: Spans) -> MonthFacts:
    absent = subtract(merge(each.span for each in findings), presence)
    refs = [next(each.ref for each in findings if intersect((each.span,), (span,))) for span in absent]
    overnight = derive_overnight(derive_plan(facts), facts.orders, facts.rules)
    punches = directed_punches(facts.punches, facts.rules, overnight)
    for (starts, ends), ref in zip(absent, refs, strict=True):
        punches += (Punch(starts, Direction.clock_in, tick=TICK_LAST, ref=ref),)
        punches += (Punch(ends, Direction.clock_out, ref=ref),)
    orders = tuple(Order(*each.span, ref=each.ref) for each in findings)
    return replace(facts, punches=punches, orders=(*facts.orders, *orders))


def _minutes_by_line(month: PersonMonth, profile: Profile) -> Counter[tuple[date, str, int]]:
    minutes = Counter[tuple[date, str, int]]()
    for day in month.days:
        for entry in day.entries:
            for name in _paid_names(entry):
                minutes[day.on, name, _rate(entry, name, profile)] += entry.minutes
    return minutes


def _paid_names(entry: Entry) -> tuple[str, ...]:
    own = () if entry.name in {REGULAR, COMPENSATED} else (entry.name,)
    return (*own, *entry.allowances)


def _rate(entry: Entry, name: str, profile: Profile) -> int:
    raised = profile.raised_rates.get(name) if entry.raised else None
    return profile.rates[name] if raised is None else raised
