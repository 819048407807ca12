"""The one decision both ends make: the edge before the lock moves, the centre when the record arrives.

``PRECEDENCE`` is the rule table. Its rows are asked in order and the first that objects gives the reason; a row is a
function of (policy, tap) alone. A row for each :class:`~domain.verdict.Reason` that a snapshot of this depth can give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.access.policy import ALWAYS, Credential, CredentialStatus, PolicySnapshot
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Denied, Granted, Reason, Verdict


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


def decide(policy: PolicySnapshot, tap: Tap) -> Verdict:
    """Decide one tap: Granted with the rule that let it through, or Denied with the first reason that holds."""
    credential = policy.credentials.get(tap.credential)
    for reason, objects in PRECEDENCE:
        if objects(policy, tap, credential):
            return Denied(reason)
    assert credential is not None  # noqa: S101 (unknown_credential stands in the table above)
    level_id, schedule_id = _open_grant(policy, tap, credential) or ("", "")
    return Granted(f"{level_id}/{schedule_id}")


def _stale(policy: PolicySnapshot, tap: Tap, _: Credential | None) -> bool:
    point = policy.points.get(tap.point)
    if point is None:
        return False
    return tap.at - tap.confirmed_at > policy.areas[point.area_to].offline_age_max


def _unknown(_policy: PolicySnapshot, _tap: Tap, credential: Credential | None) -> bool:
    return credential is None


def _status_is(status: CredentialStatus) -> "Objection":
    def objects(_policy: PolicySnapshot, _tap: Tap, credential: Credential | None) -> bool:
        return credential is not None and credential.status is status

    return objects


def _not_yet_active(_policy: PolicySnapshot, tap: Tap, credential: Credential | None) -> bool:
    return credential is not None and credential.valid_from is not None and tap.at < credential.valid_from


def _expired(_policy: PolicySnapshot, tap: Tap, credential: Credential | None) -> bool:
    return credential is not None and credential.valid_until is not None and tap.at >= credential.valid_until


def _no_rights(policy: PolicySnapshot, tap: Tap, credential: Credential | None) -> bool:
    if credential is None or tap.point not in policy.points:
        return True
    return not any(tap.point in policy.levels[level].points for level in credential.levels)


def _out_of_schedule(policy: PolicySnapshot, tap: Tap, credential: Credential | None) -> bool:
    return credential is None or _open_grant(policy, tap, credential) is None


def _too_low(policy: PolicySnapshot, tap: Tap, _: Credential | None) -> bool:
    return tap.assurance < policy.points[tap.point].minimum_assurance


def _open_grant(policy: PolicySnapshot, tap: Tap, credential: Credential) -> tuple[str, str] | None:
    """Find the first level of the card that opens the point at this instant."""
    for level in credential.levels:
        schedule = policy.levels[level].points.get(tap.point)
        if schedule is not None and (schedule == ALWAYS or policy.schedules[schedule].holds(tap.at)):
            return level, schedule
    return None


Objection = Callable[[PolicySnapshot, Tap, Credential | None], bool]

PRECEDENCE: tuple[tuple[Reason, Objection], ...] = (
    (Reason.policy_stale, _stale),
    (Reason.unknown_credential, _unknown),
    (Reason.stolen, _status_is(CredentialStatus.stolen)),
    (Reason.lost, _status_is(CredentialStatus.lost)),
    (Reason.revoked, _status_is(CredentialStatus.revoked)),
    (Reason.suspended, _status_is(CredentialStatus.suspended)),
    (Reason.not_yet_active, _not_yet_active),
    (Reason.expired, _expired),
    (Reason.no_access_rights, _no_rights),
    (Reason.out_of_schedule, _out_of_schedule),
    (Reason.assurance_too_low, _too_low),
)
