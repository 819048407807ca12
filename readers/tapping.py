"""From a card at a reader to the decision and its record; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contract.records import TapObserved
from contract.tokens import credential_token
from domain.access.decide import Tap, decide
from domain.access.policy import AttendanceMeaning, JournalFailureRule, PolicySnapshot
from domain.ids import AccessPointId, DoorId
from domain.verdict import Denied, Granted, Reason
from readers.drivers.port import CardSeen
from readers.events import DecidedTap, Moment


@dataclass(frozen=True, slots=True)
class Wiring:
    """What hangs on this box.

    ``points`` gives each reader's access point; ``egress_doors`` the door behind each point that is wired as egress, so
    that it is free even while there is no policy; ``release_seconds`` the doors this box moves and for how long.
    """

    site_key: bytes
    points: Mapping[str, AccessPointId]
    release_seconds: Mapping[DoorId, float]
    egress_doors: Mapping[AccessPointId, DoorId] = field(default_factory=dict)


def decide_card(
    wiring: Wiring, policy: PolicySnapshot | None, seen: CardSeen, *, confirmed_at: datetime, moment: Moment
) -> tuple[TapObserved, DecidedTap]:
    """Decide a card as of the instant it was seen; gives the record to write and what hangs on its being written.

    Without a policy every card is refused as ``policy_stale``.
    """
    point_id = wiring.points[seen.reader]
    at = moment.at - timedelta(seconds=max(0.0, moment.mono - seen.seen_mono))
    token = credential_token(wiring.site_key, seen.technology, seen.identifier)
    tap = Tap(token, point_id, at, confirmed_at, seen.assurance)
    verdict = decide(policy, tap) if policy else Denied(Reason.policy_stale)
    body = TapObserved(
        at=at,
        mono_ms=int(seen.seen_mono * 1000),
        boot=moment.boot,
        clock=moment.clock,
        reader=seen.reader,
        access_point=point_id,
        credential=token,
        technology=seen.technology,
        assurance=seen.assurance,
        granted=isinstance(verdict, Granted),
        reason="granted" if isinstance(verdict, Granted) else verdict.reason.value,
        rule=verdict.rule,
        policy_version=policy.version if policy else 0,
        policy_confirmed_at=confirmed_at,
    )
    point = policy.points.get(point_id) if policy else None
    rule = policy.areas[point.area_to].on_journal_failure if policy and point else JournalFailureRule.deny
    wired = wiring.egress_doors.get(point_id)
    return body, DecidedTap(
        point=point_id,
        door=point.door if point else wired,
        verdict=verdict,
        egress=wired is not None or (point is not None and point.egress),
        opens_unrecorded=rule is JournalFailureRule.open,
        attendance=point.attendance if point else AttendanceMeaning.none,
        at=at,
        seen_mono=seen.seen_mono,
    )
