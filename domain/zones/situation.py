"""What is known of somebody at a terminal, as it is kept elsewhere, and the facts of any instant derived from it.

Spans begin with their first instant and end before their last one. Whatever ends or begins by itself is a turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.civil import civil_minute, instant
from domain.zones.decide_tier import Outlook
from domain.zones.facts import Factor, Facts, Threat
from domain.zones.presence_grade import Grade, Sighting, grade_presence
from domain.zones.tier import TierPlan
from domain.zones.training import Attendance, Training, assess_training, lapses_at


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; None is no bound. Bounds are kept in UTC, for between zones comparing is ten times as slow."""

    from_at: datetime | None = None
    until_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.from_at is not None and self.from_at.tzinfo is not UTC:
            object.__setattr__(self, "from_at", self.from_at.astimezone(UTC))
        if self.until_at is not None and self.until_at.tzinfo is not UTC:
            object.__setattr__(self, "until_at", self.until_at.astimezone(UTC))

    def holds_at(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return (self.from_at is None or self.from_at <= at) and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: when employed, suspended, on leave, on duty, ordered to work longer, and cleared for which tier."""

    id: str
    employed: tuple[Span, ...] = ()
    suspended: tuple[Span, ...] = ()
    on_leave: tuple[Span, ...] = ()
    duty: tuple[Span, ...] = ()
    orders: tuple[Span, ...] = ()
    clearances: tuple[tuple[str, Span], ...] = ()
    attended: tuple[Attendance, ...] = ()
    drill_open: bool = False
    is_visitor: bool = False


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is: ``areas``, the innermost and all those around it, what was seen there, and who else is."""

    areas: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    escort_here: bool = False
    others_cleared: int = 0


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal: for which tier and of which class it was issued, and when its certificate counts."""

    id: str
    tier_id: str
    terminal_class: str
    issued: Span
    certificate: Span | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything about one question. ``trainings`` are all that there are, ``hours`` those of the tier."""

    tier_id: str
    method: str
    person: Person | None = None
    whereabouts: Whereabouts = field(default_factory=Whereabouts)
    terminal: Terminal | None = None
    factor: Factor = Factor.none
    factor_at: datetime | None = None
    trainings: tuple[Training, ...] = ()
    hours: tuple[Span, ...] = ()
    threats: tuple[tuple[Threat, Span], ...] = ()
    """The declared level, and what follows it; outside of all of them nothing is known."""


def look_out(plan: TierPlan, of: Situation, now: datetime) -> Outlook:
    """Give the facts of any instant from ``now`` on, and when they change by themselves."""
    return Outlook(lambda at: derive_facts(plan, of, at), tuple(sorted(_list_turns(plan, of, now))))


def derive_facts(plan: TierPlan, of: Situation, at: datetime) -> Facts:
    """Give the facts of an instant; a tier that is not in force has none but its name."""
    on = civil_minute(at)[0]
    tier = plan.find(of.tier_id, on)
    if tier is None:
        return Facts(tier=of.tier_id)
    grade, seen_at = grade_presence(of.whereabouts.sightings, since=at - timedelta(minutes=tier.presence_minutes))
    has_place = plan.is_place(tier.id, of.whereabouts.areas, on)
    has_factor = of.factor_at is not None and at < of.factor_at + timedelta(minutes=tier.factor_minutes)
    return Facts(
        tier=tier.id,
        method=of.method,
        present=seen_at is not None and has_place,
        presence_grade=grade if has_place else Grade.none,
        factor=of.factor if has_factor else Factor.none,
        in_hours=_holds(of.hours, at),
        escorted=of.whereabouts.escort_here,
        others_cleared=of.whereabouts.others_cleared,
        threat=next((level for level, span in of.threats if span.holds_at(at)), Threat.evacuation),
        **_of_person(of, tier.trainings, at),
        **_of_terminal(of.terminal, at),
    )


_Known = dict[str, Any]
"""Facts by name; those that are not known are left out, and have the value that permits least."""


def _of_person(of: Situation, asked: frozenset[str], at: datetime) -> _Known:
    if (person := of.person) is None:
        return {}
    unknown = asked - {training.id for training in of.trainings}
    standing = assess_training([each for each in of.trainings if each.id in asked], person.attended, at)
    missing = standing.missing | unknown
    return _Known(
        person_known=True,
        employed=_holds(person.employed, at),
        suspended=_holds(person.suspended, at),
        on_leave=_holds(person.on_leave, at),
        on_duty=_holds(person.duty, at),
        overtime_ordered=_holds(person.orders, at),
        cleared=_holds((span for tier_id, span in person.clearances if tier_id == of.tier_id), at),
        trained=not missing,
        missing_training=missing,
        drill_open=person.drill_open,
        visitor=person.is_visitor,
    )


def _of_terminal(terminal: Terminal | None, at: datetime) -> _Known:
    if terminal is None:
        return {}
    return _Known(
        terminal_issued=terminal.issued.holds_at(at),
        terminal_certified=terminal.certificate is not None and terminal.certificate.holds_at(at),
        terminal_tier=terminal.tier_id,
        terminal_class=terminal.terminal_class,
    )


def _list_turns(plan: TierPlan, of: Situation, now: datetime) -> set[datetime]:
    found = {at for span in _list_spans(of) for at in (span.from_at, span.until_at) if at is not None}
    found |= {instant(place.valid_until, 24 * 60) for place in plan.places if place.valid_until is not None}
    tier = plan.find(of.tier_id, civil_minute(now)[0])
    if tier is not None:
        found |= {each.at + timedelta(minutes=tier.presence_minutes) for each in of.whereabouts.sightings}
        found |= {of.factor_at + timedelta(minutes=tier.factor_minutes)} if of.factor_at is not None else set()
    if of.person is not None:
        attended = of.person.attended
        found |= {
            lapses_at(training, each.on)
            for training in of.trainings
            for each in attended
            if each.training_id == training.id
        }
    return {at.astimezone(UTC) for at in found if at > now}


def _list_spans(of: Situation) -> Iterable[Span]:
    yield from of.hours
    yield from (span for _, span in of.threats)
    if of.person is not None:
        person = of.person
        yield from (*person.employed, *person.suspended, *person.on_leave, *person.duty, *person.orders)
        yield from (span for _, span in person.clearances)
    if of.terminal is not None:
        yield of.terminal.issued
        yield from () if of.terminal.certificate is None else (of.terminal.certificate,)


def _holds(spans: Iterable[Span], at: datetime) -> bool:
    return any(span.holds_at(at) for span in spans)
