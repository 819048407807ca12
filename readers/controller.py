"""What an edge does about what happens, as one pure function: (state, policy, event, moment) → (state', effects).

Theory of operation. The order of effects is the contract. A tap is noticed (a short tone), decided and asked to be
recorded (Append); only Recorded brings the lock's release and the lamp's and tone's answer. Where recording fails,
nothing says "recorded" and the door does what its area's ``on_journal_failure`` says. Two rules stand above that:

- an access point that leads to safety (egress) releases at once, whatever the verdict, the journal and the tap's age;
- at every other point a tap older than two seconds never opens, for whoever held the card up may be gone: the
  process may have been suspended, or the disk may have taken too long.

The pieces are rooms of their own: taps (``tap_turns`` over ``tapping``), who is about (``scene``), PINs (``pin_pad``),
doors (``door_turns`` over ``domain.access.door``), key cabinets (``cabinet_turns``), the centre's
commands (``obeying``), threat levels (``threats``).
Repeated taps are recorded each: what counts as one is the centre's to say.
"""

from dataclasses import replace
from datetime import timedelta

from contract.commands import ThreatTold
from contract.records import AgentStarted, DoorMoved, PolicyApplied, ReaderReported, ReadFailed
from domain.access.door import (
    ContactMoved,
    DoorEvent,
    ExitRequested,
    FireMoved,
    OverrideSet,
    TamperMoved,
    initial_door,
)
from domain.access.door import (
    TimePassed as DoorTimePassed,
)
from domain.access.policy import PolicySnapshot
from domain.ids import DoorId
from readers.cabinet_turns import (
    follow_answered,
    follow_cabinets,
    hear_hook,
    hear_sensor,
    list_cabinet_locks,
    serves_cabinet,
    take_key_card,
)
from readers.door_turns import Answer, follow_hours, turn_all
from readers.drivers.faults import ALARMING_CAUSES
from readers.drivers.port import CardSeen, HookSeen, InputMoved, KeysEntered, Observation, ReaderHealth, ReadTrouble
from readers.events import (
    AlarmFound,
    Append,
    CommandCame,
    Effect,
    Event,
    Moment,
    Notice,
    PolicyConfirmed,
    PolicyTook,
    Present,
    Recalled,
    Recorded,
    Relock,
    Resumed,
    Started,
    Stopping,
    TimePassed,
    Unrecorded,
)
from readers.obeying import hear_command, keep_standing, standing_overrides
from readers.pin_pad import forget_pin, hear_keys, list_given_up
from readers.remarks import raise_alarm, stamp
from readers.scene import grow_old
from readers.state import NEVER, ControllerState
from readers.tap_turns import follow_recorded, follow_unrecorded, give_up_pin, refuse_without_pin, take_card, take_keyed
from readers.threats import follow_threat, hear_threat
from readers.words import UNREADABLE

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the wall clock may lie behind the centre's last word before it counts as wrong."""


def step(  # noqa: C901, PLR0912 (one row an event)
    state: ControllerState, policy: PolicySnapshot | None, event: Event, moment: Moment
) -> Answer:
    """Handle one event.

    Args:
        state: as the last step gave it.
        policy: the one in force; None while there is none to trust.
        event: what happened.
        moment: when it is handled.

    Returns:
        The new state and what is to be done, in this order.
    """
    moment = _corrected(state, moment)
    match event:
        case CardSeen() | KeysEntered() | InputMoved() | HookSeen() | ReadTrouble() | ReaderHealth():
            return _observed(state, policy, event, moment)
        case Recorded() | Unrecorded() if event.append.cabinet is not None:
            return follow_answered(state, policy, event, moment)
        case Recorded():
            return follow_recorded(state, policy, event, moment)
        case Unrecorded():
            return follow_unrecorded(state, policy, event, moment)
        case Started():
            return _started(state, policy, event, moment)
        case Recalled():
            return _recalled(state, policy, event, moment)
        case PolicyTook() | PolicyConfirmed():
            return _policy_said(state, policy, event, moment)
        case CommandCame():
            told = event.command
            if isinstance(told, ThreatTold):
                return hear_threat(state, policy, told, moment)
            return hear_command(state, told, moment)
        case AlarmFound():
            return state, raise_alarm(event.alarm, event.detail, moment)
        case Resumed():
            state, effects = _time_passed(state, policy, moment)
            detail = f"the process did not run for {event.gap_seconds:.1f} s"
            return state, [*effects, *raise_alarm("suspended", detail, moment)]
        case TimePassed():
            return _time_passed(state, policy, moment)
        case Stopping():
            return _stopping(state, moment)


def _started(state: ControllerState, policy: PolicySnapshot | None, event: Started, moment: Moment) -> Answer:
    """Lock every door first, for an earlier life may have ended while a lock was free.

    Hours are followed when time passes, after Recalled: a door that is locked down does not come free in between.
    """
    state = replace(state, doors={door: initial_door(spec) for door, spec in state.wiring.doors.items()})
    version = policy.version if policy else 0
    started = AgentStarted(
        **stamp(moment), software=event.software, policy_version=version, previous_epoch=event.previous_epoch
    )
    locked = [DoorMoved(**stamp(moment), door=door, state="relocked") for door in state.doors]
    shut = (Relock(lock) for lock in list_cabinet_locks(state))
    effects: list[Effect] = [*(Relock(door) for door in state.doors), *shut, Append((started, *locked))]
    if event.set_aside:
        effects += raise_alarm("journal_set_aside", event.set_aside, moment)
    return state, effects


