"""What is known of each person who may ask for a tier, read for many at once."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.access.rights import PersonKind
from domain.attendance.profile import InForce
from domain.civil import MINUTES_PER_DAY, civil_minute, instant
from domain.zones.decide_tier import Waiver
from domain.zones.situation import Person, Span
from gateway.zones.duty_spans import DutySpans, load_duty_spans
from store.rule_waivers import list_waivers
from store.suspensions import Suspension, list_suspensions
from store.tier_clearances import Clearance, list_clearances
from store.tier_people import Stay, TierPerson, list_stays, list_tier_people, list_transfers
from store.trainings import list_attendances, list_open_drills
from store.tx import Tx

WAIVERS_KEPT = timedelta(days=1)
"""A waiver that is over for so long is not asked for again, whatever clock asks."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody with their waivers; ``escort_id`` is whom a visitor or a vendor's engineer is to be with."""

    person: Person
    waivers: tuple[Waiver, ...] = ()
    escort_id: str = ""


def load_persons(tx: Tx, person_ids: Collection[str] | None, profiles: InForce) -> dict[str, KnownPerson]:
    """Give persons by id, as they stand around ``tx.now``; None is everybody, unknown ids are left out."""
    people = list_tier_people(tx, person_ids)
    duty = load_duty_spans(tx, list(people), profiles, everybody=person_ids is None)
    suspended = list_suspensions(tx, person_ids)
    clearances, posts = list_clearances(tx, person_ids), list_transfers(tx, person_ids)
    attended, drills = list_attendances(tx, person_ids), list_open_drills(tx, person_ids)
    waivers = list_waivers(tx, person_ids, since=tx.now - WAIVERS_KEPT)
    stays = list_stays(tx, person_ids)
    nothing = DutySpans()
    found = {}
    for person_id, each in people.items():
        spans, stay = duty.get(person_id, nothing), stays.get(person_id)
        found[person_id] = KnownPerson(
            Person(
                person_id,
                employed=tuple(_employed(each, stay)),
                suspended=tuple(map(_suspended, suspended.get(person_id, ()))),
                on_leave=spans.on_leave,
                duty=spans.duty,
                orders=spans.orders,
                clearances=tuple(_cleared(clearances.get(person_id, ()), posts.get(person_id, ()))),
                attended=tuple(attended.get(person_id, ())),
                drill_open=person_id in drills,
                is_visitor=each.kind is not PersonKind.staff,
            ),
            tuple(waivers.get(person_id, ())),
            _escort(each, stay),
        )
    return found


def _employed(each: TierPerson, stay: Stay | None) -> Iterator[Span]:
    """Yield when somebody belongs here: a visitor while the visit lasts, all others by their days."""
    if each.kind is not PersonKind.visitor:
        yield Span(_begin(each.joined_on), _end(each.left_on))
    elif stay is not None:
        yield Span(stay.arrived_at, stay.valid_until)


def _escort(each: TierPerson, stay: Stay | None) -> str:
    if stay is not None:
        return stay.host_id
    return "" if each.kind is PersonKind.staff else each.sponsor_id or ""


def _suspended(each: Suspension) -> Span:
    return Span(_begin(each.from_on), _least(_end(each.until_on), each.ended_at))


def _cleared(clearances: Iterable[Clearance], posts: Iterable[tuple[date, str]]) -> Iterator[tuple[str, Span]]:
    """Yield clearances by tier; one given for a department's work ends as its holder moves to another."""
    every = list(posts)
    for each in clearances:
        given_on = civil_minute(each.given_at)[0]
        moves = (on for on, department_id in every if on > given_on and department_id != each.department_id)
        moves_on = next(moves, None) if each.department_id else None
        until_at = _least(_end(each.valid_until), each.ended_at, _begin(moves_on))
        yield each.tier_id, Span(instant(each.valid_from, 0), until_at)


def _begin(on: date | None) -> datetime | None:
    return None if on is None else instant(on, 0)


def _end(last_on: date | None) -> datetime | None:
    return None if last_on is None else instant(last_on, MINUTES_PER_DAY)


def _least(*ends: datetime | None) -> datetime | None:
    return min((each for each in ends if each is not None), default=None)
