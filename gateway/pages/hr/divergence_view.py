"""A divergent day as whoever settles it looks at it: counted afresh, with everything that was said about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contract.attendance_profile import Ground, GroundedProfile
from contract.dated_profiles import GroundedProfiles
from contract.request_content import read_content
from domain.attendance.closing import IN_FORCE
from domain.attendance.divergence import Divergence, DivergenceKind
from domain.attendance.duty_clock import duty_starts_at
from domain.attendance.facts import Direction
from domain.attendance.ledger import LedgerRow, explain_day
from domain.attendance.month import derive_month
from domain.attendance.person_day import PersonDay
from domain.attendance.plan import ImpossiblePlanError
from domain.attendance.requests import (
    DivergenceAnswer,
    ElsewhereRequest,
    OvertimeRequest,
    Request,
    RequestKind,
    divergence_subject,
)
from domain.civil import minute_on
from domain.ids import PersonId
from domain.workflow.application import Application, list_waited_for
from domain.workflow.route import Organisation
from domain.workflow.states import IN_EFFECT, OVER, State
from gateway.pages.hr.evidence import Evidence, tell_evidence
from gateway.pages.records.tap_view import mark_wrong, view_tap
from gateway.site.description import Site
from store.applications import Filed, list_applications
from store.board import list_tap_lines
from store.closings import load_standings
from store.directory import DirectoryLine, list_names, load_directory_line
from store.divergence_questions import AskedQuestion, list_questions
from store.months import load_month_facts
from store.orders import OvertimeOrder, list_orders
from store.tx import Tx
from store.wrong_taps import list_wrong_taps

TAPS_MAX = 500
_AROUND = timedelta(days=1)
_THRESHOLDS = {
    DivergenceKind.unordered_early: "early_threshold_minutes",
    DivergenceKind.computer_before_in: "early_threshold_minutes",
    DivergenceKind.unordered_stay: "stay_threshold_minutes",
    DivergenceKind.interior_after_out: "stay_threshold_minutes",
    DivergenceKind.computer_after_out: "stay_threshold_minutes",
}
"""The field of the profile that a kind's minutes were held against."""


@dataclass(frozen=True, slots=True)
class AboutDay:
    """An application about the day and what it asks for; ``mine``: the visitor may decide it now."""

    filed: Filed
    request: Request
    mine: bool

    @property
    def application(self) -> Application:
        """Give where it stands."""
        return self.filed.application

    @property
    def seen(self) -> str:
        """Write which application was seen how: what a verdict on it names."""
        one = self.application
        return f"{one.id}:{len(one.deeds)}:{one.content_hash}"


@dataclass(frozen=True, slots=True)
class Differing:
    """One divergence with what was said about it, the newest first.

    ``threshold_minutes`` and ``ground``: what its minutes were held against, and what that rests on.
    ``candidate_minute`` is when doors inside suggest that a missing punch would have been.
    """

    divergence: Divergence
    answers: tuple[AboutDay, ...]
    threshold_minutes: int | None
    ground: Ground | None
    candidate_minute: int | None = None

    @property
    def is_settled(self) -> bool:
        """Tell whether an explanation of it was accepted."""
        if self.divergence.kind is DivergenceKind.uncertain_clock:
            return False
        return any(each.application.state in IN_EFFECT for each in self.answers)


@dataclass(frozen=True, slots=True)
class OrderedHours:
    """An order, its ends as minutes from 00:00 of the day."""

    from_minute: int
    to_minute: int
    order: OvertimeOrder


