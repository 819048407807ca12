"""What is known of everybody who may ask for a network tier, kept in memory and renewed as it changes.

One snapshot is exchanged for the next in one step, so that whoever looks sees one state; a look costs no statement.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.attendance.profile import InForce
from domain.zones.situation import Span, Terminal
from gateway.site.description import Site
from gateway.zones.company import make_company
from gateway.zones.hours_spans import load_hours, load_threats, presence_times
from gateway.zones.known_city import KnownCity, KnownTerminal, normalise_station
from gateway.zones.person_book import KnownPerson, load_persons
from gateway.zones.presence_book import Places, load_whereabouts
from gateway.zones.question import Known, Question
from store.terminal_seats import Seat, list_seats
from store.terminals import KeptTerminal, list_terminals
from store.trainings import list_trainings
from store.tx import Tx

_Row = TypeVar("_Row")


class Situations:
    """Persons, terminals, seats, presences, trainings and waivers as they stand; may be read from any thread.

    Whoever renews does so one after the other, each with a transaction begun after the one before: a view of the
    database that is older than what is known would put back what has changed since (``gateway.zones.tier_keeper``).
    Each renewal gives whose decisions may be others by it.

    Args:
        site: gives the description that holds now.
        profiles: the rules of attendance by day.
    """

    def __init__(self, site: Callable[[], Site], profiles: InForce) -> None:
        self._site = site
        self._profiles = profiles
        self._known = KnownCity()
        self._renewing = threading.RLock()

    def renew(self, tx: Tx, person_ids: Collection[str] | None = None) -> frozenset[str]:
        """Read again everything, or terminals, hours and levels with some persons; the first time, everything."""
        with self._renewing:
            shared = self._read_shared(tx)
            if person_ids is None or self._known.readers is None:
                return self._renew_everybody(tx, shared)
            known = self._known
            people = {"persons": known.persons, "places": known.places, "company": known.company}
            self._known = replace(shared, **people, escorted=known.escorted)  # type: ignore[arg-type]
            return self.renew_persons(tx, person_ids)

    def renew_persons(self, tx: Tx, person_ids: Collection[str]) -> frozenset[str]:
        """Read again what is known of some persons, and nothing else."""
        with self._renewing:
            known = self._known
            if known.readers is None:
                return self.renew(tx)
            persons = _put(known.persons, person_ids, load_persons(tx, person_ids, self._profiles))
            leads = any(each in of and of[each].escort_id for of in (known.persons, persons) for each in person_ids)
            escorted = _name_escorted(persons) if leads else known.escorted
            self._known = replace(known, persons=persons, escorted=escorted)
            return self.renew_places(tx, person_ids) | _list_escorted(known, person_ids)

    def renew_changed(self, tx: Tx, person_ids: Collection[str]) -> frozenset[str]:
        """Read again what is known of some persons, and give those alone of whom that is something else now."""
        with self._renewing:
            before = self._known
            self.renew_persons(tx, person_ids)
            after = self._known
            changed = [
                each
                for each in person_ids
                if before.persons.get(each) != after.persons.get(each)
                or before.places.get(each) != after.places.get(each)
            ]
            former = _list_former(before.seats, after.seats)
            return frozenset(changed).union(_list_escorted(before, changed), former)

    def renew_places(self, tx: Tx, person_ids: Collection[str]) -> frozenset[str]:
        """Read again where some persons are, and at which terminals they sit: what a tap changes."""
        with self._renewing:
            known = self._known
            if known.readers is None:
                return self.renew(tx)
            places = _put(known.places, person_ids, load_whereabouts(tx, person_ids, known.readers))
            company = known.company.put(person_ids, known.persons, places, tx.now)
            sat = list_seats(tx, person_ids)
            self._known = replace(known, seats={**known.seats, **sat}, places=places, company=company)
            return frozenset(person_ids).union(_list_escorted(known, person_ids), _list_former(known.seats, sat))

    def _renew_everybody(self, tx: Tx, shared: KnownCity) -> frozenset[str]:
        assert shared.readers is not None  # noqa: S101 (just read)
        persons = load_persons(tx, None, self._profiles)
        places = load_whereabouts(tx, None, shared.readers)
        company, escorted = make_company(persons, places, tx.now), _name_escorted(persons)
        self._known = replace(shared, persons=persons, places=places, company=company, escorted=escorted)
        return frozenset(persons)

    def list_inside(self, areas: Collection[str]) -> frozenset[str]:
        """Give who is in areas."""
        inside = self._known.company.inside
        return frozenset().union(*(inside.get(each, frozenset()) for each in areas))

    def area_of(self, person_id: str) -> str:
        """Give where somebody is; empty where nothing says so."""
        where = self._known.places.get(person_id)
        return "" if where is None else where.area

    def look(self, question: Question, now: datetime) -> Known:
        """Give what is known of a question at an instant."""
        return self._known.look(question, now)

    def _read_shared(self, tx: Tx) -> KnownCity:
        """Read what is about no person."""
        site = self._site()
        kept = list_terminals(tx)
        return KnownCity(
            terminals={each.id: KnownTerminal(_terminal(each), each.kept_by) for each in kept},
            stations={normalise_station(each.mac): each.id for each in kept if each.mac},
            seats=list_seats(tx),
            trainings=tuple(list_trainings(tx)),
            hours=load_hours(tx, site),
            presence=presence_times(site, tx.now),
            threats=load_threats(tx),
            readers=Places(site, {each.seat_point_id for each in kept if each.seat_point_id}),
        )


def _put(standing: Mapping[str, _Row], person_ids: Collection[str], read: Mapping[str, _Row]) -> dict[str, _Row]:
    put = dict(standing)
    for each in person_ids:
        if each in read:
            put[each] = read[each]
        else:
            put.pop(each, None)
    return put


def _name_escorted(persons: Mapping[str, KnownPerson]) -> dict[str, tuple[str, ...]]:
    """Give whom each escort has to look after."""
    led: dict[str, list[str]] = {}
    for person_id, each in persons.items():
        if each.escort_id:
            led.setdefault(each.escort_id, []).append(person_id)
    return {escort_id: tuple(each) for escort_id, each in led.items()}


def _list_escorted(known: KnownCity, person_ids: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(known.escorted.get(each, ()) for each in person_ids))


def _list_former(seats: Mapping[str, Seat], sat: Mapping[str, Seat]) -> Iterator[str]:
    """Yield who sat where somebody sits now; nobody (an empty id) where nobody did."""
    for terminal_id, seat in sat.items():
        before = seats.get(terminal_id)
        if before != seat:
            yield "" if before is None else before.person_id


def _terminal(each: KeptTerminal) -> Terminal:
    has_certificate = each.certificate_from is not None or each.certificate_until is not None
    certificate = Span(each.certificate_from, each.certificate_until) if has_certificate else None
    issued = Span(each.issued_from, each.issued_until)
    return Terminal(each.id, each.tier_id, each.terminal_class, issued, certificate)
