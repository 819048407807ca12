"""What an edge does about what it sees, as one pure function: (state, policy, event, moment) → (state', effects).

Theory of operation. The order of effects is the contract. A tap is decided and asked to be recorded (Append); only
Recorded brings the lock's release and the lamp's and tone's answer. Where recording fails, nothing says "recorded" and
the door does what its area's ``on_journal_failure`` says. Two rules stand above that:

- an access point that leads to safety (egress) releases at once, whatever the verdict, the journal and the tap's age;
- at every other point a tap older than TAP_AGE_SECONDS_MAX never opens, for whoever held the card up may be gone: the
  process may have been suspended, or the disk may have taken too long.

Every release has its own end: ``pulses`` holds it here, and TimePassed at that time gives the Relock. A tap during a
release moves the end; it never adds up. Repeated taps are recorded each: what counts as one is the centre's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contract.records import AgentStarted, AlarmRaised, Body, DoorMoved, PolicyApplied, ReaderReported, ReadFailed
from domain.access.policy import PolicySnapshot
from domain.ids import DoorId
from domain.verdict import Granted
from readers.drivers.port import CardSeen, Observation, ReaderHealth, ReadTrouble
from readers.events import (
    Alarm,
    AlarmFound,
    Append,
    DecidedTap,
    Effect,
    Event,
    Moment,
    PolicyConfirmed,
    PolicyTook,
    Present,
    Recorded,
    Release,
    Relock,
    Resumed,
    Started,
    Stopping,
    TimePassed,
    Unrecorded,
)
from readers.tapping import Wiring, decide_card
from readers.words import EGRESS, ONE_CARD, RETRY, UNRECORDED, words_for

TAP_AGE_SECONDS_MAX = 2.0
CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the wall clock may lie behind the centre's last word before it counts as wrong."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""``confirmed_at`` while no policy was ever confirmed."""

_DETAIL_MAX = 200
Answer = tuple["ControllerState", list[Effect]]


@dataclass(frozen=True, slots=True)
class Pulse:
    """A released lock: when it ends and which record led to it."""

    ends_mono: float
    cause_seq: int


@dataclass(frozen=True, slots=True)
class ControllerState:
    """What the controller remembers between two events.

    ``confirmed_at`` is the highest instant at which the centre is known to have stood by the policy in force;
    ``confirmed_mono`` when this process learned it.
    """

    wiring: Wiring
    confirmed_at: datetime = NEVER
    confirmed_mono: float = 0.0
    pulses: Mapping[DoorId, Pulse] = field(default_factory=dict)
    journal_failed: bool = False

    @property
    def next_end_mono(self) -> float | None:
        """When TimePassed is due next, in monotonic seconds; None if no lock is released."""
        return min((pulse.ends_mono for pulse in self.pulses.values()), default=None)


def step(state: ControllerState, policy: PolicySnapshot | None, event: Event, moment: Moment) -> Answer:
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
        case CardSeen() | ReadTrouble() | ReaderHealth():
            return _observed(state, policy, event, moment)
        case Recorded():
            return _recorded(state, event, moment)
        case Unrecorded():
            return _unrecorded(state, event, moment)
        case Started():
            return _started(state, policy, event, moment)
        case PolicyTook() | PolicyConfirmed():
            return _policy_said(state, event, moment)
        case AlarmFound():
            return state, _raise_alarm(event.alarm, event.detail, moment)
        case Resumed():
            later, effects = _end_pulses(state, moment.mono, moment)
            detail = f"the process did not run for {event.gap_seconds:.1f} s"
            return later, [*effects, *_raise_alarm("suspended", detail, moment)]
        case TimePassed():
            return _end_pulses(state, moment.mono, moment)
        case Stopping():
            return _end_pulses(state, float("inf"), moment)


def _started(state: ControllerState, policy: PolicySnapshot | None, event: Started, moment: Moment) -> Answer:
    """Lock every door first, for an earlier life may have ended while a lock was free."""
    version = policy.version if policy else 0
    started = AgentStarted(
        **_stamp(moment), software=event.software, policy_version=version, previous_epoch=event.previous_epoch
    )
    doors = state.wiring.release_seconds
    locked = [DoorMoved(**_stamp(moment), door=door, state="relocked") for door in doors]
    effects: list[Effect] = [*(Relock(door) for door in doors), Append((started, *locked))]
    if event.set_aside:
        effects += _raise_alarm("journal_set_aside", event.set_aside, moment)
    return state, effects


def _observed(state: ControllerState, policy: PolicySnapshot | None, event: Observation, moment: Moment) -> Answer:
    match event:
        case CardSeen():
            body, tap = decide_card(state.wiring, policy, event, confirmed_at=state.confirmed_at, moment=moment)
            record = Append((body,), tap)
            if not tap.egress:
                return state, [record]
            released, effects = _release(state, tap, 0, moment)
            return released, [*effects, record]
        case ReadTrouble():
            point = state.wiring.points[event.reader]
            failed = ReadFailed(**_stamp(moment), reader=event.reader, access_point=point, cause=event.cause)
            words = ONE_CARD if event.cause == "several_cards" else RETRY
            return state, [Present(point, "retry", words), Append((failed,))]
        case ReaderHealth():
            health = ReaderReported(**_stamp(moment), reader=event.reader, health=event.health, cause=event.cause)
            return state, [Append((health,))]


