"""Where what stands in force differs from what reservations promise: set against set, in a few questions.

Derived from the reservations alone, as ``gateway.bookings.consequences`` does in the commit of each act. What is over
is not looked at any more: it ends by its own time.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.civil import civil_minute
from domain.facilities.entry import Way, choose_entry
from domain.facilities.promises import PROMISING, Promise, PromiseKind
from domain.facilities.reservation import Reservation
from domain.facilities.rules import FacilityRules
from domain.keys.entitlement import Taker, TakerKind
from domain.keys.key import Target
from gateway.bookings.consequences import derive_consequences
from gateway.bookings.promised_doors import (
    WantedGrant,
    find_code_times,
    list_reachable,
    list_wanted_grants,
    opens_as_wanted,
)
from gateway.bookings.remembered_rules import recall_rules
from gateway.custody.promised_keys import find_room_targets
from store.party_passes import PartyCode, list_party_codes
from store.people import load_persons
from store.reservations import Kept, list_promising
from store.reservees import load_reservees
from store.site_areas import SiteArea, list_site_areas, load_site_told_at
from store.tx import Tx
from store.unkept_promises import (
    HeldGrant,
    HeldKey,
    Unkept,
    list_held_grants,
    list_held_keys,
    list_last_changes,
    list_last_steps,
    list_open_codes,
    list_states,
    list_unkept,
)

HORIZON = timedelta(days=40)
"""So far ahead bookings are looked at; those further away were given what they promise with their permission."""

_Used = tuple[Target, Taker, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What stands around all reservations at one instant."""

    now: datetime
    areas: Mapping[str, SiteArea]
    rules: Mapping[str, FacilityRules]
    targets: Mapping[str, list[Target]]
    persons: Mapping[str, str | None]
    left: Mapping[str, date]
    codes: Mapping[str, PartyCode]
    grants: Mapping[str, list[HeldGrant]]
    keys: Mapping[str, list[HeldKey]]


@dataclass(frozen=True, slots=True)
class _Gap:
    lacks: frozenset[PromiseKind]
    too_much: bool
    holds_something: bool


def find_unkept(tx: Tx) -> list[Unkept]:
    """Give the reservations for which something lacks or is too much now, by id, with since when as far as is known.

    Where a booking has no door at all, that is since its last deed, or since rules or the site's description changed;
    anything else is since it was seen first.
    """
    kept = {each.reservation.id: each for each in list_promising(tx, PROMISING, tx.now + HORIZON)}
    facts = _load_facts(tx, list(kept.values()))
    gaps = {id_: _find_gap(each, facts) for id_, each in kept.items()}
    found = {id_: gap for id_, gap in gaps.items() if gap.lacks or gap.too_much}
    others = (facts.grants.keys() | facts.keys.keys() | list_open_codes(tx)) - kept.keys()
    states = list_states(tx, others)
    orphans = {id_ for id_ in others if states.get(id_) not in PROMISING}
    found |= {id_: _Gap(frozenset(), too_much=True, holds_something=True) for id_ in orphans}
    since = _find_since(tx, found, kept)
    return [Unkept(id_, found[id_].lacks, since[id_]) for id_ in sorted(found)]


def find_lacks(tx: Tx, kept: Kept) -> frozenset[PromiseKind]:
    """Give what lacks of what one reservation promises now; nothing where it promises nothing."""
    if kept.reservation.state not in PROMISING:
        return frozenset()
    return _find_gap(kept, _load_facts(tx, [kept], only=kept.reservation.id)).lacks


