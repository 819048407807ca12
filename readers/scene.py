"""Who is about, as far as this controller knows: places, persons waiting for a second one, escorts, codes, PINs. Pure.

Places, used codes and obeyed commands are read back from the journal at start and places are told by the centre, too;
the rest is of the last minutes and begins empty.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from domain.access.decide import Tap
from domain.access.door import DoorMode
from domain.access.places import NOWHERE, Places, count_inside, entered_at, forget_before, move, place_of
from domain.access.policy import AccessPoint, Credential, PassbackMode, PolicySnapshot
from domain.access.situation import COMPANION_AGE, Code, Pin, Situation
from domain.access.threat import ThreatLevel
from domain.ids import AccessPointId, AreaId, CredentialToken, DoorId, PersonId

WRONG_PINS_MAX = 5
LOCKOUT_SECONDS = 300.0
"""After so many wrong PINs in a row a card is locked out for so long, at this controller."""

PLACES_KEPT = timedelta(days=2)
"""A place older than this says nothing any more: a duty and its night are over."""

FORGET_EVERY = timedelta(hours=1)
Once = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WrongPins:
    """Wrong PINs in a row, and until when the card is locked out (monotonic seconds; 0.0 is not)."""

    count: int
    locked_until_mono: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts between two taps.

    ``waiting`` holds, by access point, the persons who lacked only a second one, each with when; ``escorts`` when
    somebody who needs no escort last went through; ``codes`` the used one-time codes and ``obeyed`` the commands that
    were heard, each with the end of its time.
    """

    places: Places = NOWHERE
    waiting: Mapping[AccessPointId, Mapping[PersonId, datetime]] = field(default_factory=dict)
    escorts: Mapping[AccessPointId, datetime] = field(default_factory=dict)
    codes: Mapping[CredentialToken, datetime] = field(default_factory=dict)
    wrong_pins: Mapping[CredentialToken, WrongPins] = field(default_factory=dict)
    obeyed: Mapping[str, datetime] = field(default_factory=dict)


EMPTY_SCENE = Scene()
"""Nobody is known to be anywhere."""


def gather_situation(
    scene: Scene,
    policy: PolicySnapshot,
    tap: Tap,
    *,
    mode: DoorMode,
    open_doors: tuple[DoorId, ...],
    pin: Pin,
    once: Once | None,
    mono: float,
    threat: ThreatLevel = ThreatLevel.normal,
) -> Situation:
    """Give the facts that bear on a tap; what the area's rules do not ask for stays unsaid.

    Args:
        scene: who is about.
        policy: the one in force.
        tap: the card, where and when.
        mode: the door's.
        open_doors: the other doors of its interlock group that are open or free.
        pin: what was keyed in.
        once: from when until when a one-time code counts; None for a card.
        mono: monotonic seconds.
        threat: the level that holds here.
    """
    point, credential = policy.points.get(tap.point), policy.credentials.get(tap.credential)
    locked = scene.wrong_pins.get(tap.credential)
    people = {} if point is None or credential is None else _gather_people(scene, policy, point, credential, tap)
    return Situation(
        open_doors=open_doors,
        mode=mode if mode in {DoorMode.locked_down, DoorMode.blocked} else DoorMode.locked,
        pin=pin,
        code=_state_of_code(scene, tap, once),
        locked_out=locked is not None and mono < locked.locked_until_mono,
        threat=threat,
        **people,
    )


def _gather_people(
    scene: Scene, policy: PolicySnapshot, point: AccessPoint, credential: Credential, tap: Tap
) -> dict[str, Any]:
    """Give the facts about people, by the names that they have in a Situation."""
    area, person = policy.areas[point.area_to], credential.person
    told: dict[str, Any] = {}
    counts_entries = area.passback is not PassbackMode.off and not credential.passback_exempt
    if counts_entries or area.two_person:
        place = place_of(scene.places, person)
        told["place"] = place.area if place else None
        told["entered_at"] = entered_at(scene.places, person, area.id)
    if area.occupancy_max is not None or area.two_person:
        told["inside"] = count_inside(scene.places, area.id, without=person)
    if area.two_person:
        told["companions"] = len(companions_of(scene, point.id, person, tap.at))
    if credential.escorted:
        escorted_at = scene.escorts.get(point.id)
        told["escort"] = escorted_at is not None and tap.at - escorted_at <= COMPANION_AGE
    return told


