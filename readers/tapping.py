"""From a card at a reader to the decision and its record; pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contract.records import SituationFacts, TapObserved
from domain.access.decide import Tap, decide
from domain.access.door import DoorMode, DoorState
from domain.access.policy import AttendanceMeaning, JournalFailureRule, PolicySnapshot
from domain.access.situation import NOTHING_KNOWN, Pin
from domain.ids import AccessPointId, CredentialToken, DoorId
from domain.verdict import Denied, Granted, Reason, Verdict
from readers.drivers.port import CardSeen
from readers.events import DecidedTap, Moment
from readers.naming import name_card
from readers.scene import Scene, companions_of, enter_area, gather_situation, use_code, wait_for_second
from readers.state import ControllerState


@dataclass(frozen=True, slots=True)
class Tapped:
    """A decided card: the record to write, what hangs on its being written, and who is about now."""

    body: TapObserved
    tap: DecidedTap
    scene: Scene


def decide_card(
    state: ControllerState, policy: PolicySnapshot | None, seen: CardSeen, moment: Moment, pin: Pin = Pin.none
) -> Tapped:
    """Decide a card as of the instant it was seen. Without a policy every card is refused as ``policy_stale``."""
    point_id = state.wiring.points[seen.reader]
    at = moment.at - timedelta(seconds=max(0.0, moment.mono - seen.seen_mono))
    _, name = name_card(state.wiring, seen)
    asked = Tap(name, point_id, at, state.confirmed_at, seen.assurance)
    situation = NOTHING_KNOWN
    if policy is not None:
        door = _door_behind(state, policy, point_id)
        situation = gather_situation(
            _foreseen(state),
            policy,
            asked,
            mode=_mode_of(state, door),
            open_doors=_open_doors(state, door),
            pin=pin,
            once=seen.once,
            mono=moment.mono,
            threat=state.threat.level,
        )
    verdict = decide(policy, asked, situation) if policy else Denied(Reason.policy_stale)
    body = TapObserved(
        at=at,
        mono_ms=int(seen.seen_mono * 1000),
        boot=moment.boot,
        clock=moment.clock,
        reader=seen.reader,
        access_point=point_id,
        credential=name,
        technology=seen.technology,
        assurance=seen.assurance,
        granted=isinstance(verdict, Granted),
        reason="granted" if isinstance(verdict, Granted) else verdict.reason.value,
        rule=verdict.rule,
        policy_version=policy.version if policy else 0,
        policy_confirmed_at=state.confirmed_at,
        evidence=seen.evidence,
        soft=tuple(soft.value for soft in verdict.soft) if isinstance(verdict, Granted) else (),
        situation=SituationFacts.of(situation),
    )
    tap = _decided(state, policy, asked, verdict, seen, duress=pin is Pin.duress)
    return Tapped(body, tap, _after(state.scene, tap, seen.once))


def find_objection(policy: PolicySnapshot | None, tap: TapObserved) -> Reason | None:
    """Give why a policy that came after the decision refuses a granted tap, by the facts of its record; mostly None."""
    if policy is None or policy.version == tap.policy_version:
        return None
    asked = Tap(
        CredentialToken(tap.credential),
        AccessPointId(tap.access_point),
        tap.at,
        tap.policy_confirmed_at,
        tap.assurance,
    )
    verdict = decide(policy, asked, tap.situation.situation() if tap.situation else NOTHING_KNOWN)
    return verdict.reason if isinstance(verdict, Denied) else None


def asks_pin(policy: PolicySnapshot | None, tapped: Tapped) -> bool:
    """Tell whether all that a card lacks is its PIN, and it has one to give."""
    if policy is None or tapped.tap.verdict != Denied(Reason.pin_required):
        return False
    credential = policy.credentials.get(tapped.tap.credential)
    return credential is not None and credential.pin is not None


def _decided(
    state: ControllerState, policy: PolicySnapshot | None, asked: Tap, verdict: Verdict, seen: CardSeen, *, duress: bool
) -> DecidedTap:
    wired = state.wiring.egress_doors.get(asked.point)
    blank = DecidedTap(
        point=asked.point,
        door=wired,
        credential=asked.credential,
        verdict=verdict,
        egress=wired is not None,
        opens_unrecorded=False,
        attendance=AttendanceMeaning.none,
        at=asked.at,
        seen_mono=seen.seen_mono,
    )
    point = policy.points.get(asked.point) if policy else None
    if policy is None or point is None:
        return blank
    area, credential = policy.areas[point.area_to], policy.credentials.get(asked.credential)
    tap = replace(
        blank,
        door=point.door,
        egress=wired is not None or point.egress,
        # A code's use that is not written down would be forgotten, and the code would open again.
        opens_unrecorded=area.on_journal_failure is JournalFailureRule.open and seen.once is None,
        attendance=point.attendance,
    )
    if credential is None:
        return tap
    together = companions_of(state.scene, point.id, credential.person, asked.at) if area.two_person else ()
    return replace(
        tap,
        person=credential.person,
        people=(credential.person, *together),
        area=point.area_to,
        extended=credential.extended,
        escorted=credential.escorted,
        duress=duress,
    )


def _after(scene: Scene, tap: DecidedTap, once: tuple[datetime, datetime] | None) -> Scene:
    """Note at once what the next reader must know: a used code, somebody waiting for a second person."""
    if tap.person is None:
        return scene
    if isinstance(tap.verdict, Granted):
        return scene if once is None else use_code(scene, tap.credential, once[1], tap.at)
    if tap.verdict.reason is Reason.two_person_waiting:
        return wait_for_second(scene, tap.point, tap.person, tap.at)
    return scene


def _door_behind(state: ControllerState, policy: PolicySnapshot, point: AccessPointId) -> DoorId | None:
    known = policy.points.get(point)
    return known.door if known else state.wiring.egress_doors.get(point)


def _mode_of(state: ControllerState, door: DoorId | None) -> DoorMode:
    known: DoorState | None = state.doors.get(door) if door else None
    return known.standing_mode if known else DoorMode.locked


def _open_doors(state: ControllerState, door: DoorId | None) -> tuple[DoorId, ...]:
    if door is None:
        return ()
    soon_free = {tap.door for tap in state.deciding}
    others = ((other, state.doors.get(other)) for other in state.wiring.interlocked_with(door))
    return tuple(
        other
        for other, known in others
        if other in soon_free or (known is not None and (known.is_open or known.is_free))
    )


def _foreseen(state: ControllerState) -> Scene:
    """Give who is about once the grants that are still being written have moved their people.

    Where a contact tells who really enters, nobody is moved before it does.
    """
    scene = state.scene
    for tap in state.deciding:
        spec = state.wiring.doors.get(tap.door) if tap.door else None
        if tap.area is not None and spec is not None and not spec.has_contact:
            scene = enter_area(scene, tap.people, tap.point, tap.area, tap.at)
    return scene
