"""Key cabinets at the controller: from a card in front of one to the record, the locks and the answer. Pure.

As with doors the answer is written down before anything is freed, a card that is older than two seconds by then frees
nothing, and one that the threat level stopped meanwhile neither. Where nothing can be written down no key is handed
out: a key that nobody knows to be gone is worse than one that somebody has to fetch from a desk.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from contract.cabinet_records import CabinetAsked, Mode
from domain.access.policy import Credential, CredentialStatus, PolicySnapshot
from domain.access.threat import SHUTTING, ThreatLevel
from domain.ids import AccessPointId, DoorId
from domain.key_boxes import KeyBox
from domain.keys.ask_cabinet import ask_cabinet, wait_for_second
from domain.keys.cabinet import Asked, CabinetState, Caller, Grounds, Hung, Refusal
from domain.keys.cabinet_events import Admitted, CabinetEvent, Dismissed, DoorSpoke, HookSpoke, ShelterTold, TimePassed
from domain.keys.step_cabinet import step_cabinet
from readers.cabinet_telling import Stamp, tell_effects
from readers.cabinet_words import REFUSED, words_of
from readers.cabinets.settings import door_of, hook_of
from readers.door_turns import Answer
from readers.drivers.port import CardSeen, HookSeen
from readers.events import Alarm, Append, AskedCabinet, Effect, Moment, Present, Recorded, Unrecorded
from readers.naming import name_card, name_number
from readers.remarks import raise_alarm, stamp
from readers.state import ControllerState
from readers.words import RETRY, UNRECORDED

TAP_AGE_SECONDS_MAX = 2.0
ONLINE_AGE = timedelta(minutes=3)
"""The centre says each minute that it stands by the policy: whoever heard it within this is online."""


def serves_cabinet(state: ControllerState, reader: str) -> bool:
    """Tell whether a reader stands in front of a key cabinet and not at a door."""
    return state.wiring.points.get(reader) in state.wiring.cabinets


def take_key_card(
    state: ControllerState, policy: PolicySnapshot | None, seen: CardSeen, moment: Moment
) -> tuple[ControllerState, list[Effect]]:
    """Answer a card in front of a cabinet as of the instant it was seen, and ask for the answer's record."""
    cabinet = str(state.wiring.points[seen.reader])
    box, at = _box(policy, cabinet), moment.at - timedelta(seconds=max(0.0, moment.mono - seen.seen_mono))
    known = state.cabinets.get(cabinet, CabinetState())
    stale = box is None or at - state.confirmed_at > box.offline_age_max
    shut = state.threat.level in SHUTTING
    caller = _name_caller(state, policy, seen, at)
    asked = ask_cabinet(box, known, caller, at=at, mono=moment.mono, stale=stale, shut=shut)
    state = _keep(state, cabinet, wait_for_second(known, asked, moment.mono))
    body = CabinetAsked(
        **stamp(moment) | {"at": at, "mono_ms": int(seen.seen_mono * 1000)},
        cabinet=cabinet,
        reader=seen.reader,
        credential=asked.credential,
        technology=seen.technology,
        assurance=seen.assurance,
        granted=asked.refusal is None,
        reason=_reason_of(asked),
        entitlements=tuple(offer.entitlement for offer in asked.offers) if asked.refusal is None else (),
        second=asked.second,
        mode=_mode(state, moment),
        policy_version=policy.version if policy else 0,
        policy_confirmed_at=state.confirmed_at,
        evidence=seen.evidence,
    )
    return state, [Append((body,), cabinet=AskedCabinet(cabinet, asked, seen.seen_mono))]


def follow_answered(
    state: ControllerState, policy: PolicySnapshot | None, event: Recorded | Unrecorded, moment: Moment
) -> Answer:
    """Do what hung on the record of an answer; without the record nothing is handed out."""
    told = event.append.cabinet
    if told is None:
        return state, []
    if isinstance(event, Recorded):
        return _follow_recorded(state, policy, told, moment, cause_seq=event.last_seq)
    effects: list[Effect] = [] if state.journal_failed else [Alarm("journal_failed", event.cause)]
    shown = Present(AccessPointId(told.cabinet), "unrecorded", UNRECORDED)
    return replace(state, journal_failed=True), [*effects, shown]


def _follow_recorded(
    state: ControllerState, policy: PolicySnapshot | None, told: AskedCabinet, moment: Moment, *, cause_seq: int
) -> Answer:
    """Locks first, then words."""
    point, asked = AccessPointId(told.cabinet), told.asked
    if asked.refusal is not None:
        waits = asked.refusal is Refusal.two_person_waiting
        return state, [Present(point, "retry" if waits else "refused", words_of(asked))]
    age = moment.mono - told.seen_mono
    if age > TAP_AGE_SECONDS_MAX:
        detail = f"a card was {age:.1f} s old when it was recorded; the cabinet stayed shut"
        return state, [Present(point, "retry", RETRY), *raise_alarm("tap_too_old", detail, moment)]
    if state.threat.level in SHUTTING:
        return state, [Present(point, "refused", REFUSED[Refusal.threat_level])]
    state, effects = _turn(state, policy, told.cabinet, Admitted(asked, cause_seq), moment)
    moving = [effect for effect in effects if not isinstance(effect, Append)]
    recorded = [effect for effect in effects if isinstance(effect, Append)]
    return state, [*moving, Present(point, "granted", words_of(asked)), *recorded]