def _recorded(state: ControllerState, event: Recorded, moment: Moment) -> Answer:
    tap = event.append.tap
    if tap is None:
        return state, []
    granted = isinstance(tap.verdict, Granted)
    words = words_for(tap.verdict, tap.attendance, tap.at)
    if tap.egress:
        shown = Present(tap.point, "granted", words if granted else EGRESS)
        return state, [shown, *_record_release(state, tap, event.last_seq, moment)]
    if not granted:
        return state, [Present(tap.point, "refused", words)]
    age = moment.mono - tap.seen_mono
    if age > TAP_AGE_SECONDS_MAX:
        detail = f"a tap was {age:.1f} s old when it was recorded; the door stayed shut"
        return state, [Present(tap.point, "retry", RETRY), *_raise_alarm("tap_too_old", detail, moment)]
    released, effects = _release(state, tap, event.last_seq, moment)
    effects.append(Present(tap.point, "granted", words))
    return released, [*effects, *_record_release(released, tap, event.last_seq, moment)]


def _unrecorded(state: ControllerState, event: Unrecorded, moment: Moment) -> Answer:
    effects: list[Effect] = []
    if not state.journal_failed:
        effects.append(Alarm("journal_failed", event.cause))
        state = replace(state, journal_failed=True)
    tap = event.append.tap
    if tap is None:
        return state, effects
    fresh = moment.mono - tap.seen_mono <= TAP_AGE_SECONDS_MAX
    if tap.opens_unrecorded and fresh and isinstance(tap.verdict, Granted) and not tap.egress:
        state, released = _release(state, tap, 0, moment)
        effects += released
    return state, [*effects, Present(tap.point, "unrecorded", UNRECORDED)]


def _release(state: ControllerState, tap: DecidedTap, cause_seq: int, moment: Moment) -> Answer:
    seconds = state.wiring.release_seconds.get(tap.door) if tap.door else None
    if tap.door is None or seconds is None:
        detail = f"no lock of door {tap.door or '(unknown)'} hangs on this controller"
        return state, _raise_alarm("door_not_wired", detail, moment)
    pulses = {**state.pulses, tap.door: Pulse(moment.mono + seconds, cause_seq)}
    return replace(state, pulses=pulses), [Release(tap.door, seconds)]


def _record_release(state: ControllerState, tap: DecidedTap, cause_seq: int, moment: Moment) -> list[Effect]:
    """Record the release itself; it comes after lock and tone, so that nobody waits for it."""
    if tap.door is None or tap.door not in state.pulses:
        return []
    return [Append((DoorMoved(**_stamp(moment), door=tap.door, state="released", cause_seq=cause_seq),))]


def _end_pulses(state: ControllerState, until_mono: float, moment: Moment) -> Answer:
    over = {door: pulse for door, pulse in state.pulses.items() if pulse.ends_mono <= until_mono}
    if not over:
        return state, []
    rest = {door: pulse for door, pulse in state.pulses.items() if door not in over}
    bodies: list[Body] = [
        DoorMoved(**_stamp(moment), door=door, state="relocked", cause_seq=pulse.cause_seq)
        for door, pulse in over.items()
    ]
    return replace(state, pulses=rest), [*(Relock(door) for door in over), Append(tuple(bodies))]


def _policy_said(state: ControllerState, event: PolicyTook | PolicyConfirmed, moment: Moment) -> Answer:
    effects: list[Effect] = []
    if isinstance(event, PolicyTook):
        effects.append(Append((PolicyApplied(**_stamp(moment), policy_version=event.version),)))
    if event.confirmed_at > state.confirmed_at:
        state = replace(state, confirmed_at=event.confirmed_at, confirmed_mono=moment.mono)
    return state, effects


def _corrected(state: ControllerState, moment: Moment) -> Moment:
    """Refuse a wall clock that lies behind what the centre has signed: it may not revive an expired card."""
    if state.confirmed_at == NEVER:
        return moment
    earliest_at = state.confirmed_at + timedelta(seconds=max(0.0, moment.mono - state.confirmed_mono))
    if moment.at >= earliest_at - CLOCK_TOLERANCE:
        return moment
    return replace(moment, at=earliest_at, clock="unset")


def _raise_alarm(alarm: str, detail: str, moment: Moment) -> list[Effect]:
    said = detail[:_DETAIL_MAX]
    return [Alarm(alarm, said), Append((AlarmRaised(**_stamp(moment), alarm=alarm, detail=said),))]


def _stamp(moment: Moment) -> dict[str, Any]:
    return {"at": moment.at, "mono_ms": int(moment.mono * 1000), "boot": moment.boot, "clock": moment.clock}