def _state_of_code(scene: Scene, tap: Tap, once: Once | None) -> Code:
    if once is None:
        return Code.none
    begins_at, ends_at = once
    if tap.at < begins_at:
        return Code.early
    if tap.at >= ends_at:
        return Code.over
    return Code.used if tap.credential in scene.codes else Code.fresh


def companions_of(scene: Scene, point: AccessPointId, person: PersonId, at: datetime) -> tuple[PersonId, ...]:
    """Give the other persons who wait at the point for a second one."""
    waiting = scene.waiting.get(point, {})
    return tuple(other for other, since in waiting.items() if other != person and at - since <= COMPANION_AGE)


def wait_for_second(scene: Scene, point: AccessPointId, person: PersonId, at: datetime) -> Scene:
    """Note that somebody could enter if they were not alone."""
    waiting = {other: since for other, since in scene.waiting.get(point, {}).items() if at - since <= COMPANION_AGE} | {
        person: at
    }
    return replace(scene, waiting={**scene.waiting, point: waiting})


def use_code(scene: Scene, credential: CredentialToken, ends_at: datetime, at: datetime) -> Scene:
    """Note that a one-time code was used; codes whose time is over need no memory."""
    kept = {token: until for token, until in scene.codes.items() if until > at}
    return replace(scene, codes={**kept, credential: ends_at})


def remember_command(scene: Scene, command: str, ends_at: datetime, at: datetime) -> Scene:
    """Note that a command was heard; those whose time is over need no memory."""
    kept = {each: until for each, until in scene.obeyed.items() if until > at}
    return replace(scene, obeyed={**kept, command: ends_at})


def pass_escort(scene: Scene, point: AccessPointId, at: datetime) -> Scene:
    """Note that somebody who needs no escort went through."""
    return replace(scene, escorts={**scene.escorts, point: at})


def enter_area(scene: Scene, people: Collection[PersonId], point: AccessPointId, area: AreaId, at: datetime) -> Scene:
    """Move people into the area behind a point; nobody of them waits there any more."""
    places = scene.places
    for person in people:
        places = move(places, person, area, at)
    waiting = {other: since for other, since in scene.waiting.get(point, {}).items() if other not in people}
    return replace(scene, places=places, waiting={**scene.waiting, point: waiting})


def hear_places(scene: Scene, told: Iterable[tuple[PersonId, AreaId, datetime]]) -> Scene:
    """Take the places that other controllers saw; the later word about a person holds, whatever the order."""
    places = scene.places
    for person, area, at in told:
        places = move(places, person, area, at)
    return replace(scene, places=places)


def judge_pin(scene: Scene, credential: CredentialToken, *, right: bool, mono: float) -> Scene:
    """Count a PIN: a right one forgets, too many wrong ones in a row lock the card out for a while."""
    rest = {token: wrong for token, wrong in scene.wrong_pins.items() if token != credential}
    if right:
        return replace(scene, wrong_pins=rest)
    before = scene.wrong_pins.get(credential, WrongPins(0))
    count = 1 if 0.0 < before.locked_until_mono <= mono else before.count + 1
    until = mono + LOCKOUT_SECONDS if count >= WRONG_PINS_MAX else 0.0
    return replace(scene, wrong_pins={**rest, credential: WrongPins(count, until)})


def grow_old(scene: Scene, at: datetime) -> Scene:
    """Forget what is too old to say anything; looked at now and then, for it goes through everybody."""
    before_at, since = at - PLACES_KEPT, scene.places.since
    if since is not None and before_at - since < FORGET_EVERY:
        return scene
    return replace(scene, places=forget_before(scene.places, before_at))