def hear_hook(state: ControllerState, policy: PolicySnapshot | None, seen: HookSeen, moment: Moment) -> Answer:
    """Let a hook say what hangs on it; a tag becomes this box's own name of it at once."""
    tag = None
    if seen.tag is not None and seen.technology is not None:
        tag = name_number(state.wiring, seen.technology, seen.tag).name
    hung = Hung(seen.occupied, tag)
    return _turn(state, policy, seen.cabinet, HookSpoke(seen.position, hung), moment)


def hear_sensor(
    state: ControllerState, policy: PolicySnapshot | None, name: str, moment: Moment, *, active: bool
) -> Answer:
    """Let a wired sensor speak: of a hook (active: the key is gone) or of the door (active: it stands open)."""
    wire = state.wiring.cabinet_inputs.get(name)
    if wire is None:
        return state, []
    cabinet, position = wire
    event: CabinetEvent = DoorSpoke(active) if position is None else HookSpoke(position, Hung(not active))
    return _turn(state, policy, cabinet, event, moment)


def follow_cabinets(state: ControllerState, policy: PolicySnapshot | None, moment: Moment) -> Answer:
    """Open what stands open for a shelter, lock it after, lock it in a lock-down, and let time pass."""
    effects: list[Effect] = []
    for cabinet in state.wiring.cabinets:
        known, box = state.cabinets.get(cabinet, CabinetState()), _box(policy, cabinet)
        wanted = state.threat.level is ThreatLevel.shelter and box is not None and box.shelter
        if wanted != known.sheltering:
            state, told = _turn(state, policy, cabinet, ShelterTold(wanted), moment)
            effects += told
        elif state.threat.level in SHUTTING and known.session is not None:
            state, told = _turn(state, policy, cabinet, Dismissed(), moment)
            effects += told
        elif known.next_due_mono is not None and known.next_due_mono <= moment.mono:
            state, told = _turn(state, policy, cabinet, TimePassed(), moment)
            effects += told
    return state, effects


def list_cabinet_locks(state: ControllerState) -> list[DoorId]:
    """Give everything that locks a cabinet of this box: its door, and its hooks where they have locks."""
    found: list[DoorId] = []
    for spec in state.wiring.cabinets.values():
        hooks = range(1, spec.positions + 1) if spec.has_hook_locks else ()
        found += [door_of(spec.id), *(hook_of(spec.id, position) for position in hooks)]
    return found


def _turn(
    state: ControllerState, policy: PolicySnapshot | None, cabinet: str, event: CabinetEvent, moment: Moment
) -> Answer:
    """Let one cabinet meet an event; what moves comes first, its records after."""
    spec = state.wiring.cabinets.get(cabinet)
    if spec is None:
        return state, []
    box = _box(policy, cabinet)
    after, done = step_cabinet(spec, box, state.cabinets.get(cabinet, CabinetState()), event, moment.mono)
    stamped = Stamp(cabinet, moment, _mode(state, moment), policy.version if policy else 0)
    moving, bodies = tell_effects(stamped, done)
    return _keep(state, cabinet, after), [*moving, Append(tuple(bodies))] if bodies else moving


def _keep(state: ControllerState, cabinet: str, after: CabinetState) -> ControllerState:
    return replace(state, cabinets={**state.cabinets, cabinet: after})


def _box(policy: PolicySnapshot | None, cabinet: str) -> KeyBox | None:
    return policy.cabinets.get(cabinet) if policy else None


def _mode(state: ControllerState, moment: Moment) -> Mode:
    return "online" if moment.at - state.confirmed_at <= ONLINE_AGE else "cached"


def _reason_of(asked: Asked) -> str:
    if asked.refusal is not None:
        return asked.refusal.value
    return "granted" if asked.grounds is Grounds.right else Grounds.bring_back.value


def _name_caller(state: ControllerState, policy: PolicySnapshot | None, seen: CardSeen, at: datetime) -> Caller:
    _, name = name_card(state.wiring, seen)
    held = policy.credentials.get(name) if policy else None
    if held is None:
        return Caller(name, None, usable=False, assurance=seen.assurance)
    return Caller(name, held.person, _is_usable(held, seen, at), seen.assurance, held.keys)


def _is_usable(held: Credential, seen: CardSeen, at: datetime) -> bool:
    """Tell whether a card is in order; a code for one time is a visitor's, and takes no keys."""
    begun = held.valid_from is None or at >= held.valid_from
    ended = held.valid_until is not None and at >= held.valid_until
    return held.status is CredentialStatus.active and begun and not ended and seen.once is None
