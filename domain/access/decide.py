"""The one decision both ends make: the edge before the lock moves, the centre when the record arrives.

``PRECEDENCE`` is the rule table. Its rows are asked in order and the first that objects gives the reason; a row is a
function of the question alone: policy, tap, the card's credential and the situation. A row for each
:class:`~domain.verdict.Reason` that a policy of this depth can give.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.access.door import DoorMode
from domain.access.policy import Credential, CredentialStatus, PassbackMode, PolicySnapshot, StaleRule
from domain.access.situation import NOTHING_KNOWN, Code, Pin, Situation
from domain.access.threat import SHUTTING
from domain.ids import AccessPointId, CredentialToken, LevelId, ScheduleId
from domain.verdict import Denied, Granted, Reason, Verdict

STATEFUL = frozenset(
    (Reason.interlock, Reason.passback, Reason.occupancy_max, Reason.two_person_waiting, Reason.escort_missing)
)
"""Reasons that come last and rest on who else is where; whoever meets only these could otherwise enter."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A card seen at an access point.

    ``confirmed_at`` is the latest instant at which the centre is known to have stood by the snapshot; the decision
    counts the offline age from it. ``assurance`` is 0–3 (see docs/glossary.md).
    """

    credential: CredentialToken
    point: AccessPointId
    at: datetime
    confirmed_at: datetime
    assurance: int = 1


@dataclass(frozen=True, slots=True)
class _Question:
    policy: PolicySnapshot
    tap: Tap
    credential: Credential | None
    now: Situation


def decide(policy: PolicySnapshot, tap: Tap, situation: Situation = NOTHING_KNOWN) -> Verdict:
    """Decide one tap: Granted with the rule that let it through, or Denied with the first reason that holds.

    A violation that only warns (soft anti-passback) stands in the grant's ``soft``.
    """
    credential = policy.credentials.get(tap.credential)
    asked = _Question(policy, tap, credential, situation)
    for reason, objects in PRECEDENCE:
        if objects(asked):
            return Denied(reason)
    assert credential is not None  # noqa: S101 (unknown_credential stands in the table above)
    level_id, schedule_id = next(_open_grants(asked), ("", ""))
    return Granted(f"{level_id}/{schedule_id}", (Reason.passback,) if _passes_back(asked, PassbackMode.soft) else ())


def list_objections(
    policy: PolicySnapshot, tap: Tap, situation: Situation = NOTHING_KNOWN
) -> Iterator[tuple[Reason, bool]]:
    """Yield each rule in its order with whether it objects, up to the first that does: what :func:`decide` went by."""
    asked = _Question(policy, tap, policy.credentials.get(tap.credential), situation)
    for reason, objects in PRECEDENCE:
        objecting = objects(asked)
        yield reason, objecting
        if objecting:
            return


def list_grants(
    policy: PolicySnapshot, tap: Tap, situation: Situation = NOTHING_KNOWN
) -> tuple[tuple[LevelId, ScheduleId], ...]:
    """Give the levels held now that open the point, each with its schedule there, at whatever hour."""
    return tuple(_grants(_Question(policy, tap, policy.credentials.get(tap.credential), situation)))


def _stale(asked: _Question) -> bool:
    policy, tap = asked.policy, asked.tap
    point = policy.points.get(tap.point)
    if point is None:
        return False
    area = policy.areas[point.area_to]
    if tap.at - tap.confirmed_at <= area.offline_age_max:
        return False
    if area.on_stale is StaleRule.emergency and asked.credential is not None:
        return not any(policy.levels[level].emergency for level, _ in _open_grants(asked))
    return True


def _status_is(status: CredentialStatus) -> "Objection":
    def objects(asked: _Question) -> bool:
        return asked.credential is not None and asked.credential.status is status

    return objects


def _not_yet_active(asked: _Question) -> bool:
    if asked.now.code is Code.early:
        return True
    if asked.credential is None:
        return False
    begins = asked.credential.valid_from
    return asked.credential.status is CredentialStatus.issued or (begins is not None and asked.tap.at < begins)


def _expired(asked: _Question) -> bool:
    if asked.now.code is Code.over:
        return True
    if asked.credential is None:
        return False
    ends = asked.credential.valid_until
    return asked.credential.status is CredentialStatus.expired or (ends is not None and asked.tap.at >= ends)


def _no_rights(asked: _Question) -> bool:
    """Tell whether no level opens this point at any hour, or a denial holds here now: denials win over grants."""
    return next(_grants(asked), None) is None or _is_denied(asked)


def _is_denied(asked: _Question) -> bool:
    policy, tap = asked.policy, asked.tap
    for level in asked.credential.denied if asked.credential else ():
        schedule = policy.levels[level].points.get(tap.point)
        if schedule is not None and policy.holds(schedule, tap.at):
            return True
    return False


def _out_of_schedule(asked: _Question) -> bool:
    return next(_open_grants(asked), None) is None


def _too_low(asked: _Question) -> bool:
    return asked.tap.assurance < asked.policy.points[asked.tap.point].minimum_assurance


def _pin_is(*states: Pin) -> "Objection":
    def objects(asked: _Question) -> bool:
        wanted = asked.policy.points[asked.tap.point].pin
        return wanted is not None and asked.policy.holds(wanted, asked.tap.at) and asked.now.pin in states

    return objects


def _passes_back(asked: _Question, mode: PassbackMode) -> bool:
    """Tell whether somebody enters where they already are, in an area that treats it so, before it has faded."""
    area = asked.policy.areas[asked.policy.points[asked.tap.point].area_to]
    if area.passback is not mode or asked.now.place != area.id:
        return False
    if asked.credential is None or asked.credential.passback_exempt:
        return False
    entered_at, fades = asked.now.entered_at, area.passback_fades
    return fades is None or (entered_at is not None and asked.tap.at - entered_at < fades)


def _hard_passback(asked: _Question) -> bool:
    return _passes_back(asked, PassbackMode.hard)


def _full(asked: _Question) -> bool:
    area = asked.policy.areas[asked.policy.points[asked.tap.point].area_to]
    return area.occupancy_max is not None and asked.now.inside >= area.occupancy_max


def _alone(asked: _Question) -> bool:
    """Tell whether fewer than two are inside, whoever asks among them if that is their place, and nobody waits."""
    area = asked.policy.areas[asked.policy.points[asked.tap.point].area_to]
    inside = asked.now.inside + (asked.now.place == area.id)
    return area.two_person and inside < 2 and not asked.now.companions


def _unescorted(asked: _Question) -> bool:
    escorted = asked.credential is not None and asked.credential.escorted
    return escorted and not asked.now.escort and not _is_way_out(asked)


def _threatened(asked: _Question) -> bool:
    shut = asked.now.threat in SHUTTING or asked.now.mode is DoorMode.locked_down
    return shut and not _is_way_out(asked)


def _blocked(asked: _Question) -> bool:
    return asked.now.mode is DoorMode.blocked and not _is_way_out(asked)


def _is_way_out(asked: _Question) -> bool:
    point = asked.policy.points.get(asked.tap.point)
    return point is not None and point.egress


def _grants(asked: _Question) -> Iterator[tuple[LevelId, ScheduleId]]:
    """Yield the levels held at this instant and threat level that open the point, each with its schedule there."""
    policy, tap = asked.policy, asked.tap
    if asked.credential is None or tap.point not in policy.points:
        return
    for level_id in asked.credential.levels_at(tap.at):
        level = policy.levels[level_id]
        schedule = level.points.get(tap.point)
        if schedule is not None and level.during in (None, asked.now.threat):
            yield level_id, schedule


def _open_grants(asked: _Question) -> Iterator[tuple[LevelId, ScheduleId]]:
    """Yield those of them whose schedule holds."""
    return (grant for grant in _grants(asked) if asked.policy.holds(grant[1], asked.tap.at))


Objection = Callable[[_Question], bool]

PRECEDENCE: tuple[tuple[Reason, Objection], ...] = (
    (Reason.policy_stale, _stale),
    (Reason.unknown_credential, lambda asked: asked.credential is None),
    (Reason.stolen, _status_is(CredentialStatus.stolen)),
    (Reason.lost, _status_is(CredentialStatus.lost)),
    (Reason.revoked, _status_is(CredentialStatus.revoked)),
    (Reason.suspended, _status_is(CredentialStatus.suspended)),
    (Reason.damaged, _status_is(CredentialStatus.damaged)),
    (Reason.returned, _status_is(CredentialStatus.returned)),
    (Reason.not_yet_active, _not_yet_active),
    (Reason.expired, _expired),
    (Reason.code_used, lambda asked: asked.now.code is Code.used),
    (Reason.lockout, lambda asked: asked.now.locked_out),
    (Reason.threat_level, _threatened),
    (Reason.door_blocked, _blocked),
    (Reason.no_access_rights, _no_rights),
    (Reason.out_of_schedule, _out_of_schedule),
    (Reason.assurance_too_low, _too_low),
    (Reason.pin_required, _pin_is(Pin.none)),
    (Reason.pin_wrong, _pin_is(Pin.wrong)),
    (Reason.interlock, lambda asked: bool(asked.now.open_doors)),
    (Reason.passback, _hard_passback),
    (Reason.occupancy_max, _full),
    (Reason.two_person_waiting, _alone),
    (Reason.escort_missing, _unescorted),
)
