"""A tap at the controller, from the card to the answer: before its record, and once that is written or cannot be."""

from dataclasses import replace
from datetime import datetime

from contract.records import TapObserved
from domain.access.door import DoorMode
from domain.access.policy import PolicySnapshot
from domain.access.situation import Pin
from domain.access.threat import SHUTTING
from domain.ids import AccessPointId, CredentialToken
from domain.verdict import Granted, Reason
from readers.door_turns import Answer, free_for_access, name_cause, open_by_first_card, record_release, tell_end
from readers.drivers.port import CardSeen
from readers.events import Alarm, Append, DecidedTap, Effect, Moment, Present, Recorded, Unrecorded
from readers.obeying import obey_recorded
from readers.pin_pad import Keyed, ask_pin, forget_pin
from readers.remarks import raise_alarm, record_alarm
from readers.scene import pass_escort
from readers.state import ControllerState, Passage
from readers.tapping import Tapped, asks_pin, decide_card, find_objection
from readers.threats import declare_by_tap
from readers.words import EGRESS, REFUSED, RETRY, UNRECORDED, Words, words_for

TAP_AGE_SECONDS_MAX = 2.0


def take_keyed(state: ControllerState, policy: PolicySnapshot | None, keyed: Keyed, moment: Moment) -> Answer:
    """A card whose PIN came: from here on its age counts, for the person stands there still."""
    seen, pin = keyed
    return take_card(state, policy, replace(seen, seen_mono=moment.mono), moment, pin)


def take_card(
    state: ControllerState, policy: PolicySnapshot | None, seen: CardSeen, moment: Moment, pin: Pin = Pin.none
) -> Answer:
    """Decide a card and ask for its record; egress is freed at once, a card that lacks its PIN waits for it."""
    tapped = decide_card(state, policy, seen, moment, pin)
    tap = tapped.tap
    if not tap.egress:
        return ask_pin(state, seen, moment) if asks_pin(policy, tapped) else _ask_record(state, tapped)
    state = replace(state, scene=tapped.scene)
    if tap.door is None or tap.door not in state.wiring.doors:
        return state, [*_not_wired(tap, moment), Append((tapped.body,), tap)]
    people = tap.people if isinstance(tap.verdict, Granted) else ()
    passage = Passage(tap.point, tap.credential, people, tap.area, unwritten=True)
    state, number, moving, reported = free_for_access(
        state, tap.door, passage, extended=tap.extended, egress=True, moment=moment
    )
    return state, [*moving, Append((tapped.body,), replace(tap, passage=number, egress_moves=reported))]


def give_up_pin(state: ControllerState, policy: PolicySnapshot | None, reader: str, moment: Moment) -> Answer:
    """Another card at a reader that waits for a PIN: the first one's wait is over, and recorded so."""
    point = state.wiring.points[reader]
    asked = state.asked.get(point)
    return (state, []) if asked is None else refuse_without_pin(forget_pin(state, point), policy, asked.seen, moment)


def refuse_without_pin(state: ControllerState, policy: PolicySnapshot | None, seen: CardSeen, moment: Moment) -> Answer:
    """Record a card whose PIN did not come."""
    return _ask_record(state, decide_card(state, policy, seen, moment))


def _ask_record(state: ControllerState, tapped: Tapped) -> Answer:
    """Ask for a tap's record; until it is answered, the next decision knows of the grant."""
    deciding = (*state.deciding, tapped.tap) if isinstance(tapped.tap.verdict, Granted) else state.deciding
    return replace(state, scene=tapped.scene, deciding=deciding), [Append((tapped.body,), tapped.tap)]


def _written(state: ControllerState, tap: DecidedTap) -> ControllerState:
    rest = (each for each in state.deciding if (each.point, each.credential, each.at) != _name(tap))
    return replace(state, deciding=tuple(rest)) if state.deciding else state


def _name(tap: DecidedTap) -> tuple[AccessPointId, CredentialToken, datetime]:
    return tap.point, tap.credential, tap.at


def follow_recorded(state: ControllerState, policy: PolicySnapshot | None, event: Recorded, moment: Moment) -> Answer:
    """Do what hung on a record: the lock, then lamp and words, then the record of the lock's move."""
    if event.append.command is not None:
        return obey_recorded(state, event.append.command, moment, cause_seq=event.last_seq)
    tap = event.append.tap
    if tap is None:
        return state, []
    state, effects = _answer(_written(state, tap), policy, event, tap, moment)
    # Whoever forces a person must not learn that somebody was told: it is in the record alone.
    return state, [*effects, *(record_alarm("duress", tap.point, moment) if tap.duress else [])]


