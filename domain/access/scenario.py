"""A policy tried out, tap after tap: what one controller of all doors would decide and come to know.

Nothing is stale, nobody keys in a PIN, and no escort is asked for: a scenario says nothing about them. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.access.decide import Tap, decide
from domain.access.places import NOWHERE, Places, count_inside, entered_at, move, place_of
from domain.access.policy import AccessPoint, Credential, CredentialStatus, PolicySnapshot
from domain.access.situation import COMPANION_AGE, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, PersonId
from domain.verdict import Denied, Reason, Verdict

_NEXT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What stands between two events.

    ``interlocks`` gives the group of each door that has one; ``waiting``, by access point, the persons who lacked only
    a second one and when; ``moved_at`` is the latest move. Events come in order and at whole minutes; moves within one
    minute are told apart by microseconds, so that the later one holds.
    """

    policy: PolicySnapshot
    interlocks: Mapping[DoorId, str] = field(default_factory=dict)
    threat: ThreatLevel = ThreatLevel.normal
    open_doors: frozenset[DoorId] = frozenset()
    places: Places = NOWHERE
    waiting: Mapping[AccessPointId, Mapping[PersonId, datetime]] = field(default_factory=dict)
    moved_at: datetime | None = None


def tell_threat(scenario: Scenario, threat: ThreatLevel) -> Scenario:
    """Let the site's threat level be this."""
    return replace(scenario, threat=threat)


def tell_door(scenario: Scenario, door: DoorId, *, is_open: bool) -> Scenario:
    """Let a door's contact report this."""
    doors = scenario.open_doors | {door} if is_open else scenario.open_doors - {door}
    return replace(scenario, open_doors=doors)


def tell_status(scenario: Scenario, credential: CredentialToken, status: CredentialStatus) -> Scenario:
    """Let a card that the policy knows have this status; KeyError where it does not."""
    policy = scenario.policy
    changed = replace(policy.credentials[credential], status=status)
    return replace(scenario, policy=replace(policy, credentials={**policy.credentials, credential: changed}))


def present_card(
    scenario: Scenario, credential: CredentialToken, point: AccessPointId, at: datetime, *, assurance: int, taken: bool
) -> tuple[Scenario, Verdict]:
    """Decide a tap at a point of the policy, and give what is known after it.

    Args:
        scenario: what is known before it.
        credential: the card; the policy need not know it.
        point: where; KeyError where the policy has no such point.
        at: when, a whole minute not before any earlier event.
        assurance: of the reading, 0-3.
        taken: whether the person goes in if they may.
    """
    known, place = scenario.policy.credentials.get(credential), scenario.policy.points[point]
    situation = _gather(scenario, known, place, at)
    verdict = decide(scenario.policy, Tap(credential, point, at, at, assurance), situation)
    if known is None:
        return scenario, verdict
    if isinstance(verdict, Denied):
        alone = verdict.reason is Reason.two_person_waiting
        return (_wait(scenario, point, known.person, at) if alone else scenario), verdict
    return (_enter(scenario, place, known.person, at) if taken else scenario), verdict


def list_open_rivals(scenario: Scenario, door: DoorId) -> tuple[DoorId, ...]:
    """Give the other doors of a door's interlock group that are open, in order."""
    group = scenario.interlocks.get(door)
    return tuple(
        other
        for other in sorted(scenario.open_doors)
        if other != door and group is not None and scenario.interlocks.get(other) == group
    )


def _gather(scenario: Scenario, known: Credential | None, point: AccessPoint, at: datetime) -> Situation:
    told = Situation(open_doors=list_open_rivals(scenario, point.door), threat=scenario.threat)
    if known is None:
        return told
    stands, entered = place_of(scenario.places, known.person), entered_at(scenario.places, known.person, point.area_to)
    return replace(
        told,
        place=stands.area if stands else None,
        entered_at=entered.replace(second=0, microsecond=0) if entered else None,
        inside=count_inside(scenario.places, point.area_to, without=known.person),
        companions=len(_companions(scenario, point.id, known.person, at)),
    )


def _companions(scenario: Scenario, point: AccessPointId, person: PersonId, at: datetime) -> tuple[PersonId, ...]:
    waiting = scenario.waiting.get(point, {})
    return tuple(other for other, since in waiting.items() if other != person and at - since <= COMPANION_AGE)


def _wait(scenario: Scenario, point: AccessPointId, person: PersonId, at: datetime) -> Scenario:
    waiting = {**scenario.waiting.get(point, {}), person: at}
    return replace(scenario, waiting={**scenario.waiting, point: waiting})


def _enter(scenario: Scenario, point: AccessPoint, person: PersonId, at: datetime) -> Scenario:
    """Move a person in, and with them whoever waited for a second one where a second one was needed."""
    area = scenario.policy.areas[point.area_to]
    together = area.two_person and count_inside(scenario.places, area.id) < 2
    companions = _companions(scenario, point.id, person, at) if together else ()
    for each in (*companions, person):
        scenario = _move(scenario, each, area.id, at)
    waiting = {
        other: since
        for other, since in scenario.waiting.get(point.id, {}).items()
        if other not in {*companions, person}
    }
    return replace(scenario, waiting={**scenario.waiting, point.id: waiting})


def _move(scenario: Scenario, person: PersonId, area: AreaId, at: datetime) -> Scenario:
    before = scenario.moved_at
    moved_at = at if before is None or at > before else before + _NEXT
    return replace(scenario, places=move(scenario.places, person, area, moved_at), moved_at=moved_at)
