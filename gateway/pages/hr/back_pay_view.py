"""Proposals of back-pay as their page shows them: by person, what was found to be work and what it would be worth."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from contract.request_content import RequestContentError, read_content
from domain.attendance.back_pay import BackPayLine, FoundWork, ImpossibleFindingError, found_work, propose_back_pay
from domain.attendance.classes import OVERTIME_CLASSES
from domain.attendance.closing import IN_FORCE
from domain.attendance.facts import MonthFacts
from domain.attendance.month import derive_month, month_bounds
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.requests import DivergenceAnswer, Explanation, OvertimeRequest, RequestKind
from domain.attendance.spans import merge, subtract
from domain.workflow.states import State
from gateway.requests.rules import Rules
from store.applications import list_applications
from store.closings import load_standings
from store.directory import DirectoryLine, load_directory_line
from store.divergence_answers import list_accepted_answers
from store.months import load_months_facts
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Finding:
    """Time of a day that was found to be work, and the reason that was accepted.

    ``waits``: it is applied for already; ``absent``: no punch says that the person was there, so a punch comes first.
    """

    work: FoundWork
    reason: str
    waits: bool = False
    absent: bool = False

    @property
    def minutes(self) -> int:
        """Give its length."""
        return self.work.ends_minute - self.work.starts_minute


@dataclass(frozen=True, slots=True)
class Proposal:
    """One person's proposal; ``impossible`` says in Japanese and English why nothing can be counted yet."""

    person: DirectoryLine
    findings: tuple[Finding, ...]
    lines: tuple[BackPayLine, ...] = ()
    impossible: tuple[str, str] | None = None
    closed: bool = False

    @property
    def minutes(self) -> int:
        """Count the minutes that were not paid as overtime."""
        return sum(line.minutes for line in self.lines if line.name in OVERTIME_CLASSES)


@dataclass(frozen=True, slots=True)
class Proposals:
    """A page of proposals, and of how many people there are any."""

    shown: tuple[Proposal, ...] = ()
    people: int = 0


@dataclass(slots=True)
class _Found:
    answers: list[DivergenceAnswer] = field(default_factory=list)


def load_proposals(
    tx: Tx, period: str, rules: Rules, *, departments: Collection[str] | None, offset: int, limit: int
) -> Proposals:
    """Give the proposals of a month by person.

    Raises:
        ValueError: ``period`` is no month.
    """
    found = _list_work(tx, period, departments)
    people = sorted(found)
    chosen = people[offset : offset + limit]
    facts = load_months_facts(tx, chosen, period, rules.profiles) if chosen else {}
    standings = load_standings(tx, period, chosen)
    shown = []
    for person_id in chosen:
        person = load_directory_line(tx, person_id)
        if person is not None:
            closed = person_id in standings and standings[person_id].state in IN_FORCE
            shown.append(_propose(tx, person, facts[person_id], found[person_id].answers, closed=closed))
    return Proposals(tuple(shown), len(people))


def _list_work(tx: Tx, period: str, departments: Collection[str] | None) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for each in list_accepted_answers(tx, *month_bounds(period), departments):
        try:
            request = read_content(RequestKind.divergence, each.content)
        except RequestContentError:  # of an earlier form: it was accepted, and nothing more is known of it
            continue
        if isinstance(request, DivergenceAnswer) and request.explanation is Explanation.work:
            found.setdefault(each.person_id, _Found()).answers.append(request)
    return found


def _propose(
    tx: Tx, person: DirectoryLine, facts: MonthFacts, answers: Iterable[DivergenceAnswer], *, closed: bool
) -> Proposal:
    answers = list(answers)
    found = found_work(answers)
    reasons = {(each.on, each.from_minute, each.to_minute): each.reason for each in answers}
    try:
        month = derive_month(facts)
        back = propose_back_pay(facts, found)
    except ImpossibleFindingError as error:
        japanese, _, english = error.expected.partition(" / ")
        findings = tuple(Finding(each, reasons[each.on, each.starts_minute, each.ends_minute]) for each in found)
        return Proposal(person, findings, impossible=(japanese, english or japanese), closed=closed)
    except ImpossiblePlanError:
        return Proposal(person, (), impossible=("振替か代休日が勤務に合いません", "a swap fits no plan"), closed=closed)
    presence = merge(
        (stretch.starts, stretch.ends)
        for day in month.days
        if day.assessment is not None
        for stretch in day.assessment.stretches
    )
    findings = tuple(
        Finding(
            each,
            reasons[each.on, each.starts_minute, each.ends_minute],
            waits=_is_applied_for(tx, person.person_id, each),
            absent=bool(subtract((each.span,), presence)),
        )
        for each in found
    )
    return Proposal(person, findings, back.lines, closed=closed)


def _is_applied_for(tx: Tx, person_id: str, work: FoundWork) -> bool:
    for filed in list_applications(tx, person_id, work.on, work.on):
        if filed.application.state not in {State.submitted, State.returned}:
            continue
        request = read_content(RequestKind(filed.application.kind), filed.matter.content)
        if isinstance(request, OvertimeRequest) and _meets(request, work.on, work):
            return True
    return False


def _meets(request: OvertimeRequest, on: date, work: FoundWork) -> bool:
    return request.on == on and request.starts_minute < work.ends_minute and work.starts_minute < request.ends_minute