def _answer(
    state: ControllerState, policy: PolicySnapshot | None, event: Recorded, tap: DecidedTap, moment: Moment
) -> Answer:
    cause_seq = event.last_seq
    words = words_for(tap.verdict, tap.attendance, tap.at)
    if tap.egress:
        shown = Present(tap.point, "granted", words if isinstance(tap.verdict, Granted) else EGRESS)
        state, recorded = _egress_recorded(state, tap, cause_seq, moment)
        return state, [shown, *recorded]
    if not isinstance(tap.verdict, Granted):
        return state, [Present(tap.point, "refused", words)]
    age = moment.mono - tap.seen_mono
    if age > TAP_AGE_SECONDS_MAX:
        detail = f"a tap was {age:.1f} s old when it was recorded; the door stayed shut"
        unused = _end_unused(tap, cause_seq, moment)
        return state, [Present(tap.point, "retry", RETRY), *unused, *raise_alarm("tap_too_old", detail, moment)]
    if (objection := _find_objection(state, policy, event.append)) is not None:
        return state, [Present(tap.point, "refused", REFUSED[objection]), *_end_unused(tap, cause_seq, moment)]
    state, moving, recorded = _open_for(state, policy, tap, cause_seq, moment)
    shown = _answer_granted(state, tap, words)
    state, declared = declare_by_tap(state, policy, tap, moment, cause_seq=cause_seq)
    return state, [*moving, shown, *recorded, *declared]


def _find_objection(state: ControllerState, policy: PolicySnapshot | None, append: Append) -> Reason | None:
    """Give why a granted tap that is no way out may open no longer; mostly None."""
    if state.threat.level in SHUTTING:
        return Reason.threat_level
    return next((find_objection(policy, body) for body in append.bodies if isinstance(body, TapObserved)), None)


def _answer_granted(state: ControllerState, tap: DecidedTap, words: Words) -> Present:
    """Say yes, unless the door was shut while the record was being written."""
    known = state.doors.get(tap.door) if tap.door else None
    if known is None or known.is_free:
        return Present(tap.point, "granted", words)
    shut = Reason.threat_level if known.standing_mode is DoorMode.locked_down else Reason.door_blocked
    return Present(tap.point, "refused", REFUSED[shut])


def _end_unused(tap: DecidedTap, cause_seq: int, moment: Moment) -> list[Effect]:
    """Record that a grant moved no lock."""
    passage = Passage(tap.point, tap.credential, tap.people, tap.area, cause_seq)
    return [Append(tuple(tell_end(passage, taken=False, moment=moment)))]


def _open_for(
    state: ControllerState, policy: PolicySnapshot | None, tap: DecidedTap, cause_seq: int, moment: Moment
) -> tuple[ControllerState, list[Effect], list[Effect]]:
    """Release a granted tap's door; gives what moves, and what is recorded after people were answered."""
    if tap.door is None or tap.door not in state.wiring.doors:
        return state, _not_wired(tap, moment), _end_unused(tap, cause_seq, moment)
    passage = Passage(tap.point, tap.credential, tap.people, tap.area, cause_seq)
    state, number, moving, reported = free_for_access(
        state, tap.door, passage, extended=tap.extended, egress=False, moment=moment
    )
    came_free = state.doors[tap.door].is_free
    if came_free and not tap.escorted:
        state = replace(state, scene=pass_escort(state.scene, tap.point, tap.at))
    state, recorded = record_release(state, tap.door, number, reported, moment, came_free=came_free)
    state, opened = open_by_first_card(state, policy, tap.door, moment) if came_free else (state, [])
    return state, moving, [*recorded, *opened]


def _egress_recorded(state: ControllerState, tap: DecidedTap, cause_seq: int, moment: Moment) -> Answer:
    if tap.door is None or tap.passage == 0:
        return state, []
    state, ended = name_cause(state, tap.passage, cause_seq, moment)
    state, recorded = record_release(state, tap.door, tap.passage, tap.egress_moves, moment, came_free=True)
    return state, [*recorded, Append(tuple(ended))] if ended else recorded


def follow_unrecorded(
    state: ControllerState, policy: PolicySnapshot | None, event: Unrecorded, moment: Moment
) -> Answer:
    """Serve the door by its area's rule; nothing says "recorded"."""
    effects: list[Effect] = []
    if not state.journal_failed:
        effects.append(Alarm("journal_failed", event.cause))
        state = replace(state, journal_failed=True)
    tap = event.append.tap
    if tap is None:
        return state, effects
    state, _ = _egress_recorded(_written(state, tap), tap, 0, moment)  # nothing of it can be recorded, people move on
    fresh = moment.mono - tap.seen_mono <= TAP_AGE_SECONDS_MAX and _find_objection(state, policy, event.append) is None
    if tap.opens_unrecorded and fresh and isinstance(tap.verdict, Granted) and not tap.egress:
        state, moving, _ = _open_for(state, None, tap, 0, moment)
        effects += moving
    return state, [*effects, Present(tap.point, "unrecorded", UNRECORDED)]


def _not_wired(tap: DecidedTap, moment: Moment) -> list[Effect]:
    detail = f"no lock of door {tap.door or '(unknown)'} hangs on this controller"
    return raise_alarm("door_not_wired", detail, moment)
