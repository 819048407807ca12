"""Everything that is known for the network tiers at one instant of reading: never changed, exchanged as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.zones.decide_tier import Waiver
from domain.zones.facts import Factor
from domain.zones.situation import Situation, Span, Terminal, Whereabouts
from domain.zones.training import Training
from gateway.zones.company import Company, is_at_work
from gateway.zones.hours_spans import Threats
from gateway.zones.person_book import KnownPerson
from gateway.zones.presence_book import Places, Whereabout
from gateway.zones.question import Known, Question
from store.terminal_seats import Seat

_NO_WAIVERS: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTerminal:
    """A terminal as the decisions know it; ``kept_by`` is its person, unless it is shared."""

    terminal: Terminal
    kept_by: str


@dataclass(frozen=True)
class KnownCity:
    """People with their places, terminals with their seats, and what is about nobody; by id.

    ``stations`` are terminals by network address, ``escorted`` whom each escort has to look after, ``presence`` for how
    long a presence counts in each tier. ``readers`` is None before the first reading.
    """

    persons: Mapping[str, KnownPerson] = field(default_factory=dict)
    places: Mapping[str, Whereabout] = field(default_factory=dict)
    company: Company = field(default_factory=Company)
    escorted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terminals: Mapping[str, KnownTerminal] = field(default_factory=dict)
    stations: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)
    trainings: tuple[Training, ...] = ()
    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    presence: Mapping[str, timedelta] = field(default_factory=dict)
    threats: Threats = ()
    readers: Places | None = None

    def look(self, question: Question, now: datetime) -> Known:
        """Give what is known of a question at an instant."""
        known = self
        terminal_id = question.terminal_id or known.stations.get(normalise_station(question.station), "")
        terminal = known.terminals.get(terminal_id)
        tier_id = question.tier_id or (terminal.terminal.tier_id if terminal is not None else "")
        seat = known.seats.get(terminal_id)
        person_id = question.person_id or _sitting(known, terminal, seat)
        person = known.persons.get(person_id)
        factor, factor_at = _factor(known, question, person_id, seat, now)
        situation = Situation(
            tier_id,
            question.method,
            None if person is None else person.person,
            _whereabouts(known, person_id, tier_id, now),
            None if terminal is None else terminal.terminal,
            factor,
            factor_at,
            known.trainings,
            known.hours.get(tier_id, ()),
            known.threats,
        )
        return Known(situation, _NO_WAIVERS if person is None else person.waivers, person_id, terminal_id)


def normalise_station(address: str) -> str:
    """Give a network address as twelve lower hex digits, however a switch writes it."""
    return "".join(each for each in address.lower() if each in "0123456789abcdef")


def _sitting(known: KnownCity, terminal: KnownTerminal | None, seat: Seat | None) -> str:
    """Tell who is at a terminal: the one it belongs to, else whoever sat down there last."""
    if terminal is not None and terminal.kept_by in known.persons:
        return terminal.kept_by
    return "" if seat is None or terminal is None else seat.person_id


def _factor(
    known: KnownCity, question: Question, person_id: str, seat: Seat | None, now: datetime
) -> tuple[Factor, datetime | None]:
    """Give how the person was shown to be at the seat: as the agent asks, else at the seat's reader in this stay."""
    if question.factor is not Factor.none:
        return question.factor, question.factor_at or now
    if seat is None or not person_id or seat.person_id != person_id:
        return Factor.none, None
    where = known.places.get(person_id)
    has_left = where is not None and where.began_at is not None and seat.at <= where.began_at
    return (Factor.none, None) if has_left else (seat.factor, seat.at)


def _whereabouts(known: KnownCity, person_id: str, tier_id: str, now: datetime) -> Whereabouts:
    where, person = known.places.get(person_id), known.persons.get(person_id)
    if where is None or person is None:
        return Whereabouts()
    since = now - known.presence.get(tier_id, timedelta())
    others = known.company.count_others(person_id, where.area, tier_id, since)
    escorted = _is_escort_here(known, person.escort_id, where.area, since, now)
    return Whereabouts((where.area,), where.sightings, escorted, others)


def _is_escort_here(known: KnownCity, escort_id: str, area: str, since: datetime, now: datetime) -> bool:
    where, escort = known.places.get(escort_id), known.persons.get(escort_id)
    if where is None or escort is None:
        return False
    return where.area == area and where.last_at > since and is_at_work(escort, now)