@dataclass(frozen=True, slots=True)
class DivergentDay:
    """A person's day, counted now. ``others`` are applications of it that explain nothing; ``names`` is by person."""

    person: DirectoryLine
    day: PersonDay
    differing: tuple[Differing, ...]
    others: tuple[AboutDay, ...]
    orders: tuple[OrderedHours, ...]
    questions: tuple[AskedQuestion, ...]
    ledger: tuple[LedgerRow, ...]
    evidence: Evidence
    names: dict[str, str]
    closed: bool

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing of the day is left to settle."""
        return all(each.is_settled for each in self.differing)

    @property
    def waiting(self) -> tuple[AboutDay, ...]:
        """Give the explanations that wait for the visitor's word."""
        return tuple(each for one in self.differing for each in one.answers if each.mine)

    @property
    def has_doubtful_tap(self) -> bool:
        """Tell whether a tap of the day waits for a judgement."""
        return any(each.divergence.kind is DivergenceKind.uncertain_clock for each in self.differing)

    @property
    def is_unexplained(self) -> bool:
        """Tell whether something is left that nobody explained yet."""
        return any(not each.is_settled and not _is_under_way(each) for each in self.differing)


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks, by which rules and in which organisation; ``person_id`` is None for an account of no person."""

    person_id: str | None
    profiles: GroundedProfiles
    organisation: Organisation
    site: Site


def load_divergent_day(tx: Tx, person_id: str, on: date, looking: Looking) -> DivergentDay | None:
    """Give a person's day, counted afresh; None where there is no such person or the plan cannot be counted."""
    rules, grounded = looking.profiles.rules, looking.profiles.on(on)
    person = load_directory_line(tx, person_id)
    if person is None:
        return None
    facts = load_month_facts(tx, person_id, f"{on:%Y-%m}", rules)
    try:
        day = next(each for each in derive_month(facts).days if each.on == on)
    except ImpossiblePlanError:
        return None
    since = duty_starts_at(on, rules)
    first, last = since - _AROUND, since + 2 * _AROUND
    taps = list_tap_lines(tx, since=first, until=last, person_id=PersonId(person_id), limit=TAPS_MAX)
    wrong = list_wrong_taps(tx, person_id, since=first, until=last)
    orders = _orders(list_orders(tx, (person_id,), since=since, until=since + _AROUND), on)
    about = [_about(filed, looking) for filed in reversed(list_applications(tx, person_id, on, on))]
    asked = _spans_asked(about)
    standing = load_standings(tx, f"{on:%Y-%m}", [person_id]).get(person_id)
    return DivergentDay(
        person=person,
        day=day,
        differing=tuple(_differing(day, each, about, grounded) for each in day.divergences),
        others=tuple(each for each in about if each.application.kind != RequestKind.divergence),
        orders=orders,
        questions=tuple(list_questions(tx, person_id, on)),
        ledger=explain_day(day, grounded.profile),
        evidence=tell_evidence(
            day,
            facts,
            mark_wrong((view_tap(line, looking.site) for line in taps), wrong),
            ordered=[(each.from_minute, each.to_minute) for each in orders],
            asked=asked,
        ),
        names=list_names(tx, _named(about, orders)),
        closed=standing is not None and standing.state in IN_FORCE,
    )


def _is_under_way(one: Differing) -> bool:
    if one.divergence.kind is DivergenceKind.uncertain_clock:
        return True
    return any(each.application.state is State.submitted for each in one.answers)


def _orders(orders: Iterable[OvertimeOrder], on: date) -> tuple[OrderedHours, ...]:
    return tuple(OrderedHours(minute_on(each.starts_at, on), minute_on(each.ends_at, on), each) for each in orders)


def _about(filed: Filed, looking: Looking) -> AboutDay:
    deciders = list_waited_for(filed.application, looking.organisation)
    mine = filed.application.state is State.submitted and any(each.person_id == looking.person_id for each in deciders)
    return AboutDay(filed, read_content(RequestKind(filed.application.kind), filed.matter.content), mine)


def _differing(day: PersonDay, each: Divergence, about: Sequence[AboutDay], grounded: GroundedProfile) -> Differing:
    subject = divergence_subject(day.on, each)
    field = _THRESHOLDS.get(each.kind)
    answers = tuple(
        one for one in about if isinstance(one.request, DivergenceAnswer) and one.filed.matter.subject == subject
    )
    threshold = None if field is None else int(getattr(grounded.profile, field))
    ground = None if field is None else grounded.grounds.get(field)
    lacks = {DivergenceKind.missing_in: Direction.clock_in, DivergenceKind.missing_out: Direction.clock_out}
    suggested = (one.candidate_minute for one in day.missing if one.direction == lacks.get(each.kind))
    return Differing(each, answers, threshold, ground, next(suggested, None))


def _spans_asked(about: Iterable[AboutDay]) -> list[tuple[int, int]]:
    return [
        (each.request.starts_minute, each.request.ends_minute)
        for each in about
        if isinstance(each.request, OvertimeRequest | ElsewhereRequest) and each.application.state not in OVER
    ]


def _named(about: Iterable[AboutDay], orders: Iterable[OrderedHours]) -> set[str]:
    named = {each.order.ordered_by for each in orders}
    for each in about:
        named |= {each.application.applicant_id, *(deed.by for deed in each.application.deeds)}
    return named