def _load_facts(tx: Tx, kept: Collection[Kept], *, only: str | None = None) -> _Facts:
    room_ids = {each.reservation.room_id for each in kept}
    ids = {each.reservation.id for each in kept}
    reservees = load_reservees(tx, {each.reservation.reservee_id for each in kept})
    persons = {id_: reservee.person_id for id_, reservee in reservees.items()}
    staff = load_persons(tx, {id_ for id_ in persons.values() if id_ is not None})
    grants: dict[str, list[HeldGrant]] = defaultdict(list)
    for grant in list_held_grants(tx, only):
        grants[grant.reservation_id].append(grant)
    keys: dict[str, list[HeldKey]] = defaultdict(list)
    for key in list_held_keys(tx, only):
        keys[key.reservation_id].append(key)
    return _Facts(
        tx.now,
        list_site_areas(tx),
        recall_rules(tx, room_ids),
        {room_id: [target for target, _ in find_room_targets(tx, room_id)] for room_id in sorted(room_ids)},
        persons,
        {id_: person.left_on for id_, person in staff.items() if person.left_on is not None},
        list_party_codes(tx, ids),
        grants,
        keys,
    )


def _find_gap(kept: Kept, facts: _Facts) -> _Gap:
    standing = kept.reservation
    room = facts.rules[kept.facility_id].room(standing.room_id)
    if room is None:
        return _Gap(frozenset(), too_much=False, holds_something=True)
    entry = choose_entry(facts.rules[kept.facility_id].entries, room.id, civil_minute(standing.from_at)[0])
    promised = derive_consequences(standing, room, facts.rules[kept.facility_id], facts.areas)
    person_id = facts.persons.get(standing.reservee_id)
    reachable = list_reachable(promised, facts.left.get(person_id or ""))
    promises = [each for each in reachable if each.until_at > facts.now]
    lacks: set[PromiseKind] = set()
    doors = list_wanted_grants(standing.id, person_id, promises, facts.areas)
    held_doors = {
        WantedGrant(*grant[1:]) for grant in facts.grants.get(standing.id, ()) if _goes_on(grant.valid_until, facts)
    }
    is_asked = any(promise.kind is PromiseKind.door for promise in promises)
    if doors - held_doors or (is_asked and not doors):
        lacks.add(PromiseKind.door)
    times = find_code_times(person_id, promises) if doors else None
    code = facts.codes.get(standing.id)
    is_code_over = code is None or code.valid_until is None or code.valid_until <= facts.now
    has_wrong_code = not opens_as_wanted(code, times) and (times is not None or not is_code_over)
    if times is not None and has_wrong_code:
        lacks.add(PromiseKind.code)
    keys = {used for promise in promises for used in _list_wanted_keys(standing, promise, facts)}
    held_keys = {tuple(key[1:]) for key in facts.keys.get(standing.id, ()) if _goes_on(key.used_until, facts)}
    needs_key = entry is not None and Way.key in entry.ways and standing.places is None
    if keys - held_keys or (needs_key and not keys and any(each.kind is PromiseKind.key for each in promises)):
        lacks.add(PromiseKind.key)
    too_much = bool(held_doors - doors or held_keys - keys or (has_wrong_code and times is None))
    return _Gap(frozenset(lacks), too_much, holds_something=bool(held_doors & doors or held_keys & keys))


def _list_wanted_keys(standing: Reservation, promise: Promise, facts: _Facts) -> list[_Used]:
    if promise.kind is not PromiseKind.key:
        return []
    taker = Taker(TakerKind.reservee, standing.reservee_id)
    return [(target, taker, promise.from_at, promise.until_at) for target in facts.targets.get(promise.subject, ())]


def _goes_on(until_at: datetime | None, facts: _Facts) -> bool:
    return until_at is None or until_at > facts.now


def _find_since(tx: Tx, found: Mapping[str, _Gap], kept: Mapping[str, Kept]) -> dict[str, datetime]:
    known = {id_: each.since_at for id_, each in list_unkept(tx).items()}
    bare = [id_ for id_, gap in found.items() if PromiseKind.door in gap.lacks and not gap.holds_something]
    steps, changes, told_at = list_last_steps(tx, bare), list_last_changes(tx), load_site_told_at(tx)
    since = {id_: known.get(id_, tx.now) for id_ in found}
    for id_ in bare:
        causes = (steps.get(id_), changes.get(kept[id_].facility_id), told_at)
        at = max((each for each in causes if each is not None), default=tx.now)
        since[id_] = min(since[id_], at)
    return since