def _recalled(state: ControllerState, policy: PolicySnapshot | None, event: Recalled, moment: Moment) -> Answer:
    events: list[tuple[DoorId, DoorEvent]] = [(door, OverrideSet(override)) for door, override in event.overrides]
    state, effects = turn_all(replace(state, scene=event.scene, threat=event.threat), events, moment)
    state, threatened = follow_threat(state, policy, moment)
    return state, [*effects, *threatened]


def _observed(state: ControllerState, policy: PolicySnapshot | None, event: Observation, moment: Moment) -> Answer:
    match event:
        case CardSeen() if serves_cabinet(state, event.reader):
            state, effects = take_key_card(state, policy, event, moment)
            return state, [Notice(state.wiring.points[event.reader]), *effects]
        case HookSeen():
            return hear_hook(state, policy, event, moment)
        case CardSeen():
            state, given_up = give_up_pin(state, policy, event.reader, moment)
            state, effects = take_card(state, policy, event, moment)
            return state, [Notice(state.wiring.points[event.reader]), *given_up, *effects]
        case KeysEntered():
            state, keyed = hear_keys(state, policy, event, moment)
            return (state, []) if keyed is None else take_keyed(state, policy, keyed, moment)
        case InputMoved():
            return _input_moved(state, policy, event, moment)
        case ReadTrouble():
            point = state.wiring.points[event.reader]
            failed = ReadFailed(**stamp(moment), reader=event.reader, access_point=point, cause=event.cause)
            return state, [Present(point, "retry", UNREADABLE[event.cause]), Append((failed,))]
        case ReaderHealth():
            health = ReaderReported(**stamp(moment), reader=event.reader, health=event.health, cause=event.cause)
            alarm = raise_alarm(event.cause, event.reader, moment) if event.cause in ALARMING_CAUSES else []
            return state, [Append((health,)), *alarm]


def _input_moved(state: ControllerState, policy: PolicySnapshot | None, event: InputMoved, moment: Moment) -> Answer:
    wire = state.wiring.inputs.get(event.input)
    if wire is None:
        return hear_sensor(state, policy, event.input, moment, active=event.active)
    happened: DoorEvent | None
    match wire.meaning:
        case "contact":
            happened = ContactMoved(event.active)
        case "request_to_exit":
            happened = ExitRequested() if event.active else None
        case "tamper":
            happened = TamperMoved(event.active)
        case "fire":
            happened = FireMoved(event.active)
    if happened is None:
        return state, []
    stood = standing_overrides(state)
    state, effects = turn_all(state, [(door, happened) for door in wire.doors], moment)
    stand = standing_overrides(state)
    return state, effects if stand == stood else [*effects, keep_standing(state)]


def _time_passed(state: ControllerState, policy: PolicySnapshot | None, moment: Moment) -> Answer:
    state, effects = follow_threat(state, policy, moment)
    state, by_hours = follow_hours(state, policy, moment)
    effects += by_hours
    state, of_cabinets = follow_cabinets(state, policy, moment)
    effects += of_cabinets
    due = [door for door, known in state.doors.items() if _is_due(known.next_due_mono, moment)]
    if due:
        state, ended = turn_all(state, [(door, DoorTimePassed()) for door in due], moment)
        effects += ended
    for point, seen in list_given_up(state, moment):
        state, recorded = refuse_without_pin(forget_pin(state, point), policy, seen, moment)
        effects += recorded
    return replace(state, scene=grow_old(state.scene, moment.at)), effects


def _is_due(due_mono: float | None, moment: Moment) -> bool:
    return due_mono is not None and due_mono <= moment.mono


def _stopping(state: ControllerState, moment: Moment) -> Answer:
    """Lock whatever is free; the words of a door that is told nothing any more would say less than this."""
    free = [door for door, known in state.doors.items() if known.is_free]
    state = replace(state, doors={door: initial_door(spec) for door, spec in state.wiring.doors.items()})
    locked = tuple(DoorMoved(**stamp(moment), door=door, state="relocked") for door in free)
    shut = [Relock(lock) for lock in list_cabinet_locks(state)]
    return state, [*(Relock(door) for door in free), *shut, *([Append(locked)] if free else [])]


def _policy_said(
    state: ControllerState, policy: PolicySnapshot | None, event: PolicyTook | PolicyConfirmed, moment: Moment
) -> Answer:
    effects: list[Effect] = []
    if isinstance(event, PolicyTook):
        effects.append(Append((PolicyApplied(**stamp(moment), policy_version=event.version),)))
    if event.confirmed_at > state.confirmed_at:
        state = replace(state, confirmed_at=event.confirmed_at, confirmed_mono=moment.mono)
    state, by_hours = follow_hours(state, policy, moment)
    return state, [*effects, *by_hours]


def _corrected(state: ControllerState, moment: Moment) -> Moment:
    """Refuse a wall clock that lies behind what the centre has signed: it may not revive an expired card."""
    if state.confirmed_at == NEVER:
        return moment
    earliest_at = state.confirmed_at + timedelta(seconds=max(0.0, moment.mono - state.confirmed_mono))
    if moment.at >= earliest_at - CLOCK_TOLERANCE:
        return moment
    return replace(moment, at=earliest_at, clock="unset")
